"""The edition: all pages with what the runs of their programs gave, and all that is wrong with them."""

import ast
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from press.cache import Cache
from press.library import Library, load_library
from press.outputs import difference, same_output
from press.pages import Block, Exercise, Page, fields_of, fill_values, read_pages
from press.problems import PressError, Problem
from press.programs import Part, Program, assemble, show
from press.runner import TIME, Job, Result, run_jobs

CHECK = """try:
    test()
except (AssertionError, NotImplementedError) as missing:
    print("Still missing:", missing)
else:
    print("Solved.")"""
MISSING, SOLVED = "Still missing:", "Solved."
NOT_RUN = Result()
UPDATE = "if that is right, run: python3 book.py update"


@dataclass(frozen=True)
class Entry:
    """A program of a page: what is shown of it, all of it, and what came of its run."""

    page: Page
    id: str
    line: int
    visible: str
    parts: tuple[Part, ...]
    program: Program
    job: Job
    block: Block | None = None
    role: str = "block"  # or stub, test, solution: the parts of an exercise
    figure: dict[str, str] = field(default_factory=dict)
    result: Result = NOT_RUN

    @property
    def source(self) -> str:
        return f"{self.page.path}:{self.line}"

    @property
    def file_name(self) -> str:
        return f"{self.page.stem}-{self.id}.py"


@dataclass
class Edition:
    root: Path
    library: Library
    pages: list[Page]
    entries: dict[str, dict[str, Entry]]  # page path → program id → entry
    values: dict[str, dict[tuple[str, str], str]]  # page path → (program, expression) → text
    problems: list[Problem]
    ran: int = 0

    def entries_of(self, page: Page) -> list[Entry]:
        return list(self.entries[page.path].values())

    def fill(self, page: Page, text: str) -> str:
        return fill_values(text, self.values[page.path])


def compose(
    root: Path,
    cache: Cache,
    progress: Callable[[str], None] = lambda message: None,
    only: set[str] | None = None,
) -> Edition:
    """Reads all pages (or those whose paths are in `only`), runs their programs, and compares.

    A program that prints other than expected is run once more, to tell mistakes from chance.
    Raises: PressError where snippets/ itself is unsound, since then no program can be put together.
    """
    library = load_library(root)
    pages, problems = read_pages(root)
    pages = [page for page in pages if only is None or page.path in only]
    edition = Edition(root, library, pages, {}, {page.path: {} for page in pages}, problems)
    for page in pages:
        edition.entries[page.path] = _entries(library, page, problems)
        _check_values(edition, page)
    _check_claims(pages, problems)
    entries = [entry for page in pages for entry in edition.entries_of(page)]
    results, edition.ran = run_jobs([entry.job for entry in entries], cache, progress)
    for entry, result in zip(entries, results):
        edition.entries[entry.page.path][entry.id] = replace(entry, result=result)
    for page in pages:
        for entry in edition.entries_of(page):
            _check_result(edition, entry)
    _check_outputs(edition, progress)
    return edition


def _entries(library: Library, page: Page, problems: list[Problem]) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    for block in page.blocks:
        try:
            entries[block.id] = _entry(library, page, block, entries, problems)
        except PressError as error:
            problems += error.problems
    for exercise in page.exercises:
        try:
            entries |= {entry.id: entry for entry in _exercise_entries(library, page, exercise)}
        except PressError as error:
            problems += error.problems
    return dict(sorted(entries.items(), key=lambda item: item[1].line))


def _entry(library: Library, page: Page, block: Block, above: dict[str, Entry], problems: list[Problem]) -> Entry:
    fence, options = block.fence, block.fence.options
    values = tuple(dict.fromkeys(value.expression for value in page.values if value.program == block.id))
    figure = fields_of(page, block.figure, problems) if block.figure else {}
    if "show" in options:
        names = _shown(library, page, block)
        visible, program = show(library, names)
        parts = (Part("\n".join(f"from {m} import {n}" for m, n in names), page.path, fence.line),)
    else:
        visible = fence.body
        parts = (Part(visible, page.path, fence.line + 1),)
        if after := options.get("after"):
            if after not in above:
                raise PressError(
                    Problem(page.path, fence.line, f"continues {after}, which is not above", "mend after=")
                )
            parts = above[after].parts + parts
        program = assemble(library, list(parts))
    job = Job(program.text, values, int(options.get("time", TIME)))
    return Entry(page, block.id, fence.line, visible, parts, program, job, block, figure=figure)


def _shown(library: Library, page: Page, block: Block) -> list[tuple[str, str]]:
    names = []
    for dotted in block.fence.options["show"].split(","):
        module, _, name = dotted.strip().rpartition(".")
        if not library.find(module, name):
            what = f"show={dotted}: there is no such definition"
            raise PressError(Problem(page.path, block.fence.line, what, "write snippets.module.name"))
        names.append((module, name))
    if block.fence.body.strip():
        raise PressError(
            Problem(page.path, block.fence.line, "a block with show= has lines of its own", "leave it empty")
        )
    return names


def _exercise_entries(library: Library, page: Page, exercise: Exercise) -> list[Entry]:
    part = {name: Part(text, page.path, line) for name, (text, line) in exercise.sections.items()}
    check = Part(CHECK, page.path, exercise.fence.line)
    kept = _without(part["stub"], _bound(part["solution"]))
    programs = {
        "stub": (part["stub"], part["test"], check),
        "test": (part["stub"], part["test"], check),
        "solution": (*kept, part["solution"], part["test"], check),
    }
    time = int(exercise.fence.options.get("time", TIME))
    entries = []
    for role, parts in programs.items():
        program = assemble(library, list(parts))
        visible = part[role].text + (f"\n\n\n{CHECK}" if role == "test" else "")
        name = exercise.id if role == "stub" else f"{exercise.id}-{role}"
        job = Job(program.text, (), time)
        entries.append(Entry(page, name, part[role].line, visible, parts, program, job, role=role))
    return entries


def _bound(part: Part) -> set[str]:
    try:
        body = ast.parse(part.text).body
    except SyntaxError as error:
        line = part.line + (error.lineno or 1) - 1
        raise PressError(Problem(part.path, line, f"SyntaxError: {error.msg}", "mend the syntax")) from None
    names = {node.name for node in body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    targets = [target for node in body if isinstance(node, ast.Assign) for target in node.targets]
    return names | {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}


def _without(part: Part, names: set[str]) -> list[Part]:
    """The statements of a part that bind none of some names, each a part of its own."""
    _bound(part)  # its syntax errors, with their line
    lines = part.text.splitlines()
    kept = []
    for node in ast.parse(part.text).body:
        text = "\n".join(lines[node.lineno - 1 : node.end_lineno])
        if not (_bound(Part(text, part.path, part.line + node.lineno - 1)) & names):
            kept.append(Part(text, part.path, part.line + node.lineno - 1))
    return kept


def _check_values(edition: Edition, page: Page) -> None:
    known = {block.id for block in page.blocks}
    for value in page.values:
        if value.program not in known:
            what = f"{{{{ {value.program}: … }}}}: no program of this page has that id"
            edition.problems.append(Problem(page.path, value.line, what, "name it with id= after python"))


def _check_claims(pages: list[Page], problems: list[Problem]) -> None:
    seen: dict[str, str] = {}
    for page in pages:
        for claim in page.claims:
            here = f"{page.path}:{claim.fence.line}"
            if claim.id in seen:
                what = f"claim {claim.id} stands in {seen[claim.id]} too"
                problems.append(Problem(page.path, claim.fence.line, what, "a claim has one box"))
            seen.setdefault(claim.id, here)


def _check_result(edition: Edition, entry: Entry) -> None:
    page, result, problems = entry.page, entry.result, edition.problems
    if result.error:
        path, line = (page.path, entry.line)
        if result.error["line"]:
            path, line = entry.program.origin(result.error["line"])
        where = "" if (path == page.path) else f" (in the program of {entry.source})"
        problems.append(Problem(path, line, result.error["what"] + where, result.error["mend"]))
        return
    for expression, text in zip(entry.job.values, result.values):
        if text is not None:
            edition.values[page.path][entry.id, expression] = text
    for expression, what in result.value_errors:
        line = next(v.line for v in page.values if (v.program, v.expression) == (entry.id, expression))
        problems.append(Problem(page.path, line, f"{{{{ {entry.id}: {expression} }}}}: {what}", "mend the expression"))
    if entry.role == "block":
        _check_figure(edition, entry)
        _check_after(edition, entry)
    else:
        _check_exercise(edition, entry)


def _check_figure(edition: Edition, entry: Entry) -> None:
    page, figures, fence = entry.page, entry.result.figures, entry.block.figure
    if len(figures) > 1:
        what = f"shows {len(figures)} figures"
        edition.problems.append(Problem(page.path, entry.line, what, "draw one, with subplots where need be"))
    elif figures and not fence:
        mend = "write a figure fence with alt: and caption: after it"
        edition.problems.append(Problem(page.path, entry.line, "shows a figure that nothing describes", mend))
    elif fence and not figures:
        what = "describes a figure, but the program shows none"
        edition.problems.append(Problem(page.path, fence.line, what, "end the program with plt.show()"))
    for name in ("alt", "caption") if fence else ():
        if not entry.figure.get(name):
            what = "the figure has no alternative text" if name == "alt" else "the figure has no caption"
            edition.problems.append(Problem(page.path, fence.line, what, f"write {name}: in its fence"))


def _check_after(edition: Edition, entry: Entry) -> None:
    after = entry.block.fence.options.get("after")
    above = edition.entries[entry.page.path].get(after) if after else None
    if above and (above.result.output or above.result.figures):
        what = f"continues {after}, which prints or draws"
        mend = "split it: the part to continue may print and draw nothing"
        edition.problems.append(Problem(entry.page.path, entry.line, what, mend))


def _check_exercise(edition: Edition, entry: Entry) -> None:
    output = entry.result.output.strip()
    if entry.role == "stub" and not output.startswith(MISSING):
        what, mend = "the stub passes the test", "leave something to write, or test for it"
    elif entry.role == "solution" and not output.endswith(SOLVED):
        what, mend = f"the solution fails the test: {output}", "mend the solution or the test"
    else:
        return
    edition.problems.append(Problem(entry.page.path, entry.line, what, mend))


def stale(edition: Edition) -> list[Entry]:
    """The blocks that ran, but printed other than their page says."""
    blocks = [e for page in edition.pages for e in edition.entries_of(page) if e.block and not e.result.error]
    return [entry for entry in blocks if not _as_expected(entry)]


def _as_expected(entry: Entry) -> bool:
    if entry.block.output is None:
        return not entry.result.output.strip()
    return same_output(entry.block.output.body, entry.result.output)


def _check_outputs(edition: Edition, progress: Callable[[str], None]) -> None:
    entries = stale(edition)
    again, _ = run_jobs([entry.job for entry in entries], Cache(None), progress)
    for entry, second in zip(entries, again):
        output = entry.block.output
        line = output.line if output else entry.line
        if not same_output(entry.result.output, second.output):
            what, mend = "prints something random: two runs differ", "seed it: np.random.default_rng(0)"
        elif output is None:
            what, mend = "prints, but no output fence follows", UPDATE
        elif not entry.result.output.strip():
            what, mend = "prints nothing, but an output fence follows", "print, or take the fence out"
        else:
            what, mend = difference(output.body, entry.result.output), UPDATE
        edition.problems.append(Problem(entry.page.path, line, what, mend))
