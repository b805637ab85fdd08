"""A program is a block's lines with what they need put before them, each line traced to where it was written."""

from pathlib import Path

import pytest

from press.library import global_names, load_library
from press.problems import PressError
from press.programs import Part, assemble, bound_names, own_lines, show

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def library(project):
    project.write(
        "snippets/third.py",
        "from math import pi\n\nimport numpy as np\n\nfrom snippets.first import FACTOR, double\n\n\n"
        "# Why it is here.\n@np.vectorize\ndef area(r):\n    return pi * r**2\n\n\n"
        "def scaled(x, by=FACTOR):\n    pi = 3\n    return max(double(x) * by, pi)\n\n\n"
        "class Unused:\n    pass\n",
    )
    return load_library(project.root)


def program(library, text, line=10):
    return assemble(library, [Part(text, "docs/x.md", line)])


def test_a_block_without_snippets_is_its_own_program(library):
    text = "import numpy as np\n\nx = np.ones(3)"
    assert program(library, text).text == text


def test_definitions_come_with_what_they_need_and_nothing_more(library):
    text = program(library, "from snippets.third import scaled\n\nprint(scaled(2))").text
    assert text == (
        'def double(x):\n    """2 x."""\n    return FACTOR * x\n\n\nFACTOR = 2\n\n\n'
        "def scaled(x, by=FACTOR):\n    pi = 3\n    return max(double(x) * by, pi)\n\n\n"
        "print(scaled(2))"
    ).replace("\n\n\nprint", "\n\n\nprint")


def test_imports_are_merged_and_comments_above_a_definition_stay(library):
    block = "import numpy as np\nfrom math import e\nfrom snippets.third import area\n\nprint(area(e))"
    text = program(library, block).text
    assert text.startswith("from math import e, pi\n\nimport numpy as np\n\n\n# Why it is here.\n@np.vectorize\ndef")
    assert text.count("import numpy") == 1


def test_every_line_is_traced_to_where_it_was_written(library):
    made = program(library, "from snippets.second import quadruple\n\nquadruple(1)", line=40)
    origins = {line: made.origin(n) for n, line in enumerate(made.text.splitlines(), 1)}
    assert origins["quadruple(1)"] == ("docs/x.md", 42)
    assert origins["    return double(double(x))"] == ("snippets/second.py", 5)
    assert origins["FACTOR = 2"] == ("snippets/first.py", 6)


def test_a_block_continues_one_above(library):
    parts = [
        Part("from snippets.first import double\nx = 2", "docs/x.md", 5),
        Part("from snippets.second import quadruple\nprint(quadruple(x), double(x))", "docs/x.md", 20),
    ]
    text = assemble(library, parts).text
    assert text.endswith("x = 2\n\nprint(quadruple(x), double(x))")
    assert text.count("def double") == 1


def test_a_shown_definition_has_a_program_with_all_it_needs(library):
    shown, made = show(library, [("snippets.second", "quadruple")])
    assert shown == "def quadruple(x):\n    return double(double(x))"
    assert "def double" in made.text


@pytest.mark.parametrize(
    ("block", "line", "what"),
    [
        ("from snippets.first import double\nimport math\ndouble = 1", 12, "assigns to double"),
        ("from snippets.third import area\npi = 3", 11, "assigns to pi"),
        ("from snippets.third import scaled\nmax = 3", 11, "assigns to max"),
        ("from snippets.third import scaled\n\ndef max(a, b):\n    pass", 12, "assigns to max"),
        ("from snippets.third import area\nfrom cmath import pi", 11, "imports pi"),
        ("from snippets.first import double; x = 1", 10, "shares its line"),
        ("def f():\n    from snippets.first import double", 11, "inside a block"),
        ("from snippets.second import double", 10, "snippets.second does not define double"),
    ],
)
def test_what_would_change_the_meaning_of_inlined_code_is_refused(library, block, line, what):
    with pytest.raises(PressError) as caught:
        program(library, block)
    (problem,) = caught.value.problems
    assert (problem.path, problem.line) == ("docs/x.md", line)
    assert what in problem.what


def test_a_wrong_module_is_answered_with_the_right_one(library):
    with pytest.raises(PressError, match=r"it is in snippets\.first"):
        program(library, "from snippets.second import double")


def test_global_names_are_found_in_nested_scopes_defaults_and_decorators():
    text = "@deco\ndef f(x, y=default):\n    z = x\n    return [inner(z, outer) for z in (lambda: deep)()]"
    assert global_names(text) == {"deco", "default", "inner", "outer", "deep"}


def test_own_lines_leave_out_only_imports_from_snippets():
    assert own_lines("import os\nfrom snippets.a import (\n    b,\n)\n\nb()") == "import os\n\nb()"


def test_bound_names_are_what_a_block_assigns_or_defines():
    assert bound_names("import os\nx = 1\nfor i in x:\n    pass\n\ndef f():\n    y = 2") == {"x", "i", "f"}


def test_every_definition_of_the_real_snippets_stands_alone():
    library = load_library(ROOT)
    for module in library.modules.values():
        for name in module.definitions:
            _, made = show(library, [(_dotted(module.path), name)])
            compile(made.text, name, "exec")
            assert "snippets" not in made.text


def _dotted(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".")
