"""The benchmark: measures on this machine, and writes what it measured into the block of a page.

The block is a program of literals with the id `measured`; the page's own programs make tables and figures of it.
"""

import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from pprint import pformat

from press.cache import Cache
from press.edition import Edition, Entry
from press.pages import Fence, read_page
from press.problems import PressError, Problem
from press.runner import environment
from press.update import replace_file, update

BLOCK = "measured"
WIDTH = 84  # of a block on a page


def bench(root: Path, name: str, cache: Cache, progress: Callable[[str], None]) -> tuple[str, Edition]:
    """Measures, writes the page anew, and returns what the programs that continue the block print of it.

    Raises: PressError where the measuring fails; the page is then as it was.
    """
    page, values = _measure(root, name)
    write_block(root, page, {"machine": machine(), **values}, f"python3 book.py bench {name}")
    _, edition = update(root, cache, progress, {page})
    entries = edition.entries.get(page, {})
    return "\n".join(e.result.output for e in entries.values() if _continues(e, entries) and e.result.output), edition


def _measure(root: Path, name: str) -> tuple[str, dict[str, object]]:
    done = subprocess.run(
        [sys.executable, "-m", "press.benchmarks", name], cwd=root, env=environment(), stdout=subprocess.PIPE, text=True
    )
    if done.returncode:
        what = f"the benchmark ends with status {done.returncode}"
        raise PressError(Problem(f"press/benchmarks/{name}.py", 1, what, "mend what is said above"))
    answer = json.loads(done.stdout)
    return answer["page"], answer["values"]


def write_block(root: Path, path: str, values: dict[str, object], command: str) -> None:
    """Puts the values into the block `measured` of a page, as assignments.

    Raises: PressError where the page has no such block.
    """
    page = read_page(root, root / path, [])
    fence = next((block.fence for block in page.blocks if block.id == BLOCK), None)
    if fence is None:
        mend = f"write a block for it: ```python id={BLOCK}"
        raise PressError(Problem(path, 1, f"no block has the id {BLOCK}", mend))
    lines = [f"# Written by `{command}`.", *assignments(values)]
    replace_file(root / path, "\n".join(_with_body(page.lines, fence, lines)))


def _with_body(page: list[str], fence: Fence, body: list[str]) -> list[str]:
    return [*page[: fence.start + 1], *(fence.indent + line for line in body), *page[fence.end - 1 :]]


def assignments(values: dict[str, object]) -> list[str]:
    """`name = literal` for each value, in lines that fit a block."""
    return [line for name, value in values.items() for line in _assignment(name, value)]


def _assignment(name: str, value: object) -> list[str]:
    line = f"{name} = {value!r}".replace("'", '"')
    if len(line) <= WIDTH:
        return [line]
    if not isinstance(value, (dict, list)):
        return [f"{name} = (", *(f'    "{part}"' for part in re.findall(r".{1,60}(?: |$)", str(value))), ")"]
    inner = pformat(value, width=WIDTH - 4, sort_dicts=False, compact=True).replace("'", '"')
    first, *rest = inner[1:-1].split("\n")
    opening, closing = inner[0], inner[-1]
    return [f"{name} = {opening}", f"    {first}", *(f"   {line}" for line in rest), closing]


def machine() -> str:
    """The processor, its cores, the system and the versions that a speed depends on."""
    import numpy

    return (
        f"{_processor()}, {os.cpu_count()} cores, {platform.system()}, "
        f"Python {platform.python_version()}, NumPy {numpy.__version__}"
    )


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        text = ""
    named = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
    return named[1].strip() if named else platform.processor() or platform.machine()


def _continues(entry: Entry, entries: dict[str, Entry]) -> bool:
    """Whether a program begins with the block of measured values."""
    while entry and entry.block:
        if entry.id == BLOCK:
            return True
        entry = entries.get(entry.block.fence.options.get("after", ""))
    return False
