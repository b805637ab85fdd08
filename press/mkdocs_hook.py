"""The thin part between the press and MkDocs: when to run, where pages stand, what to write beside them."""

import os
from pathlib import Path

from mkdocs.exceptions import PluginError

from press import extension
from press.cache import Cache
from press.checks import check_content, check_links, links_of
from press.edition import Edition, compose
from press.extension import Printing
from press.notebooks import notebook
from press.problems import PressError, Problem, report
from press.progress import progress

# The time in the compressed sitemap; a constant, so that two builds of the same pages are the same.
BUILD_TIME = "315532800"
_sources: dict[str, tuple[str, set[str]]] = {}  # file in the site: its source, and the links this brings


def on_config(config):
    os.environ["SOURCE_DATE_EPOCH"] = BUILD_TIME
    return config


def on_pre_build(config):
    root = Path(config.config_file_path).parent
    folder = None if os.environ.get("PRESS_NO_CACHE") else root / ".cache" / "press"
    _sources.clear()
    extension.printing = None
    try:
        edition = compose(root, Cache(folder), progress)
    except PressError as error:
        raise PluginError(report(list(error.problems))) from None
    extension.printing = Printing(edition, Cache(folder))


def on_page_markdown(markdown, page, config, files):
    path = f"docs/{page.file.src_uri}"
    if not page.meta.get("description") and path.endswith(".md"):
        what = "the page has no description"
        _problems().append(Problem(path, 1, what, "write description: in its front matter"))
    return markdown


def on_page_content(html, page, config, files):
    path = f"docs/{page.file.src_uri}"
    _sources[page.file.dest_uri] = path, links_of(html)
    _problems().extend(check_content(html, path, _read(page.file.abs_src_path)))
    return html


def on_post_build(config):
    edition, site = _edition(), Path(config.site_dir)
    built = {path: file for file, (path, _) in _sources.items()}
    for page in edition.pages:
        folder = (site / built[page.path]).parent if page.path in built else None
        for entry in edition.entries_of(page) if folder else []:
            (folder / entry.file_name).write_text(entry.program.text + "\n", encoding="utf-8", newline="\n")
        if folder and page.blocks:
            (folder / f"{page.stem}.ipynb").write_text(notebook(edition, page), encoding="utf-8", newline="\n")
    root = Path(config.config_file_path).parent
    edition.problems += check_links(site, dict(_sources), lambda path: _read(root / path))
    if edition.problems:
        raise PluginError(report(edition.problems))


def _edition() -> Edition:
    return extension.printing.edition


def _problems() -> list[Problem]:
    return _edition().problems


def _read(file) -> list[str]:
    return Path(file).read_text(encoding="utf-8").split("\n")
