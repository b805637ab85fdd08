"""Forked or not, the worker gives the same results, and holds programs to their limits."""

import sys
import time

import pytest

from press import worker

FIGURE = "import matplotlib.pyplot as plt\n\nplt.plot([1, 2])\nplt.show()"


def run(text, **more):
    return worker.run({"text": text, "values": [], "time": 10, **more})


@pytest.fixture(autouse=True)
def no_snippets(monkeypatch):
    """A fork of the test's own process would find what other tests have imported."""
    for name in [name for name in sys.modules if name.split(".")[0] == "snippets"]:
        monkeypatch.delitem(sys.modules, name)


@pytest.fixture(params=[False, True], ids=["forked", "spawned"])
def spawn(request):
    return request.param


def test_output_and_values_come_back(spawn):
    result = run("x = 2\nprint('θ', x)", values=["x + 1:.2f", "x!r"], spawn=spawn)
    assert (result["error"], result["output"], result["values"]) == (None, "θ 2\n", ["3.00", "2"])


def test_a_figure_comes_back_as_svg(spawn):
    result = run(FIGURE, spawn=spawn)
    assert result["error"] is None
    (svg,) = result["figures"]
    assert "<svg" in svg


def test_an_error_names_the_line_of_the_program(spawn):
    result = run("def f():\n    raise KeyError('gone')\n\nf()", spawn=spawn)
    assert result["error"]["line"] == 2
    assert "KeyError: 'gone'" in result["error"]["what"]


def test_names_that_a_function_takes_from_outside_are_no_imports(spawn):
    text = "def f():\n  n = 0\n  def g():\n    nonlocal n\n    global m\n    n = m = 1\n  g()\n  return n\nprint(f())"
    assert run(text, spawn=spawn)["output"] == "1\n"


@pytest.mark.parametrize("text", ["import time\ntime.sleep(60)", "while True:\n    pass"])
def test_a_program_that_does_not_end_is_stopped(text):
    started = time.monotonic()
    result = run(text, time=1)
    assert "does not end in time" in result["error"]["what"]
    assert time.monotonic() - started < 10


def test_a_program_that_is_not_forked_is_stopped_too():
    assert "does not end in time" in run("while True:\n    pass", time=1, spawn=True)["error"]["what"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("import os\nos._exit(0)", "ends before its last line"),
        ("import os\nos.kill(os.getpid(), 9)", "is killed (SIGKILL)"),
        ("raise SystemExit", "ends before its last line"),
        ("open('a', 'a')", "writes a file: a"),
        ("import pathlib\npathlib.Path('a').mkdir()", "changes files: os.mkdir"),
        ("import socket\nsocket.create_connection(('127.0.0.1', 9))", "opens a socket"),
        ("import subprocess\nsubprocess.run(['ls'])", "starts a process"),
        ("print('x' * 10**6)", "prints more than"),
        ("import snippets", "No module named 'snippets'"),
        ("x = bytearray(3 * 1024**3)", "MemoryError"),
    ],
)
def test_what_a_program_may_not_do_is_an_error(text, what):
    assert what in run(text)["error"]["what"]


def test_a_program_reads_files_but_finds_its_folder_empty():
    assert run("import os, json\nprint(os.listdir('.'), bool(open(json.__file__).read()))")["output"] == "[] True\n"


def test_a_figure_left_open_is_an_error():
    assert "does not show" in run(FIGURE.replace("plt.show()", "plt.gca()"))["error"]["what"]


def test_programs_do_not_see_each_other():
    assert run("import numpy as np\nnp.left_behind = 1")["error"] is None
    assert "AttributeError" in run("import numpy as np\nnp.left_behind")["error"]["what"]


def test_a_value_that_fails_is_told_with_its_expression():
    assert run("x = 1", values=["y"])["value_errors"] == [["y", "NameError: name 'y' is not defined"]]
