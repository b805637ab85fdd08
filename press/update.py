"""Update: writes what programs print into the output fences of their pages."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from press.cache import Cache
from press.edition import Edition, Entry, compose, stale
from press.outputs import same_output, tidy
from press.runner import run_jobs


def update(
    root: Path, cache: Cache, progress: Callable[[str], None], only: set[str] | None
) -> tuple[list[str], Edition]:
    """Rewrites pages whose programs print something else; returns their paths, and the edition as it then is."""
    edition = compose(root, cache, progress, only)
    entries = stale(edition)
    again, _ = run_jobs([entry.job for entry in entries], Cache(None), progress)
    steady = [e for e, second in zip(entries, again) if same_output(e.result.output, second.output)]
    changed = sorted({entry.page.path for entry in steady})
    for path in changed:
        own = sorted((e for e in steady if e.page.path == path), key=lambda e: -e.line)
        lines = list(own[0].page.lines)
        for entry in own:
            _write_output(lines, entry)
        replace_file(root / path, "\n".join(lines))
    return changed, compose(root, cache, progress, only)


def _write_output(lines: list[str], entry: Entry) -> None:
    fence, output = entry.block.fence, entry.block.output
    printed = tidy(entry.result.output)
    new = [fence.indent + line if line else "" for line in ["```output", *printed.split("\n"), "```"]]
    if output and printed:
        lines[output.start : output.end] = new
    elif output:
        lines[output.start : output.end] = []
    else:
        lines[fence.end : fence.end] = ["", *new]


def replace_file(file: Path, text: str) -> None:
    """Writes beside the file and renames, so that it is never half written."""
    handle, name = tempfile.mkstemp(dir=file.parent)
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as new:
        new.write(text)
    os.chmod(name, file.stat().st_mode & 0o777)
    os.replace(name, file)
