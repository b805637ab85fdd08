"""What a reader copies runs alone, in an empty folder, with NumPy and Matplotlib, and prints what stands beside it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from press.outputs import tidy

ROOT = Path(__file__).resolve().parents[2]
PLAIN = ("numpy", "matplotlib")
WARNINGS = ("-W", "error", "-W", "ignore:FigureCanvasAgg is non-interactive")  # no screen here


@pytest.fixture(scope="session")
def pythons(tmp_path_factory) -> dict[str, Path]:
    """Two environments: one with NumPy and Matplotlib, one with scikit-learn too."""
    folder = tmp_path_factory.mktemp("environments")
    made = {}
    for name, packages in {"plain": PLAIN, "data": (*PLAIN, "scikit-learn")}.items():
        home = folder / name
        _uv("venv", "--quiet", "--python", sys.executable, str(home))
        python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        _uv("pip", "install", "--quiet", "--python", str(python), "--constraint", str(_versions(folder)), *packages)
        made[name] = python
    return made


def _uv(*words: str) -> None:
    beside = Path(sys.executable).with_name("uv")
    subprocess.run([str(beside) if beside.exists() else shutil.which("uv"), *words], check=True)


def _versions(folder: Path) -> Path:
    """The versions that requirements.lock names, with their conditions, as a constraint."""
    pins = re.findall(r"^[\w-]+==[\w.]+(?: ;[^\\\n]*)?", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    wanted = {"numpy", "matplotlib", "scikit-learn", "scipy"}
    file = folder / "versions.txt"
    file.write_text("\n".join(pin for pin in pins if pin.split("==")[0] in wanted))
    return file


def test_a_copied_program_runs_alone_and_prints_what_its_page_shows(pythons, program, tmp_path):
    visible_data = re.search(r"^\s*(from|import) sklearn", program.text, re.MULTILINE)
    done = subprocess.run(
        [str(pythons["data" if visible_data else "plain"]), *WARNINGS, "-c", program.text],
        cwd=tmp_path,
        env={
            "MPLBACKEND": "agg",
            "OPENBLAS_NUM_THREADS": "1",
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path.parent),
        },
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert tidy(done.stdout) == tidy(program.output)
    assert list(tmp_path.iterdir()) == []


def test_the_download_of_a_program_is_what_its_button_copies(site, program):
    file = (site / program.page).parent / program.download
    assert file.read_text(encoding="utf-8").rstrip("\n") == program.text.rstrip("\n")
