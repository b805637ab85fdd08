"""Mini-batches: every example once a pass, in an order that chance decides, and a first layer that asks for less."""

import re

import numpy as np
import pytest

from snippets.activations import tanh
from snippets.backpropagation import check_layer, complex_step_gradient
from snippets.descent import gradient_descent, objective, pack
from snippets.losses import mean_squared_error
from snippets.minibatches import dense_on_data, minibatches, train
from snippets.network import chain, initialise, lecun
from snippets.optimizers import adam, momentum, sgd
from snippets.perceptron import dense

five_seeds = pytest.mark.parametrize("seed", range(5))


def line(rng, N=24, dtype=np.float64):
    """x, y = 2 x_1 - x_2 + 1/2 with a little noise, and the objective of a linear fit."""
    x = rng.normal(size=(N, 2))
    y = x @ np.array([[2.0], [-1.0]]) + 0.5 + 0.01 * rng.normal(size=(N, 1))
    theta, unpack = pack((np.zeros((2, 1), dtype), np.zeros(1, dtype)))

    def objective_on(x, y):
        return objective(dense, mean_squared_error, unpack, x, y)

    return objective_on, theta, x.astype(dtype), y.astype(dtype)


def pulls(theta, x, y):
    """A gradient that tells the batch: J of θ pulled towards the mean of x."""
    return ((theta - x.mean()) ** 2).sum() / 2, theta - x.mean()


# Values computed by hand


def test_seven_examples_by_three_are_two_batches_of_three_and_one_of_one():
    assert [len(batch) for batch in minibatches(np.random.default_rng(0), 7, 3)] == [3, 3, 1]


@pytest.mark.parametrize(("N", "B", "lengths"), [(6, 3, [3, 3]), (6, 6, [6]), (1, 1, [1]), (3, 1, [1, 1, 1])])
def test_batches_without_a_rest_are_all_of_one_length(N, B, lengths):
    assert [len(batch) for batch in minibatches(np.random.default_rng(0), N, B)] == lengths


def test_each_step_goes_half_way_to_the_mean_of_its_batch():
    x = y = np.array([0.0, 8.0, 16.0, 24.0])
    batches = minibatches(np.random.default_rng(3), 4, 2)
    theta = np.array([4.0])
    for batch in batches:
        theta = (theta + x[batch].mean()) / 2
    first = next(
        train(
            sgd,
            lambda x, y: lambda theta: pulls(theta, x, y),
            np.array([4.0]),
            x,
            y,
            2,
            np.random.default_rng(3),
            eta=0.5,
        )
    )
    assert np.array_equal(first, theta)


def test_dense_on_data_hands_back_no_gradient_of_the_data():
    x, theta = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[5.0], [6.0]])
    z, backward = dense_on_data((theta, np.array([7.0])), x)
    (d_theta, d_theta_0), d_x = backward(np.array([[1.0], [10.0]]))
    assert np.array_equal(z, [[5 + 12 + 7], [15 + 24 + 7]])
    assert np.array_equal(d_theta, [[31], [42]])
    assert np.array_equal(d_theta_0, [11])
    assert d_x == ()


# Gradients


@five_seeds
def test_the_gradients_of_dense_on_data_are_those_of_the_complex_step(seed):
    rng = np.random.default_rng(seed)
    x, parameters = rng.normal(size=(5, 3)), (rng.normal(size=(3, 2)), rng.normal(size=2))
    error = check_layer(lambda p, nothing: dense_on_data(p, x), parameters, (), rng, complex_step_gradient)
    assert error <= 1e-10


@five_seeds
def test_the_mean_over_batches_of_the_gradient_is_the_gradient(seed):
    rng = np.random.default_rng(seed)
    objective_on, theta, x, y = line(rng)
    theta = theta + rng.normal(size=theta.shape)
    parts = [objective_on(x[batch], y[batch])(theta)[1] for batch in minibatches(rng, 24, 6)]
    assert np.mean(parts, axis=0) == pytest.approx(objective_on(x, y)(theta)[1], abs=1e-12)


# Behaviour


@five_seeds
@pytest.mark.parametrize(("N", "B"), [(10, 3), (10, 10), (10, 1), (100, 32)])
def test_in_one_pass_every_example_comes_once(N, B, seed):
    batches = minibatches(np.random.default_rng(seed), N, B)
    assert np.array_equal(np.sort(np.concatenate(batches)), np.arange(N))


def test_the_order_is_another_in_every_pass_and_the_same_for_the_same_seed():
    rng = np.random.default_rng(0)
    first, second = (np.concatenate(minibatches(rng, 50, 8)) for _ in range(2))
    assert not np.array_equal(first, second)
    assert np.array_equal(first, np.concatenate(minibatches(np.random.default_rng(0), 50, 8)))


def test_every_example_is_as_likely_as_any_other_to_come_first():
    rng = np.random.default_rng(0)
    firsts = np.bincount([minibatches(rng, 4, 2)[0][0] for _ in range(4000)], minlength=4)
    assert firsts == pytest.approx(np.full(4, 1000), abs=100)


def test_train_gives_theta_after_each_pass_and_never_ends_by_itself():
    objective_on, theta, x, y = line(np.random.default_rng(0))
    passes = train(sgd, objective_on, theta, x, y, 4, np.random.default_rng(0), eta=0.1)
    costs = [objective_on(x, y)(next(passes))[0] for _ in range(30)]
    assert costs[0] > costs[3] > 1e-3
    assert max(costs[-10:]) < 2e-4


def test_each_pass_takes_as_many_steps_as_there_are_batches():
    steps = []

    def counting(theta, gradient, t=0):
        steps.append(t)
        return theta, (t + 1,)

    objective_on, theta, x, y = line(np.random.default_rng(0))
    passes = train(counting, objective_on, theta, x, y, 10, np.random.default_rng(0))
    next(passes)
    next(passes)
    assert steps == [0, 1, 2, 3, 4, 5]


def test_rows_of_x_and_y_stay_together():
    seen = []

    def objective_on(x, y):
        seen.append((x, y))
        return lambda theta: (0.0, theta)

    x = np.arange(10.0)[:, None]
    next(train(sgd, objective_on, np.ones(1), x, 3 * x[:, 0], 4, np.random.default_rng(0)))
    assert [len(x_b) for x_b, _ in seen] == [4, 4, 2]
    assert all(np.array_equal(y_b, 3 * x_b[:, 0]) for x_b, y_b in seen)


# Extremes


def test_a_batch_of_one_and_a_batch_of_all_both_descend():
    objective_on, theta, x, y = line(np.random.default_rng(0))
    for B in (1, 24):
        last = next(train(sgd, objective_on, theta, x, y, B, np.random.default_rng(0), eta=0.05))
        assert objective_on(x, y)(last)[0] < objective_on(x, y)(theta)[0]


def test_dense_on_data_takes_the_largest_numbers_and_an_empty_batch():
    parameters = np.full((2, 1), 0.25), np.zeros(1)
    z, backward = dense_on_data(parameters, np.array([[1e308, -1e308]]))
    assert z == 0
    assert np.isfinite(pack(backward(np.ones((1, 1)))[0])[0]).all()
    z, backward = dense_on_data(parameters, np.zeros((0, 2)))
    assert z.shape == (0, 1)
    assert not pack(backward(z)[0])[0].any()


# Contract


@pytest.mark.parametrize("B", [0, -1, 8, np.nan, np.inf])
def test_a_batch_of_none_or_of_more_than_all_is_refused(B):
    with pytest.raises(ValueError, match=rf"^{re.escape(f'B should lie in 1..7, not {B}')}$"):
        minibatches(np.random.default_rng(0), 7, B)


def test_train_refuses_a_batch_size_and_data_that_do_not_fit():
    objective_on, theta, x, y = line(np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"^B should lie in 1..24, not 25$"):
        next(train(sgd, objective_on, theta, x, y, 25, np.random.default_rng(0)))
    with pytest.raises(ValueError, match=re.escape("x (24, 2) and y (23, 1) should have one length")):
        next(train(sgd, objective_on, theta, x, y[1:], 4, np.random.default_rng(0)))
    with pytest.raises(ValueError, match=r"eta should be positive"):
        next(train(sgd, objective_on, theta, x, y, 4, np.random.default_rng(0), eta=0))


@pytest.mark.parametrize("step", [sgd, momentum, adam])
def test_float32_stays_float32_and_nothing_is_changed_in_place(step):
    objective_on, theta, x, y = line(np.random.default_rng(0), dtype=np.float32)
    for array in (theta, x, y):
        array.flags.writeable = False
    once, twice = (next(train(step, objective_on, theta, x, y, 5, np.random.default_rng(1))) for _ in range(2))
    assert once.dtype == np.float32
    assert np.array_equal(once, twice)
    assert not theta.any()


def test_dense_on_data_keeps_float32_and_gives_the_same_twice():
    rng = np.random.default_rng(0)
    x, delta = rng.normal(size=(2, 5, 3)).astype(np.float32)
    parameters = rng.normal(size=(3, 3)).astype(np.float32), rng.normal(size=3).astype(np.float32)
    for array in (x, delta, *parameters):
        array.flags.writeable = False
    z, backward = dense_on_data(parameters, x)
    first, second = pack(backward(delta)[0])[0], pack(backward(delta)[0])[0]
    assert z.dtype == first.dtype == np.float32
    assert np.array_equal(first, second)


def test_dense_on_data_refuses_what_dense_refuses():
    with pytest.raises(ValueError, match=re.escape("x (5, 3) and theta (2, 4) should be")):
        dense_on_data((np.zeros((2, 4)), np.zeros(4)), np.zeros((5, 3)))


# Equality of two forms


@five_seeds
def test_dense_on_data_is_dense_bit_for_bit(seed):
    rng = np.random.default_rng(seed)
    x, parameters, delta = (
        rng.normal(size=(5, 3)),
        (rng.normal(size=(3, 2)), rng.normal(size=2)),
        rng.normal(size=(5, 2)),
    )
    z, backward = dense(parameters, x)
    z_on_data, backward_on_data = dense_on_data(parameters, x)
    assert np.array_equal(z, z_on_data)
    assert all(map(np.array_equal, backward(delta)[0], backward_on_data(delta)[0]))


def test_as_the_first_layer_of_a_network_it_changes_no_gradient_of_the_parameters():
    rng = np.random.default_rng(0)
    parameters, x, delta = initialise(rng, (3, 4, 2), lecun), rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
    gradient, _ = chain(dense, tanh, dense)(parameters, x)[1](delta)
    on_data, nothing = chain(dense_on_data, tanh, dense)(parameters, x)[1](delta)
    assert np.array_equal(pack(gradient)[0], pack(on_data)[0])
    assert nothing == ()


def test_one_batch_of_all_examples_is_gradient_descent():
    objective_on, theta, x, y = line(np.random.default_rng(0))
    passes = train(sgd, objective_on, theta, x, y, 24, np.random.default_rng(0), eta=0.1)
    last = [next(passes) for _ in range(10)][-1]
    assert last == pytest.approx(gradient_descent(objective_on(x, y), theta, 0.1, 10)[0], rel=1e-12)


def test_passes_are_the_loops_written_out():
    objective_on, start, x, y = line(np.random.default_rng(0))
    passes = train(adam, objective_on, start, x, y, 5, np.random.default_rng(1), eta=0.1, beta_1=0.8)
    rng, theta, memory = np.random.default_rng(1), start, ()
    for actual in (next(passes), next(passes)):
        for batch in minibatches(rng, 24, 5):
            J_and_gradient = objective_on(x[batch], y[batch])
            theta, memory = adam(theta, lambda theta, f=J_and_gradient: f(theta)[1], *memory, eta=0.1, beta_1=0.8)
        assert np.array_equal(actual, theta)
