"""Labs: notebooks in jupytext's percent format, executed and rendered by mkdocs-jupyter, and tamed here.

mkdocs-jupyter would put half a megabyte of styles into each page, drop the words of figures, keep results when
snippets/ changes, and wait for ever. So its conversion is asked for the cells alone: what each printed, what it drew,
and the HTML of the text. These are kept by content, and put together as the pages of chapters are.
"""

import base64
import html
import json
import os
import re
import tempfile
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import jupytext
import nbformat
import yaml
from mkdocs_jupyter import convert, plugin
from nbclient.exceptions import CellExecutionError, DeadKernelError

from press.cache import Cache, digest
from press.formulas import set_formulas
from press.library import Library
from press.outputs import tidy
from press.problems import PressError, Problem
from press.programs import Part, assemble, own_lines
from press.rendering import code_html, figure_html, output_html
from press.runner import environment, versions
from press.worker import WAITING

SECONDS = 180  # of the processor; a busy machine needs up to three times what is a minute on a quiet one
MADE_BY = ("labs.py", "backend.py", "figures.py")
KERNELS = Path(__file__).parent / "jupyter"
SCRIPT = "script"  # the tag of a cell that only a plain `python docs/labs/x.py` needs

# Runs before the first cell. A figure is printed, since rendering would change the case of its tags.
SETUP = """\
import base64, faulthandler, os, signal, sys, warnings
sys.path.insert(0, {root!r})
import matplotlib
from press import backend
from press.figures import STYLE

def _show(*args, **kwargs):
    _draw(*args, **kwargs)
    for svg in backend.shown:
        print("[[figure:" + base64.b64encode(svg.encode()).decode() + "]]")
    backend.shown.clear()

def _ring(*args):
    raise TimeoutError("the lab takes more than {seconds} seconds")

_draw, backend.show = backend.show, _show
matplotlib.use("module://press.backend")
matplotlib.rcParams.update(STYLE)
for _kind in (RuntimeWarning, UserWarning, FutureWarning):
    warnings.simplefilter("error", _kind)
if hasattr(signal, "SIGALRM"):
    signal.signal(signal.SIGPROF, _ring)
    signal.setitimer(signal.ITIMER_PROF, {seconds})
    signal.signal(signal.SIGALRM, _ring)
    signal.alarm({waiting})
_nowhere = open(os.devnull, "w")
faulthandler.dump_traceback_later({waiting} + 5, exit=True, file=_nowhere)  # where the ring is not heard
"""
# Runs after the last cell: the numbers for the text.
VALUES = """\
import base64, json
_values = {{}}
for _expression in {expressions!r}:
    try:
        _values[_expression] = eval(compile('f\"\"\"{{' + _expression + '}}\"\"\"', "value", "eval"))
    except Exception as _error:
        _values[_expression] = [type(_error).__name__ + ": " + str(_error)]
print("[[values:" + base64.b64encode(json.dumps(_values).encode()).decode() + "]]")
"""

_VALUE = re.compile(r"\{\{ *(?P<expression>[^{}]+?) *\}\}")
_FIGURE = re.compile(r"\[\[figure:(?P<data>[\w+/=]+)\]\]\n?")
_VALUES = re.compile(r"\[\[values:(?P<data>[\w+/=]+)\]\]")
_CELL = re.compile(r'<div class="jp-Cell [^"]*" id="cell-id=(?P<id>lab-\w+)">')
_TEXT = re.compile(
    r'jp-MarkdownOutput" data-mime-type="text/markdown">\n(?P<html>.*?)\n</div>\n</div>\n</div>', re.DOTALL
)
_PRINTED = re.compile(r'<div class="jp-RenderedText[^>]*>\n<pre>(?P<text>.*?)</pre>', re.DOTALL)
_ANSI = re.compile(r"\x1b\[[\d;]*m")
_NAMELESS = re.compile(r" \(\d+\.py, line \d+\)$")
_ERROR_LINE = re.compile(r"Cell In\[\d+\], line (\d+)")
_MATH = re.compile(
    r"(?P<code><(?P<tag>code|pre)\b.*?</(?P=tag)>)|\$\$(?P<display>.+?)\$\$|\$(?P<inline>[^$\n]+?)\$", re.DOTALL
)
_HEADING_LINK = re.compile(r'<a class="anchor-link" href="(?P<href>[^"]*)">¶</a>')
_MARKDOWN_LINK = re.compile(r"(?<!!)\[(?P<words>[^\]]+)\]\((?!\w+:)[^)]*\)")


@dataclass(frozen=True)
class Cell:
    line: int  # of its first line of text
    text: str
    is_code: bool
    alt: str = ""
    caption: str = ""

    @property
    def prose(self) -> str:
        """The text in which values may stand."""
        return f"{self.alt}\n{self.caption}" if self.is_code else self.text


@dataclass(frozen=True)
class Lab:
    path: str  # docs/labs/breast_cancer.py
    meta: dict[str, object]
    cells: list[Cell]

    @property
    def stem(self) -> str:
        return Path(self.path).stem

    @property
    def expressions(self) -> list[str]:
        return list(dict.fromkeys(m["expression"] for cell in self.cells for m in _VALUE.finditer(cell.prose)))

    def line_of(self, expression: str) -> int:
        cell = next(cell for cell in self.cells if f"{expression}" in cell.prose)
        before = cell.prose.split(expression)[0]
        return cell.line + (0 if cell.is_code else before.count("\n"))


@dataclass
class Outcome:
    """What came of a lab's run: for each cell its text as HTML, or what it printed and drew; and the values."""

    texts: dict[int, str] = field(default_factory=dict)
    outputs: dict[int, str] = field(default_factory=dict)
    figures: dict[int, list[str]] = field(default_factory=dict)
    values: dict[str, str | list[str]] = field(default_factory=dict)
    toc: list[dict] = field(default_factory=list)
    title: str = ""

    def fill(self, text: str) -> str:
        return _VALUE.sub(lambda match: str(self.values.get(html.unescape(match["expression"]), "?")), text)


def read_lab(root: Path, file: Path) -> Lab:
    """The lab in a percent script.

    Raises: PressError where jupytext cannot read it or its front matter is not sound.
    """
    path = file.relative_to(root).as_posix()
    text = file.read_text(encoding="utf-8")
    try:
        notebook = jupytext.reads(text, fmt="py:percent")
        first = notebook.cells[0] if notebook.cells else None
        meta = yaml.safe_load(first.source.strip().strip("-")) if first and first.cell_type == "raw" else {}
    except (ValueError, SyntaxError, yaml.YAMLError) as error:
        raise PressError(
            Problem(path, 1, f"is no percent script: {error}", "mend its front matter and cells")
        ) from None
    heads = [number for number, line in enumerate(text.split("\n"), 1) if line.startswith("# %%")]
    cells = []
    for cell, head in zip((c for c in notebook.cells if c.cell_type != "raw"), heads):
        if SCRIPT not in cell.metadata.get("tags", []):
            figure = {name: str(cell.metadata.get(name, "")) for name in ("alt", "caption")}
            cells.append(Cell(head + 1, cell.source, cell.cell_type == "code", **figure))
    return Lab(path, meta if isinstance(meta, dict) else {}, cells)


def outcome_of(lab: Lab, library: Library, cache: Cache, root: Path) -> tuple[Outcome, list[Problem]]:
    """What came of a lab, from the cache where nothing that it depends on has changed, and what is wrong with it."""
    own = [(Path(__file__).parent / name).read_text(encoding="utf-8") for name in MADE_BY]
    snippets = [[d.text for d in module.definitions.values()] for module in library.modules.values()]
    cells = [[cell.text, cell.prose, cell.is_code] for cell in lab.cells]
    key = digest("lab", cells, snippets, own, versions(), version("mkdocs-jupyter"))
    if (known := cache.get(key)) is not None:
        outcome = Outcome(**{name: _whole_keys(value) for name, value in known.items()})
        return outcome, check_outcome(lab, outcome)
    outcome, problems = _execute(lab, root)
    problems = problems or check_outcome(lab, outcome)
    if not problems:
        cache.put(key, vars(outcome))
    return outcome, problems


def _whole_keys(value: object) -> object:
    """JSON makes text of the numbers of cells."""
    if isinstance(value, dict) and all(key.isdecimal() for key in value):
        return {int(key): item for key, item in value.items()}
    return value


def _execute(lab: Lab, root: Path) -> tuple[Outcome, list[Problem]]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, f"{lab.stem}.ipynb")
        nbformat.write(_notebook(lab, root), file)
        try:
            with _environment(folder):
                page = convert_cells(str(file), execute=True, kernel_name="press", allow_errors=False, no_prompt=True)
        except (CellExecutionError, DeadKernelError) as error:
            return Outcome(), [_explain(lab, error)]
        toc, title = headings(str(file), 3)
    return _outcome(lab, page, toc, title or lab.stem), []


def _notebook(lab: Lab, root: Path) -> nbformat.NotebookNode:
    """The lab's cells with the set-up before and the values after them."""
    cells = [
        nbformat.v4.new_code_cell(
            SETUP.format(root=str(root), seconds=SECONDS, waiting=WAITING * SECONDS), id="lab-setup"
        )
    ]
    for number, cell in enumerate(lab.cells):
        new = nbformat.v4.new_code_cell if cell.is_code else nbformat.v4.new_markdown_cell
        cells.append(new(cell.text, id=f"lab-{number}"))
    cells.append(nbformat.v4.new_code_cell(VALUES.format(expressions=lab.expressions), id="lab-values"))
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "press", "display_name": "Python 3", "language": "python"}
    return notebook


@contextmanager
def _environment(folder: str):
    """What the kernel inherits: one BLAS thread, our kernel, no configuration of the person who builds."""
    ours = environment() | {"JUPYTER_PATH": str(KERNELS), "IPYTHONDIR": folder, "JUPYTER_CONFIG_DIR": folder}
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _explain(lab: Lab, error: Exception) -> Problem:
    """The cell in which a lab failed, by the text that the error quotes, and the line in it."""
    message = _ANSI.sub("", str(error))
    rule = "-" * 18  # stands above and below the cell that the error quotes
    cell = next((cell for cell in lab.cells if cell.is_code and f"{rule}\n{cell.text}\n{rule}" in message), None)
    if isinstance(error, DeadKernelError):
        mend = f"a lab ends after its last cell, and within {SECONDS} seconds"
        return Problem(lab.path, 1, "the kernel died", mend)
    what = f"{error.ename}: {_NAMELESS.sub('', error.evalue)}"
    faster = "make it faster; a lab should take a minute at most on a quiet machine"
    mend = faster if "TimeoutError" in what else "mend the cell"
    lines = _ERROR_LINE.findall(message)
    line = cell.line + int(lines[0]) - 1 if cell and lines else (cell.line if cell else 1)
    return Problem(lab.path, line, what, mend)


def _outcome(lab: Lab, page: str, toc: list[dict], title: str) -> Outcome:
    pieces = _CELL.split(page)
    found = dict(zip(pieces[1::2], pieces[2::2]))
    outcome = Outcome(toc=toc, title=title)
    outcome.values = json.loads(base64.b64decode(_VALUES.search(found["lab-values"])["data"]))
    for number, cell in enumerate(lab.cells):
        piece = found[f"lab-{number}"]
        if cell.is_code:
            printed = "".join(html.unescape(match["text"]) for match in _PRINTED.finditer(piece))
            outcome.figures[number] = [base64.b64decode(m["data"]).decode() for m in _FIGURE.finditer(printed)]
            outcome.outputs[number] = tidy(_FIGURE.sub("", printed))
        else:
            outcome.texts[number] = _TEXT.search(piece)["html"]
    return outcome


def check_outcome(lab: Lab, outcome: Outcome) -> list[Problem]:
    """Figures without words, and values that could not be computed."""
    problems = []
    for number, cell in enumerate(lab.cells):
        count = len(outcome.figures.get(number, []))
        mend = 'write # %% alt="…" caption="…"'
        if count > 1:
            what, mend = f"shows {count} figures", "draw one a cell, with subplots where need be"
        elif count and not cell.alt:
            what = "the figure has no alternative text"
        elif count and not cell.caption:
            what = "the figure has no caption"
        elif cell.alt and not count:
            what, mend = "describes a figure, but the cell shows none", "end the cell with plt.show()"
        else:
            continue
        problems.append(Problem(lab.path, cell.line - 1, what, mend))
    for cell in lab.cells:
        if cell.prose.count("{{ ") > len(_VALUE.findall(cell.prose)):
            mend = "give it a name in the cell, and write the name here"
            problems.append(Problem(lab.path, cell.line, "{{ … }} holds a brace, or is not closed", mend))
    for expression, value in outcome.values.items():
        if isinstance(value, list):
            what = f"{{{{ {expression} }}}}: {value[0]}"
            problems.append(Problem(lab.path, lab.line_of(expression), what, "mend the expression"))
    return problems


def lab_html(lab: Lab, outcome: Outcome, store: Cache) -> tuple[str, list[Problem]]:
    """The page: text, cells, outputs and figures in the markup of chapters; and formulas that cannot be set."""
    parts = []
    for number, cell in enumerate(lab.cells):
        parts.append(_cell_html(lab, cell, number, outcome, store) if cell.is_code else _text_html(outcome, number))
    page, faults = set_formulas("\n".join(parts), store)
    problems = [
        Problem(lab.path, _line_with(lab, tex), f"{what} in ${tex}$", "mend the formula") for tex, what in faults
    ]
    link = f'<a href="{lab.stem}.ipynb" download>Download this lab as a notebook</a>'
    return page.replace("</h1>", f'</h1>\n<p class="chapter-downloads">{link}</p>', 1), problems


def _text_html(outcome: Outcome, number: int) -> str:
    text = outcome.fill(outcome.texts.get(number, ""))
    text = _HEADING_LINK.sub(r'<a class="headerlink" href="\g<href>" title="Link to this section">¶</a>', text)
    return _MATH.sub(_marked, text)


def _marked(match: re.Match) -> str:
    """A formula as arithmatex marks it; code stays."""
    if match["code"]:
        return match[0]
    if match["display"]:
        return f'<div class="arithmatex">\\[{match["display"]}\\]</div>'
    return f'<span class="arithmatex">\\({match["inline"]}\\)</span>'


def _cell_html(lab: Lab, cell: Cell, number: int, outcome: Outcome, store: Cache) -> str:
    parts = [
        f'<div class="lab-cell" id="cell-{number}" data-source="{lab.path}:{cell.line}">',
        code_html(cell.text, store),
    ]
    if output := outcome.outputs.get(number):
        parts.append(output_html(output))
    for svg in outcome.figures.get(number, []):
        alt, caption = outcome.fill(cell.alt), outcome.fill(cell.caption)
        parts.append(figure_html(svg, f"{lab.stem}-{number}", alt, caption))
    return "\n".join([*parts, "</div>"])


def _line_with(lab: Lab, tex: str) -> int:
    cell = next((cell for cell in lab.cells if tex in cell.prose), lab.cells[0])
    return cell.line


def download(lab: Lab, outcome: Outcome, library: Library) -> str:
    """The lab as a notebook that nobody has run yet, and that needs no snippets/; empty where its run has failed."""
    cells, imports = [], []
    if not outcome.title:
        return ""
    for number, cell in enumerate(lab.cells):
        if not cell.is_code:
            text = _MARKDOWN_LINK.sub(lambda match: match["words"], outcome.fill(cell.text))
            cells.append(nbformat.v4.new_markdown_cell(text, id=f"cell-{number}"))
            continue
        imports += [line for line in cell.text.splitlines() if line.startswith("from snippets")]
        cells.append(nbformat.v4.new_code_cell(own_lines(cell.text), id=f"cell-{number}"))
        if cell.caption:
            cells.append(nbformat.v4.new_markdown_cell(f"*{outcome.fill(cell.caption)}*", id=f"cell-{number}-figure"))
    if imports:
        definitions = assemble(library, [Part("\n".join(imports), lab.path, 1)]).text
        first = next(i for i, cell in enumerate(cells) if cell.cell_type == "code")
        cells.insert(first, nbformat.v4.new_code_cell(definitions, id="definitions"))
    notebook = nbformat.v4.new_notebook(cells=[cell for cell in cells if cell.source])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.writes(notebook) + "\n"


# What mkdocs-jupyter itself calls; `take_over` puts others in their place.
convert_cells = convert.nb2html
headings = plugin._get_nb_toc_tokens


def take_over(page_of: Callable[[Path], tuple[str, list[dict], str]]) -> None:
    """Lets mkdocs-jupyter ask `page_of` a lab's file for its HTML, its headings and its title."""
    convert.nb2html = lambda file, **options: page_of(Path(file))[0]
    plugin._get_nb_toc_tokens = lambda file, depth: page_of(Path(file))[1:]
