"""A small project to plant mistakes in: the real press, a few snippets, one page."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

CONFIG = """\
site_name: A small book
strict: true
theme:
  name: mkdocs
  highlightjs: false
plugins: []
validation:
  nav:
    omitted_files: warn
  links:
    anchors: warn
    unrecognized_links: warn
hooks: [press/mkdocs_hook.py]
nav: [index.md]
markdown_extensions:
  - admonition
  - attr_list
  - md_in_html
  - pymdownx.superfences
  - pymdownx.arithmatex: {generic: true}
  - press.extension
"""

PAGE = """\
---
description: A page to plant mistakes in.
---

# A page

It adds to {{ sum: total }}, and $z = x \\theta$.

```python id=sum
from snippets.first import double

total = double(2) + 1
print(total)
```

```output
5
```
"""

SNIPPETS = {
    "__init__.py": '"""Snippets."""\n',
    "first.py": 'def double(x):\n    """2 x."""\n    return FACTOR * x\n\n\nFACTOR = 2\n',
    "second.py": "from snippets.first import double\n\n\ndef quadruple(x):\n    return double(double(x))\n",
}


class Project:
    """A folder with a book in it."""

    def __init__(self, root: Path):
        self.root = root
        ignored = shutil.ignore_patterns("__pycache__", "theme")
        shutil.copytree(ROOT / "press", root / "press", ignore=ignored)
        self.write("mkdocs.yml", CONFIG)
        self.write("docs/index.md", PAGE)
        self.write("docs/dot.svg", '<svg xmlns="http://www.w3.org/2000/svg"/>')
        for name, text in SNIPPETS.items():
            self.write(f"snippets/{name}", text)

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def read(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")

    def append(self, text: str) -> int:
        """Puts some Markdown at the end of the page; returns the line it begins on."""
        page = self.read("docs/index.md") + "\n"
        self.write("docs/index.md", page + text)
        return page.count("\n") + 1

    def press(self, *words: str, **environment: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-m", "press", *words],
            cwd=self.root,
            env={**os.environ, "PRESS_NO_CACHE": "", **environment},
            capture_output=True,
            text=True,
            timeout=120,
        )

    def site(self) -> dict[str, bytes]:
        """Every file of the built site."""
        files = sorted(file for file in (self.root / "site").rglob("*") if file.is_file())
        return {file.relative_to(self.root / "site").as_posix(): file.read_bytes() for file in files}


@pytest.fixture
def project(tmp_path) -> Project:
    return Project(tmp_path / "book")


@pytest.fixture(scope="module")
def shared_project(tmp_path_factory) -> Project:
    return Project(tmp_path_factory.mktemp("shared") / "book")
