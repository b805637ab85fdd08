"""Problems: what is wrong, where, and how to mend it, for the person who wrote the page."""

from dataclasses import dataclass

LINES_AT_MOST = 10


@dataclass(frozen=True, order=True)
class Problem:
    path: str
    line: int
    what: str
    mend: str

    def __str__(self) -> str:
        lines = f"{self.path}:{self.line}: {self.what}".splitlines()
        mend = self.mend.splitlines()
        room = LINES_AT_MOST - len(mend)
        if len(lines) > room:
            lines = [*lines[: room - 1], "  …"]
        return "\n".join([*lines, *(f"  → {line}" for line in mend)])


class PressError(Exception):
    """One or more problems that leave nothing to go on with."""

    def __init__(self, *problems: Problem):
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def report(problems: list[Problem]) -> str:
    """All problems in the order of pages and lines, with their count."""
    ordered = sorted(set(problems))
    noun = "problem" if len(ordered) == 1 else "problems"
    return "\n".join([*map(str, ordered), f"{len(ordered)} {noun}; the site was left as it was"])
