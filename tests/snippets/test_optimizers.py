"""Optimizers: the first steps as pencil and paper give them, and that each finds the bottom of a bowl.

By hand: θ starts at 1, the gradient is 1, -2 and 4 at the first three calls, wherever θ is;
η = γ = ρ = β₁ = 1/2, β₂ = 3/4, and ε = 1 stands large enough to be seen.
"""

import inspect
import re
from math import sqrt

import numpy as np
import pytest

from snippets import optimizers
from snippets.descent import gradient_descent
from snippets.optimizers import (
    adadelta,
    adagrad,
    adam,
    adamax,
    amsgrad,
    gradient_of,
    minimise,
    momentum,
    nadam,
    nesterov,
    rmsprop,
    sgd,
)

STEPS = {
    name: step
    for name, step in inspect.getmembers(optimizers, inspect.isfunction)
    if "__" not in name and list(inspect.signature(step).parameters)[:2] == ["theta", "gradient"]
}
DEFAULTS = {
    "sgd": {"eta": 0.01},
    "momentum": {"eta": 0.01, "gamma": 0.9},
    "nesterov": {"eta": 0.01, "gamma": 0.9},
    "adagrad": {"eta": 0.01, "epsilon": 1e-8},
    "adadelta": {"eta": 1.0, "rho": 0.95, "epsilon": 1e-6},
    "rmsprop": {"eta": 0.001, "rho": 0.9, "epsilon": 1e-8},
    "adam": {"eta": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8},
    "adamax": {"eta": 0.002, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8},
    "nadam": {"eta": 0.002, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8},
    "amsgrad": {"eta": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8},
}
BY_HAND = {"eta": 0.5, "gamma": 0.5, "rho": 0.5, "beta_1": 0.5, "beta_2": 0.75, "epsilon": 1.0}

every_step = pytest.mark.parametrize("name", DEFAULTS)


def hand_set(name):
    return {hyperparameter: BY_HAND[hyperparameter] for hyperparameter in DEFAULTS[name]}


def walk(step, gradients, theta=1.0, **hyperparameters):
    """θ after each of the gradients, handed out one a call."""
    theta, memory, path = np.array([theta]), (), []
    for g in gradients:
        theta, memory = step(theta, lambda theta, g=g: np.array([g]), *memory, **hyperparameters)
        path.append(theta.item())
    return path


def bowl(theta):
    """J = θ_1² / 2 + 5 θ_2²."""
    slopes = np.array([1, 10], theta.dtype)
    return (slopes * theta * theta).sum() / 2, slopes * theta


def test_the_optimizers_are_the_ten_that_the_chapter_teaches():
    assert set(STEPS) == set(DEFAULTS)
    assert len(STEPS) == 10


# Values computed by hand


@pytest.mark.parametrize(
    ("step", "moves"),
    [
        (sgd, [-1 / 2, +1, -2]),
        # v = 1/2, then 1/4 - 1, then -3/8 + 2
        (momentum, [-1 / 2, +3 / 4, -13 / 8]),
        (nesterov, [-1 / 2, +3 / 4, -13 / 8]),
        # G = 1, 1 + 4, 5 + 16
        (adagrad, [-1 / 2 / (1 + 1), +1 / (sqrt(5) + 1), -2 / (sqrt(21) + 1)]),
        # v = 1/2, 9/4, 73/8; d = √(1 / (3/2)), -2 √((4/3) / (13/4)), 4 √((155/78) / (81/8)); u = 1/3, 77/78
        (adadelta, [-sqrt(2 / 3) / 2, +4 / sqrt(39), -2 * sqrt(620 / 3159)]),
        # v = 1/2, 1/4 + 2, 9/8 + 8
        (rmsprop, [-1 / 2 / (sqrt(1 / 2) + 1), +1 / (3 / 2 + 1), -2 / (sqrt(73 / 8) + 1)]),
        # m = 1/2, -3/4, 13/8, so m̂ = 1, -1, 13/7; v = 1/4, 19/16, 313/64, so v̂ = 1, 19/7, 313/37
        (adam, [-1 / 2 / (1 + 1), +1 / 2 / (sqrt(19 / 7) + 1), -13 / 14 / (sqrt(313 / 37) + 1)]),
        # m̂ as in Adam; u = 1 + 1, max(3/2, 2 + 1), max(9/4, 4 + 1)
        (adamax, [-1 / 2 / 2, +1 / 2 / 3, -13 / 14 / 5]),
        # m̂ = (1/4) / (3/4) + 1, (-3/8) / (7/8) - 1 / (3/4), (13/16) / (15/16) + 2 / (7/8); v̂ as in Adam
        (nadam, [-2 / 3 / (1 + 1), +37 / 42 / (sqrt(19 / 7) + 1), -331 / 210 / (sqrt(313 / 37) + 1)]),
        # m and v as in Adam, without the hats
        (amsgrad, [-1 / 4 / (1 / 2 + 1), +3 / 8 / (sqrt(19) / 4 + 1), -13 / 16 / (sqrt(313) / 8 + 1)]),
    ],
)
def test_the_first_three_steps_are_those_of_the_papers_formula(step, moves):
    path = walk(step, [1.0, -2.0, 4.0], **hand_set(step.__name__))
    assert path == pytest.approx(1 + np.cumsum(moves), rel=1e-14)


@pytest.mark.parametrize(
    ("step", "moves"),
    [
        # m̂ = 4, 4/3, 4/7; u = 4 + 1, then max(3/4 u, 0 + 1)
        (adamax, [-2 / 5, -2 / 3 / (15 / 4), -2 / 7 / (45 / 16)]),
        # m = 2, 1, 1/2; v = 4, 3, 9/4, but v̂ stays 4
        (amsgrad, [-1 / 3, -1 / 6, -1 / 12]),
        # the same m and v with hats: m̂ = 4, 4/3, 4/7; v̂ = 16, 3 / (7/16), (9/4) / (37/64)
        (adam, [-2 / 5, -2 / 3 / (sqrt(48 / 7) + 1), -2 / 7 / (sqrt(144 / 37) + 1)]),
    ],
)
def test_after_a_large_gradient_the_largest_is_what_adamax_forgets_slowly_and_amsgrad_never(step, moves):
    path = walk(step, [4.0, 0.0, 0.0], **hand_set(step.__name__))
    assert path == pytest.approx(1 + np.cumsum(moves), rel=1e-14)


@pytest.mark.parametrize(
    ("step", "path"),
    [
        (sgd, [8 - 4, 4 - 2, 2 - 1]),
        # v = 4, 2 + 2, 2 + 0
        (momentum, [8 - 4, 4 - 4, 0 - 2]),
        # the slope is taken at 8, 4 - 2 and 1 - 3/2: v = 4, 2 + 1, 3/2 - 1/4
        (nesterov, [8 - 4, 4 - 3, 1 - 5 / 4]),
    ],
)
def test_on_a_parabola_nesterov_looks_ahead_and_momentum_overshoots(step, path):
    theta, memory, actual = np.array([8.0]), (), []
    for _ in range(3):
        theta, memory = step(theta, lambda theta: 2 * theta, *memory, **{**hand_set(step.__name__), "eta": 0.25})
        actual.append(theta.item())
    assert actual == path


def test_memory_is_what_the_formula_keeps():
    kept = {}
    for name, step in STEPS.items():
        _, memory = step(np.array([1.0]), lambda theta: np.array([4.0]), **hand_set(name))
        kept[name] = [float(np.squeeze(part)) for part in memory]
    assert kept == {
        "sgd": [],
        "momentum": [2],
        "nesterov": [2],
        "adagrad": [16],
        "adadelta": [8, pytest.approx(8 / 9)],
        "rmsprop": [8],
        "adam": [2, 4, 1],
        "adamax": [2, 5, 1],
        "nadam": [2, 4, 1],
        "amsgrad": [2, 4, 4],
    }


# Behaviour


@pytest.mark.parametrize(
    ("name", "hyperparameters"),
    [
        ("sgd", {"eta": 0.1}),
        ("momentum", {"eta": 0.02}),
        ("nesterov", {"eta": 0.02}),
        ("adagrad", {"eta": 0.5}),
        ("adadelta", {"eta": 0.1, "epsilon": 1e-3}),
        ("rmsprop", {"eta": 0.01}),
        ("adam", {"eta": 0.05}),
        ("adamax", {"eta": 0.05}),
        ("nadam", {"eta": 0.05}),
        ("amsgrad", {"eta": 0.05}),
    ],
)
def test_each_finds_the_bottom_of_a_bowl(name, hyperparameters):
    theta, _ = minimise(STEPS[name], bowl, np.array([1.0, -2.0]), 500, **hyperparameters)
    assert bowl(theta)[0] < 1e-3


@every_step
def test_where_the_gradient_is_zero_nothing_moves(name):
    theta, _ = minimise(STEPS[name], bowl, np.zeros(2), 3)
    assert np.array_equal(theta, [0, 0])


@pytest.mark.parametrize("name", ["adam", "adamax", "nadam", "rmsprop", "adagrad"])
@pytest.mark.parametrize("size", [1e-3, 1.0, 1e3])
def test_an_adaptive_first_step_is_the_same_for_every_size_of_gradient(name, size):
    small = {**DEFAULTS[name], "epsilon": 1e-12}
    (first,), (wanted,) = walk(STEPS[name], [size], **small), walk(STEPS[name], [1.0], **small)
    assert first - 1 == pytest.approx(wanted - 1, rel=1e-8)


def test_each_parameter_has_a_step_length_of_its_own():
    theta, _ = adam(np.zeros(2), lambda theta: np.array([1e-3, 1e3]))
    assert theta == pytest.approx([-0.001, -0.001], rel=1e-4)


def test_nesterov_asks_for_the_slope_where_v_leads():
    asked = []
    theta, memory = np.array([1.0]), ()
    for g in (1.0, -2.0, 4.0):
        theta, memory = nesterov(
            theta, lambda theta, g=g: asked.append(theta.item()) or np.array([g]), *memory, eta=0.5, gamma=0.5
        )
    assert asked == [1, 1 / 2 - 1 / 4, 5 / 4 + 3 / 8]


def test_minimise_notes_J_wherever_a_gradient_was_taken():
    def parabola(theta):
        return (theta * theta).item(), 2 * theta

    theta, history = minimise(nesterov, parabola, np.array([8.0]), 3, eta=0.25, gamma=0.5)
    assert (theta, history) == (-1 / 4, [64, 4, 1 / 4])


def test_the_gradient_of_a_pair_is_its_second_half():
    assert gradient_of(lambda theta: (theta + 1, 2 * theta))(3) == 6


# Extremes


@pytest.mark.parametrize("name", sorted(set(DEFAULTS) - {"sgd", "momentum", "nesterov"}))
@pytest.mark.parametrize("g", [1e-300, 1e-160, 1e150])
def test_very_small_and_very_large_gradients_give_finite_steps(name, g):
    assert np.isfinite(walk(STEPS[name], [g, -g, g])).all()


@pytest.mark.parametrize("name", ["sgd", "momentum", "nesterov", "adamax"])
def test_without_squares_the_largest_gradient_gives_a_finite_step(name):
    assert np.isfinite(walk(STEPS[name], [1e308, -1e308, 1e308])).all()


# Contract


@every_step
def test_the_hyperparameters_left_out_are_those_of_the_paper(name):
    gradients = [1.0, -2.0, 4.0]
    assert walk(STEPS[name], gradients) == walk(STEPS[name], gradients, **DEFAULTS[name])


@every_step
def test_float32_stays_float32(name):
    theta, history = minimise(STEPS[name], bowl, np.array([1, -2], np.float32), 3)
    assert theta.dtype == history[0].dtype == np.float32
    _, memory = STEPS[name](theta, gradient_of(bowl))
    assert all(part.dtype == np.float32 for part in memory if isinstance(part, np.ndarray))


@every_step
def test_nothing_is_changed_in_place_and_the_same_step_twice_is_the_same(name):
    step, start = STEPS[name], np.array([1.0, -2.0])
    start.flags.writeable = False
    theta, memory = step(start, gradient_of(bowl))
    for part in (theta, *memory):
        if isinstance(part, np.ndarray):
            part.flags.writeable = False
    once, twice = (step(theta, gradient_of(bowl), *memory) for _ in range(2))
    assert np.array_equal(once[0], twice[0])
    assert all(map(np.array_equal, once[1], twice[1]))
    assert np.array_equal(start, [1, -2])


@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 3), (0,)])
@every_step
def test_theta_keeps_its_shape(name, shape):
    theta, _ = STEPS[name](np.ones(shape), lambda theta: 2 * theta)
    assert np.shape(theta) == shape


BOUNDS = {"eta": "be positive and finite", "epsilon": "be positive and finite"}


@pytest.mark.parametrize(("name", "hyperparameter"), [(n, h) for n, given in DEFAULTS.items() for h in given])
def test_a_hyperparameter_out_of_range_is_refused_by_name(name, hyperparameter):
    bound = BOUNDS.get(hyperparameter, "lie in [0, 1)")
    for bad in (-0.1, np.nan, np.inf, 0 if hyperparameter in BOUNDS else 1):
        with pytest.raises(ValueError, match=re.escape(f"{hyperparameter} should {bound}, not {bad}")):
            walk(STEPS[name], [1.0], **{hyperparameter: bad})


@pytest.mark.parametrize(("name", "hyperparameter"), [(n, h) for n, given in DEFAULTS.items() for h in given])
def test_a_share_of_zero_is_allowed(name, hyperparameter):
    if hyperparameter not in BOUNDS:
        assert np.isfinite(walk(STEPS[name], [1.0, -2.0, 4.0], **{hyperparameter: 0})).all()


@every_step
def test_hyperparameters_are_named_where_they_are_given(name):
    with pytest.raises(TypeError):
        STEPS[name](np.ones(1), gradient_of(bowl), 0.0, 0.0, 0.0, 0.0, 0.0)


def test_no_step_leaves_theta_and_an_empty_history():
    start = np.ones(2)
    assert minimise(adam, bowl, start, 0) == (start, [])


# Equality of two forms


def test_sgd_with_the_gradient_of_all_data_is_gradient_descent():
    start = np.array([1.0, -2.0])
    theta, history = minimise(sgd, bowl, start, 20, eta=0.1)
    theta_descent, history_descent = gradient_descent(bowl, start, 0.1, 20)
    assert np.array_equal(theta, theta_descent)
    assert history == history_descent


@pytest.mark.parametrize("step", [momentum, nesterov])
def test_without_memory_momentum_is_sgd(step):
    start = np.array([1.0, -2.0])
    theta, _ = minimise(step, bowl, start, 10, eta=0.05, gamma=0)
    assert np.array_equal(theta, minimise(sgd, bowl, start, 10, eta=0.05)[0])


def test_adam_without_its_first_average_is_rmsprop_with_the_start_at_zero_undone():
    gradients, theta, v, path = [1.0, -2.0, 4.0], 1.0, 0.0, []
    for t, g in enumerate(gradients, 1):
        v = 0.75 * v + 0.25 * g * g
        theta -= 0.5 * g / (sqrt(v / (1 - 0.75**t)) + 1)
        path.append(theta)
    assert walk(adam, gradients, eta=0.5, beta_1=0, beta_2=0.75, epsilon=1) == pytest.approx(path, rel=1e-14)


def test_without_its_first_average_nadam_is_adam():
    gradients, settings = [1.0, -2.0, 4.0], {"eta": 0.5, "beta_1": 0, "beta_2": 0.75}
    assert walk(nadam, gradients, **settings) == pytest.approx(walk(adam, gradients, **settings), rel=1e-14)


@every_step
def test_two_parameters_are_two_descents_side_by_side(name):
    together, _ = minimise(STEPS[name], lambda t: ((t * t).sum(), 2 * t), np.array([1.0, -3.0]), 5)
    alone = [minimise(STEPS[name], lambda t: ((t * t).sum(), 2 * t), np.array([t]), 5)[0] for t in (1.0, -3.0)]
    assert np.array_equal(together, np.concatenate(alone))


@every_step
def test_ten_steps_are_four_steps_and_then_six_with_the_memory_handed_on(name):
    at_once, _ = minimise(STEPS[name], bowl, np.array([1.0, -2.0]), 10)
    theta, memory = np.array([1.0, -2.0]), ()
    for count in (4, 6):
        for _ in range(count):
            theta, memory = STEPS[name](theta, gradient_of(bowl), *memory)
    assert np.array_equal(at_once, theta)
