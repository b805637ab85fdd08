"""book.py needs Python alone, sets up what is missing once, and says in one line what it cannot do."""

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def book(tmp_path, monkeypatch):
    """book.py as a module, in a folder of its own, with its steps written down instead of done."""
    spec = importlib.util.spec_from_file_location("book", ROOT / "book.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    steps = []

    def step(*command):
        steps.append(command)
        module.PYTHON.parent.mkdir(parents=True, exist_ok=True)
        module.PYTHON.touch()

    lock = tmp_path / "requirements.lock"
    lock.write_bytes((ROOT / "requirements.lock").read_bytes())
    venv = tmp_path / ".venv"
    places = {"ROOT": tmp_path, "LOCK": lock, "VENV": venv, "STAMP": venv / "installed", "PYTHON": venv / "bin/python"}
    for name, value in (places | {"run": step, "steps": steps}).items():
        monkeypatch.setattr(module, name, value, raising=False)
    return module


def test_help_names_every_command_and_needs_no_set_up(tmp_path):
    (tmp_path / "press").mkdir()
    for name in ("book.py", "press/__init__.py", "press/commands.py"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    done = subprocess.run(
        [sys.executable, "-S", "book.py", "--help"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    for command in ("serve", "build", "test", "check", "update", "run"):
        assert f"\n    {command} " in done.stdout
    assert not (tmp_path / ".venv").exists()


def test_an_old_python_is_told_in_one_line():
    old = "import sys; sys.version_info = (3, 10, 1); sys.argv = ['book.py']; exec(open('book.py').read())"
    done = subprocess.run([sys.executable, "-c", old], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr == "This book needs Python 3.11 or newer; this is 3.10.\n"
    assert done.returncode == 1


def test_old_pythons_can_read_the_front_door():
    for name in ("book.py", "press/commands.py", "press/__init__.py"):
        ast.parse((ROOT / name).read_text(encoding="utf-8"), feature_version=(3, 8))


def test_the_first_command_installs_exactly_the_lock(book, monkeypatch):
    monkeypatch.setattr(book.shutil, "which", lambda name: "/somewhere/uv")
    book.set_up()
    (make, fill) = book.steps
    assert make[:2] == ("/somewhere/uv", "venv")
    assert "--require-hashes" in fill
    assert fill[-1] == str(book.LOCK)


def test_without_uv_pip_brings_the_one_that_the_lock_names(book, monkeypatch):
    monkeypatch.setattr(book.shutil, "which", lambda name: None)
    book.set_up()
    make, bring, fill = book.steps
    assert make[1:3] == ("-m", "venv")
    assert "--require-hashes" in bring
    assert fill[0].endswith(("bin/uv", "uv.exe"))


def test_a_second_command_installs_nothing(book):
    book.set_up()
    book.steps.clear()
    book.set_up()
    assert book.steps == []


def test_another_lock_or_a_broken_set_up_is_installed_anew(book):
    book.set_up()
    book.steps.clear()
    book.LOCK.write_text(book.LOCK.read_text() + "\n# changed\n")
    book.set_up()
    assert book.steps
    book.steps.clear()
    book.STAMP.unlink()
    book.set_up()
    assert book.steps


def test_a_missing_venv_module_is_told_in_one_line(book, monkeypatch):
    monkeypatch.setattr(book.shutil, "which", lambda name: None)
    monkeypatch.setattr(book.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match="python3-venv"):
        book.set_up()


def test_a_failed_step_says_which(book, monkeypatch):
    spec = importlib.util.spec_from_file_location("fresh_book", ROOT / "book.py")
    fresh = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fresh)
    with pytest.raises(SystemExit, match=r"python.* ended with status 3"):
        fresh.run(sys.executable, "-c", "raise SystemExit(3)")


@pytest.mark.parametrize("words", [["nonsense"], ["serve", "--port", "many"], ["serve", "--port", "0"], []])
def test_a_wrong_command_is_told_before_anything_is_set_up(words):
    done = subprocess.run([sys.executable, "book.py", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "usage: python3 book.py" in done.stderr
