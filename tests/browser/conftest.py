"""The built site, served as a static host serves it, and one browser for all tests."""

import gzip
import mimetypes
import os
import re
import shutil
import threading
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[2]
SITE = Path(os.environ.get("PRESS_SITE", ROOT / "site"))
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
TEXTS = {".html", ".css", ".js", ".json", ".svg", ".xml", ".txt", ".py", ".ipynb"}


def addresses():
    """Every page of the site, relative to its root; '' is the home page."""
    files = (file.relative_to(SITE).as_posix() for file in sorted(SITE.rglob("*.html")))
    return [re.sub(r"(^|/)index\.html$", r"\1", file) for file in files if file != "404.html"]


def chapters():
    """The pages on which programs stand, labs left out."""
    return [
        address
        for address in addresses()
        if not address.startswith("labs/") and 'class="program"' in (SITE / address / "index.html").read_text("utf-8")
    ]


def pytest_generate_tests(metafunc):
    for name, find in (("address", addresses), ("chapter", chapters)):
        if name in metafunc.fixturenames:
            # Without a site there still is one test, and the fixture `site` says what is missing.
            metafunc.parametrize(name, find() or ["nothing"], ids=lambda address: address or "home")


@pytest.fixture(scope="session")
def site():
    """The folder of the built site."""
    if not (SITE / "index.html").exists():
        pytest.fail(f"there is no site in {SITE.name}/: run `python3 book.py build` first", pytrace=False)
    if not chapters():
        pytest.fail(f"no page in {SITE.name}/ has a program: the site was built without the press", pytrace=False)
    return SITE


@pytest.fixture(scope="session")
def url(site):
    """The address of the served site. It is served in the folder that its site_url names."""
    first = re.search(r"<loc>(.*?)</loc>", (site / "sitemap.xml").read_text("utf-8"))
    folder = urlsplit(first[1]).path if first else "/"

    @cache
    def stored(file):
        body = file.read_bytes()
        return (gzip.compress(body, 6), True) if file.suffix in TEXTS else (body, False)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            path = unquote(urlsplit(self.path).path)
            file = site / path.removeprefix(folder) if path.startswith(folder) else site / "404.html"
            if file.is_dir():
                file /= "index.html"
            found = file.is_file()
            file = file if found else site / "404.html"
            body, zipped = stored(file)
            self.send_response(200 if found and file.name != "404.html" else 404)
            self.send_header("Content-Type", mimetypes.guess_type(file.name)[0] or "application/octet-stream")
            self.send_header("Content-Length", str(len(body)))
            if zipped:
                self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}{folder}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def browser():
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        missing = f"no browser: none of {', '.join(BROWSERS)} is installed"
        if os.environ.get("CI"):
            pytest.fail(missing, pytrace=False)
        pytest.skip(missing)
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=sandbox)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, url):
    """Opens a page of the site in a context of its own."""
    contexts = []

    def open_page(address="", *, wait="load", **options):
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | options))
        contexts.append(context)
        page = context.new_page()
        page.goto(url + address, wait_until=wait)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def a_chapter(site):
    """The chapter with the most kinds of things on it: figures, outputs, folded answers."""

    def wealth(address):
        text = (site / address / "index.html").read_text("utf-8")
        return sum(kind in text for kind in ("program-figure", "program-output", "<summary", 'class="exercise"'))

    return max(chapters(), key=wealth)
