"""Promises about the site as a whole."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "site").rglob("*.ipynb"))
CHAPTERS = [
    "context",
    *(f"architecture/{name}" for name in ("perceptron", "activations", "network")),
    *(f"training/{name}" for name in ("losses", "descent", "learning_rate", "optimizers", "backpropagation")),
    *(f"practice/{name}" for name in ("minibatches", "parallel", "overfitting", "dropout", "early_stopping")),
    "conclusion",
    *(f"sequences/{name}" for name in ("recurrent", "lstm", "attention")),
    *(f"vision/{name}" for name in ("convolution", "features")),
    *(f"generative/{name}" for name in ("autoencoder", "vae", "gan", "diffusion")),
]
LABS = [f"labs/{name}" for name in ("breast_cancer", "sunspots", "language", "digits", "made_digits")]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=[file.stem for file in NOTEBOOKS])
def test_a_notebook_runs_from_top_to_bottom_without_snippets(notebook, tmp_path, monkeypatch):
    cells = nbformat.read(notebook, as_version=4)
    nbformat.validate(cells)
    # Beside other tests, BLAS threads that wait for each other make a training many times slower.
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    NotebookClient(cells, timeout=180, resources={"metadata": {"path": str(tmp_path)}}).execute()


def test_every_chapter_and_lab_has_a_notebook(site):
    for chapter in [*CHAPTERS, *LABS]:
        assert (site / chapter / f"{Path(chapter).name}.ipynb").is_file()


def test_two_clean_builds_from_different_folders_are_byte_identical(site, tmp_path):
    tracked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in tracked.stdout.splitlines():
        if (ROOT / name).is_file():
            target = tmp_path / "elsewhere" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target)
    other = tmp_path / "elsewhere"
    done = subprocess.run(
        [sys.executable, "-m", "press", "build"],
        cwd=other,
        env={**os.environ, "PRESS_NO_CACHE": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    names = {folder: _files(folder) for folder in (site, other / "site")}
    assert names[site] == names[other / "site"]
    different = [n for n in names[site] if (site / n).read_bytes() != (other / "site" / n).read_bytes()]
    assert different == []


def _files(folder: Path) -> list[str]:
    return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())


def test_every_page_has_a_description_and_one_title(site):
    for page in site.rglob("index.html"):
        html = page.read_text(encoding="utf-8")
        assert re.search(r'<meta name="description" content="[^"]{20,}"', html), page
        assert len(re.findall(r"<h1[ >]", html)) == 1, page


def test_every_figure_has_a_label_and_a_caption(site):
    for page in site.rglob("*.html"):
        html = page.read_text(encoding="utf-8")
        for figure in re.findall(r'<figure class="program-figure">.*?</figure>', html, re.DOTALL):
            assert re.search(r'<svg[^>]* role="img"[^>]* aria-label="[^"]{20,}"', figure), page
            assert re.search(r"<figcaption>.{10,}</figcaption>", figure, re.DOTALL), page


def test_the_search_knows_captions_and_not_the_marks_of_an_axis(site):
    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    known = " ".join(entry["text"] for entry in index["docs"])
    home = (site / "index.html").read_text(encoding="utf-8")
    (figure,) = re.findall(r'<figure class="program-figure">.*?</figure>', home, re.DOTALL)
    assert "Shaded is what the network gives to one of the two colours" in known
    marks = re.findall(r"<text[^>]*>([^<]+)</text>", figure)
    assert marks and not any(mark in known for mark in marks)


def test_no_page_names_another_host_to_load_from(site):
    for page in site.rglob("*.html"):
        html = page.read_text(encoding="utf-8")
        loaded = re.findall(r'<(?:script|img|iframe|source)[^>]* src="([^"]+)"', html)
        loaded += re.findall(r'<link[^>]* rel="(?:stylesheet|preload|icon|preconnect)"[^>]* href="([^"]+)"', html)
        assert [address for address in loaded if "//" in address and not address.startswith("data:")] == [], page


def test_the_map_on_the_home_page_leads_to_every_chapter(site):
    home = (site / "index.html").read_text(encoding="utf-8")
    for chapter in CHAPTERS:
        assert f'href="{chapter}/"' in home
