"""Each statement of the article is put to a test on one page, and the page says what came of it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
FIELDS = ("claim", "experiment", "measured", "verdict", "because")
VERDICTS = {"holds", "holds with a caveat", "loose"}
STATEMENTS_OF = {1: 5, 2: 6, 3: 10, 4: 7, 5: 1, 6: 2, 7: 1, 8: 1}  # section of the article: how many it makes
STATEMENTS = [f"{section}.{n}" for section, count in STATEMENTS_OF.items() for n in range(1, count + 1)]

FENCE = re.compile(r"^(?P<indent>[ \t]*)(?P<marks>`{3,}|~{3,})(?P<kind>[^`\n]*)$")
FIELD = re.compile(r"(?P<name>id|claim|experiment|measured|verdict|because):(?:\s+(?P<value>.*))?")


def fences(text):
    """(kind, first line's number, lines) of every fence; a fence inside a longer fence is its text."""
    opened = None
    for number, line in enumerate(text.splitlines(), 1):
        match = FENCE.match(line)
        if opened is None:
            if match:
                opened = (match["indent"], match["marks"], match["kind"].split(), number, [])
            continue
        indent, marks, kind, start, lines = opened
        if match and not match["kind"].strip() and match["marks"].startswith(marks):
            yield (kind[0] if kind else ""), start, lines
            opened = None
        else:
            lines.append(line.removeprefix(indent))


def fields(lines):
    """The fields of a box; a line that begins none continues the one above."""
    found, name = {}, None
    for line in lines:
        if match := FIELD.fullmatch(line.rstrip()):
            name = match["name"]
            assert name not in found, f"two fields {name}"
            found[name] = match["value"] or ""
        elif name:
            found[name] = f"{found[name]} {line.strip()}".strip()
    return {name: value.strip().strip("\"'") for name, value in found.items()}


def boxes():
    for path in sorted(DOCS.rglob("*.md")):
        for kind, line, lines in fences(path.read_text(encoding="utf-8")):
            if kind == "claim":
                yield f"{path.relative_to(ROOT).as_posix()}:{line}", fields(lines)


BOXES = list(boxes())


def named(box):
    return box.get("id", "")


@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_statement_of_the_article_has_exactly_one_box(statement):
    places = [place for place, box in BOXES if named(box) == statement]
    assert places, f"no page has a claim box with id: {statement}"
    assert len(places) == 1, f"{statement} has boxes at {', '.join(places)}"


def test_no_two_boxes_have_the_same_id():
    ids = [named(box) for _, box in BOXES]
    assert [place for place, box in BOXES if ids.count(named(box)) > 1] == []


@pytest.mark.parametrize(
    ("place", "box"), [pytest.param(place, box, id=f"{named(box)} {place}") for place, box in BOXES]
)
class TestABox:
    def test_says_what_is_claimed_how_it_was_tried_and_what_came_of_it(self, place, box):
        assert named(box), place
        assert [name for name in FIELDS if not box.get(name)] == [], place

    def test_ends_in_one_of_three_verdicts(self, place, box):
        assert box.get("verdict") in VERDICTS, place

    def test_leaves_nothing_to_be_filled_in(self, place, box):
        unfinished = re.compile(r"…$|\b(TODO|TBD|FIXME)\b")
        assert [name for name in FIELDS if unfinished.search(box.get(name, ""))] == [], place

    def test_takes_its_measurement_from_a_run(self, place, box):
        assert "{{" in box.get("measured", ""), place
