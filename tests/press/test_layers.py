"""The core of the press knows nothing of MkDocs, and snippets know nothing of the press."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NEAR_MKDOCS = {"mkdocs_hook.py", "site.py", "labs.py"}
CORE = sorted(file for file in (ROOT / "press").glob("*.py") if file.name not in NEAR_MKDOCS)
SNIPPETS = sorted((ROOT / "snippets").glob("*.py"))


def roots_of_imports(file: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            names.add((node.module or "").split(".")[0])
    return names


@pytest.mark.parametrize("file", CORE, ids=lambda file: file.name)
def test_the_core_imports_nothing_of_mkdocs(file):
    assert not {name for name in roots_of_imports(file) if name.startswith(("mkdocs", "material"))}


@pytest.mark.parametrize("file", SNIPPETS, ids=lambda file: file.name)
def test_snippets_import_numpy_and_the_standard_library_alone(file):
    assert roots_of_imports(file) <= {"numpy", "math", "snippets"}


def test_the_front_door_imports_the_standard_library_alone():
    for name in ("book.py", "press/commands.py"):
        assert roots_of_imports(ROOT / name) <= {*sys.stdlib_module_names, "press"}
