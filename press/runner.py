"""The runner: gives programs to workers, as many as there are processors, and keeps what came of them."""

import json
import os
import platform
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from queue import Empty, SimpleQueue

from press.cache import Cache, digest

ROOT = Path(__file__).resolve().parents[1]
TIME = 10
MADE_BY = ("worker.py", "backend.py", "figures.py")


@dataclass(frozen=True)
class Job:
    """A program to run, and the expressions to evaluate at its end."""

    text: str
    values: tuple[str, ...] = ()
    time: int = TIME

    @property
    def key(self) -> str:
        return digest(self.text, self.values, *versions())


@dataclass(frozen=True)
class Result:
    output: str = ""
    figures: tuple[str, ...] = ()
    values: tuple[str | None, ...] = ()
    value_errors: tuple[tuple[str, str], ...] = ()
    error: dict | None = None
    seconds: float = 0.0

    @classmethod
    def of(cls, answer: dict) -> "Result":
        return cls(
            answer.get("output", ""),
            tuple(answer.get("figures", ())),
            tuple(answer.get("values", ())),
            tuple(map(tuple, answer.get("value_errors", ()))),
            answer.get("error"),
            answer.get("seconds", 0.0),
        )


@cache
def versions() -> tuple[str, ...]:
    """All that a result depends on besides the program: interpreter, libraries, and the press itself."""
    libraries = [version(name) for name in ("numpy", "matplotlib", "scikit-learn")]
    own = [(Path(__file__).parent / name).read_text(encoding="utf-8") for name in MADE_BY]
    return (platform.python_version(), platform.machine(), *libraries, digest(*own))


def environment() -> dict[str, str]:
    """One BLAS thread, freed memory kept, and Matplotlib's own cache out of the home folder.

    glibc gives large freed arrays back to the system, and a training loop asks for them again in each step,
    so that the system clears the same pages over and over: in the labs a quarter of the time.
    """
    one = {name: "1" for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")}
    keep = {name: str(2**25) for name in ("MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_", "MALLOC_TOP_PAD_")}
    return {
        **os.environ,
        **one,
        **keep,
        "MPLCONFIGDIR": str(ROOT / ".cache" / "matplotlib"),
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
    }


def run_jobs(
    jobs: list[Job], cache: Cache, progress: Callable[[str], None], workers: int | None = None
) -> tuple[list[Result], int]:
    """The result of each job in their order, and how many had to be run."""
    results: dict[Job, Result] = {}
    for job in dict.fromkeys(jobs):
        if (known := cache.get(job.key)) is not None:
            results[job] = Result.of(known)
    missing = [job for job in dict.fromkeys(jobs) if job not in results]
    started = time.monotonic()
    done = 0

    def keep(job: Job, answer: dict) -> None:
        nonlocal done
        results[job] = Result.of(answer)
        if not answer.get("error") and not answer.get("value_errors"):
            cache.put(job.key, answer)
        done += 1
        progress(f"program {done} of {len(missing)}, {time.monotonic() - started:.0f} s")

    _run(missing, keep, workers or os.cpu_count() or 1)
    return [results[job] for job in jobs], len(missing)


def _run(jobs: list[Job], keep: Callable[[Job, dict], None], workers: int) -> None:
    queue: SimpleQueue[Job] = SimpleQueue()
    for job in jobs:
        queue.put(job)
    lock = threading.Lock()
    failures: list[BaseException] = []

    def serve() -> None:
        try:
            with _Worker() as worker:
                while not failures:
                    try:
                        job = queue.get_nowait()
                    except Empty:
                        return
                    answer = worker.ask(job)
                    with lock:
                        keep(job, answer)
        except BaseException as error:  # a thread must hand its failure to the caller
            failures.append(error)

    threads = [threading.Thread(target=serve, daemon=True) for _ in range(min(workers, len(jobs)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


class _Worker:
    """One worker process, for as long as there are jobs."""

    def __enter__(self) -> "_Worker":
        self.process = subprocess.Popen(
            [sys.executable, "-m", "press.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env=environment(),
            text=True,
            encoding="utf-8",
        )
        return self

    def __exit__(self, *exception: object) -> None:
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()

    def ask(self, job: Job) -> dict:
        self.process.stdin.write(json.dumps({"text": job.text, "values": job.values, "time": job.time}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the worker ended with status {self.process.wait()}")
        return json.loads(line)
