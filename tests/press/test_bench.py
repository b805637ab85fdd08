"""The benchmark writes what it measured into its page, and prints the page's table; where it fails, the page stays."""

import ast
import json
import os
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

from press.bench import WIDTH, assignments, machine
from press.benchmarks.timing import seconds_each

ROOT = Path(__file__).resolve().parents[2]
BLOCKS = """\
```python id=measured
seconds = [1.0]
```

```python id=twice after=measured
print("twice", [2 * s for s in seconds])
```

```output
twice [2.0]
```
"""
MEASURES = 'PAGE = "docs/index.md"\n\n\ndef measure():\n    return {"seconds": [3.0, 4.0]}\n'


@pytest.fixture
def measured(project):
    """The small project with a benchmark `training` of its own, and a page for it."""
    project.append(BLOCKS)
    project.write("press/benchmarks/training.py", MEASURES)
    return project


def test_what_was_measured_stands_in_the_page_with_the_machine(measured):
    done = measured.press("bench", "training")
    assert done.returncode == 0, done.stderr
    page = measured.read("docs/index.md")
    assert "# Written by `python3 book.py bench training`.\nmachine = " in page
    assert "\nseconds = [3.0, 4.0]\n```" in page


def test_the_page_s_own_programs_make_the_table_that_is_printed(measured):
    done = measured.press("bench", "training")
    assert done.stdout == "twice [6.0, 8.0]\n\n"
    assert "```output\ntwice [6.0, 8.0]\n```" in measured.read("docs/index.md")


def test_the_page_builds_afterwards(measured):
    measured.press("bench", "training")
    done = measured.press("build")
    assert done.returncode == 0, done.stderr


def test_a_benchmark_that_fails_leaves_the_page_as_it_was(measured):
    before = measured.read("docs/index.md")
    measured.write("press/benchmarks/training.py", MEASURES.replace("return", "1 / 0\n    return"))
    done = measured.press("bench", "training")
    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr
    assert "press/benchmarks/training.py:1: the benchmark ends with status 1" in done.stderr
    assert measured.read("docs/index.md") == before


def test_a_page_without_the_block_is_named(project):
    project.write("press/benchmarks/training.py", MEASURES)
    before = project.read("docs/index.md")
    done = project.press("bench", "training")
    assert done.returncode == 1
    assert "docs/index.md:1: no block has the id measured" in done.stderr
    assert project.read("docs/index.md") == before


def test_a_benchmark_that_does_not_exist_is_refused_with_those_that_do(project):
    done = project.press("bench", "cooking")
    assert done.returncode == 2
    assert done.stderr == "cooking: there is no such benchmark; choose of training, minibatches, parallel\n"


def test_values_become_assignments_that_read_back_as_they_were():
    values = {
        "machine": "a processor with a rather long name, " * 4,
        "B": 32,
        "seconds": [float(f"{1.0001**n:.3g}") for n in range(60)],
        "ratios": {f"contender {n}": [0.123, 4.56, 7.89, 10.1] for n in range(4)},
    }
    lines = assignments(values)
    assert max(map(len, lines)) <= WIDTH
    read = {node.targets[0].id: ast.literal_eval(node.value) for node in ast.parse("\n".join(lines)).body}
    assert read == values


def test_the_machine_is_named_by_its_processor_its_cores_and_its_versions():
    assert f"{os.cpu_count()} cores" in machine()
    assert f"Python {sys.version.split()[0]}" in machine()


def test_ways_take_turns_and_each_gets_the_median_of_its_rounds():
    order, times = [], iter([0, 1, 0, 1, 0, 1, 0, 10, 0, 3, 0, 20, 0, 2, 0, 60])
    ways = {"a": lambda: order.append("a"), "b": lambda: order.append("b")}
    each = seconds_each(ways, rounds=3, at_least=0.5, clock=lambda: next(times))
    assert order[-6:] == ["a", "b"] * 3
    assert each == {"a": 2, "b": 20}


def test_a_quick_way_is_called_often_enough_for_the_clock():
    ticks = count()
    calls = []
    seconds_each({"quick": lambda: calls.append(next(ticks))}, 1, at_least=100, clock=lambda: len(calls))
    assert len(calls) >= 200


def test_the_benchmark_of_training_runs_without_pytorch_and_compares_all_workloads():
    text = (
        "import json\n"
        "from press.benchmarks import training\n"
        "training.torch = training.deep.torch = None\n"
        "print(json.dumps(training.measure(rounds=1)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", text],
        cwd=ROOT,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    measured = json.loads(done.stdout)
    assert set(measured["microseconds"]) == {"this site", "scikit-learn", "matrix products"}
    assert len(measured["workloads"]) == 7
    for name, values in measured["microseconds"].items():
        assert len(values) == 7
        assert min(value for value in values if value) > 0
        assert values.count(None) == (3 if name == "scikit-learn" else 0)
