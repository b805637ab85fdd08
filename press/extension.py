"""The Python-Markdown extension: fences of programs become what their runs gave; formulas are set.

Any generator that reads `markdown_extensions` can use it. Which edition it prints is set once a build.
"""

import re
from collections.abc import Callable

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor

from press.cache import Cache
from press.edition import Edition
from press.formulas import set_formulas
from press.pages import KINDS, Claim, Fence, Page
from press.problems import PressError, Problem
from press.rendering import exercise_html, program_html
from press.tables import chapters, claim_anchor, claims

# After normalize_whitespace (30), which would take the placeholders out; before SuperFences (25).
BEFORE_FENCES = 28
# After the raw HTML (30) has been put back.
AFTER_RAW_HTML = 5

_FENCE_OF_OURS = re.compile(rf"^ *(?:`{{3,}}|~{{3,}}) *(?:{'|'.join(sorted(KINDS))})(?: .*)?$", re.MULTILINE)
_CLAIM_CLASS = {"holds": "holds", "holds with a caveat": "caveat", "loose": "loose"}


class Printing:
    """The edition that is being printed, and where its formulas and coloured code are kept."""

    def __init__(self, edition: Edition, store: Cache):
        self.edition = edition
        self.store = store
        self.pages = {_normal("\n".join(page.lines[page.body :])): page for page in edition.pages}


printing: Printing | None = None


def _normal(text: str) -> str:
    """The text as it is after Python-Markdown has normalised its white space."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4)
    return re.sub(r"(?<=\n) +\n", "\n", text).strip()


class Programs(Preprocessor):
    """Replaces the press's fences and inline values; everything else passes."""

    def run(self, lines: list[str]) -> list[str]:
        text = _normal("\n".join(lines))
        page = printing.pages.get(text) if printing else None
        self.md.press_page = page
        if page is None:
            if _FENCE_OF_OURS.search(text):
                mend = "build with book.py; a page must come to Markdown as it stands in docs/"
                raise PressError(Problem("a page", 1, "a fence that no run has seen", mend))
            return lines
        return self._print(printing.edition, page)

    def _print(self, edition: Edition, page: Page) -> list[str]:
        source = [*page.lines]
        for number in {value.line for value in page.values}:
            source[number - 1] = edition.fill(page, source[number - 1])
        outcome: list[str] = []
        at = page.body
        for fence in page.fences:
            outcome += source[at : fence.start]
            outcome += self._replace(edition, page, fence)
            at = fence.end
        outcome += source[at:]
        return _with_notebook(self._stash, page, outcome)

    def _replace(self, edition: Edition, page: Page, fence: Fence) -> list[str]:
        entries = edition.entries[page.path]
        match fence.kind:
            case "python":
                block = next(block for block in page.blocks if block.fence is fence)
                html = program_html(edition, entries[block.id], printing.store) if block.id in entries else ""
                return self._stash(fence.indent, html)
            case "exercise":
                exercise = next(exercise for exercise in page.exercises if exercise.fence is fence)
                return self._stash(fence.indent, exercise_html(edition, page, exercise, printing.store))
            case "claim":
                claim = next(claim for claim in page.claims if claim.fence is fence)
                return _claim_lines(edition, page, claim)
            case "claims":
                return claims(edition, page).split("\n")
            case "chapters":
                return chapters(edition, page).split("\n")
        return []  # outputs and figures stand in their program

    def _stash(self, indent: str, html: str) -> list[str]:
        return ["", indent + self.md.htmlStash.store(html), ""]


def _claim_lines(edition: Edition, page: Page, claim: Claim) -> list[str]:
    field = {name: edition.fill(page, text) for name, text in claim.fields.items()}
    return [
        "",
        f'<div class="claim claim-{_CLAIM_CLASS[claim.fields["verdict"]]}" id="{claim_anchor(claim.id)}" markdown="1">',
        "",
        f"Claim {claim.id}: {field['verdict']}",
        "{: .claim-title }",
        "",
        f"**Claimed.** {field['claim']}",
        "",
        f"**Experiment.** {field['experiment']}",
        "",
        f"**Measured.** {field['measured']}",
        "",
        f"**Verdict: {field['verdict']}.** {field['because']}",
        "",
        "</div>",
        "",
    ]


def _with_notebook(stash: Callable[[str, str], list[str]], page: Page, lines: list[str]) -> list[str]:
    """The lines with a link to the chapter's notebook under the title."""
    title = next((i for i, line in enumerate(lines) if line.startswith("# ")), None)
    if not page.blocks or title is None or page.stem == "index":
        return lines
    link = f'<a href="{page.stem}.ipynb" download>Download this chapter as a notebook</a>'
    return [*lines[: title + 1], *stash("", f'<p class="chapter-downloads">{link}</p>'), *lines[title + 1 :]]


class Formulas(Postprocessor):
    """Sets what arithmatex marked."""

    def run(self, text: str) -> str:
        if printing is None:
            return text
        html, faults = set_formulas(text, printing.store)
        page = getattr(self.md, "press_page", None)
        for formula, what in faults:
            path, line = (page.path, _line_of(page, formula)) if page else ("a page", 1)
            printing.edition.problems.append(Problem(path, line, f"{what} in ${formula}$", "mend the formula"))
        return html


def _line_of(page: Page, formula: str) -> int:
    """The line on which a formula begins."""
    first = formula.strip().splitlines()[0].strip()
    return next((i for i, line in enumerate(page.lines, 1) if first in line), 1)


class PressExtension(Extension):
    def extendMarkdown(self, md: Markdown) -> None:
        md.preprocessors.register(Programs(md), "press_programs", BEFORE_FENCES)
        md.postprocessors.register(Formulas(md), "press_formulas", AFTER_RAW_HTML)


def makeExtension(**config: object) -> PressExtension:
    return PressExtension(**config)
