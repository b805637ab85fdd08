"""Timing: several ways to do the same work, side by side in one run."""

import time
from collections.abc import Callable, Hashable, Iterable
from statistics import median


def seconds_each(
    ways: dict[Hashable, Callable[[], object]],
    rounds: int,
    at_least: float = 0.05,
    clock: Callable[[], float] = time.process_time,
) -> dict[Hashable, float]:
    """The median seconds of one call of each way.

    The ways take turns, round by round, so that a busy machine slows all of them. In its turn a way is called
    as often as fills `at_least` seconds, since a clock cannot see less.
    """
    calls = {name: _calls(way, at_least, clock) for name, way in ways.items()}
    taken: dict[Hashable, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            taken[name].append(_seconds(way, calls[name], clock) / calls[name])
    return {name: median(times) for name, times in taken.items()}


def _calls(way: Callable[[], object], at_least: float, clock: Callable[[], float]) -> int:
    calls = 1
    while _seconds(way, calls, clock) < at_least:
        calls *= 2
    return calls


def _seconds(way: Callable[[], object], calls: int, clock: Callable[[], float]) -> float:
    started = clock()
    for _ in range(calls):
        way()
    return clock() - started


def rounded(numbers: Iterable[float]) -> list[float]:
    """The numbers to three digits, as a page shows them."""
    return [float(f"{number:.3g}") for number in numbers]
