"""The worker: runs programs, each in a process of its own, and tells what came of them.

It reads one job a line as JSON and answers with one result a line. NumPy and Matplotlib are imported
once, then every job is run in a fork of this process; where there is no fork, in a new process.
"""

import ast
import importlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import types
import warnings
from pathlib import Path

ROOT = str(Path(__file__).resolve().parents[1])
MEMORY = 2 * 1024**3
# The limit counts the processor's seconds, so that a busy machine fails nobody; who sleeps has thrice as long.
WAITING = 3
OUTPUT_AT_MOST = 100_000
NAME = "<program>"
FORKS = hasattr(os, "fork")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
FILE_EVENTS = {
    "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "shutil.move",
}  # fmt: skip
PROCESS_EVENTS = {"os.fork", "os.forkpty", "os.exec", "os.posix_spawn", "os.system", "subprocess.Popen"}


class Forbidden(PermissionError):
    """What a program may not do; remembered even where the program catches it."""


def main() -> None:
    if "--once" in sys.argv:
        job = json.loads(sys.stdin.readline())
        execute(job, os.dup(1))
    for line in sys.stdin:
        job = json.loads(line)
        result = run(job)
        sys.stdout.write(json.dumps(result) + "\n")
        sys.stdout.flush()


def run(job: dict) -> dict:
    """The result of one job, whatever its program does."""
    started = time.monotonic()
    folder = tempfile.mkdtemp(prefix="program-")
    try:
        answer, how = (_fork if FORKS and not job.get("spawn") else _spawn)(job, folder)
        left = sorted(os.listdir(folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    result = _result(answer, how)
    if left and not result["error"]:
        result["error"] = _error(f"writes a file: {left[0]}", "print what matters, or keep it in memory")
    result["seconds"] = time.monotonic() - started
    return result


def _result(answer: bytes, how: str) -> dict:
    if how == "time":
        return {"error": _error("does not end in time", "make it faster, or ask for time=60 at most")}
    try:
        return json.loads(answer)
    except ValueError:
        what = "ends before its last line" if how == "exit" else f"is killed ({how})"
        return {"error": _error(what, "let it run to its end; no exit, at most 2 GiB of memory")}


def _error(what: str, mend: str, line: int | None = None) -> dict:
    return {"what": what, "mend": mend, "line": line}


def _fork(job: dict, folder: str) -> tuple[bytes, str]:
    _preload(job["text"])
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        os.setsid()
        os.chdir(folder)
        execute(job, writer)
    os.close(writer)
    answer, ended = _read(reader, job["time"] * WAITING)
    os.close(reader)
    try:
        os.killpg(child, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    _, status = os.waitpid(child, 0)
    if not ended:
        return b"", "time"
    if os.WIFSIGNALED(status) and not answer:
        ending = signal.Signals(os.WTERMSIG(status))
        return b"", "time" if ending == signal.SIGXCPU else ending.name
    return answer, "exit"


def _read(reader: int, seconds: float) -> tuple[bytes, bool]:
    """All that comes through a pipe until it is closed, and whether that happened in time."""
    deadline, chunks = time.monotonic() + seconds, []
    while (left := deadline - time.monotonic()) > 0:
        ready, _, _ = select.select([reader], [], [], left)
        if ready:
            chunk = os.read(reader, 1 << 20)
            if not chunk:
                return b"".join(chunks), True
            chunks.append(chunk)
    return b"", False


def _spawn(job: dict, folder: str) -> tuple[bytes, str]:
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {ROOT!r}); from press.worker import main; main()"]
    try:
        done = subprocess.run(
            [*command, "--once"],
            input=json.dumps(job).encode(),
            capture_output=True,
            cwd=folder,
            timeout=job["time"] * WAITING,
        )
    except subprocess.TimeoutExpired:
        return b"", "time"
    out_of_time = FORKS and done.returncode == -signal.SIGXCPU
    return done.stdout, "time" if out_of_time else "exit"


def _preload(text: str) -> None:
    """Imports here what a program is about to import, so that this fork and later ones have it already."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return
    modules = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    modules += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    for name in modules:
        if name and name.split(".")[0] in {"numpy", "matplotlib", "sklearn"}:
            try:
                importlib.import_module(name)
            except ImportError:
                return  # the program will say so itself
    if "matplotlib" in text:
        importlib.import_module("press.backend")


def execute(job: dict, answer: int) -> None:
    """Runs the program in this process, writes its result to the file descriptor `answer`, and leaves."""
    with tempfile.TemporaryFile() as captured:
        _redirect(captured.fileno())
        forbidden: list[str] = []
        result = _run_program(job, forbidden)
        sys.stdout.flush()
        captured.seek(0)
        output = captured.read(OUTPUT_AT_MOST + 1)
    if forbidden and (not result["error"] or result["error"]["what"].startswith("Forbidden")):
        result["error"] = _error(
            forbidden[0], "keep data in memory, and make it in the program", result.pop("at", None)
        )
    elif len(output) > OUTPUT_AT_MOST and not result["error"]:
        result["error"] = _error(f"prints more than {OUTPUT_AT_MOST} characters", "print less")
    result["output"] = output.decode("utf-8", "replace")
    data = json.dumps(result).encode()
    while data:
        data = data[os.write(answer, data) :]
    os._exit(0)


def _redirect(captured: int) -> None:
    sys.stdin = open(os.devnull, encoding="utf-8")
    os.dup2(captured, 1)
    sys.stdout = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, 2)
    sys.stderr = os.fdopen(os.dup(2), "w", encoding="utf-8")


def _run_program(job: dict, forbidden: list[str]) -> dict:
    result = {"error": None, "values": [], "figures": []}
    text = job["text"]
    try:
        code = compile(text, NAME, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        result["error"] = _error(f"SyntaxError: {error}", "mend the syntax", getattr(error, "lineno", 1))
        return result
    backend = _prepare(text, job["time"])
    program = types.ModuleType("__main__")
    sys.modules["__main__"] = program
    sys.argv = ["program.py"]
    _forbid(forbidden)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            exec(code, program.__dict__)
            open_figures = backend.pyplot.get_fignums() if backend else []
    except BaseException as error:
        result["error"] = _explain(error)
        result["at"] = result["error"]["line"]
        return result
    if backend:
        result["figures"] = backend.shown
    if open_figures:
        result["error"] = _error("draws a figure that it does not show", "end with plt.show()")
    for expression in job["values"]:
        try:
            result["values"].append(_value(expression, program.__dict__))
        except Exception as error:
            result["values"].append(None)
            result.setdefault("value_errors", []).append([expression, f"{type(error).__name__}: {error}"])
    return result


def _prepare(text: str, seconds: int):
    """Limits, fresh random state, and Matplotlib's backend where the program may draw."""
    sys.dont_write_bytecode = True
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != ROOT]  # no snippets: they are inlined
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    except ImportError:  # Windows has no such limits
        pass
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()  # a fork would inherit the state, and chance would look like none
    if "matplotlib" not in text:
        return None
    import matplotlib

    from press import backend
    from press.figures import STYLE

    matplotlib.use("module://press.backend")
    matplotlib.rcParams.update(STYLE)
    return backend


def _forbid(forbidden: list[str]) -> None:
    """Files may be read, nothing may be written, no socket opened, no process started."""

    def audit(event: str, args: tuple) -> None:
        what = None
        if event == "open" and isinstance(args[2], int) and args[2] & WRITING and args[0] != os.devnull:
            what = f"writes a file: {args[0]}"
        elif event in FILE_EVENTS:
            what = f"changes files: {event}"
        elif event in PROCESS_EVENTS:
            what = f"starts a process: {event}"
        elif event.startswith("socket.") and event != "socket.gethostname":
            what = f"opens a socket: {event}"
        if what:
            forbidden.append(what)
            raise Forbidden(what)

    sys.addaudithook(audit)


def _explain(error: BaseException) -> dict:
    """The last line of the program that the error went through, and what it says."""
    if isinstance(error, SystemExit):
        return _error("ends before its last line", "let it run to its end, without exit", _program_line(error))
    if isinstance(error, MemoryError):
        return _error(f"MemoryError: {error}", "use less than 2 GiB", _program_line(error))
    what = "".join(traceback.format_exception_only(error)).strip()
    what = what.replace("press.worker.", "")
    mend = "turn the cause off; warnings are errors" if isinstance(error, Warning) else "mend the program"
    return _error(what, mend, _program_line(error))


def _program_line(error: BaseException) -> int | None:
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == NAME]
    return lines[-1] if lines else None


def _value(expression: str, names: dict) -> str:
    return eval(compile(f'f"""{{{expression}}}"""', "<value>", "eval"), names)


if __name__ == "__main__":
    main()
