"""The thin part between the press and MkDocs: when to run, where pages stand, what to write beside them."""

from __future__ import annotations

import os
import re
from concurrent.futures import ThreadPoolExecutor
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mkdocs.exceptions import PluginError
from mkdocs.plugins import CombinedEvent, event_priority

from press import extension
from press.cache import Cache
from press.checks import check_content, check_links, without_drawings
from press.edition import Edition, compose
from press.extension import Printing
from press.library import load_library
from press.notebooks import notebook
from press.problems import PressError, Problem, report
from press.progress import progress

if TYPE_CHECKING:
    from press.labs import Lab, Outcome

# The time in the compressed sitemap; a constant, so that two builds of the same pages are the same.
BUILD_TIME = "315532800"
_LINK = re.compile(r'<a href="(?P<link>[^":#]+\.md)(?P<anchor>#[^"]*)?"')

# Tags inside a line that the search takes out one by one: those of colours, and those of MathML.
_INLINE = re.compile(
    r"</?(?:span|math|semantics|m(?:i|n|o|row|su[bp]|subsup|frac|text|space|table|t[rd]|over|under|underover|sqrt|root|padded|phantom|style))\b[^>]*>"
)

_sources: dict[str, tuple[str, set[str]]] = {}  # file in the site: its source, and the links this brings
_labs: dict[str, tuple[Lab, Outcome]] = {}


def on_config(config):
    os.environ["SOURCE_DATE_EPOCH"] = BUILD_TIME
    return config


def on_pre_build(config):
    root = Path(config.config_file_path).parent
    cache = Cache(None if os.environ.get("PRESS_NO_CACHE") else root / ".cache" / "press")
    _sources.clear()
    _labs.clear()
    extension.printing = None
    try:
        with ThreadPoolExecutor(1) as beside:
            problems_of_labs = beside.submit(_run_labs, root, cache)
            edition = compose(root, cache, progress)
            edition.problems += problems_of_labs.result()
    except PressError as error:
        raise PluginError(report(list(error.problems))) from None
    extension.printing = Printing(edition, cache)


def _run_labs(root: Path, cache: Cache) -> list[Problem]:
    """Runs the labs while the programs of the chapters run."""
    files = sorted((root / "docs" / "labs").glob("*.py"))
    if not files:
        return []
    from press import labs  # here, since Jupyter takes a while to import

    labs.take_over(lambda file: _lab_page(root, file))
    library, problems = load_library(root), []
    for file in files:
        try:
            lab = labs.read_lab(root, file)
        except PressError as error:
            problems += error.problems
            continue
        outcome, faults = labs.outcome_of(lab, library, cache, root)
        _labs[lab.path] = lab, outcome
        problems += faults
    return problems


def _lab_page(root: Path, file: Path) -> tuple[str, list[dict], str]:
    """What mkdocs-jupyter asks for: HTML, headings, title."""
    path = file.relative_to(root).as_posix()
    if path not in _labs:
        return "", [], file.stem
    from press import labs

    lab, outcome = _labs[path]
    html, problems = labs.lab_html(lab, outcome, extension.printing.store)
    _problems().extend(problems)
    return html, outcome.toc, outcome.title


def on_page_markdown(markdown, page, config, files):
    path = f"docs/{page.file.src_uri}"
    if path in _labs:
        page.meta.update(_labs[path][0].meta)
    if not page.meta.get("description"):
        mend = "write description: in its front matter"
        _problems().append(Problem(path, 1, "the page has no description", mend))
    return markdown


def on_page_content(html, page, config, files):
    path = f"docs/{page.file.src_uri}"
    if path in _labs:
        html = _LINK.sub(lambda match: _resolve(match, page, files), html)
    problems, links = check_content(html, path, _read(page.file.abs_src_path))
    _sources[page.file.dest_uri] = path, links
    _problems().extend(problems)
    return html


_whole: dict[str, str] = {}  # file in the site: the content of its page, while the search reads a thinner one


@event_priority(100)
def _before_search(context, page, config, nav):
    """The search would take most of a rebuild to read the tags of colours, formulas and figures."""
    _whole[page.file.dest_uri] = page.content
    page.content = _INLINE.sub("", without_drawings(page.content))
    return context


@event_priority(-100)
def _after_search(context, page, config, nav):
    page.content = _whole.pop(page.file.dest_uri)
    return context


on_page_context = CombinedEvent(_before_search, _after_search)


def _resolve(match: re.Match, page, files) -> str:
    """A link of a lab to a page, as MkDocs makes it for those of chapters; a wrong one stays, and is found."""
    there = os.path.normpath(os.path.join(os.path.dirname(page.file.src_uri), urlsplit(match["link"]).path))
    file = files.get_file_from_path(Path(there).as_posix())
    link = file.url_relative_to(page.file) if file else match["link"]
    return f'<a href="{escape(link)}{match["anchor"] or ""}"'


def on_post_build(config):
    edition, site = _edition(), Path(config.site_dir)
    built = {path: file for file, (path, _) in _sources.items()}
    for page in edition.pages:
        folder = (site / built[page.path]).parent if page.path in built else None
        for entry in edition.entries_of(page) if folder else []:
            _write(folder / entry.file_name, entry.program.text + "\n")
        if folder and page.blocks:
            _write(folder / f"{page.stem}.ipynb", notebook(edition, page))
    for path, (lab, outcome) in _labs.items():
        if path in built:
            from press import labs

            _write((site / built[path]).parent / f"{lab.stem}.ipynb", labs.download(lab, outcome, edition.library))
    root = Path(config.config_file_path).parent
    edition.problems += check_links(site, dict(_sources), lambda path: _read(root / path))
    if edition.problems:
        raise PluginError(report(edition.problems))


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8", newline="\n")


def _edition() -> Edition:
    return extension.printing.edition


def _problems() -> list[Problem]:
    return _edition().problems


def _read(file) -> list[str]:
    return Path(file).read_text(encoding="utf-8").split("\n")
