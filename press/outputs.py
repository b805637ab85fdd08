"""Outputs: what a program printed against what its page says it prints."""

import math
import re

TOLERANCE = 1e-6
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


def tidy(output: str) -> str:
    """Output as it stands in a page: no blanks at the ends of lines, no blank lines at the end."""
    return "\n".join(line.rstrip() for line in output.rstrip().split("\n"))


def same_output(expected: str, actual: str) -> bool:
    """Equal line by line, where numbers may differ by 1e-6 of their size and blanks in their count."""
    expected_lines, actual_lines = tidy(expected).split("\n"), tidy(actual).split("\n")
    return len(expected_lines) == len(actual_lines) and all(map(_same_line, expected_lines, actual_lines))


def _same_line(expected: str, actual: str) -> bool:
    if expected == actual:
        return True
    words = [re.sub(r"\s+", " ", _NUMBER.sub("#", line)) for line in (expected, actual)]
    numbers = [[float(number) for number in _NUMBER.findall(line)] for line in (expected, actual)]
    return words[0] == words[1] and all(
        math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=0) for a, b in zip(*numbers, strict=True)
    )


def difference(expected: str, actual: str) -> str:
    """The first lines that differ, each side named."""
    expected_lines, actual_lines = tidy(expected).split("\n"), tidy(actual).split("\n")
    if len(expected_lines) != len(actual_lines):
        counts = f"{len(actual_lines)} lines instead of {len(expected_lines)}"
    else:
        counts = "other lines"
    for old, new in zip([*expected_lines, ""], [*actual_lines, ""]):
        if not _same_line(old, new):
            return f"prints {counts}\n  expected {old[:100]!r}\n  printed  {new[:100]!r}"
    longer = max(expected_lines, actual_lines, key=len)[min(len(expected_lines), len(actual_lines))]
    return f"prints {counts}\n  first too many or missing: {longer[:100]!r}"
