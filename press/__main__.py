"""The commands behind book.py, run in the project's own environment."""

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

from press.bench import bench
from press.cache import Cache
from press.commands import BENCHMARKS, parser
from press.edition import Edition, Entry, compose
from press.problems import PressError, report
from press.progress import finish_progress, progress
from press.update import update

# Asked of a run of all tests: every line and branch of the teaching code.
COVERAGE = ["--cov=snippets", "--cov-branch", "--cov-fail-under=100", "--cov-report=term-missing:skip-covered"]
ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    arguments = parser().parse_args()
    try:
        return COMMANDS[arguments.command](arguments)
    except PressError as error:
        finish_progress()
        print(report(list(error.problems)), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        finish_progress()
        print("stopped; the site and the cache are as they were", file=sys.stderr)
        return 130


def _cache() -> Cache:
    return Cache(None if os.environ.get("PRESS_NO_CACHE") else ROOT / ".cache" / "press")


def _serve(arguments: argparse.Namespace) -> int:
    from press.site import serve

    return serve(ROOT, arguments.port)


def _build(arguments: argparse.Namespace) -> int:
    from press.site import build

    return 0 if build(ROOT, ROOT / "site") else 1


def _test(arguments: argparse.Namespace) -> int:
    if status := _build(arguments):
        return status
    parallel = ["-n", str(os.cpu_count() or 1), "--dist", "loadfile"]
    words = arguments.pytest or COVERAGE
    return subprocess.call([sys.executable, "-m", "pytest", *parallel, *words], cwd=ROOT)


def _check(arguments: argparse.Namespace) -> int:
    os.environ["PRESS_NO_CACHE"] = "1"
    for style in (["check"], ["format", "--check"]):
        if status := subprocess.call([sys.executable, "-m", "ruff", *style, "."], cwd=ROOT):
            return status
    arguments.pytest = []
    return _test(arguments)


def _update(arguments: argparse.Namespace) -> int:
    only = {Path(page).as_posix() for page in arguments.pages} or None
    changed, edition = update(ROOT, _cache(), progress, only)
    finish_progress()
    for path in changed:
        print(f"wrote outputs into {path}")
    if edition.problems:
        print(report(edition.problems), file=sys.stderr)
    return 1 if edition.problems else 0


def _bench(arguments: argparse.Namespace) -> int:
    strange = [name for name in arguments.names if name not in BENCHMARKS]
    if strange:
        print(f"{strange[0]}: there is no such benchmark; choose of {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    for name in arguments.names or BENCHMARKS:
        progress(f"measuring {name}")
        printed, edition = bench(ROOT, name, _cache(), progress)
        finish_progress()
        print(printed)
        if edition.problems:
            print(report(edition.problems), file=sys.stderr)
            return 1
    return 0


def _run(arguments: argparse.Namespace) -> int:
    match = re.fullmatch(r"(?P<path>.+\.md):(?P<line>\d+)", arguments.place)
    if not match or not (ROOT / match["path"]).is_file():
        print(f"{arguments.place}: name a page and a line, as in docs/context.md:42", file=sys.stderr)
        return 2
    path, line = Path(match["path"]).as_posix(), int(match["line"])
    edition = compose(ROOT, _cache(), progress, {path})
    finish_progress()
    entry = _entry_at(edition, path, line)
    if entry is None:
        print(f"{arguments.place}: no program stands there", file=sys.stderr)
        return 2
    if arguments.show:
        print(entry.program.text)
        return 0
    print(entry.result.output, end="")
    own = [p for p in edition.problems if entry.line <= p.line <= _last_line(entry) or p.path != path]
    if own:
        print(report(own), file=sys.stderr)
    return 1 if own else 0


COMMANDS = {
    "serve": _serve,
    "build": _build,
    "test": _test,
    "check": _check,
    "update": _update,
    "bench": _bench,
    "run": _run,
}


def _entry_at(edition: Edition, path: str, line: int) -> Entry | None:
    """The program whose fence, output or figure holds the line."""
    entries = [entry for entry in edition.entries.get(path, {}).values() if entry.line <= line <= _last_line(entry)]
    return max(entries, key=lambda entry: entry.line, default=None)


def _last_line(entry: Entry) -> int:
    if entry.block:
        return max(fence.end for fence in (entry.block.fence, entry.block.output, entry.block.figure) if fence)
    return entry.line + len(entry.visible.splitlines()) - 1


if __name__ == "__main__":
    sys.exit(main())
