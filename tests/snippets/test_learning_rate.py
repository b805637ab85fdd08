"""Learning rates that change: what a schedule gives at each step, and that an optimizer follows it."""

import re
from math import pi

import numpy as np
import pytest

from snippets.learning_rate import cosine, inverse_time, scheduled, step_decay, warm_up
from snippets.optimizers import adam, minimise, momentum, sgd


def bowl(theta):
    return (theta * theta).sum(), 2 * theta


SCHEDULES = {
    "step_decay": lambda: step_decay(0.8, 0.5, 10),
    "inverse_time": lambda: inverse_time(0.8, 20),
    "cosine": lambda: cosine(0.8, 0.001, 100),
    "warm_up": lambda: warm_up(lambda t: 0.8, 5),
}
every_schedule = pytest.mark.parametrize("name", SCHEDULES)

# Values computed by hand


def test_a_stepped_rate_is_held_and_then_halved_at_once():
    eta = step_decay(0.8, 0.5, 3)
    assert [eta(t) for t in range(8)] == [0.8, 0.8, 0.8, 0.4, 0.4, 0.4, 0.2, 0.2]


def test_the_inverse_of_time_halves_the_rate_after_tau_steps_and_thirds_it_after_two_tau():
    eta = inverse_time(0.6, 20)
    assert [eta(t) for t in (0, 10, 20, 40, 180)] == pytest.approx([0.6, 0.4, 0.3, 0.2, 0.06], rel=1e-15)


def test_a_cosine_is_half_way_down_in_the_middle_and_then_stays_at_its_lowest():
    eta = cosine(0.9, 0.1, 12)
    wanted = [0.9, 0.5 + 0.2 * 3**0.5, 0.7, 0.5, 0.3, 0.1, 0.1, 0.1]
    assert [eta(t) for t in (0, 2, 4, 6, 8, 12, 13, 1200)] == pytest.approx(wanted, rel=1e-14)


def test_warming_up_in_four_steps_takes_a_quarter_more_each_step_and_then_the_whole_rate():
    eta = warm_up(lambda t: 8 * (t + 1), 4)
    assert [eta(t) for t in range(6)] == [8 * 1 / 4, 16 * 2 / 4, 24 * 3 / 4, 32, 40, 48]


def test_a_scheduled_step_takes_the_rate_of_its_number():
    theta, memory = np.array([1.0]), ()
    wanted = [1 - 0.5 * 2, 0 + 0.25 * 4, 1 - 0.125 * 8]
    for g, theta_t in zip((2, -4, 8), wanted):
        theta, memory = scheduled(sgd, step_decay(0.5, 0.5, 1))(theta, lambda theta, g=g: g, *memory)
        assert theta == theta_t
    assert memory == (3,)


# Behaviour


@pytest.mark.parametrize("name", ["step_decay", "inverse_time", "cosine"])
def test_a_rate_never_rises_and_never_leaves_its_bounds(name):
    etas = [SCHEDULES[name]()(t) for t in range(200)]
    assert etas[0] == 0.8
    assert (np.diff(etas) <= 0).all()
    assert min(etas) > 0


def test_the_sum_of_inverse_times_grows_without_end_and_that_of_their_squares_does_not():
    etas = np.array([inverse_time(1.0, 1)(t) for t in range(40_000)])
    sums = [etas[:stop].sum() for stop in (10_000, 20_000, 40_000)]
    assert np.diff(sums) == pytest.approx(np.log([2, 2]), rel=1e-3)
    assert (etas**2).sum() < pi**2 / 6


def test_the_first_step_of_a_warm_up_is_not_of_length_zero():
    assert warm_up(lambda t: 0.8, 5)(0) == pytest.approx(0.8 / 5)


def test_the_memory_of_the_optimizer_is_handed_on_behind_the_counter():
    step = scheduled(adam, lambda t: 0.1)
    theta, memory = step(np.ones(2), lambda theta: theta)
    theta, memory = step(theta, lambda theta: theta, *memory)
    t, m, v, t_of_adam = memory
    assert t == t_of_adam == 2
    assert m.shape == v.shape == (2,)


def test_a_falling_rate_ends_the_wandering_that_a_constant_one_goes_on_with():
    def noisy(rng):
        return lambda theta: (0.0, 2 * theta + rng.normal(size=theta.shape))

    start = np.ones(2000)
    constant, _ = minimise(sgd, noisy(np.random.default_rng(0)), start, 300, eta=0.2)
    falling, _ = minimise(scheduled(sgd, inverse_time(0.2, 10)), noisy(np.random.default_rng(0)), start, 300)
    assert falling.std() < constant.std() / 3


# Extremes


@every_schedule
def test_far_out_a_rate_is_a_number_not_negative(name):
    assert 0 <= SCHEDULES[name]()(10**9) <= 0.8


def test_the_longest_wait_for_the_cosine_ends_exactly_at_the_lowest_rate():
    assert cosine(1.0, 1e-300, 10)(10**300) == 1e-300


# Contract


@every_schedule
def test_a_schedule_gives_python_floats_and_the_same_twice(name):
    eta = SCHEDULES[name]()
    assert isinstance(eta(3), float)
    assert [eta(t) for t in (7, 0, 7)] == [eta(7), eta(0), eta(7)]


@every_schedule
@pytest.mark.parametrize("optimizer", [sgd, momentum, adam])
def test_float32_stays_float32_and_the_start_is_not_changed(name, optimizer):
    start = np.ones(3, np.float32)
    start.flags.writeable = False
    theta, _ = minimise(scheduled(optimizer, SCHEDULES[name]()), bowl, start, 3)
    assert theta.dtype == np.float32
    assert np.array_equal(start, [1, 1, 1])


ARGUMENTS = {
    step_decay: {"eta": 0.1, "factor": 0.5, "every": 10},
    inverse_time: {"eta": 0.1, "tau": 10},
    cosine: {"eta": 0.1, "lowest": 0.01, "steps": 10},
    warm_up: {"schedule": lambda t: 0.1, "steps": 10},
}


@pytest.mark.parametrize("bad", [0, -1, np.nan, np.inf])
@pytest.mark.parametrize(("schedule", "name"), [(s, n) for s, names in ARGUMENTS.items() for n in names])
def test_every_number_of_a_schedule_is_positive_or_refused_by_name(schedule, name, bad):
    if name != "schedule":
        with pytest.raises(ValueError, match=re.escape(f"{name} should be positive and finite, not {bad}")):
            schedule(**{**ARGUMENTS[schedule], name: bad})


def test_a_schedule_that_gives_a_rate_of_zero_is_refused_by_the_step():
    with pytest.raises(ValueError, match="eta should be positive"):
        minimise(scheduled(sgd, lambda t: 0.0), bowl, np.ones(2), 1)


# Equality of two forms


@pytest.mark.parametrize("optimizer", [sgd, momentum, adam])
def test_a_constant_schedule_is_the_optimizer_itself(optimizer):
    theta, history = minimise(optimizer, bowl, np.array([1.0, -2.0]), 7, eta=0.1)
    theta_scheduled, history_scheduled = minimise(scheduled(optimizer, lambda t: 0.1), bowl, np.array([1.0, -2.0]), 7)
    assert np.array_equal(theta, theta_scheduled)
    assert history == history_scheduled


def test_other_hyperparameters_reach_the_optimizer():
    step = scheduled(momentum, lambda t: 0.1)
    theta, _ = minimise(step, bowl, np.ones(2), 5, gamma=0.5)
    assert np.array_equal(theta, minimise(momentum, bowl, np.ones(2), 5, eta=0.1, gamma=0.5)[0])
    assert not np.array_equal(theta, minimise(momentum, bowl, np.ones(2), 5, eta=0.1)[0])


def test_a_stepped_rate_with_one_step_a_stair_is_a_power():
    eta = step_decay(0.3, 0.9, 1)
    assert [eta(t) for t in range(5)] == [0.3 * 0.9**t for t in range(5)]


def test_warming_up_within_one_step_is_no_warm_up():
    eta = inverse_time(0.1, 5)
    assert [warm_up(eta, 1)(t) for t in range(5)] == [eta(t) for t in range(5)]
