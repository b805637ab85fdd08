"""What a page becomes, and what the commands say."""

import json
import socket

import nbformat
import pytest
from nbclient import NotebookClient

from press.pages import fill_values, values_in

SHOWN = """\
```python id=area after=data
from snippets.first import double

print(double(side))
```

```output
6
```

```python id=line
import matplotlib.pyplot as plt

plt.plot([1, 2], label="a < b")
plt.legend()
plt.show()
```

```figure
alt: A line that rises to {{ sum: total }}.
caption: It rises, as $\\theta$ does.
```

```python show=snippets.first.double
```

```claim
id: 2.3
claim: All is well.
experiment: We looked.
measured: {{ sum: total }} times.
verdict: holds with a caveat
because: we looked away.
```

```exercise id=three
# stub
def three():
    raise NotImplementedError("return 3")

# test
def test():
    assert three() == 3, "not yet 3"

# solution
def three():
    return 3
```
"""


@pytest.fixture(scope="module")
def built(shared_project):
    shared_project.append("```python id=data\nside = 3\n```\n\n" + SHOWN)
    done = shared_project.press("build")
    assert done.returncode == 0, done.stderr
    return shared_project


def test_the_contract_of_a_program(built):
    html = built.read("site/index.html")
    line = built.read("docs/index.md").split("\n").index("```python id=area after=data") + 1
    assert f'<div class="program" id="program-area" data-source="docs/index.md:{line}">' in html
    assert 'class="program-copy md-button" data-clipboard-text="def double(x):' in html
    assert "Copy program · 10 lines" in html
    assert '<pre class="program-output" tabindex="0" role="group" aria-label="Output">6</pre>' in html


def test_the_contract_of_a_figure(built):
    html = built.read("site/index.html")
    assert '<figure class="program-figure"><svg' in html
    assert 'role="img" aria-label="A line that rises to 5."' in html
    assert "<figcaption>It rises, as <span" in html
    assert "currentColor" in html
    assert "var(--figure-1)" in html
    assert "a &lt; b" in html


def test_values_stand_in_the_text(built):
    assert "It adds to 5, and" in built.read("site/index.html")


def test_a_claim_has_a_box_with_an_anchor(built):
    html = built.read("site/index.html")
    assert '<div class="claim claim-caveat" id="claim-2-3">' in html
    assert "5 times." in html


def test_an_exercise_shows_what_is_missing_and_folds_the_solution(built):
    html = built.read("site/index.html")
    assert "Still missing: return 3</pre>" in html
    assert "<details><summary>A solution</summary>" in html
    assert "Solved.</pre>" in html


def test_the_download_is_the_program(built):
    assert built.read("site/index-area.py").endswith("\nside = 3\n\nprint(double(side))\n")


def test_the_notebook_runs_from_top_to_bottom(built):
    notebook = nbformat.reads(built.read("site/index.ipynb"), as_version=4)
    nbformat.validate(notebook)
    NotebookClient(notebook, timeout=60).execute()
    printed = [o["text"] for cell in notebook.cells for o in cell.get("outputs", []) if o.get("name") == "stdout"]
    assert printed == ["5\n", "6\n", "Still missing: return 3\n"]
    assert json.dumps(notebook.cells).count("def double") == 1


def test_update_writes_outputs_and_is_then_at_rest(project):
    project.append("- In a list:\n\n    ```python\n    print(1)\n    print()\n    print(2)\n    ```\n")
    project.write("docs/index.md", project.read("docs/index.md").replace("```output\n5\n", "```output\nold\n"))
    done = project.press("update")
    assert done.returncode == 0, done.stderr
    page = project.read("docs/index.md")
    assert "```output\n5\n```" in page
    assert "    ```\n\n    ```output\n    1\n\n    2\n    ```\n" in page
    assert project.press("update", "docs/index.md").stdout == ""
    assert project.read("docs/index.md") == page


def test_update_does_not_write_what_is_random(project):
    project.append("```python\nimport numpy as np\n\nprint(np.random.default_rng().normal())\n```\n")
    page = project.read("docs/index.md")
    done = project.press("update")
    assert "random" in done.stderr
    assert done.returncode == 1
    assert project.read("docs/index.md") == page


def test_run_runs_and_shows_one_program(project):
    assert project.press("run", "docs/index.md:12").stdout == "5\n"
    shown = project.press("run", "docs/index.md:12", "--show").stdout
    assert shown.startswith("def double(x):")
    assert project.press("run", "docs/index.md:1").returncode == 2
    assert project.press("run", "docs/none.md:1").returncode == 2


def test_run_tells_what_is_wrong_with_a_program(project):
    line = project.append("```python\n1 / 0\n```\n")
    done = project.press("run", f"docs/index.md:{line}")
    assert f"docs/index.md:{line + 1}: ZeroDivisionError" in done.stderr
    assert done.returncode == 1


def test_a_busy_port_is_one_line(project):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = str(busy.getsockname()[1])
        done = project.press("serve", "--port", port)
    assert done.stderr == f"port {port} is busy: choose another with --port\n"
    assert done.returncode == 1


def test_values_in_code_spans_are_left_alone():
    text = "{{ a: 1 }} and `{{ b: 2 }}` and ``{{ c: `3` }}``"
    assert [match["program"] for match in values_in(text)] == ["a"]
    assert fill_values(text, {("a", "1"): "one"}) == "one and `{{ b: 2 }}` and ``{{ c: `3` }}``"


def test_the_notebook_puts_back_what_a_cell_in_between_has_overwritten(project):
    project.append(
        "```python id=first\nx = 1\n```\n\n```python\nx = 5\n```\n\n"
        "```python after=first\nprint(x)\n```\n\n```output\n1\n```\n"
    )
    assert project.press("build").returncode == 0
    notebook = nbformat.reads(project.read("site/index.ipynb"), as_version=4)
    NotebookClient(notebook, timeout=60).execute()
    assert notebook.cells[-1].outputs[0]["text"] == "1\n"
