"""Labs: notebooks in jupytext's percent format. A lab is one program in cells, run like any other program of the site.

What the page shows of it is Markdown, with a place for each code cell that `finish` fills. So its links are checked,
its formulas set and its front matter read as those of a chapter, and its figures come from the same backend.
"""

import ast
import json
import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from html import escape
from pathlib import Path

import yaml

from press.cache import Cache
from press.figures import finish as finish_figure
from press.library import Library
from press.pages import KINDS
from press.problems import PressError, Problem
from press.programs import Part, Program, assemble, own_lines
from press.rendering import code, words
from press.runner import Job, Result, run_jobs

TIME = 60
# A cell with this tag lets the file run as a script from the root of the project; the page does without it.
SCRIPT = "script"
NO_FIGURE = 'write alt="…" and caption="…" after # %%'

_HEADER = re.compile(r'# %%(?P<text> \[markdown\])?(?P<options>(?: +\w+=(?:"(?:[^"\\]|\\.)*"|\[[^\]]*\]))*) *')
_OPTION = re.compile(r'(?P<name>\w+)=(?P<value>"(?:[^"\\]|\\.)*"|\[[^\]]*\])')
_FRONT_MATTER = re.compile(r"(?:\s*\n)?# ---\n(?P<yaml>(?:#.*\n)*?)# ---\n")
_FENCE = re.compile(r"^ *(?:`{3,}|~{3,}) *(?P<kind>\w+)", re.MULTILINE)
_VALUE = re.compile(r"\{\{ *(?P<expression>[^{}]+?) *\}\}")
_LINK = re.compile(r"(?<!!)\[(?P<words>[^\]]+)\]\((?!\w+:)[^)]*\)")
# Names and punctuation are half of all that Pygments marks, and a lab is long.
_PLAIN = re.compile(r'<span class="[np]">([^<]*)</span>')
_PLACE = re.compile(r'<div data-lab-cell="(?P<number>\d+)"></div>')

# Printed after each cell: what stands before it is the cell's output; the number counts the figures shown so far.
_MARK = "print(end='\\x1e%d\\x1e' % len(getattr(__import__('sys').modules.get('press.backend'), 'shown', ())))"
_MARKED = re.compile("\x1e(\\d+)\x1e")


@dataclass(frozen=True)
class Cell:
    line: int  # of its header
    first: int  # of its text
    text: str
    code: bool = False
    alt: str = ""
    caption: str = ""

    @property
    def prose(self) -> list[str]:
        """The lines in which values may stand."""
        return [self.alt, self.caption] if self.code else self.text.split("\n")


@dataclass(frozen=True)
class Lab:
    path: str  # docs/labs/breast_cancer.py
    lines: list[str]  # of the whole file
    front_matter: str
    cells: list[Cell]

    @property
    def stem(self) -> str:
        return Path(self.path).stem

    @property
    def values(self) -> dict[str, int]:
        """Each expression that stands in the prose, and the line of its first use."""
        found: dict[str, int] = {}
        for cell in self.cells:
            for i, text in enumerate(cell.prose):
                for match in _VALUE.finditer(text):
                    found.setdefault(match["expression"], cell.line if cell.code else cell.first + i)
        return found


@dataclass(frozen=True)
class Outcome:
    """A lab with what came of its run: for each of its cells the output and the figure, and the values of its prose."""

    lab: Lab
    outputs: list[str]
    figures: list[str | None]
    values: dict[str, str]

    def fill(self, text: str) -> str:
        return _VALUE.sub(lambda match: self.values.get(match["expression"], "?"), text)


def read_labs(root: Path) -> tuple[list[Lab], list[Problem]]:
    """All labs under docs/labs/, and what is wrong with them."""
    problems: list[Problem] = []
    files = sorted((root / "docs" / "labs").glob("*.py"))
    return [
        read_lab(file.relative_to(root).as_posix(), file.read_text("utf-8-sig"), problems) for file in files
    ], problems


def read_lab(path: str, text: str, problems: list[Problem]) -> Lab:
    """The lab in a file's text; what is wrong with it is added to `problems`."""
    text = text.replace("\r\n", "\n")
    match = _FRONT_MATTER.match(text)
    front_matter = _uncommented(match["yaml"]) if match else ""
    _check_front_matter(path, front_matter, problems)
    start = match[0].count("\n") if match else 0
    lines = text.split("\n")
    heads = [i for i, line in enumerate(lines) if line.startswith("# %%")]
    for i in range(start, heads[0] if heads else len(lines)):
        if lines[i].strip():
            problems.append(Problem(path, i + 1, "this line stands before the first cell", "begin a cell with # %%"))
            break
    cells = []
    for head, end in zip(heads, [*heads[1:], len(lines)]):
        if cell := _cell(path, lines, head, end, problems):
            cells.append(cell)
    return Lab(path, lines, front_matter, cells)


def _uncommented(text: str) -> str:
    return re.sub(r"^# ?", "", text, flags=re.MULTILINE)


def _check_front_matter(path: str, text: str, problems: list[Problem]) -> None:
    try:
        meta = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = f"the front matter is not YAML: {getattr(error, 'problem', error)}"
        line = 2 + (mark.line if mark else 0)
        problems.append(Problem(path, line, what, "quote values that hold a colon or a hash"))
        return
    if not isinstance(meta, dict) or not meta.get("description"):
        mend = "begin the file with # ---, # description: …, # ---"
        problems.append(Problem(path, 1, "the lab has no description", mend))


def _cell(path: str, lines: list[str], head: int, end: int, problems: list[Problem]) -> Cell | None:
    header = _HEADER.fullmatch(lines[head])
    options = _options(header["options"]) if header else None
    if options is None or options.keys() - {"alt", "caption", "tags"}:
        mend = 'write # %%, # %% [markdown], or # %% alt="…" caption="…"'
        problems.append(Problem(path, head + 1, "not the header of a cell", mend))
        return None
    first = head + 1
    while first < end and not lines[first].strip():
        first += 1
    body = "\n".join(lines[first:end]).rstrip()
    if header["text"]:
        for i, line in enumerate(body.split("\n"), first):
            if line.strip() and not line.startswith("#"):
                problems.append(Problem(path, i + 1, "a line of text is not a comment", "begin it with #"))
        text = _uncommented(body)
        for fence in _FENCE.finditer(text):
            if fence["kind"] in KINDS:
                line = first + text.count("\n", 0, fence.start()) + 1
                what = f"a {fence['kind']} fence, which no run has seen"
                problems.append(Problem(path, line, what, "in a lab, code stands in cells of its own"))
        return Cell(head + 1, first + 1, text)
    if SCRIPT in options.get("tags", []) or not body:
        return None
    return Cell(head + 1, first + 1, body, True, options.get("alt", ""), options.get("caption", ""))


def _options(text: str) -> dict | None:
    try:
        return {option["name"]: json.loads(option["value"]) for option in _OPTION.finditer(text)}
    except json.JSONDecodeError:
        return None


def lab_program(library: Library, lab: Lab) -> Program:
    """The cells as one program, with what they import from snippets/, and a mark after each.

    Raises: PressError naming the line in the lab.
    """
    parts = [Part("", lab.path, 1)]
    for cell in lab.cells:
        if cell.code:
            parts += [Part(cell.text, lab.path, cell.first), Part(_MARK, lab.path, cell.first + cell.text.count("\n"))]
    return assemble(library, parts)


def run_labs(
    labs: list[Lab], library: Library, cache: Cache, progress: Callable[[str], None], problems: list[Problem]
) -> tuple[list[Outcome], int]:
    """What came of the labs, and how many had to be run; what is wrong with them is added to `problems`."""
    programs: dict[str, Program] = {}
    for lab in labs:
        try:
            programs[lab.path] = lab_program(library, lab)
        except PressError as error:
            problems += error.problems
    jobs = [Job(programs[lab.path].text, tuple(lab.values), TIME) for lab in labs if lab.path in programs]
    results, ran = run_jobs(jobs, cache, progress)
    came = dict(zip(programs, results))
    return [_outcome(lab, programs.get(lab.path), came.get(lab.path, Result()), problems) for lab in labs], ran


def _outcome(lab: Lab, program: Program | None, result: Result, problems: list[Problem]) -> Outcome:
    if result.error:
        path, line = program.origin(result.error["line"]) if result.error["line"] else (lab.path, 1)
        where = "" if path == lab.path else f" (in the program of {lab.path})"
        problems.append(Problem(path, line, result.error["what"] + where, result.error["mend"]))
    for expression, what in result.value_errors:
        where = lab.values[expression]
        problems.append(Problem(lab.path, where, f"{{{{ {expression} }}}}: {what}", "mend the expression"))
    values = {name: text for name, text in zip(lab.values, result.values) if text is not None}
    pieces = iter(_MARKED.split(result.output))
    outputs, figures, before = [], [], 0
    for cell in lab.cells:
        output, after = (next(pieces, ""), int(next(pieces, before))) if cell.code else ("", before)
        shown = result.figures[before:after]
        if program and not result.error and cell.code:
            _check_figure(lab, cell, len(shown), problems)
        outputs.append(output.rstrip("\n"))
        figures.append(shown[0] if shown else None)
        before = after
    return Outcome(lab, outputs, figures, values)


def _check_figure(lab: Lab, cell: Cell, count: int, problems: list[Problem]) -> None:
    if count > 1:
        what, mend = f"shows {count} figures", "draw one a cell, with subplots where need be"
    elif count and not cell.alt:
        what, mend = "shows a figure without alternative text", NO_FIGURE
    elif count and not cell.caption:
        what, mend = "shows a figure without a caption", NO_FIGURE
    elif not count and (cell.alt or cell.caption):
        what, mend = "describes a figure, but the cell shows none", "end the cell with plt.show()"
    else:
        return
    problems.append(Problem(lab.path, cell.line, what, mend))


def page_markdown(outcome: Outcome) -> str:
    """The lab as the Markdown of a page: its front matter, its text, and a place for each code cell."""
    parts = [f"---\n{outcome.lab.front_matter}---"]
    for number, cell in enumerate(outcome.lab.cells):
        if cell.code:
            parts.append(f'<div data-lab-cell="{number}"></div>')
        else:
            parts.append(outcome.fill(cell.text))
    text = "\n\n".join(parts) + "\n"
    if not any(cell.code for cell in outcome.lab.cells):
        return text
    link = f'<a href="{outcome.lab.stem}.ipynb" download>Download this lab as a notebook</a>'
    title = re.compile(r"^# .+\n", re.MULTILINE)
    return title.sub(lambda match: f'{match[0]}\n<p class="chapter-downloads">{link}</p>\n', text, count=1)


def finish(html: str, outcome: Outcome, words: Callable[[str], str] = words) -> str:
    """The page with each code cell in its place; `words` turns a caption into HTML."""
    return _PLACE.sub(lambda match: cell_html(outcome, int(match["number"]), words), html)


def cell_html(outcome: Outcome, number: int, words: Callable[[str], str] = words) -> str:
    """A code cell: its lines, what it printed, and the figure it drew."""
    lab, cell = outcome.lab, outcome.lab.cells[number]
    lines = _PLAIN.sub(r"\1", code(cell.text))
    parts = [
        f'<div class="lab-cell" id="cell-{number}" data-source="{lab.path}:{cell.first}">',
        f'<div class="highlight"><pre tabindex="0"><span></span><code>{lines}</code></pre></div>',
    ]
    if output := outcome.outputs[number]:
        parts.append(
            f'<pre class="program-output" tabindex="0" role="region" aria-label="Output">{escape(output)}</pre>'
        )
    if figure := outcome.figures[number]:
        svg = finish_figure(figure, f"{lab.stem}-{number}", outcome.fill(cell.alt))
        caption = words(outcome.fill(cell.caption))
        parts.append(f'<figure class="program-figure">{svg}<figcaption>{caption}</figcaption></figure>')
    return "\n".join([*parts, "</div>"])


def notebook(outcome: Outcome) -> dict:
    """The lab as a notebook that nobody has run yet, with the numbers of this run in its text."""
    cells = []
    for number, cell in enumerate(outcome.lab.cells):
        if cell.code:
            cells.append(_code_cell(f"cell-{number}", cell.text))
            if cell.caption:
                cells.append(_text_cell(f"cell-{number}-figure", f"*{outcome.fill(cell.caption)}*"))
        else:
            cells.append(_text_cell(f"cell-{number}", outcome.fill(cell.text)))
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def download(notebook: dict, inline: Callable[[str], str]) -> dict:
    """The notebook for a machine without snippets/: a first code cell brings what the others import from it.

    `inline` turns a text of such imports into the definitions needed. Links to pages of the site become their words.
    """
    notebook = deepcopy(notebook)
    imports: list[str] = []
    kept = []
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "code":
            imports += _snippet_imports(text)
            text = own_lines(text)
        else:
            text = _LINK.sub(lambda match: match["words"], text)
        cell["source"] = text.splitlines(keepends=True)
        if text:
            kept.append(cell)
    if imports:
        first = next((i for i, cell in enumerate(kept) if cell["cell_type"] == "code"), len(kept))
        kept.insert(first, _code_cell("definitions", inline("\n".join(imports))))
    return {**notebook, "cells": kept}


def _snippet_imports(text: str) -> list[str]:
    nodes = (node for node in ast.parse(text).body if isinstance(node, ast.ImportFrom))
    return [ast.unparse(node) for node in nodes if (node.module or "").split(".")[0] == "snippets"]


def inliner(library: Library) -> Callable[[str], str]:
    """What `download` asks for: imports from snippets/ replaced by the definitions needed."""
    return lambda source: assemble(library, [Part(source, "snippets", 1)]).text


def lab_notebook(outcome: Outcome, library: Library) -> str:
    """The .ipynb that a lab's page offers."""
    return json.dumps(download(notebook(outcome), inliner(library)), ensure_ascii=False, indent=1) + "\n"


def _text_cell(name: str, text: str) -> dict:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": text.splitlines(keepends=True)}


def _code_cell(name: str, text: str) -> dict:
    cell = {"cell_type": "code", "execution_count": None, "id": name, "metadata": {}, "outputs": []}
    return {**cell, "source": text.splitlines(keepends=True)}
