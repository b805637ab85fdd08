"""The map of the chapters and the table of the claims are made from the pages themselves."""

import pytest

CONFIG_NAV = """\
nav:
  - Home: index.md
  - Start: start.md
  - Part one:
      - Deeper: deep/one.md
      - deep/two.md
"""

CHAPTER = """\
---
description: About {name}.
question: Why {name}?
---

# Title of {name}

```python id=x
```

"""

CLAIM = """\
```claim
id: {id}
claim: Claim | {id}.
experiment: We looked.
measured: {{{{ x: 1 + 1 }}}} of 3.
verdict: holds
because: so.
```
"""


@pytest.fixture(scope="module")
def gathered(shared_project):
    project = shared_project
    project.write("mkdocs.yml", project.read("mkdocs.yml").replace("nav: [index.md]\n", CONFIG_NAV) + "  - tables\n")
    for name, number in (("start", "1.10"), ("deep/one", "1.9"), ("deep/two", "2.1")):
        project.write(f"docs/{name}.md", CHAPTER.format(name=name) + CLAIM.format(id=number))
    project.append("```chapters\n```\n\n```claims\n```\n")
    done = project.press("build")
    assert done.returncode == 0, done.stderr
    return project.read("site/index.html")


def test_the_map_names_parts_chapters_and_questions_in_the_order_of_the_nav(gathered):
    places = [gathered.index(words) for words in ("Why start?", "Part one</h3>", "Why deep/one?", "Why deep/two?")]
    assert places == sorted(places)
    assert '<a href="start/">Start</a>' in gathered
    assert '<a href="deep/two/">Title of deep/two</a>' in gathered


def test_the_table_has_every_claim_in_the_order_of_the_ids_with_a_link(gathered):
    places = [gathered.index(f">{number}</a>") for number in ("1.9", "1.10", "2.1")]
    assert places == sorted(places)
    assert '<a href="deep/one/#claim-1-9">1.9</a>' in gathered
    assert "2 of 3." in gathered
    assert "Claim | 1.9." in gathered
