"""Dropout: what is kept is scaled up, what is dropped is dropped backward too, and the mean stays."""

import re

import numpy as np
import pytest

from snippets.activations import tanh
from snippets.backpropagation import check_layer, complex_step_gradient, numerical_gradient
from snippets.dropout import dropout
from snippets.network import chain
from snippets.perceptron import dense

five_seeds = pytest.mark.parametrize("seed", range(5))
both_gradients = pytest.mark.parametrize(
    ("gradient", "bound"), [(complex_step_gradient, 1e-10), (numerical_gradient, 1e-6)]
)


class Given:
    """A generator that gives the numbers it was given."""

    def __init__(self, numbers):
        self.numbers = np.array(numbers)

    def random(self, shape):
        assert shape == self.numbers.shape
        return self.numbers


def frozen(seed, rate):
    """Dropout with a generator made anew at each call, so that each call draws the same mask."""
    return lambda parameters, x: dropout(np.random.default_rng(seed), rate)(parameters, x)


# Values computed by hand


def test_a_number_below_the_rate_drops_and_the_rest_is_scaled_up():
    layer = dropout(Given([[0.1, 0.75, 0.8], [0.74, 0.99, 0.0]]), 0.75)
    a, backward = layer((), np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]))
    assert np.array_equal(a, [[0, 8, 12], [0, 20, 0]])
    nothing, d_x = backward(np.array([[1.0, 1.0, 2.0], [1.0, 3.0, 1.0]]))
    assert nothing == ()
    assert np.array_equal(d_x, [[0, 4, 8], [0, 12, 0]])


# Gradients


@five_seeds
@both_gradients
@pytest.mark.parametrize("rate", [0, 0.3, 0.9])
def test_with_the_mask_held_the_gradient_is_right(rate, gradient, bound, seed):
    rng = np.random.default_rng(seed)
    assert check_layer(frozen(seed, rate), (), rng.normal(size=(6, 5)), rng, gradient) <= bound


@five_seeds
@both_gradients
def test_inside_a_network_the_gradient_is_right_too(gradient, bound, seed):
    rng = np.random.default_rng(seed)
    parameters = (rng.normal(size=(3, 8)), rng.normal(size=8)), (), (), (rng.normal(size=(8, 2)), rng.normal(size=2))
    network = chain(dense, tanh, frozen(seed, 0.4), dense)
    assert check_layer(network, parameters, rng.normal(size=(6, 3)), rng, gradient) <= bound


# Behaviour


def test_the_mean_over_masks_is_x():
    layer, x = dropout(np.random.default_rng(0), 0.3), np.array([[1.0, -2.0, 5.0]])
    mean = np.mean([layer((), x)[0] for _ in range(20_000)], axis=0)
    assert mean == pytest.approx(x, rel=0.02)


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_the_share_that_is_dropped_is_the_rate(rate):
    a, _ = dropout(np.random.default_rng(0), rate)((), np.ones((200, 500)))
    assert np.mean(a == 0) == pytest.approx(rate, abs=0.006)
    assert set(np.unique(a)) == {0, 1 / (1 - rate)}


def test_the_mask_backward_is_the_mask_forward():
    x = np.ones((50, 40))
    a, backward = dropout(np.random.default_rng(0), 0.5)((), x)
    assert np.array_equal(backward(np.ones_like(x))[1], a)


def test_every_call_draws_a_new_mask_and_each_backward_keeps_its_own():
    layer, x = dropout(np.random.default_rng(0), 0.5), np.ones((20, 10))
    (a, backward_a), (b, backward_b) = layer((), x), layer((), x)
    assert not np.array_equal(a, b)
    assert np.array_equal(backward_a(x)[1], a)
    assert np.array_equal(backward_b(x)[1], b)


def test_every_entry_has_a_chance_of_its_own():
    a, _ = dropout(np.random.default_rng(0), 0.5)((), np.ones((400, 300)))
    dropped = a == 0
    assert dropped.mean(axis=0) == pytest.approx(np.full(300, 0.5), abs=0.12)
    assert dropped.mean(axis=1) == pytest.approx(np.full(400, 0.5), abs=0.14)
    assert abs(np.corrcoef(dropped[0], dropped[1])[0, 1]) < 0.2


def test_the_same_generator_gives_the_same_mask():
    x = np.ones((20, 10))
    assert np.array_equal(frozen(7, 0.5)((), x)[0], frozen(7, 0.5)((), x)[0])


# Extremes


def test_the_largest_numbers_pass_where_the_scale_leaves_room():
    a, backward = dropout(np.random.default_rng(0), 0.25)((), np.full((4, 4), 1e308))
    assert set(np.unique(a)) <= {0, 1e308 / 0.75}
    assert np.isfinite(backward(np.full((4, 4), -1e308))[1]).all()


def test_an_empty_batch_stays_empty():
    a, backward = dropout(np.random.default_rng(0), 0.5)((), np.zeros((0, 3)))
    assert a.shape == backward(a)[1].shape == (0, 3)


def test_of_a_rate_just_below_one_nearly_nothing_is_left():
    a, _ = dropout(np.random.default_rng(0), 1 - 2**-50)((), np.ones((100, 100)))
    assert not a.any()


# Contract


@pytest.mark.parametrize("rate", [-0.1, -5e-324, 1, 1.5, np.nan, np.inf])
def test_a_rate_that_is_no_share_is_refused_before_any_call(rate):
    with pytest.raises(ValueError, match=re.escape(f"rate should lie in [0, 1), not {rate}")):
        dropout(np.random.default_rng(0), rate)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_stays_that_of_x(dtype):
    x = np.ones((4, 3), dtype)
    a, backward = dropout(np.random.default_rng(0), 0.5)((), x)
    assert a.dtype == backward(x)[1].dtype == dtype


@pytest.mark.parametrize(("dtype", "wanted"), [(np.uint8, np.float32), (np.int64, np.float64)])
def test_integers_become_floats_that_hold_them(dtype, wanted):
    a, _ = dropout(Given([[0.9, 0.9, 0.1]]), 0.5)((), np.array([[1, 100, 3]], dtype))
    assert a.dtype == wanted
    assert np.array_equal(a, [[2, 200, 0]])


def test_nothing_is_changed_in_place_and_backward_may_be_called_twice():
    x, delta = np.random.default_rng(0).normal(size=(2, 6, 5))
    before = x.copy()
    x.flags.writeable = delta.flags.writeable = False
    _, backward = dropout(np.random.default_rng(0), 0.5)((), x)
    assert np.array_equal(backward(delta)[1], backward(delta)[1])
    assert np.array_equal(x, before)


# Equality of two forms


def test_a_rate_of_zero_is_the_identity():
    x, delta = np.random.default_rng(0).normal(size=(2, 6, 5))
    a, backward = dropout(np.random.default_rng(0), 0)((), x)
    assert np.array_equal(a, x)
    assert np.array_equal(backward(delta)[1], delta)


@five_seeds
def test_scaled_in_training_is_scaled_when_predicting_turned_round(seed):
    x = np.random.default_rng(0).normal(size=(6, 5))
    mask = np.random.default_rng(seed).random((6, 5)) >= 0.4
    assert frozen(seed, 0.4)((), x)[0] == pytest.approx(x * mask / 0.6, rel=1e-15)
