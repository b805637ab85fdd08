"""A lab is run as a whole and shown cell by cell. What mkdocs-jupyter would do is planted, and must not happen."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

HEAD = """\
# ---
# description: A small lab.
# ---

"""
LAB = (
    HEAD
    + """\
# %% [markdown]
# # A small lab
#
# It adds to {{ total }}, as [the page](../index.md) says, and $z = x \\theta$. Here `{ $x$ }` is code.
#
# ## A second heading

# %% tags=["script"]
import sys

sys.path.append("")

# %%
from snippets.first import double

total = double(2) + 1
print(total, "<", 6)

# %% [markdown]
# A line.

# %% alt="A line that rises to {{ total }}." caption="It rises by $x$, to {{ total }}."
import matplotlib.pyplot as plt

plt.figure()
plt.plot([1, total])
plt.show()
print("drawn")
"""
)
FIGURE = "import matplotlib.pyplot as plt\n\nplt.figure()\nplt.plot([1, 2])\nplt.show()\n"
DESCRIBED = '# %% alt="A line." caption="A line."\n'

RAISING = {  # name of the lab: (its cells, the line of them that is to be named, words of the message)
    "raises": ("# %%\nx = 1\n\n# %%\ny = 2\nx = 1\nx / 0\n", 7, "ZeroDivisionError: division by zero"),
    "raises_in_a_function": ("# %%\ndef f(x):\n    return x / 0\n\n# %%\nf(1)\n", 6, "ZeroDivisionError"),
    "has_a_syntax_error": ("# %%\nx = = 1\n", 2, "SyntaxError: invalid syntax"),
    "warns": ("# %%\nimport numpy as np\n\nnp.log(np.zeros(1))\n", 4, "RuntimeWarning"),
    "never_ends": ("# %%\nx = 1\n\n# %%\nwhile True:\n    pass\n", 5, "more than 3 seconds"),
    "sleeps": ("# %%\nimport time\n\ntime.sleep(100)\n", 4, "more than 3 seconds"),
    "swallows": (
        "# %%\nwhile True:\n    try:\n        while True:\n            pass\n    except Exception:\n        pass\n",
        None,
        "the kernel died",
    ),
}
FAULTS = [  # (cells, the line of them that is to be named, words of the message), all in one lab
    (f"# %%\n{FIGURE}", 1, "no alternative text"),
    (f'# %% alt="A line."\n{FIGURE}', 1, "no caption"),
    (f"{DESCRIBED}x = 1\n", 1, "shows none"),
    (f"{DESCRIBED}{FIGURE}{FIGURE}", 1, "shows 2 figures"),
    ("# %% [markdown]\n# Words.\n#\n# {{ nothing }}\n", 4, "NameError"),
    ("# %% [markdown]\n# Words, and {{ f'{1}' }}.\n", 2, "holds a brace"),
]
FAULTS_OF_PAGES = [  # the same, for what is found when pages are built
    ("# %% [markdown]\n# [there](nowhere.md)\n", 2, "nowhere.md"),
    ("# %% [markdown]\n# Words, and $\\thetta$.\n", 2, "\\thetta"),
    ("# %% [markdown]\n# <script>1</script>\n", 2, "<script>"),
]


def add_labs(project, **texts: str) -> None:
    nav = ", ".join(["index.md", *(f"labs/{name}.py" for name in texts)])
    config = project.read("mkdocs.yml").replace("nav: [index.md]", f"nav: [{nav}]")
    plugin = (
        "plugins:\n  - mkdocs-jupyter: {include: ['labs/*.py'], execute: true, allow_errors: false, cache: false}\n"
    )
    project.write("mkdocs.yml", config.replace("plugins: []\n", plugin))
    for name, text in texts.items():
        project.write(f"docs/labs/{name}.py", text)


@pytest.fixture(scope="module")
def book(shared_project):
    """A small book with a sound lab, built."""
    add_labs(shared_project, small=LAB)
    shared_project.write("docs/helper.py", "raise SystemExit\n")
    done = shared_project.press("build")
    assert done.returncode == 0, done.stderr
    return shared_project


@pytest.fixture(scope="module")
def page(book) -> str:
    return book.site()["labs/small/index.html"].decode()


# What the page shows


def test_a_lab_is_a_page_with_its_title_and_headings(page):
    assert "<title>A small lab - " in page
    assert re.search(r"<h1[^>]*>A small lab", page)
    assert re.search(r"<h2[^>]*>A second heading", page)
    assert '<a href="#a-second-heading" class="nav-link">' in page


def test_numbers_links_and_formulas_of_its_text_are_set(page):
    assert 'It adds to 5, as <a href="../..' in page
    assert page.count('class="katex"') == 2
    assert "<code>{ $x$ }</code>" in page
    assert "{{" not in page
    assert "arithmatex" not in page


def test_every_cell_shows_its_lines_and_its_output(page):
    assert re.findall(r'class="lab-cell" id="cell-\d+" data-source="([^"]+)"', page) == [
        f"docs/labs/small.py:{LAB.split(line)[0].count(chr(10)) + 1}"
        for line in ("from snippets.first", "import matplotlib.pyplot")
    ]
    assert re.findall(r'<pre class="program-output"[^>]*>(.*?)</pre>', page) == ["5 &lt; 6", "drawn"]


def test_a_cell_for_scripts_is_not_shown(page):
    assert "sys.path" not in re.sub(r"<[^>]+>", "", page)


def test_a_figure_has_its_words_and_follows_the_scheme(page):
    (figure,) = re.findall(r'<figure class="program-figure">(.*?)</figure>', page, re.DOTALL)
    assert 'role="img"' in figure
    assert 'aria-label="A line that rises to 5."' in figure
    assert re.search(r"<figcaption>It rises by .*, to 5\.</figcaption>", figure, re.DOTALL)
    assert "var(--figure-1)" in figure
    assert "currentColor" in figure


def test_the_page_is_small_and_brings_no_style_script_prompt_or_other_host(page):
    own = (
        page.split("<h1", 1)[1].split('class="lab-cell"', 1)[0]
        + page.split('class="lab-cell"', 1)[1].split("</article>")[0]
    )
    assert len(page) < 100_000
    assert "<style" not in page
    assert "jp-" not in page
    assert not re.search(r"In\s*(\[|&nbsp;)", own)
    assert not re.search(r'(src|href)="https?://(?!www\.mkdocs\.org)', page)
    assert not re.search(r"require\.js|mathjax|mermaid", page, re.IGNORECASE)


def test_another_file_of_python_under_docs_is_no_page(book):
    assert "helper/index.html" not in book.site()


# What can be downloaded, and what can be run


def test_the_notebook_has_not_been_run_and_says_the_numbers(book):
    notebook = json.loads(book.site()["labs/small/small.ipynb"])
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    text = "\n".join("".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "markdown")
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    assert "It adds to 5, as the page says" in text
    assert "to 5." in text.splitlines()[-1]
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])


def test_the_notebook_begins_with_the_definitions_and_runs_without_snippets(book, tmp_path):
    notebook = json.loads(book.site()["labs/small/small.ipynb"])
    code = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert code[0].startswith("def double(x):")
    assert not any("snippets" in text for text in code)
    program = "\n".join(["import matplotlib", "matplotlib.use('agg')", *code])
    done = subprocess.run([sys.executable, "-I", "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("5 < 6\ndrawn\n", "")


def test_a_lab_runs_as_a_script_from_the_root_of_the_project(book):
    words = [sys.executable, "docs/labs/small.py"]
    environment = {**os.environ, "MPLBACKEND": "agg", "PYTHONPATH": ""}
    done = subprocess.run(words, cwd=book.root, env=environment, capture_output=True, text=True)
    assert done.stdout == "5 < 6\ndrawn\n", done.stderr


def test_the_labs_of_this_project_can_all_be_run_as_scripts():
    labs = sorted((ROOT / "docs" / "labs").glob("*.py"))
    assert labs
    for lab in labs:
        assert '# %% tags=["script"]' in lab.read_text(encoding="utf-8"), lab.name


# What goes wrong


def together(faults: list[tuple[str, int, str]]) -> tuple[str, list[tuple[int, str]]]:
    """One lab with all these cells, and for each fault its line in the lab and its words."""
    text, expected = HEAD, []
    for cells, line, words in faults:
        expected.append((text.count("\n") + line, words))
        text += cells + "\n"
    return text, expected


@pytest.fixture(scope="module")
def complaints(shared_project, tmp_path_factory) -> list[str]:
    """What a build says of a book with one lab for each mistake, and a sound one."""
    project = type(shared_project)(tmp_path_factory.mktemp("mistakes") / "book")
    source = project.read("press/labs.py")
    assert "SECONDS = 180 " in source
    project.write("press/labs.py", source.replace("SECONDS = 180 ", "SECONDS = 3 "))
    labs = {name: HEAD + cells for name, (cells, _, _) in RAISING.items()}
    add_labs(project, sound=LAB, undescribed="# %%\nx = 1\n", faulty=together(FAULTS + FAULTS_OF_PAGES)[0], **labs)
    done = project.press("build")
    assert done.returncode == 1
    assert not (project.root / "site").exists()
    assert "Traceback" not in done.stderr, done.stderr
    return [line for line in done.stderr.splitlines() if line.startswith("docs/")]


@pytest.mark.parametrize("name", RAISING)
def test_a_lab_that_fails_fails_the_build_and_names_its_line(complaints, name):
    _, line, words = RAISING[name]
    (complaint,) = [complaint for complaint in complaints if complaint.startswith(f"docs/labs/{name}.py:")]
    assert complaint.startswith(f"docs/labs/{name}.py:{HEAD.count(chr(10)) + line if line else 1}: ")
    assert words in complaint


@pytest.mark.parametrize(("line", "words"), together(FAULTS + FAULTS_OF_PAGES)[1])
def test_what_is_wrong_with_a_page_fails_the_build_and_names_its_line(complaints, line, words):
    assert [c for c in complaints if c.startswith(f"docs/labs/faulty.py:{line}: ") and words in c], "\n".join(
        complaints
    )


def test_a_lab_without_a_description_fails_the_build(complaints):
    assert "docs/labs/undescribed.py:1: the page has no description" in complaints


def test_a_mistake_in_one_lab_is_no_complaint_about_another(complaints):
    assert not [complaint for complaint in complaints if "sound.py" in complaint]


# What is kept


OUTCOME = """
import json, sys
from pathlib import Path
from press import labs
from press.cache import Cache
from press.library import load_library

ran, convert = [], labs.convert_cells
labs.convert_cells = lambda *words, **options: ran.append(1) or convert(*words, **options)
root = Path.cwd()
lab = labs.read_lab(root, root / "docs/labs/small.py")
outcome, problems = labs.outcome_of(lab, load_library(root), Cache(root / ".cache/press"), root)
print(json.dumps([len(ran), outcome.outputs, len(problems)]))
"""


def outcome_of(book) -> tuple[int, dict[str, str], int]:
    """How many labs had to be run, what their cells printed, and how many problems there were."""
    words = [sys.executable, "-c", OUTCOME]
    done = subprocess.run(words, cwd=book.root, capture_output=True, text=True, check=True)
    return tuple(json.loads(done.stdout.splitlines()[-1]))


def test_a_lab_is_run_again_where_it_or_a_snippet_has_changed_and_only_there(book):
    assert outcome_of(book)[0] == 0
    first = book.site()
    assert book.press("build").returncode == 0
    assert book.site() == first

    book.write("snippets/first.py", book.read("snippets/first.py").replace("FACTOR = 2", "FACTOR = 3"))
    ran, outputs, _ = outcome_of(book)
    assert (ran, "7 < 6" in outputs.values()) == (1, True)
    book.write("snippets/first.py", book.read("snippets/first.py").replace("FACTOR = 3", "FACTOR = 2"))
    assert outcome_of(book)[0] == 0

    book.write("docs/labs/small.py", LAB.replace("double(2) + 1", "double(2) + 4"))
    ran, outputs, _ = outcome_of(book)
    assert (ran, "8 < 6" in outputs.values()) == (1, True)
    book.write("docs/labs/small.py", LAB)
    assert outcome_of(book)[0] == 0


def test_a_torn_result_counts_as_none(book):
    for file in (book.root / ".cache" / "press").iterdir():
        file.write_bytes(file.read_bytes()[:-20])
    ran, outputs, problems = outcome_of(book)
    assert (ran, "5 < 6" in outputs.values(), problems) == (1, True, 0)


def test_a_failure_is_not_kept(book):
    book.write("docs/labs/small.py", HEAD + "# %%\n1 / 0\n")
    assert [outcome_of(book)[::2] for _ in range(2)] == [(1, 1), (1, 1)]
    book.write("docs/labs/small.py", LAB)


def test_without_the_cache_everything_runs_and_is_the_same_to_the_byte(book):
    book.write("docs/labs/small.py", LAB)
    first = book.site()
    assert book.press("build", PRESS_NO_CACHE="1").returncode == 0
    assert book.site() == first
