"""Early stopping: the best θ so far is kept, and patience runs out."""

import re
from itertools import count

import numpy as np
import pytest

from snippets.early_stopping import early_stopping


def stop(costs, patience):
    """The place of the best of these costs, and how many were looked at."""
    best, history = early_stopping(iter(range(len(costs))), costs.__getitem__, patience)
    assert history == costs[: len(history)]
    return best, len(history)


# Values computed by hand


@pytest.mark.parametrize(
    ("costs", "patience", "best", "looked_at"),
    [
        ([3, 2, 4, 1], 1, 1, 3),
        ([3, 2, 4, 1], 2, 3, 4),
        ([3, 4, 2, 4, 4, 1], 2, 2, 5),
        ([3, 4, 2, 4, 4, 1], 3, 5, 6),
        ([5, 4, 3, 2, 1], 1, 4, 5),
        ([1, 2, 3, 4, 5], 3, 0, 4),
        ([7], 1, 0, 1),
    ],
)
def test_it_stops_when_as_many_in_a_row_as_patience_allows_were_no_better(costs, patience, best, looked_at):
    assert stop(costs, patience) == (best, looked_at)


def test_an_equal_cost_is_no_better_and_the_first_of_two_equals_is_kept():
    assert stop([2, 2, 2, 1], 2) == (0, 3)


# Behaviour


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("patience", [1, 3, 10])
def test_what_is_kept_is_the_lowest_of_what_was_seen(seed, patience):
    costs = list(np.random.default_rng(seed).normal(size=50))
    best, looked_at = stop(costs, patience)
    assert best == np.argmin(costs[:looked_at])
    assert looked_at == min(best + 1 + patience, 50)


def test_an_endless_supply_is_taken_from_only_as_long_as_needed():
    supply = count()
    best, history = early_stopping(supply, lambda theta: (theta - 5) ** 2, 3)
    assert best == 5
    assert history == [25, 16, 9, 4, 1, 0, 1, 4, 9]
    assert next(supply) == 9


def test_a_supply_that_ends_early_ends_the_search():
    assert stop([3, 2], 10) == (1, 2)


def test_patience_begins_anew_at_each_improvement():
    assert stop([9, 10, 8, 10, 7, 10, 6, 10, 10], 2) == (6, 9)


def test_patience_of_one_and_a_half_is_used_up_after_two():
    assert stop([1, 2, 3, 4], 1.5) == (0, 3)


# Extremes


def test_a_cost_that_is_not_a_number_is_never_the_best_but_uses_up_patience():
    best, history = early_stopping(iter("abcde"), dict(zip("abcde", [np.nan, 3, np.nan, np.nan, 1])).get, 2)
    assert best == "b"
    assert len(history) == 4


@pytest.mark.parametrize("lowest", [-1e308, -np.inf, 0, 1e308])
def test_the_largest_numbers_are_costs_like_others(lowest):
    assert stop([np.inf, lowest, np.inf], 5) == (1, 3)


@pytest.mark.parametrize("costs", [[np.nan, np.nan, np.nan], [np.inf, np.inf], []])
def test_without_any_cost_below_infinity_it_is_refused(costs):
    with pytest.raises(ValueError, match=r"^thetas should give at least one J_validation below infinity$"):
        early_stopping(range(len(costs)), costs.__getitem__, 2)


# Contract


@pytest.mark.parametrize("patience", [0, -1, 0.5, np.nan])
def test_a_patience_below_one_is_refused_before_anything_is_tried(patience):
    with pytest.raises(ValueError, match=rf"^{re.escape(f'patience should be at least 1, not {patience}')}$"):
        early_stopping(iter(()), None, patience)


def test_the_best_theta_is_handed_back_itself_unchanged():
    thetas = [np.array([2.0, 2.0], np.float32), np.array([1.0, 1.0], np.float32), np.array([3.0, 3.0], np.float32)]
    for theta in thetas:
        theta.flags.writeable = False
    best, history = early_stopping(thetas, lambda theta: theta.sum(), 2)
    assert best is thetas[1]
    assert history == [4, 2, 6]


def test_the_same_answer_comes_twice():
    costs = list(np.random.default_rng(0).normal(size=30))
    assert stop(costs, 4) == stop(costs, 4)


# Equality of two forms


@pytest.mark.parametrize("seed", range(5))
def test_patience_without_end_is_the_minimum_of_all(seed):
    costs = list(np.random.default_rng(seed).normal(size=30))
    assert stop(costs, np.inf) == stop(costs, 30) == (np.argmin(costs), 30)
