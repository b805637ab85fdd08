"""Checks of built pages: what a chapter may not bring, what every image needs, and that every link leads somewhere."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from press.problems import Problem

FORBIDDEN = {"script", "iframe", "object", "embed", "style", "link", "base", "form"}
# Tags that colours and formulas consist of. They make up most of a page, and have nothing to check.
_PLAIN = re.compile(r'<span class="[\w -]*"(?: style="[^"]*")?>|<span (?:style|class)="[^"]*"></span>|</span>|</?m\w+>')
# What is drawn: figures, and the glyphs of formulas. It has no words, and leads nowhere.
_DRAWN = re.compile(r'<svg\b.*?</svg>|<bdi class="katex-html".*?</bdi>', re.DOTALL)
_LINKS = {"a": "href", "img": "src", "link": "href", "script": "src", "source": "src"}


@dataclass
class _Content(HTMLParser):
    """The tags of some HTML that matter to the checks."""

    faults: list[tuple[str, str]] = field(default_factory=list)  # (what, the text to look for in the page)
    links: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)

    def __post_init__(self):
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        named = dict(attributes)
        self.ids |= {named[key] for key in ("id", "name") if named.get(key)}
        if named.get(_LINKS.get(tag, "")):
            self.links.append(named[_LINKS[tag]])
        if tag in FORBIDDEN:
            self.faults.append((f"a chapter may not bring <{tag}>", f"<{tag}"))
        for name in named:
            if name.startswith("on"):
                self.faults.append((f"a chapter may not bring the event handler {name}", name))
        if any((named.get(key) or "").strip().lower().startswith("javascript:") for key in ("href", "src")):
            self.faults.append(("a chapter may not bring a javascript: address", "javascript:"))
        if tag == "img" and not (named.get("alt") or "").strip():
            self.faults.append(("the image has no alternative text", named.get("src") or "<img"))


def _parse(html: str) -> _Content:
    content = _Content()
    content.feed(html)
    content.close()
    return content


def without_colours(html: str) -> str:
    """The HTML without the tags that only colour code and make up formulas."""
    return _PLAIN.sub("", html)


def without_drawings(html: str) -> str:
    """The HTML without figures and the glyphs of formulas."""
    return _DRAWN.sub("", html)


def check_content(html: str, path: str, source: list[str]) -> tuple[list[Problem], set[str]]:
    """Problems in what a page's Markdown became, before the theme adds its own; and all that it links to or loads."""
    content = _parse(without_colours(html))
    mend = "take it out, or say in alt text what is to be seen"
    problems = [Problem(path, line_with(source, text), what, mend) for what, text in content.faults]
    return problems, set(content.links)


def line_with(source: list[str], text: str) -> int:
    """The first line of a page that holds some text, 1 where none does."""
    return next((n for n, line in enumerate(source, 1) if text in line), 1)


def check_links(site: Path, pages: dict[str, tuple[str, set[str]]], read: Callable[[str], list[str]]) -> list[Problem]:
    """Links in built pages that lead to no file or no anchor.

    pages: {file in site: (path of its source, the links that the source brought)}. The theme's own links
    are named once, not on every page.
    """
    parsed = cache(lambda file: _parse(without_colours(without_drawings(file.read_text(encoding="utf-8")))))
    problems = set()
    for built, (path, own) in sorted(pages.items()):
        page = site / built
        for link in dict.fromkeys(parsed(page).links):
            if fault := _fault(site, page, link, parsed):
                source, line = (path, _line_of_link(read(path), link)) if link in own else ("mkdocs.yml", 1)
                problems.add(Problem(source, line, fault, "mend the link or its target"))
    return sorted(problems)


def _fault(site: Path, page: Path, link: str, parsed: Callable[[Path], _Content]) -> str | None:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc or link.startswith("/"):
        return None
    target = page if not parts.path else (page.parent / unquote(parts.path)).resolve()
    if target.is_dir():
        target /= "index.html"
    if not target.is_relative_to(site.resolve()) or not target.is_file():
        return f"a link to {link}, which does not exist"
    anchor = unquote(parts.fragment)
    if anchor and target.suffix == ".html" and anchor not in parsed(target).ids:
        return f"a link to {link}: there is no such anchor"
    return None


def _line_of_link(source: list[str], link: str) -> int:
    """Where a page names a link; built links end otherwise than those in Markdown."""
    parts = urlsplit(link)
    for text in (link, f"#{parts.fragment}" if parts.fragment else "", parts.path.rstrip("/").split("/")[-1]):
        if text and any(text in line for line in source):
            return line_with(source, text)
    return 1
