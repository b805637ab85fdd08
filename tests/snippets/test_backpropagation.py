"""What the gradient checker promises: it accepts what is right, and rejects what is wrong by one part in a thousand."""

import re

import numpy as np
import pytest

from snippets.activations import gelu, prelu, relu, sigmoid, softmax, tanh
from snippets.backpropagation import check_layer, complex_step_gradient, numerical_gradient, shapes
from snippets.network import chain
from snippets.perceptron import dense

both_gradients = pytest.mark.parametrize("gradient", [numerical_gradient, complex_step_gradient])
five_seeds = pytest.mark.parametrize("seed", range(5))


def example(rng, m=3, k=3, N=4):
    """Parameters of a dense layer, square so that a transposed weight goes unnoticed by shapes, and inputs."""
    return (rng.normal(size=(m, k)), rng.normal(size=k)), rng.normal(size=(N, m))


# Values computed by hand


@both_gradients
def test_the_gradient_of_a_polynomial_is_the_one_computed_by_hand(gradient):
    theta = np.array([3.0, -2.0, 5.0])
    actual = gradient(lambda theta: theta[0] ** 2 * theta[1] + 7 * theta[2], theta)
    np.testing.assert_allclose(actual, [2 * 3 * -2, 3**2, 7], rtol=1e-9)


def test_central_differences_are_exact_for_a_parabola_whatever_the_step():
    np.testing.assert_array_equal(numerical_gradient(lambda theta: theta[0] ** 2, np.array([3.0]), h=0.5), [6])


def test_central_differences_of_a_cube_are_off_by_the_square_of_the_step():
    actual = numerical_gradient(lambda theta: theta[0] ** 3, np.array([1.0]), h=0.25)
    np.testing.assert_array_equal(actual, [3 + 0.25**2])


@both_gradients
@pytest.mark.parametrize(("slope", "off"), [(0.5, 0.25), (-0.5, 0.25), (1, 0.25), (1.5, 0.375), (8, 2), (-8, 2)])
def test_an_error_is_absolute_up_to_a_gradient_of_one_and_relative_beyond(slope, off, gradient):
    def layer(parameters, x):
        return slope * x, lambda delta: ((), (slope + off) * delta)

    class Ones:
        def normal(self, size):
            return np.ones(size)

    assert check_layer(layer, (), np.zeros((1, 2)), Ones(), gradient) == pytest.approx(0.25, rel=1e-9)


def test_shapes_are_nested_like_the_arrays():
    assert shapes((np.zeros((2, 3)), ((), 1.0), [1, 2])) == ((2, 3), ((), ()), (2,))


# Behaviour


def test_half_the_step_gives_a_quarter_of_the_error():
    theta = np.array([1.0])
    errors = [numerical_gradient(lambda t: np.sin(t).sum(), theta, h)[0] - np.cos(1) for h in (0.02, 0.01)]
    assert errors[0] / errors[1] == pytest.approx(4, rel=1e-4)


def test_the_complex_step_is_exact_to_rounding():
    theta = np.random.default_rng(0).normal(size=10)
    actual = complex_step_gradient(lambda t: (np.exp(np.sin(t)) / (1 + t * t)).sum(), theta)
    c, s, q = np.cos(theta), np.sin(theta), 1 + theta**2
    np.testing.assert_allclose(actual, np.exp(s) * (c * q - 2 * theta) / q**2, rtol=1e-14, atol=1e-16)


def test_the_complex_step_has_no_smallest_useful_step_but_the_difference_has():
    theta = np.array([1.0])
    assert complex_step_gradient(lambda t: np.exp(t[0]), theta, h=1e-300)[0] == pytest.approx(np.e, rel=1e-15)
    assert numerical_gradient(lambda t: np.exp(t[0]), theta, h=1e-300)[0] == 0


@five_seeds
@pytest.mark.parametrize("layer", [sigmoid, tanh, softmax, relu])
def test_a_right_layer_passes_both_checks(layer, seed):
    rng = np.random.default_rng(seed)
    (theta, theta_0), x = example(rng)
    network, parameters = chain(dense, layer, dense), ((theta, theta_0), (), (theta.T, theta_0))
    assert check_layer(network, parameters, x, rng) <= 1e-6
    assert check_layer(network, parameters, x, rng, complex_step_gradient) <= 1e-10


@five_seeds
def test_a_layer_that_takes_no_complex_numbers_passes_the_check_by_differences(seed):
    rng = np.random.default_rng(seed)
    assert check_layer(gelu, (), rng.normal(size=(4, 3)), rng) <= 1e-6


def test_the_check_finds_a_mistake_in_the_gradient_of_one_number_among_many():
    rng = np.random.default_rng(0)
    parameters, x = example(rng, m=10, k=10, N=10)

    def layer(parameters, x):
        z, backward = dense(parameters, x)

        def wrong(delta):
            (d_theta, d_theta_0), d_x = backward(delta)
            d_theta[7, 3] *= 1.01
            return (d_theta, d_theta_0), d_x

        return z, wrong

    assert check_layer(layer, parameters, x, rng) > 1e-4


# The check of the checker: every one of these backward passes is wrong, and must be rejected


def dense_with(wrong):
    """dense, its backward replaced by wrong(x, theta, delta) → ((∂J/∂θ, ∂J/∂θ_0), ∂J/∂x)."""

    def layer(parameters, x):
        return dense(parameters, x)[0], lambda delta: wrong(x, parameters[0], delta)

    return layer


def unit_with(g, wrong):
    """g, its backward replaced by wrong(z, a, delta) → ∂J/∂z; a dense layer before it gives it parameters."""

    def layer(parameters, z):
        a, _ = g(parameters, z)
        return a, lambda delta: ((), wrong(z, a, delta))

    return chain(dense, layer)


def chain_in_the_wrong_order(parameters, x):
    h, first = dense(parameters, x)
    y_hat, second = dense(parameters, h)

    def backward(delta):
        gradient_1, delta = first(delta)
        gradient_2, delta = second(delta)
        return tuple(a + b for a, b in zip(gradient_1, gradient_2)), delta

    return y_hat, backward


def shared_weights_counted_once(parameters, x):
    h, first = dense(parameters, x)
    y_hat, second = dense(parameters, h)
    return y_hat, lambda delta: first(second(delta)[1])


def residual_without_its_shortcut(parameters, x):
    z, backward = dense(parameters, x)
    return x + z, backward


def weight_decay_forgotten_backward(parameters, x):
    z, backward = dense(parameters, x)
    return z + (parameters[0] ** 2).sum(), backward


ones = np.ones_like
MISTAKES = {
    "a factor 1.001 in the weights": dense_with(lambda x, theta, d: ((1.001 * x.T @ d, d.sum(0)), d @ theta.T)),
    "a factor 1.001 in the bias": dense_with(lambda x, theta, d: ((x.T @ d, 1.001 * d.sum(0)), d @ theta.T)),
    "a factor 1.001 in the inputs": dense_with(lambda x, theta, d: ((x.T @ d, d.sum(0)), 1.001 * d @ theta.T)),
    "the wrong sign": dense_with(lambda x, theta, d: ((-x.T @ d, -d.sum(0)), -d @ theta.T)),
    "a factor 2 dropped": dense_with(lambda x, theta, d: ((x.T @ d / 2, d.sum(0) / 2), d @ theta.T / 2)),
    "theta not transposed": dense_with(lambda x, theta, d: ((x.T @ d, d.sum(0)), d @ theta)),
    "the gradient of theta transposed": dense_with(lambda x, theta, d: ((d.T @ x, d.sum(0)), d @ theta.T)),
    "no gradient for the bias": dense_with(lambda x, theta, d: ((x.T @ d, 0 * d.sum(0)), d @ theta.T)),
    "the mean over the batch for the sum": dense_with(lambda x, theta, d: ((x.T @ d, d.mean(0)), d @ theta.T)),
    "the last example left out": dense_with(lambda x, theta, d: ((x[:-1].T @ d[:-1], d.sum(0)), d @ theta.T)),
    "a wrong batch": dense_with(lambda x, theta, d: ((x[::-1].T @ d, d.sum(0)), d @ theta.T)),
    "∂J/∂output taken for 1": dense_with(lambda x, theta, d: ((x.T @ ones(d), ones(d).sum(0)), ones(d) @ theta.T)),
    "not a number": dense_with(lambda x, theta, d: ((x.T @ d, d.sum(0)), np.nan * d @ theta.T)),
    "sigmoid: the slope taken at a": unit_with(sigmoid, lambda z, a, d: d * sigmoid((), a)[1](ones(a))[1]),
    "sigmoid: 1 - a forgotten": unit_with(sigmoid, lambda z, a, d: d * a),
    "tanh: the slope of z instead of a": unit_with(tanh, lambda z, a, d: d * (1 - z * z)),
    "tanh: no square": unit_with(tanh, lambda z, a, d: d * (1 - a)),
    "tanh: no slope at all": unit_with(tanh, lambda z, a, d: d),
    "relu: the mask of the gradient": unit_with(relu, lambda z, a, d: d * (d > 0)),
    "relu: the mask turned round": unit_with(relu, lambda z, a, d: d * (z < 0)),
    "gelu: the product rule cut short": unit_with(gelu, lambda z, a, d: d * a / z),
    "softmax: only the diagonal": unit_with(softmax, lambda z, p, d: d * p * (1 - p)),
    "softmax: the sum over the batch": unit_with(softmax, lambda z, p, d: p * (d - (d * p).sum(0))),
    "the layers in the wrong order": chain_in_the_wrong_order,
    "shared weights counted once": shared_weights_counted_once,
    "a shortcut forgotten": residual_without_its_shortcut,
    "a penalty forgotten": weight_decay_forgotten_backward,
}


def test_there_are_at_least_ten_seeded_mistakes():
    assert len(MISTAKES) >= 10


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
@five_seeds
def test_a_seeded_mistake_is_rejected_by_central_differences(mistake, seed):
    rng = np.random.default_rng(seed)
    assert not check_layer(mistake, *laid_out_for(mistake, *example(rng)), rng) <= 1e-6


@pytest.mark.parametrize(
    "mistake", [m for name, m in MISTAKES.items() if "gelu" not in name], ids=[n for n in MISTAKES if "gelu" not in n]
)
@five_seeds
def test_a_seeded_mistake_is_rejected_by_the_complex_step(mistake, seed):
    rng = np.random.default_rng(seed)
    parameters, x = laid_out_for(mistake, *example(rng))
    assert not check_layer(mistake, parameters, x, rng, complex_step_gradient) <= 1e-10


def laid_out_for(mistake, parameters, x):
    """A chain of two layers wants a tuple of two."""
    return ((parameters, ()) if mistake.__name__ == "network" else parameters), x


def test_prelu_with_the_gradient_of_alpha_dropped_is_rejected():
    def layer(alpha, z):
        a, backward = prelu(alpha, z)
        return a, lambda delta: (0.0, backward(delta)[1])

    rng = np.random.default_rng(0)
    assert not check_layer(layer, 0.25, rng.normal(size=(4, 3)), rng) <= 1e-6


def test_a_gradient_that_is_left_out_is_an_error():
    rng = np.random.default_rng(0)
    parameters, x = example(rng)
    layer = dense_with(lambda x, theta, d: ((x.T @ d,), d @ theta.T))
    with pytest.raises(ValueError, match="should be shaped like"):
        check_layer(layer, parameters, x, rng)


def test_a_gradient_with_the_right_numbers_in_the_wrong_shape_is_an_error():
    rng = np.random.default_rng(0)
    parameters, x = example(rng)
    layer = dense_with(lambda x, theta, d: ((x.T @ d, d.sum(axis=0, keepdims=True)), d @ theta.T))
    with pytest.raises(ValueError, match="should be shaped like"):
        check_layer(layer, parameters, x, rng)


# Extremes


@both_gradients
@pytest.mark.parametrize("scale", [1e-250, 1e-8, 1e8, 1e250])
def test_the_gradient_of_a_straight_line_is_its_weight_at_any_scale(gradient, scale):
    actual = gradient(lambda theta: scale * theta[0], np.array([0.0]))
    np.testing.assert_allclose(actual, [scale], rtol=1e-12)


@both_gradients
def test_a_function_of_nothing_has_an_empty_gradient(gradient):
    assert gradient(lambda theta: 1.0, np.array([])).size == 0


def test_a_layer_of_nothing_has_no_error():
    assert check_layer(sigmoid, (), np.zeros((0, 3)), np.random.default_rng(0)) == 0


@both_gradients
@pytest.mark.parametrize("shape", [(), (2, 2), (4, 1)])
def test_only_a_vector_has_a_gradient_entry_by_entry(gradient, shape):
    with pytest.raises(ValueError, match=rf"^{re.escape(f'theta {shape} should be (n,)')}$"):
        gradient(np.sum, np.ones(shape))


def test_a_saturated_layer_passes_with_a_gradient_of_zero():
    rng = np.random.default_rng(0)
    assert check_layer(sigmoid, (), np.array([[-800.0, 800.0]]), rng) == 0


# Contract


@both_gradients
def test_a_gradient_leaves_theta_alone_and_has_its_shape(gradient):
    theta = np.arange(5.0)
    theta.flags.writeable = False
    assert gradient(lambda theta: (theta * theta).sum(), theta).shape == theta.shape
    np.testing.assert_array_equal(theta, np.arange(5.0))


def test_the_check_leaves_parameters_and_inputs_alone():
    rng = np.random.default_rng(0)
    parameters, x = example(rng)
    before = [part.copy() for part in (*parameters, x)]
    for part in (*parameters, x):
        part.flags.writeable = False
    check_layer(dense, parameters, x, rng)
    for part, copy in zip((*parameters, x), before):
        np.testing.assert_array_equal(part, copy)


def test_the_check_gives_the_same_number_for_the_same_seed():
    parameters, x = example(np.random.default_rng(0))
    once, twice = (check_layer(dense, parameters, x, np.random.default_rng(1)) for _ in range(2))
    assert once == twice


# Two forms of one gradient


@five_seeds
def test_differences_and_complex_step_agree(seed):
    rng = np.random.default_rng(seed)
    parameters, x = example(rng)

    def J(theta):
        return sigmoid((), dense((theta.reshape(3, 3), parameters[1]), x)[0])[0].sum()

    theta = parameters[0].ravel()
    np.testing.assert_allclose(numerical_gradient(J, theta), complex_step_gradient(J, theta), atol=1e-9)
