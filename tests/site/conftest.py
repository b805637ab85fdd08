"""The built site, and the programs that its pages offer."""

from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "site"


@dataclass
class Offered:
    """A program as a reader finds it on a page."""

    page: str
    id: str
    source: str
    text: str = ""
    output: str = ""
    download: str = ""
    figures: int = 0

    def __str__(self) -> str:
        return f"{self.source} {self.id}"


class _Programs(HTMLParser):
    """Collects `div.program` and what stands in it."""

    def __init__(self, page: str):
        super().__init__(convert_charrefs=True)
        self.page, self.found, self.depth, self.printing = page, [], 0, False

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        classes = (named.get("class") or "").split()
        if tag == "div":
            if "program" in classes:
                self.found.append(Offered(self.page, named["id"], named["data-source"]))
                self.depth = 0
            self.depth += 1
        if not self.found or not self.depth:
            return
        if "program-copy" in classes:
            self.found[-1].text = named["data-clipboard-text"]
        if "program-download" in classes:
            self.found[-1].download = named["href"]
        if "program-figure" in classes:
            self.found[-1].figures += 1
        if "program-output" in classes:
            self.printing = True

    def handle_endtag(self, tag):
        if tag == "div" and self.depth:
            self.depth -= 1
        if tag == "pre":
            self.printing = False

    def handle_data(self, data):
        if self.printing:
            self.found[-1].output += data


def offered_programs() -> list[Offered]:
    programs = []
    for file in sorted(SITE.rglob("*.html")):
        parser = _Programs(file.relative_to(SITE).as_posix())
        parser.feed(file.read_text(encoding="utf-8"))
        programs += parser.found
    return programs


def pytest_generate_tests(metafunc):
    if "program" in metafunc.fixturenames:
        programs = offered_programs()
        metafunc.parametrize("program", programs, ids=map(str, programs))


@pytest.fixture(scope="session")
def site() -> Path:
    assert (SITE / "index.html").is_file(), "build the site first: python3 book.py build"
    return SITE
