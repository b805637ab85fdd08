"""What the activations promise: value, slope, and good behaviour at the edges of the floating point numbers."""

import inspect
import re
from math import e, erf, exp, log, pi, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snippets import activations
from snippets.activations import (
    elu,
    gelu,
    leaky_relu,
    linear,
    prelu,
    relu,
    sigmoid,
    silu,
    softmax,
    softplus,
    tanh,
)
from snippets.backpropagation import check_layer, complex_step_gradient

LAYERS = {
    name: layer
    for name, layer in inspect.getmembers(activations, inspect.isfunction)
    if layer.__module__ == activations.__name__ and "__" not in name
}
PARAMETERS = {"prelu": 0.25}
NOT_ANALYTIC = {"gelu"}  # erf takes no complex number
ONE_BY_ONE = sorted(set(LAYERS) - {"softmax"})

every_layer = pytest.mark.parametrize("name", sorted(LAYERS))
every_unit = pytest.mark.parametrize("name", ONE_BY_ONE)
five_seeds = pytest.mark.parametrize("seed", range(5))
both_dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def parameters_of(name, dtype=np.float64):
    return dtype(PARAMETERS[name]) if name in PARAMETERS else ()


def value_and_slope(name, z):
    a, backward = LAYERS[name](parameters_of(name, z.dtype.type), z)
    return a, backward(np.ones_like(a))[1]


def away_from_the_kink(rng, shape=(4, 3)):
    z = rng.normal(size=shape)
    return z + 0.1 * np.sign(z)


def test_the_layers_are_the_ones_that_the_chapter_teaches():
    assert set(LAYERS) == {
        "linear", "sigmoid", "tanh", "relu", "prelu", "leaky_relu",
        "elu", "softplus", "silu", "gelu", "softmax",
    }  # fmt: skip


# Values computed by hand


@pytest.mark.parametrize(
    ("name", "z", "a", "slope"),
    [
        ("linear", -2, -2, 1),
        ("linear", 3, 3, 1),
        ("sigmoid", 0, 1 / 2, 1 / 4),
        ("sigmoid", log(3), 3 / 4, 3 / 16),
        ("sigmoid", -log(3), 1 / 4, 3 / 16),
        ("tanh", 0, 0, 1),
        ("tanh", log(3) / 2, 1 / 2, 3 / 4),
        ("tanh", -log(3) / 2, -1 / 2, 3 / 4),
        ("relu", -2, 0, 0),
        ("relu", 0, 0, 0),
        ("relu", 3, 3, 1),
        ("leaky_relu", -2, -0.02, 0.01),
        ("leaky_relu", 0, 0, 0.01),
        ("leaky_relu", 3, 3, 1),
        ("prelu", -2, -0.5, 0.25),
        ("prelu", 0, 0, 0.25),
        ("prelu", 3, 3, 1),
        ("elu", -1, 1 / e - 1, 1 / e),
        ("elu", 0, 0, 1),
        ("elu", 3, 3, 1),
        ("softplus", 0, log(2), 1 / 2),
        ("softplus", log(3), log(4), 3 / 4),
        ("softplus", -log(3), log(4 / 3), 1 / 4),
        ("silu", 0, 0, 1 / 2),
        ("silu", log(3), 3 / 4 * log(3), 3 / 4 + 3 / 16 * log(3)),
        ("gelu", 0, 0, 1 / 2),
        ("gelu", 1, (1 + erf(sqrt(1 / 2))) / 2, (1 + erf(sqrt(1 / 2))) / 2 + exp(-1 / 2) / sqrt(2 * pi)),
        ("gelu", -1, -(1 - erf(sqrt(1 / 2))) / 2, (1 - erf(sqrt(1 / 2))) / 2 - exp(-1 / 2) / sqrt(2 * pi)),
    ],
)
def test_value_and_slope_are_those_computed_by_hand(name, z, a, slope):
    actual = value_and_slope(name, np.array([[float(z)]]))
    np.testing.assert_allclose(np.ravel(actual), [a, slope], rtol=1e-14, atol=1e-16)


def test_softmax_of_three_logarithms_is_their_shares():
    p, backward = softmax((), np.log([[1.0, 2.0, 5.0]]))
    np.testing.assert_allclose(p, [[0.125, 0.25, 0.625]], rtol=1e-14)
    _, d_z = backward(np.array([[1.0, 0.0, 0.0]]))
    np.testing.assert_allclose(d_z, [[0.125 * 0.875, -0.125 * 0.25, -0.125 * 0.625]], rtol=1e-14)


def test_prelu_learns_its_slope_from_the_inputs_on_the_left():
    z = np.array([[-2.0, 3.0], [-1.0, -4.0]])
    delta = np.array([[1.0, 10.0], [2.0, 5.0]])
    _, backward = prelu(0.25, z)
    assert backward(delta)[0] == -2 * 1 - 1 * 2 - 4 * 5
    _, backward = prelu(np.array([0.25, 0.5]), z)
    np.testing.assert_array_equal(backward(delta)[0], [-2 * 1 - 1 * 2, -4 * 5])
    np.testing.assert_array_equal(backward(delta)[1], [[0.25, 10.0], [0.5, 2.5]])


def test_a_slope_that_is_not_a_number_shows_at_zero_too_and_not_where_the_input_is_positive():
    a, _ = prelu(np.nan, np.array([[-1.0, 0.0, 1.0]]))
    np.testing.assert_array_equal(a, [[np.nan, np.nan, 1]])


def test_an_input_of_zero_counts_among_those_that_alpha_learns_from():
    _, backward = prelu(0.25, np.array([[0.0, 1.0]]))
    assert np.isnan(backward(np.array([[np.nan, 1.0]]))[0])
    assert backward(np.array([[1.0, np.nan]]))[0] == 0


# Gradient checks


@every_layer
@five_seeds
def test_the_slope_agrees_with_central_differences(name, seed):
    rng = np.random.default_rng(seed)
    assert check_layer(LAYERS[name], parameters_of(name), away_from_the_kink(rng), rng) <= 1e-6


@pytest.mark.parametrize("name", sorted(set(LAYERS) - NOT_ANALYTIC))
@five_seeds
def test_the_slope_agrees_with_the_complex_step(name, seed):
    rng = np.random.default_rng(seed)
    z = away_from_the_kink(rng)
    assert check_layer(LAYERS[name], parameters_of(name), z, rng, complex_step_gradient) <= 1e-10


@five_seeds
def test_prelu_with_one_slope_per_unit_agrees_with_the_complex_step(seed):
    rng = np.random.default_rng(seed)
    alpha, z = rng.uniform(size=3), away_from_the_kink(rng)
    assert check_layer(prelu, alpha, z, rng, complex_step_gradient) <= 1e-10


def test_gelu_takes_no_complex_step():
    with pytest.raises(TypeError):
        gelu((), np.array([[1j]]))


# Behaviour


@every_unit
@given(z=st.floats(-30, 30))
def test_an_activation_is_continuous_and_never_steeper_than_1_13(name, z):
    a, _ = LAYERS[name](parameters_of(name), np.array([[z, z + 1e-6]]))
    assert abs(a[0, 1] - a[0, 0]) <= 1.13e-6


@pytest.mark.parametrize("name", sorted(set(ONE_BY_ONE) - {"silu", "gelu"}))
@given(z=st.floats(-30, 30), width=st.floats(0, 10))
def test_a_larger_input_never_gives_a_smaller_output(name, z, width):
    a, _ = LAYERS[name](parameters_of(name), np.array([[z, z + width]]))
    assert a[0, 0] <= a[0, 1]


@pytest.mark.parametrize("name", ["silu", "gelu"])
def test_silu_and_gelu_fall_before_they_rise(name):
    a, slope = value_and_slope(name, np.array([[-5.0, -0.5, 0.0]]))
    assert a[0, 1] < a[0, 0] < a[0, 2] == 0
    assert slope[0, 0] < 0


@given(z=st.floats(-1e3, 1e3))
def test_the_slope_of_the_sigmoid_is_at_most_a_quarter(z):
    _, slope = value_and_slope("sigmoid", np.array([[z]]))
    assert 0 <= slope[0, 0] <= 1 / 4


@given(z=st.floats(-1e3, 1e3))
def test_tanh_is_a_sigmoid_stretched_to_run_from_minus_one_to_one(z):
    s, slope_s = value_and_slope("sigmoid", np.array([[2 * z]]))
    t, slope_t = value_and_slope("tanh", np.array([[z]]))
    np.testing.assert_allclose(t, 2 * s - 1, rtol=1e-14, atol=1e-15)
    np.testing.assert_allclose(slope_t, 4 * slope_s, rtol=1e-12, atol=1e-15)


@given(z=st.floats(-1e3, 1e3))
def test_softplus_minus_its_mirror_image_is_the_input(z):
    a, _ = softplus((), np.array([[z, -z]]))
    np.testing.assert_allclose(a[0, 0] - a[0, 1], z, rtol=1e-14, atol=1e-15)


rows = st.lists(st.floats(-50, 50), min_size=1, max_size=6)


@given(z=rows)
def test_softmax_gives_positive_numbers_that_sum_to_one_and_keep_the_order(z):
    p, _ = softmax((), np.array([z]))
    assert (p > 0).all()
    assert p.sum() == pytest.approx(1, rel=1e-14)
    assert (np.diff(p[0][np.argsort(z)]) >= 0).all()


@given(z=rows, shift=st.floats(-50, 50))
def test_softmax_does_not_notice_a_shift_of_all_its_inputs(z, shift):
    p, _ = softmax((), np.array([z, np.add(z, shift)]))
    np.testing.assert_allclose(p[0], p[1], rtol=1e-12)


@given(z=rows)
def test_a_gradient_that_is_the_same_for_every_class_moves_no_input_of_softmax(z):
    p, backward = softmax((), np.array([z]))
    np.testing.assert_allclose(backward(np.full_like(p, 3.0))[1], 0, atol=1e-14)


def test_softmax_treats_every_row_alone():
    z = np.random.default_rng(0).normal(size=(5, 4))
    p, _ = softmax((), z)
    for row, alone in zip(z, p):
        np.testing.assert_array_equal(softmax((), row[None])[0][0], alone)


def test_softmax_runs_along_the_last_axis_however_many_there_are():
    z, delta = np.random.default_rng(0).normal(size=(2, 2, 3, 4))
    p, backward = softmax((), z)
    flat, backward_flat = softmax((), z.reshape(6, 4))
    np.testing.assert_array_equal(p.reshape(6, 4), flat)
    np.testing.assert_array_equal(backward(delta)[1].reshape(6, 4), backward_flat(delta.reshape(6, 4))[1])


# Extremes (every warning is an error)


@every_unit
@both_dtypes
@pytest.mark.parametrize("delta", [1, -3])
def test_value_and_slope_are_finite_over_the_whole_range_of_numbers(name, dtype, delta):
    largest = 1e308 if dtype is np.float64 else 3e38
    z = np.array([[-largest, -800, 0, 800, largest]], dtype=dtype)
    a, backward = LAYERS[name](parameters_of(name, dtype), z)
    with np.errstate(over="ignore" if name == "prelu" else "raise"):  # ∂J/∂α = δ z is that large
        _, d_z = backward(np.full_like(a, delta))
    assert np.isfinite(a).all()
    assert np.isfinite(d_z).all()


@pytest.mark.parametrize(
    ("name", "left", "right"),
    [
        ("sigmoid", (0, 0), (1, 0)),
        ("tanh", (-1, 0), (1, 0)),
        ("relu", (0, 0), (800, 1)),
        ("leaky_relu", (-8, 0.01), (800, 1)),
        ("elu", (-1, 0), (800, 1)),
        ("softplus", (0, 0), (800, 1)),
        ("silu", (0, 0), (800, 1)),
        ("gelu", (0, 0), (800, 1)),
    ],
)
def test_far_from_zero_every_activation_is_a_straight_line(name, left, right):
    a, slope = value_and_slope(name, np.array([[-800.0, 800.0]]))
    np.testing.assert_allclose(np.stack([a[0], slope[0]], axis=1), [left, right], atol=1e-300)


@both_dtypes
@pytest.mark.parametrize(
    ("z", "p"),
    [
        ([800, -800, 0], [1, 0, 0]),
        ([-800, -800], [0.5, 0.5]),
        ([1e38, 1e38], [0.5, 0.5]),
        ([1e38, -1e38, 0], [1, 0, 0]),
        ([-1e38, 800], [0, 1]),
    ],
)
def test_softmax_of_huge_inputs_is_what_it_tends_to(z, p, dtype):
    actual, backward = softmax((), np.array([z], dtype=dtype))
    np.testing.assert_array_equal(actual, [p])
    assert np.isfinite(backward(actual)[1]).all()


def test_softmax_survives_the_largest_numbers():
    np.testing.assert_array_equal(softmax((), np.array([[1e308, 1e308, 0]]))[0], [[0.5, 0.5, 0]])


def test_softmax_of_numbers_further_apart_than_the_largest_is_all_or_nothing():
    p, backward = softmax((), np.array([[1e308, -1e308], [-1e308, 1e308]]))
    np.testing.assert_array_equal(p, [[1, 0], [0, 1]])
    np.testing.assert_array_equal(backward(np.array([[1.0, 2.0], [3.0, 4.0]]))[1], [[0, 0], [0, 0]])


@every_layer
def test_not_a_number_passes_through(name):
    a, backward = LAYERS[name](parameters_of(name), np.array([[np.nan, 1.0], [2.0, 3.0]]))
    assert np.isnan(a[0, 0])
    assert np.isfinite(a[1]).all()
    assert np.isfinite(backward(np.ones_like(a))[1][1]).all()


@every_layer
def test_an_empty_batch_gives_an_empty_output(name):
    a, backward = LAYERS[name](parameters_of(name), np.zeros((0, 3)))
    assert a.shape == backward(a)[1].shape == (0, 3)


# Contract


@every_layer
@both_dtypes
def test_the_dtype_and_shape_of_the_input_are_those_of_every_result(name, dtype):
    z = np.random.default_rng(0).normal(size=(4, 3)).astype(dtype)
    a, backward = LAYERS[name](parameters_of(name, dtype), z)
    _, d_z = backward(np.ones_like(a))
    assert a.dtype == d_z.dtype == dtype
    assert a.shape == d_z.shape == z.shape


@pytest.mark.parametrize("shape", [(), (3,)])
@both_dtypes
def test_the_gradient_of_alpha_has_the_dtype_and_shape_of_alpha(shape, dtype):
    z = np.random.default_rng(0).normal(size=(4, 3)).astype(dtype)
    alpha = np.full(shape, 0.25, dtype=dtype)
    d_alpha, _ = prelu(alpha, z)[1](np.ones_like(z))
    assert d_alpha.dtype == dtype
    assert d_alpha.shape == shape


@every_layer
def test_a_python_float_as_parameter_leaves_float32_alone(name):
    z = np.ones((2, 2), dtype=np.float32)
    a, backward = LAYERS[name](PARAMETERS.get(name, ()), z)
    assert a.dtype == backward(a)[1].dtype == np.float32


@every_layer
def test_integers_are_numbers_like_others(name):
    z = np.array([[-3, 0, 2], [1, -1, 5]])
    wanted, slope_wanted = value_and_slope(name, z.astype(float))
    a, backward = LAYERS[name](PARAMETERS.get(name, ()), z)
    np.testing.assert_array_equal(a, wanted)
    np.testing.assert_array_equal(backward(np.ones((2, 3)))[1], slope_wanted)


def test_gelu_of_integers_is_no_integer():
    a, backward = gelu((), np.array([[1, 2]]))
    assert a.dtype == backward(a)[1].dtype == np.float64
    assert a[0, 0] == pytest.approx((1 + erf(sqrt(1 / 2))) / 2, rel=1e-14)


@pytest.mark.parametrize("shape", [(1,), (2,), (4, 1), (4, 3), (1, 3)])
def test_slopes_that_would_be_broadcast_are_refused(shape):
    with pytest.raises(ValueError, match=rf"^{re.escape(f'alpha {shape} should be () or (3,)')}$"):
        prelu(np.zeros(shape), np.zeros((4, 3)))


@every_layer
def test_read_only_inputs_are_enough_and_nothing_is_changed(name):
    rng = np.random.default_rng(0)
    z, delta = rng.normal(size=(2, 4, 3))
    before = z.copy(), delta.copy()
    z.flags.writeable = delta.flags.writeable = False
    _, backward = LAYERS[name](parameters_of(name), z)
    backward(delta)
    np.testing.assert_array_equal((z, delta), before)


@every_layer
def test_backward_may_be_called_again(name):
    rng = np.random.default_rng(0)
    z, delta = rng.normal(size=(2, 4, 3))
    _, backward = LAYERS[name](parameters_of(name), z)
    d_parameters, d_z = backward(delta)
    backward(rng.normal(size=(4, 3)))
    again = backward(delta)
    np.testing.assert_array_equal(d_parameters, again[0])
    np.testing.assert_array_equal(d_z, again[1])


@pytest.mark.parametrize("name", sorted(set(LAYERS) - {"prelu"}))
def test_a_layer_without_parameters_has_no_gradient_for_them(name):
    z = np.ones((2, 3))
    assert LAYERS[name]((), z)[1](z)[0] == ()


@every_unit
def test_an_activation_works_on_every_entry_alone_whatever_the_shape(name):
    z = np.random.default_rng(0).normal(size=(3, 4))
    flat, flat_slope = value_and_slope(name, z.reshape(-1, 1))
    a, slope = value_and_slope(name, z)
    np.testing.assert_array_equal(a, flat.reshape(3, 4))
    np.testing.assert_array_equal(slope, flat_slope.reshape(3, 4))


# Two forms of one function


@pytest.mark.parametrize(
    ("layer", "form"),
    [
        (sigmoid, lambda z: np.exp(z) / (np.exp(z) + 1)),
        (tanh, lambda z: (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))),
        (relu, lambda z: (z + abs(z)) / 2),
        (leaky_relu, lambda z: prelu(0.01, z)[0]),
        (elu, lambda z: np.where(z > 0, z, np.exp(z) - 1)),
        (softplus, lambda z: np.logaddexp(0, z)),
        (silu, lambda z: z * sigmoid((), z)[0]),
        (gelu, lambda z: z * np.vectorize(lambda z: (1 + erf(z / sqrt(2))) / 2)(z)),
        (softmax, lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)),
    ],
)
def test_the_value_equals_the_textbook_form(layer, form):
    z = np.linspace(-5, 5, 40).reshape(10, 4)
    np.testing.assert_allclose(layer((), z)[0], form(z), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize(("alpha", "twin"), [(0, relu), (0.01, leaky_relu), (1, linear)])
def test_prelu_holds_relu_leaky_relu_and_linear_as_special_cases(alpha, twin):
    z = np.random.default_rng(0).normal(size=(4, 3))
    a, backward = prelu(alpha, z)
    b, backward_twin = twin((), z)
    np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(backward(z)[1], backward_twin(z)[1])


def test_the_slope_of_softplus_is_the_sigmoid():
    z = np.linspace(-20, 20, 41)[:, None]
    np.testing.assert_array_equal(value_and_slope("softplus", z)[1], sigmoid((), z)[0])


def test_softmax_of_two_classes_is_the_sigmoid_of_their_difference():
    z = np.random.default_rng(0).normal(size=(20, 2))
    np.testing.assert_allclose(softmax((), z)[0][:, 1:], sigmoid((), z[:, 1:] - z[:, :1])[0], rtol=1e-14)


def test_backward_of_softmax_is_the_product_with_the_jacobian():
    rng = np.random.default_rng(0)
    z, delta = rng.normal(size=(2, 5, 4))
    p, backward = softmax((), z)
    jacobians = [np.diag(row) - np.outer(row, row) for row in p]
    expected = [jacobian.T @ row for jacobian, row in zip(jacobians, delta)]
    np.testing.assert_allclose(backward(delta)[1], expected, atol=1e-15)
