"""Pages: Markdown taken apart into fences, inline values and front matter, each with its line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from press.problems import PressError, Problem

KINDS = {"python", "output", "figure", "claim", "claims", "exercise", "chapters"}
OPTIONS = {
    "python": {"id", "after", "time", "show"},
    "exercise": {"id", "time"},
}
VERDICTS = {"holds", "holds with a caveat", "loose"}
CLAIM_FIELDS = ("id", "claim", "experiment", "measured", "verdict", "because")
SECTIONS = ("stub", "test", "solution")

_FENCE = re.compile(r"^(?P<indent> *)(?P<ticks>`{3,}|~{3,}) *(?P<info>[^`]*)$")
_OPTION = re.compile(r"(?P<name>[\w-]+)=(?:\"(?P<quoted>[^\"]*)\"|(?P<plain>[^\s\"]+))\s*")
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?P<yaml>.*?\n)---[ \t]*\n", re.DOTALL)
_VALUE = re.compile(r"\{\{ *(?P<program>[\w-]+) *: *(?P<expression>[^{}]+?) *\}\}")
_OPENED = re.compile(r"\{\{ *[\w-]+ *:")
_CODE_SPAN = re.compile(r"(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)")


@dataclass(frozen=True)
class Fence:
    """A fence of a kind that the press knows; `start` and `end` are indices into the page's lines."""

    kind: str
    options: dict[str, str]
    body: str
    indent: str
    start: int
    end: int

    @property
    def line(self) -> int:
        return self.start + 1


@dataclass(frozen=True)
class Value:
    """`{{ program: expression }}` in prose."""

    program: str
    expression: str
    line: int


@dataclass(frozen=True)
class Block:
    """A program of a page with what stands after it: the output it should print, and its figure's words."""

    id: str
    fence: Fence
    output: Fence | None = None
    figure: Fence | None = None


@dataclass(frozen=True)
class Exercise:
    id: str
    fence: Fence
    sections: dict[str, tuple[str, int]]  # name → text, line of its first line


@dataclass(frozen=True)
class Claim:
    id: str
    fence: Fence
    fields: dict[str, str]


@dataclass(frozen=True)
class Page:
    path: str  # docs/architecture/perceptron.md
    lines: list[str]  # of the whole file
    body: int  # index of the first line after the front matter
    meta: dict[str, object]
    blocks: list[Block] = field(default_factory=list)
    exercises: list[Exercise] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    expansions: list[Fence] = field(default_factory=list)  # claims and chapters
    values: list[Value] = field(default_factory=list)

    @property
    def stem(self) -> str:
        return Path(self.path).stem

    @property
    def fences(self) -> list[Fence]:
        ours = [f for block in self.blocks for f in (block.fence, block.output, block.figure) if f]
        ours += [item.fence for item in (*self.exercises, *self.claims)]
        return sorted([*ours, *self.expansions], key=lambda fence: fence.start)


def read_page(root: Path, file: Path, problems: list[Problem]) -> Page:
    """The page in a Markdown file; what is wrong with it is added to `problems`."""
    path = file.relative_to(root).as_posix()
    text = file.read_text(encoding="utf-8-sig")
    meta, body = _front_matter(path, text, problems)
    page = Page(path, text.split("\n"), body, meta)
    fences = _fences(page, problems)
    _sort(page, [fence for fence in fences if fence.kind in KINDS], problems)
    inside = {i for fence in fences for i in range(fence.start, fence.end)}
    readable = {i for fence in fences if fence.kind in {"claim", "figure"} for i in range(fence.start, fence.end)}
    for i, line in enumerate(page.lines):
        if i >= body and (i not in inside or i in readable):
            found = list(values_in(line))
            page.values.extend(Value(m["program"], m["expression"], i + 1) for m in found)
            if sum(1 for _ in _outside_code(_OPENED, line)) > len(found):
                what = "{{ … }} holds a brace, or does not end on its line"
                problems.append(Problem(path, i + 1, what, "give it a name in the program, and write the name here"))
    return page


def values_in(text: str) -> Iterator[re.Match]:
    """The inline values of some prose, those in code spans left out."""
    return _outside_code(_VALUE, text)


def _outside_code(pattern: re.Pattern, text: str) -> Iterator[re.Match]:
    hidden = [span.span() for span in _CODE_SPAN.finditer(text)]
    for match in pattern.finditer(text):
        if not any(start <= match.start() < stop for start, stop in hidden):
            yield match


def fill_values(text: str, value: dict[tuple[str, str], str]) -> str:
    """The text with each inline value replaced by what the run gave."""
    for match in reversed(list(values_in(text))):
        filled = value.get((match["program"], match["expression"]), "?")
        text = text[: match.start()] + filled + text[match.end() :]
    return text


def _front_matter(path: str, text: str, problems: list[Problem]) -> tuple[dict[str, object], int]:
    match = _FRONT_MATTER.match(text)
    if not match:
        return {}, 0
    try:
        meta = yaml.safe_load(match["yaml"])
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = 2 + (mark.line if mark else 0)
        what = f"the front matter is not YAML: {getattr(error, 'problem', error)}"
        problems.append(Problem(path, line, what, "quote values that hold a colon or a hash"))
        meta = {}
    return meta if isinstance(meta, dict) else {}, match[0].count("\n")


def _fences(page: Page, problems: list[Problem]) -> list[Fence]:
    fences, i, lines = [], page.body, page.lines
    while i < len(lines):
        opening = _FENCE.match(lines[i])
        if not opening:
            i += 1
            continue
        closing = re.compile(rf" *{opening['ticks'][0]}{{{len(opening['ticks'])},}} *$")
        end = next((j for j in range(i + 1, len(lines)) if closing.match(lines[j])), None)
        if end is None:
            problems.append(Problem(page.path, i + 1, "the fence is never closed", "close it"))
            break
        kind, _, rest = opening["info"].strip().partition(" ")
        indent = opening["indent"]
        body = "\n".join(line.removeprefix(indent) for line in lines[i + 1 : end])
        options = _options(page, kind, rest, i + 1, problems) if kind in KINDS else {}
        fences.append(Fence(kind, options, body, indent, i, end + 1))
        i = end + 1
    return fences


def _options(page: Page, kind: str, text: str, line: int, problems: list[Problem]) -> dict[str, str]:
    options, rest = {}, text.strip()
    while match := _OPTION.match(rest):
        options[match["name"]] = match["plain"] if match["quoted"] is None else match["quoted"]
        rest = rest[match.end() :]
    known = OPTIONS.get(kind, set())
    strange = [rest] if rest else sorted(options.keys() - known)
    if strange:
        mend = f"a {kind} fence takes " + (", ".join(f"{o}=…" for o in sorted(known)) or "no options")
        problems.append(Problem(page.path, line, f"unknown option {strange[0]}", mend))
    if not re.fullmatch(r"[1-9]\d*", options.get("time", "10")) or int(options.get("time", "10")) > 60:
        problems.append(Problem(page.path, line, f"time={options['time']}", "ask for 1 to 60 seconds"))
        options.pop("time")
    return options


def _sort(page: Page, fences: list[Fence], problems: list[Problem]) -> None:
    """Puts the fences into the page's lists, outputs and figures with the program they follow."""
    taken: dict[str, int] = {}

    def name(fence: Fence, default: str) -> str:
        chosen = fence.options.get("id", default)
        if chosen in taken:
            what = f"the id {chosen} is taken by line {taken[chosen]}"
            problems.append(Problem(page.path, fence.line, what, "give it another id"))
        if chosen != default and not re.fullmatch(r"[a-z][a-z0-9_-]*", chosen):
            what = f"the id {chosen} is not in small letters, digits, - and _"
            problems.append(Problem(page.path, fence.line, what, "choose such a name"))
        taken[chosen] = fence.line
        return chosen

    waiting = list(fences)
    while waiting:
        fence = waiting.pop(0)
        match fence.kind:
            case "python":
                block = {"output": None, "figure": None}
                at = fence.end
                while waiting and block.get(waiting[0].kind, 0) is None and _adjacent(page, at, waiting[0]):
                    follower = waiting.pop(0)
                    block[follower.kind] = follower
                    at = follower.end
                page.blocks.append(Block(name(fence, str(len(page.blocks) + 1)), fence, **block))
            case "output" | "figure":
                what = f"this {fence.kind} fence follows no program"
                problems.append(Problem(page.path, fence.line, what, "put it right after its python fence"))
            case "exercise":
                if sections := _sections(page, fence, problems):
                    page.exercises.append(Exercise(name(fence, f"exercise-{len(page.exercises) + 1}"), fence, sections))
            case "claim":
                if fields := _claim_fields(page, fence, problems):
                    page.claims.append(Claim(fields["id"], fence, fields))
            case "claims" | "chapters":
                page.expansions.append(fence)


def _adjacent(page: Page, end: int, fence: Fence) -> bool:
    return not any(line.strip() for line in page.lines[end : fence.start])


def _sections(page: Page, fence: Fence, problems: list[Problem]) -> dict[str, tuple[str, int]] | None:
    lines = fence.body.splitlines()
    heads = [(i, line[2:].strip()) for i, line in enumerate(lines) if line in {f"# {s}" for s in SECTIONS}]
    if tuple(name for _, name in heads) != SECTIONS:
        what = "an exercise has three parts: # stub, # test, # solution"
        problems.append(Problem(page.path, fence.line, what, "write these three comments, in this order"))
        return None
    ends = [*(i for i, _ in heads[1:]), len(lines)]
    sections = {}
    for (start, name), end in zip(heads, ends):
        first = start + 1
        while first < end and not lines[first].strip():
            first += 1
        sections[name] = "\n".join(lines[first:end]).rstrip(), fence.line + 1 + first
    if not re.search(r"^def test\(\)", sections["test"][0], re.MULTILINE):
        problems.append(Problem(page.path, sections["test"][1], "the test defines no test()", "write def test():"))
        return None
    return sections


def fields_of(page: Page, fence: Fence, problems: list[Problem]) -> dict[str, str]:
    """`name: words` on lines of a fence; a line that is indented continues the one above."""
    fields: dict[str, str] = {}
    last = None
    for i, line in enumerate(fence.body.splitlines()):
        match = re.match(r"(?P<name>[a-z]+): *(?P<words>.*)$", line)
        if match:
            last = match["name"]
            fields[last] = match["words"].strip()
        elif line.strip() and last and line.startswith(" "):
            fields[last] += " " + line.strip()
        elif line.strip():
            what = "neither `name: words` nor an indented line that continues one"
            problems.append(Problem(page.path, fence.line + 1 + i, what, "indent it, or name the field"))
    return fields


def _claim_fields(page: Page, fence: Fence, problems: list[Problem]) -> dict[str, str] | None:
    fields = fields_of(page, fence, problems)
    wrong = [name for name in CLAIM_FIELDS if not fields.get(name)] + sorted(fields.keys() - set(CLAIM_FIELDS))
    if wrong:
        mend = f"a claim has the fields {', '.join(CLAIM_FIELDS)}"
        problems.append(Problem(page.path, fence.line, f"missing or unknown: {', '.join(wrong)}", mend))
        return None
    if fields["verdict"] not in VERDICTS:
        what = f"the verdict is “{fields['verdict']}”"
        problems.append(Problem(page.path, fence.line, what, f"choose one of: {', '.join(sorted(VERDICTS))}"))
        return None
    return fields


def read_pages(root: Path) -> tuple[list[Page], list[Problem]]:
    """All Markdown pages under docs/, and what is wrong with them."""
    problems: list[Problem] = []
    pages = []
    for file in sorted((root / "docs").rglob("*.md")):
        try:
            pages.append(read_page(root, file, problems))
        except (OSError, UnicodeDecodeError) as error:
            problems.append(Problem(file.relative_to(root).as_posix(), 1, str(error), "save the file as UTF-8"))
    if not pages:
        raise PressError(Problem("docs", 1, "there is no page", "write docs/index.md"))
    return pages, problems
