"""Overfitting: which numbers are weights, and the price that is put on them."""

import re

import numpy as np
import pytest

from snippets.backpropagation import complex_step_gradient, numerical_gradient
from snippets.descent import gradient_descent, objective, pack
from snippets.losses import mean_squared_error
from snippets.network import initialise, lecun
from snippets.optimizers import minimise, sgd
from snippets.overfitting import l2, mark_weights
from snippets.perceptron import dense

five_seeds = pytest.mark.parametrize("seed", range(5))


def waves(theta):
    """J = Σ sin θ_i, whose gradient is cos θ."""
    return np.sin(theta).sum(), np.cos(theta)


# Values computed by hand


def test_weights_are_marked_one_and_biases_zero_in_the_order_of_pack():
    parameters = (np.full((2, 2), 7.0), np.full(2, 7.0)), (), (np.full((2, 1), 7.0), np.full(1, 7.0)), np.array(7.0)
    assert np.array_equal(mark_weights(parameters), [1, 1, 1, 1, 0, 0, 1, 1, 0, 0])


def test_half_the_decay_times_the_squares_is_added_and_the_decay_times_theta_to_the_slope():
    J, gradient = l2(lambda theta: (10.0, np.array([1.0, 1.0])), 0.5)(np.array([2.0, -4.0]))
    assert J == 10 + 0.5 * (4 + 16) / 2
    assert np.array_equal(gradient, [1 + 0.5 * 2, 1 - 0.5 * 4])


def test_each_parameter_may_have_a_price_of_its_own():
    J, gradient = l2(lambda theta: (10.0, np.array([1.0, 1.0])), np.array([0.5, 0.0]))(np.array([2.0, -4.0]))
    assert J == 10 + 0.5 * 4 / 2
    assert np.array_equal(gradient, [2, 1])


# Gradients


@five_seeds
@pytest.mark.parametrize("decay", [0.0, 0.3, np.array([0.0, 0.1, 0.2, 2.0])], ids=str)
def test_the_gradient_of_what_is_penalised_is_that_of_complex_step_and_differences(decay, seed):
    theta = np.random.default_rng(seed).normal(size=4)
    penalised = l2(waves, decay)
    _, gradient = penalised(theta)
    assert np.abs(gradient - complex_step_gradient(lambda t: penalised(t)[0], theta)).max() <= 1e-10
    assert np.abs(gradient - numerical_gradient(lambda t: penalised(t)[0], theta)).max() <= 1e-6


# Behaviour


def test_the_greater_the_decay_the_smaller_the_weights():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(10, 8))
    y = x[:, :1] + 0.5 * rng.normal(size=(10, 1))
    theta, unpack = pack((np.zeros((8, 1)), np.zeros(1)))
    J_and_gradient = objective(dense, mean_squared_error, unpack, x, y)
    ends = [gradient_descent(l2(J_and_gradient, decay), theta, 0.05, 2000)[0] for decay in (0, 0.1, 1, 10)]
    assert (np.diff([np.linalg.norm(end) for end in ends]) < 0).all()


def test_a_bias_that_bears_no_price_takes_up_the_mean():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(40, 1))
    x -= x.mean()
    y = 100 + x
    parameters = np.zeros((1, 1)), np.zeros(1)
    theta, unpack = pack(parameters)
    J_and_gradient = objective(dense, mean_squared_error, unpack, x, y)
    (weight, bias), _ = minimise(sgd, l2(J_and_gradient, 1000 * mark_weights(parameters)), theta, 4000, eta=0.001)
    assert abs(weight) < 0.01
    assert bias == pytest.approx(100, rel=0.01)


def test_without_data_the_weights_decay_by_the_same_share_each_step():
    theta, _ = gradient_descent(l2(lambda theta: (0.0, 0 * theta), 0.5), np.array([3.0, -1.0]), 0.5, 4)
    assert np.array_equal(theta, np.array([3.0, -1.0]) * 0.75**4)


# Extremes


def test_a_large_price_on_large_weights_is_still_a_number():
    J, gradient = l2(lambda theta: (0.0, 0 * theta), 1.0)(np.array([1e154, -1e-200]))
    assert J == pytest.approx(5e307)
    assert np.array_equal(gradient, [1e154, -1e-200])


# Contract


def test_float32_stays_float32_with_marked_weights_too():
    parameters = np.ones((2, 2), np.float32), np.ones(2, np.float32)
    theta, _ = pack(parameters)
    for decay in (0.1, 0.1 * mark_weights(parameters)):
        J, gradient = l2(lambda theta: ((theta * theta).sum(), 2 * theta), decay)(theta)
        assert J.dtype == gradient.dtype == np.float32


def test_nothing_is_changed_in_place_and_the_same_answer_comes_twice():
    theta, decay = np.array([1.0, 2.0]), np.array([0.5, 0.25])
    theta.flags.writeable = decay.flags.writeable = False
    penalised = l2(waves, decay)
    (J, gradient), (J_again, again) = penalised(theta), penalised(theta)
    assert J == J_again
    assert np.array_equal(gradient, again)


def test_marks_are_as_many_as_parameters_and_leave_them_alone():
    parameters = initialise(np.random.default_rng(0), (3, 5, 2), lecun)
    theta, _ = pack(parameters)
    assert mark_weights(parameters).shape == theta.shape
    assert mark_weights(parameters).sum() == 3 * 5 + 5 * 2
    assert np.array_equal(pack(parameters)[0], theta)


@pytest.mark.parametrize("bad", [-1, -5e-324, np.nan, np.inf, np.array([0.1, -0.1]), np.array([np.nan, 0])])
def test_a_price_below_zero_or_without_end_is_refused(bad):
    with pytest.raises(ValueError, match=re.escape(f"decay should be finite and not negative, not {bad}")):
        l2(waves, bad)


@pytest.mark.parametrize("shape", [(1,), (3,), (2, 1)])
def test_prices_that_would_be_broadcast_are_refused(shape):
    with pytest.raises(ValueError, match=rf"^{re.escape(f'decay {shape} should be () or (2,)')}$"):
        l2(waves, np.ones(shape))(np.ones(2))


def test_marks_of_nothing_are_refused():
    with pytest.raises(ValueError, match="parameters should hold at least one array"):
        mark_weights(())


# Equality of two forms


def test_a_price_of_zero_changes_nothing():
    theta = np.random.default_rng(0).normal(size=5)
    J, gradient = l2(waves, 0)(theta)
    assert J == waves(theta)[0]
    assert np.array_equal(gradient, waves(theta)[1])


def test_one_price_for_all_is_that_price_for_each():
    theta = np.random.default_rng(0).normal(size=5)
    (J, gradient), (J_each, each) = l2(waves, 0.3)(theta), l2(waves, np.full(5, 0.3))(theta)
    assert J == pytest.approx(J_each, rel=1e-15)
    assert np.array_equal(gradient, each)


def test_the_penalised_fit_is_the_ridge_regression_of_the_normal_equations():
    rng = np.random.default_rng(0)
    x, y, decay = rng.normal(size=(20, 3)), rng.normal(size=(20, 1)), 0.7
    parameters = np.zeros((3, 1)), np.zeros(1)
    theta, unpack = pack(parameters)
    J_and_gradient = objective(dense, mean_squared_error, unpack, x, y)
    end, _ = gradient_descent(l2(J_and_gradient, decay * mark_weights(parameters)), theta, 0.1, 2000)
    extended = np.column_stack((x, np.ones(20)))
    ridge = np.linalg.solve(2 * extended.T @ extended / 20 + decay * np.diag([1, 1, 1, 0]), 2 * extended.T @ y / 20)
    assert end == pytest.approx(ridge.ravel(), abs=1e-12)
