"""A rebuild runs what changed and nothing else, loses nothing, and always makes the same bytes."""

import signal
import subprocess
import sys
import time

import pytest

from press.cache import Cache
from press.edition import compose

USES = """\
---
description: Programs that use different definitions.
---

# A page

```python id=none
x = 1
```

```python id=double
from snippets.first import double
```

```python id=quadruple
from snippets.second import quadruple
```
"""


def programs_run(done: subprocess.CompletedProcess) -> int:
    assert done.returncode == 0, done.stderr
    return int(done.stderr.rsplit(" programs run", 1)[0].rsplit(" ", 1)[1])


def test_a_warm_rebuild_runs_nothing(project):
    assert programs_run(project.press("build")) == 1
    assert programs_run(project.press("build")) == 0
    assert programs_run(project.press("build", PRESS_NO_CACHE="1")) == 1


@pytest.mark.parametrize(
    ("file", "old", "new", "changed"),
    [
        ("first.py", "2 x.", "2 y.", {"double", "quadruple"}),
        ("first.py", "FACTOR = 2", "FACTOR = 3", {"double", "quadruple"}),
        ("second.py", "double(double(x))", "double(double( x))", {"quadruple"}),
        ("__init__.py", "Snippets", "Snippet", set()),
    ],
)
def test_a_changed_snippet_changes_exactly_the_programs_that_use_it(project, file, old, new, changed):
    project.write("docs/index.md", USES)

    def keys() -> dict[str, str]:
        edition = compose(project.root, Cache(project.root / ".cache"))
        (page,) = edition.pages
        return {entry.id: entry.job.key for entry in edition.entries_of(page)}, edition.ran

    before, _ = keys()
    project.write(f"snippets/{file}", project.read(f"snippets/{file}").replace(old, new, 1))
    after, ran = keys()
    assert {name for name in before if before[name] != after[name]} == changed
    assert ran == len(changed)


def test_two_builds_in_different_folders_are_the_same(project, shared_project):
    for book in (project, shared_project):
        book.append("```python\nimport matplotlib.pyplot as plt\n\nplt.plot([1, 2])\nplt.show()\n```\n\n")
        book.append("```figure\nalt: A line.\ncaption: It rises.\n```\n")
        assert book.press("build", PRESS_NO_CACHE="1").returncode == 0
    assert project.site() == shared_project.site()


def test_a_corrupt_cache_entry_counts_as_missing(project):
    project.press("build")
    folder = project.root / ".cache" / "press"
    for file in folder.iterdir():
        file.write_bytes(file.read_bytes()[:-3])
    assert programs_run(project.press("build")) == 1
    assert programs_run(project.press("build")) == 0


def test_a_killed_build_leaves_site_and_cache_sound(project):
    project.press("build")
    site = project.site()
    project.append("```python time=60\nimport time\n\ntime.sleep(30)\n```\n")
    build = subprocess.Popen([sys.executable, "-m", "press", "build"], cwd=project.root, stderr=subprocess.DEVNULL)
    time.sleep(2)
    build.send_signal(signal.SIGKILL)
    build.wait()
    assert project.site() == site
    project.write("docs/index.md", project.read("docs/index.md").replace("sleep(30)", "sleep(0)"))
    assert programs_run(project.press("build")) == 1


def test_a_failed_program_is_not_cached(project):
    project.append("```python\n1 / 0\n```\n")
    for _ in range(2):
        assert "ZeroDivisionError" in project.press("build").stderr


def test_a_cache_gives_back_what_was_put(tmp_path):
    cache = Cache(tmp_path / "cache")
    assert cache.get("key") is None
    cache.put("key", {"θ": [1, None]})
    assert cache.get("key") == {"θ": [1, None]}
    Cache(None).put("key", 1)
    assert Cache(None).get("key") is None
