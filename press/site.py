"""The site: built by MkDocs beside the old one, which stays until the new one is whole; and served."""

import logging
import os
import re
import shutil
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config
from mkdocs.exceptions import MkDocsException
from mkdocs.livereload import LiveReloadServer

from press import extension
from press.checks import line_with
from press.problems import PressError, Problem, report
from press.progress import finish_progress

_LINK = re.compile(r"Doc file '(?P<page>[^']+)' contains (?P<what>.*?'(?P<link>[^']+)'.*)", re.DOTALL)
_LISTED = re.compile(r"^  - (?P<page>\S+)$", re.MULTILINE)


def build(root: Path, site: Path, url: str | None = None) -> bool:
    """Builds the site into the folder `site`; says all problems and leaves the folder as it was where there are any."""
    started = time.monotonic()
    site.parent.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=f"{site.name}.new-", dir=site.parent))
    try:
        with _warnings() as warnings:
            failure = _run_mkdocs(root, new, url)
        problems = _problems(root, warnings)
        finish_progress()
        if problems or failure:
            print(report(problems) if problems else _last_words(warnings) or failure, file=sys.stderr)
            return False
        _replace(site, new)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    ran = extension.printing.edition.ran
    print(f"built {site.name}/ in {time.monotonic() - started:.1f} s, {ran} programs run", file=sys.stderr)
    return True


def _run_mkdocs(root: Path, site: Path, url: str | None) -> str | None:
    """What MkDocs says where it gives up."""
    try:
        config = load_config(str(root / "mkdocs.yml"), site_dir=str(site))
        if url:
            config.site_url = url
        config.plugins.on_startup(command="serve" if url else "build", dirty=False)
        mkdocs_build(config)
    except PressError as error:
        return report(list(error.problems))
    except (MkDocsException, SystemExit) as error:
        return str(error)
    return None


def _last_words(records: list[logging.LogRecord]) -> str:
    """What MkDocs logged as the reason why it gave up."""
    return "\n".join(record.getMessage() for record in records if record.levelno >= logging.ERROR)


@contextmanager
def _warnings():
    """Collects what MkDocs and its plugins log instead of letting it scroll by."""
    records: list[logging.LogRecord] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = records.append
    logger = logging.getLogger("mkdocs")
    logger.addHandler(handler)
    propagate, logger.propagate = logger.propagate, False
    try:
        yield records
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagate


def _problems(root: Path, records: list[logging.LogRecord]) -> list[Problem]:
    """The edition's problems, and those that MkDocs alone has seen."""
    printing = extension.printing
    problems = list(printing.edition.problems) if printing else []
    known = {(problem.path, problem.line) for problem in problems}
    for record in records:
        if record.levelno == logging.WARNING:
            problems += [p for p in _from_warning(root, record.getMessage()) if (p.path, p.line) not in known]
    return problems


def _from_warning(root: Path, message: str) -> list[Problem]:
    if match := _LINK.search(message):
        path = f"docs/{match['page']}"
        line = line_with((root / path).read_text(encoding="utf-8").split("\n"), match["link"])
        return [Problem(path, line, f"contains {match['what']}", "mend the link or its target")]
    if 'not included in the "nav"' in message:
        mend = "add it to nav in mkdocs.yml"
        return [
            Problem(f"docs/{m['page']}", 1, "the page is missing from the nav", mend) for m in _LISTED.finditer(message)
        ]
    return [Problem("mkdocs.yml", 1, message, "mend the configuration or the page")]


def _replace(site: Path, new: Path) -> None:
    """Puts the new folder in the place of the old one by renaming."""
    os.chmod(new, 0o755)
    old = site.with_name(f"{site.name}.old-{os.getpid()}")
    if site.exists():
        site.rename(old)
    new.rename(site)
    shutil.rmtree(old, ignore_errors=True)


def serve(root: Path, port: int) -> int:
    """Builds, serves on this machine only, and builds again whenever a page or a snippet changes."""
    url = f"http://127.0.0.1:{port}/"
    site = root / ".cache" / "serve"

    def rebuild() -> None:
        if not build(root, site, url):
            print("waiting for a change; what was sound before is still served", file=sys.stderr)

    server = LiveReloadServer(rebuild, "127.0.0.1", port, str(site))
    server.error_handler = lambda code: (site / "404.html").read_bytes() if code == 404 else None
    try:
        server.server_bind()
    except OSError:
        print(f"port {port} is busy: choose another with --port", file=sys.stderr)
        return 1
    server.server_bind = lambda: None
    rebuild()
    for place in (root / name for name in ("docs", "snippets", "mkdocs.yml", "press/theme")):
        if place.exists():
            server.watch(str(place))
    print(f"read the site at {url} (Ctrl+C ends)", file=sys.stderr)
    try:
        server.serve()
    except KeyboardInterrupt:
        print(file=sys.stderr)
    finally:
        server.shutdown()
    return 0
