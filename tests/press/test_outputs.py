"""Outputs are equal where only rounding or blanks differ."""

import pytest

from press.outputs import difference, same_output, tidy


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ("a 1.0000000", "a 1.0000001"),
        ("[1. 2.]", "[1. 2.]\n\n"),
        ("x  1", "x 1"),
        ("-1e-3", "-0.001"),
        ("line  \nnext", "line\nnext"),
    ],
)
def test_the_same(expected, actual):
    assert same_output(expected, actual)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [("1.00", "1.00001"), ("0", "1e-9"), ("a", "b"), ("a", "a\nb"), ("1 2", "1"), ("loss 1", "Loss 1"), ("1", "-1")],
)
def test_not_the_same(expected, actual):
    assert not same_output(expected, actual)


def test_a_difference_shows_the_first_lines_that_differ():
    assert difference("a\nb 1", "a\nb 2") == "prints other lines\n  expected 'b 1'\n  printed  'b 2'"
    assert "2 lines instead of 1" in difference("a", "a\nb")


def test_tidy_takes_blanks_from_the_ends():
    assert tidy("a  \n b\n\n") == "a\n b"
