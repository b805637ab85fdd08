"""Whatever is wrong with a page fails the build, with file and line, and leaves the old site alone."""

import pytest

FIGURE = "```python\nimport matplotlib.pyplot as plt\n\nplt.plot([1, 2])\nplt.show()\n```\n"

PLANTS = {  # name: (Markdown put at the end of the page, the line of it that is to be named, words of the message)
    "a program raises": ("```python\nx = 1\nx / 0\n```\n", 3, "ZeroDivisionError"),
    "a program loops for ever": ("```python time=1\nwhile True:\n    pass\n```\n", 1, "does not end in time"),
    "a program prints other than expected": ("```python\nprint(2)\n```\n\n```output\n3\n```\n", 5, "expected '3'"),
    "a program prints what no fence expects": ("```python\nprint(2)\n```\n", 1, "no output fence"),
    "a program prints nothing where output is expected": (
        "```python\nx = 1\n```\n\n```output\n1\n```\n",
        5,
        "prints nothing",
    ),
    "a program prints something random": (
        "```python\nimport numpy as np\n\nprint(np.random.default_rng().normal())\n```\n\n```output\n0.5\n```\n",
        7,
        "random",
    ),
    "a program prints from the global random state": (
        "```python\nimport numpy as np\n\nprint(np.random.normal())\n```\n\n```output\n0.5\n```\n",
        7,
        "random",
    ),
    "an import is not in snippets": (
        "```python\nfrom snippets.first import triple\n```\n",
        2,
        "does not define triple",
    ),
    "a package is not there": ("```python\nimport torch_of_tomorrow\n```\n", 2, "ModuleNotFoundError"),
    "a program writes a file": ('```python\nopen("x.txt", "w")\n```\n', 2, "writes a file"),
    "a program hides that it writes a file": (
        '```python\ntry:\n    open("x.txt", "w")\nexcept OSError:\n    pass\n```\n',
        1,
        "writes a file",
    ),
    "a program opens a socket": ("```python\nimport socket\n\nsocket.socket()\n```\n", 4, "opens a socket"),
    "a program starts a process": ('```python\nimport os\n\nos.system("ls")\n```\n', 4, "starts a process"),
    "a program leaves before its end": ("```python\nimport os\n\nos._exit(0)\n```\n", 1, "before its last line"),
    "a program exits politely": ("```python\nimport sys\n\nsys.exit()\n```\n", 4, "before its last line"),
    "a program takes too much memory": (
        "```python\nimport numpy as np\n\nx = np.ones(10**9)\n```\n",
        4,
        "MemoryError",
    ),
    "a program warns": ("```python\nimport numpy as np\n\nnp.log(np.zeros(1))\n```\n", 4, "RuntimeWarning"),
    "a program has a syntax error": ("```python\nx = = 1\n```\n", 2, "SyntaxError"),
    "a figure is not shown": ("```python\nimport matplotlib.pyplot as plt\n\nplt.plot([1])\n```\n", 1, "plt.show()"),
    "a figure has no fence": (FIGURE, 1, "nothing describes"),
    "a figure has no alternative text": (FIGURE + "\n```figure\ncaption: A line.\n```\n", 8, "no alternative text"),
    "a figure has no caption": (FIGURE + "\n```figure\nalt: A line.\n```\n", 8, "no caption"),
    "a figure is described but not drawn": (
        "```python\nx = 1\n```\n\n```figure\nalt: A line.\ncaption: A line.\n```\n",
        5,
        "shows none",
    ),
    "a macro is unknown": ("Some words.\n\nAnd $x + \\thetta$.\n", 3, "\\thetta"),
    "a link leads nowhere": ("[there](nowhere.md)\n", 1, "nowhere.md"),
    "a raw link leads nowhere": ('<a href="nowhere.html">there</a>\n', 1, "nowhere.html"),
    "an anchor is missing": ("[there](#nowhere)\n", 1, "#nowhere"),
    "an image is missing": ("![A picture](picture.png)\n", 1, "picture.png"),
    "a raw image is missing": ('<img src="picture.png" alt="A picture">\n', 1, "picture.png"),
    "an image has no alternative text": ("![](dot.svg)\n", 1, "no alternative text"),
    "a chapter brings a script": ("<script>1</script>\n", 1, "<script>"),
    "a chapter brings an event handler": ('<b onclick="x()">word</b>\n', 1, "onclick"),
    "a chapter brings a frame": ('<iframe src="https://example.org"></iframe>\n', 1, "<iframe>"),
    "a chapter brings a javascript address": ('<a href="javascript:x()">word</a>\n', 1, "javascript:"),
    "a value names no program": ("{{ nothing: 1 }}\n", 1, "no program"),
    "a value cannot be computed": ("{{ sum: totall }}\n", 1, "totall"),
    "a value holds a brace": ('{{ sum: f"{total}" }}\n', 1, "holds a brace"),
    "a value does not end on its line": ("{{ sum:\ntotal }}\n", 1, "end on its line"),
    "a fence is never closed": ("```python\nx = 1\n", 1, "never closed"),
    "an option is unknown": ("```python idd=x\nx = 1\n```\n", 1, "idd"),
    "a time is too long": ("```python time=100\nx = 1\n```\n", 1, "1 to 60"),
    "an id is taken": ("```python id=sum\nx = 1\n```\n", 1, "is taken"),
    "a program continues one that prints": ("```python after=sum\nx = 1\n```\n", 1, "prints or draws"),
    "a program continues none": ("```python after=later\nx = 1\n```\n", 1, "not above"),
    "an inlined name is assigned": (
        "```python\nfrom snippets.first import double\n\ndouble = 2\n```\n",
        4,
        "assigns to double",
    ),
    "an import is starred": ("```python\nfrom snippets.first import *\n```\n", 2, "imports *"),
    "an import is renamed": ("```python\nfrom snippets.first import double as d\n```\n", 2, "renames"),
    "a module is imported whole": ("```python\nimport snippets.first\n```\n", 2, "whole"),
    "a shown definition is missing": ("```python show=snippets.first.triple\n```\n", 1, "no such definition"),
    "an output follows nothing": ("```output\n1\n```\n", 1, "follows no program"),
    "a claim lacks a field": ("```claim\nid: 1.1\nclaim: All is well.\n```\n", 1, "experiment"),
    "a stub passes its test": (
        "```exercise id=one\n# stub\nx = 1\n\n# test\ndef test():\n    assert x == 1\n\n# solution\nx = 1\n```\n",
        3,
        "the stub passes",
    ),
    "a solution fails its test": (
        "```exercise id=one\n# stub\nx = 0\n\n# test\ndef test():\n    assert x == 1\n\n# solution\nx = 2\n```\n",
        10,
        "the solution fails",
    ),
}


@pytest.fixture(scope="module")
def built(shared_project):
    assert shared_project.press("build").returncode == 0
    return shared_project, shared_project.read("docs/index.md"), shared_project.site()


@pytest.mark.parametrize("name", PLANTS)
def test_build_fails_where(built, name):
    project, page, site = built
    text, line, words = PLANTS[name]
    first = project.append(text)
    try:
        done = project.press("build")
    finally:
        project.write("docs/index.md", page)
    assert done.returncode == 1, done.stderr
    named = [problem for problem in done.stderr.split("docs/index.md:") if words in problem]
    assert any(problem.startswith(f"{first + line - 1}:") for problem in named), done.stderr
    assert project.site() == site


def test_all_problems_of_a_run_are_listed_at_once(built):
    project, page, _ = built
    first = project.append("```python\nx / 0\n```\n\n[there](nowhere.md)\n\n$\\thetta$\n\n<script>1</script>\n")
    done = project.press("build")
    project.write("docs/index.md", page)
    for line in (2, 5, 7, 9):
        assert f"docs/index.md:{first + line - 1}:" in done.stderr
    assert "4 problems" in done.stderr


def test_a_mistake_in_a_snippet_is_named_there(project):
    project.write("snippets/first.py", "def double(x):\n    return 2 * x / 0\n")
    done = project.press("build")
    assert "snippets/first.py:2: ZeroDivisionError" in done.stderr
    assert "docs/index.md:9" in done.stderr
    assert done.returncode == 1


def test_a_page_missing_from_the_nav_fails_the_build(project):
    project.write("docs/lost.md", "---\ndescription: Lost.\n---\n\n# Lost\n")
    done = project.press("build")
    assert "docs/lost.md:1: the page is missing from the nav" in done.stderr
    assert done.returncode == 1


def test_a_page_without_description_fails_the_build(project):
    project.write("docs/index.md", project.read("docs/index.md").replace("description:", "other:"))
    done = project.press("build")
    assert "docs/index.md:1: the page has no description" in done.stderr
    assert done.returncode == 1


SNIPPET_PLANTS = {
    "the same public name twice": ("third.py", "def double(x):\n    return x\n", "third.py:1: double is defined in"),
    "a name twice in one module": ("third.py", "A = 1\nA = 2\n", "third.py:2: defines A a second time"),
    "code that runs": ("third.py", "A = 1\nprint(A)\n", "third.py:2: snippets hold only"),
    "a starred import": ("third.py", "from snippets.first import *\n", "third.py:1: imports *"),
    "a relative import": ("third.py", "from .first import double\n", "third.py:1: imports relatively"),
    "a renamed import": ("third.py", "from snippets.first import double as d\n", "third.py:1: renames"),
    "a name that is not defined": ("third.py", "def f():\n    return missing\n", "third.py:1: f uses missing"),
    "an import that is not there": ("third.py", "from snippets.first import no\n", "third.py:1: imports no"),
    "a circle of imports": ("first.py", "from snippets.second import quadruple\n\ndouble = quadruple\n", "circle"),
    "a syntax error": ("third.py", "def f(:\n", "third.py:1: SyntaxError"),
    "one name with two meanings": (
        "third.py",
        "import numpy as double\n",
        "third.py:1: imports double, which snippets/first.py defines",
    ),
}


@pytest.mark.parametrize("name", SNIPPET_PLANTS)
def test_build_fails_where_snippets_have(project, name):
    file, text, words = SNIPPET_PLANTS[name]
    project.write(f"snippets/{file}", text)
    done = project.press("build")
    assert words in done.stderr
    assert done.returncode == 1


def test_a_problem_takes_at_most_ten_lines(project):
    line = project.append('```python\nraise ValueError("\\n".join(map(str, range(40))))\n```\n')
    done = project.press("build")
    report = done.stderr.split(f"docs/index.md:{line + 1}:")[1].split("1 problem;")[0]
    assert 3 < len(report.strip().splitlines()) <= 10
