"""Networks: layers in a row are one layer, and where the weights start."""

import inspect

import numpy as np
import pytest

from snippets import activations
from snippets.activations import relu, sigmoid, tanh
from snippets.backpropagation import check_layer, complex_step_gradient
from snippets.descent import pack
from snippets.losses import binary_cross_entropy
from snippets.network import (
    chain,
    glorot,
    he,
    initialise,
    lecun,
    multilayer_perceptron,
    unit,
    zeros,
)
from snippets.perceptron import dense, step

pytestmark = pytest.mark.filterwarnings("error")

ACTIVATIONS = {
    name: g
    for name, g in inspect.getmembers(activations, inspect.isfunction)
    if g.__module__ == activations.__name__ and "__" not in name
}
SEEDS = range(5)
XOR = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0.0], [1], [1], [0]])


def network_and_parameters(name, rng):
    """Two hidden layers of the activation called `name`, with weights and biases that are not 0."""
    g, own = ACTIVATIONS[name], np.array(0.25) if name == "prelu" else ()
    (theta_1, _, theta_2, _, theta_3) = initialise(rng, (3, 5, 4, 2), glorot)
    parameters = (theta_1, own, theta_2, own, theta_3)
    theta, unpack = pack(parameters)
    return chain(dense, g, dense, g, dense), unpack(theta + 0.3 * rng.normal(size=theta.shape))


every_activation = pytest.mark.parametrize("name", ACTIVATIONS)


# Values computed by hand


def test_two_perceptrons_and_a_third_answer_the_exclusive_or():
    x, y = XOR
    either_and_both = (np.ones((2, 2)), np.array([-0.5, -1.5]))
    first_but_not_second = (np.array([[1.0], [-1.0]]), np.array([-0.5]))
    network = chain(dense, step, dense, step)
    y_hat, _ = network((either_and_both, (), first_but_not_second, ()), x)
    assert np.array_equal(y_hat, y)


def test_the_slope_of_two_units_in_a_row_is_the_product_of_their_weights():
    network = multilayer_perceptron(relu, 1)
    parameters = (
        (np.array([[3.0]]), np.array([1.0])),
        (),
        (np.array([[5.0]]), np.array([-2.0])),
    )
    y_hat, backward = network(parameters, np.array([[2.0]]))
    assert y_hat == 5 * (3 * 2 + 1) - 2
    ((d_theta_1, d_bias_1), nothing, (d_theta_2, d_bias_2)), d_x = backward(np.array([[1.0]]))
    assert (d_theta_1, d_bias_1, nothing) == (5 * 2, 5, ())
    assert (d_theta_2, d_bias_2, d_x) == (7, 1, 5 * 3)


def test_each_rule_gives_the_variance_of_its_paper():
    assert [rule(8, 2) for rule in (zeros, unit, lecun, glorot, he)] == [
        0,
        1,
        1 / 8,
        2 / 10,
        2 / 8,
    ]


def test_parameters_alternate_between_weights_with_zero_biases_and_nothing():
    (first, nothing, second) = initialise(np.random.default_rng(0), (3, 4, 2), unit)
    assert [p.shape for p in first] == [(3, 4), (4,)]
    assert nothing == ()
    assert [p.shape for p in second] == [(4, 2), (2,)]
    assert not first[1].any() and not second[1].any()


# Gradients


@every_activation
@pytest.mark.parametrize("seed", SEEDS)
def test_the_gradient_of_a_network_is_that_of_central_differences(name, seed):
    rng = np.random.default_rng(seed)
    network, parameters = network_and_parameters(name, rng)
    assert check_layer(network, parameters, rng.normal(size=(6, 3)), rng) <= 1e-6


@pytest.mark.parametrize("name", sorted(set(ACTIVATIONS) - {"gelu"}))
@pytest.mark.parametrize("seed", SEEDS)
def test_the_gradient_of_a_network_is_that_of_the_complex_step(name, seed):
    rng = np.random.default_rng(seed)
    network, parameters = network_and_parameters(name, rng)
    x = rng.normal(size=(6, 3))
    assert check_layer(network, parameters, x, rng, complex_step_gradient) <= 1e-10


# Behaviour


def test_hidden_units_may_change_places():
    rng = np.random.default_rng(0)
    (theta_1, bias_1), _, (theta_2, bias_2) = initialise(rng, (3, 5, 2), unit)
    bias_1 = rng.normal(size=5)
    order = rng.permutation(5)
    network, x = multilayer_perceptron(tanh, 1), rng.normal(size=(4, 3))
    y_hat, _ = network(((theta_1, bias_1), (), (theta_2, bias_2)), x)
    moved = (theta_1[:, order], bias_1[order]), (), (theta_2[order], bias_2)
    assert network(moved, x)[0] == pytest.approx(y_hat, rel=1e-12)


def test_without_an_activation_two_layers_are_one():
    rng = np.random.default_rng(0)
    (theta_1, bias_1), _, (theta_2, bias_2) = initialise(rng, (3, 5, 2), unit)
    x = rng.normal(size=(4, 3))
    two, _ = chain(dense, dense)(((theta_1, bias_1), (theta_2, bias_2)), x)
    one, _ = dense((theta_1 @ theta_2, bias_1 @ theta_2 + bias_2), x)
    assert two == pytest.approx(one, rel=1e-12)


@pytest.mark.parametrize("g", [sigmoid, tanh, relu])
def test_units_that_start_equal_get_equal_gradients(g):
    equal = (np.full((2, 4), 0.5), np.zeros(4)), (), (np.full((4, 1), 0.5), np.zeros(1))
    x, y = XOR
    z, backward = multilayer_perceptron(g, 1)(equal, x)
    ((d_theta, d_bias), _, (d_out, _)), _ = backward(binary_cross_entropy(z, y)[1])
    for gradient in (d_theta.T, d_bias, d_out):
        assert np.abs(gradient - gradient[0]).max() <= 1e-15


@pytest.mark.parametrize("rule", [zeros, unit, lecun, glorot, he])
def test_the_weights_have_the_variance_that_the_rule_asks_for(rule):
    ((theta, _),) = initialise(np.random.default_rng(0), (400, 300), rule)
    wanted = rule(400, 300)
    assert theta.var() == pytest.approx(wanted, rel=0.03)
    assert abs(theta.mean()) <= 0.01 * np.sqrt(wanted)


@pytest.mark.parametrize("seed", SEEDS)
def test_he_keeps_the_size_of_what_passes_through_ten_relu_layers(seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(50, 300))
    z, _ = multilayer_perceptron(relu, 10)(initialise(rng, (300,) * 12, he), x)
    assert 0.3 < np.mean(z * z) / np.mean(x * x) < 6


def test_the_same_generator_gives_the_same_start():
    start = [pack(initialise(np.random.default_rng(7), (3, 4, 2), he))[0] for _ in range(2)]
    assert np.array_equal(*start)


# Extremes


@pytest.mark.parametrize("size", [800.0, -800.0, 1e308, -1e308])
@pytest.mark.parametrize("g", [sigmoid, tanh, relu])
def test_a_huge_input_passes_forward_and_backward_without_a_warning(g, size):
    one = np.ones((1, 1)), np.zeros(1)
    y_hat, backward = multilayer_perceptron(g, 1)((one, (), one), np.array([[size]]))
    gradient, d_x = backward(np.ones((1, 1)))
    assert y_hat == {sigmoid: size > 0, tanh: np.sign(size), relu: max(size, 0)}[g]
    assert d_x == (1 if g is relu and size > 0 else 0)
    assert np.isfinite(pack(gradient)[0]).all()


# Contract


@every_activation
def test_float32_stays_float32(name):
    rng = np.random.default_rng(0)
    network, parameters = network_and_parameters(name, rng)
    theta, unpack = pack(parameters)
    y_hat, backward = network(unpack(theta.astype(np.float32)), np.ones((6, 3), np.float32))
    gradient, d_x = backward(np.ones_like(y_hat))
    assert y_hat.dtype == d_x.dtype == pack(gradient)[0].dtype == np.float32


def test_the_gradient_is_nested_like_the_parameters():
    network, parameters = network_and_parameters("tanh", np.random.default_rng(0))
    y_hat, backward = network(parameters, np.ones((6, 3)))
    gradient, d_x = backward(np.ones_like(y_hat))
    assert [tuple(p.shape for p in layer) for layer in gradient] == [
        tuple(p.shape for p in layer) for layer in parameters
    ]
    assert d_x.shape == (6, 3)


def test_backward_may_be_called_twice_and_nothing_is_changed_in_place():
    network, parameters = network_and_parameters("relu", np.random.default_rng(0))
    theta, unpack = pack(parameters)
    x, delta = np.random.default_rng(1).normal(size=(6, 3)), np.ones((6, 2))
    for array in (theta, x, delta):
        array.setflags(write=False)
    _, backward = network(unpack(theta), x)
    first, second = backward(delta), backward(delta)
    assert np.array_equal(pack(first)[0], pack(second)[0])


def test_two_forward_passes_do_not_disturb_each_other():
    network, parameters = network_and_parameters("tanh", np.random.default_rng(0))
    x, delta = np.random.default_rng(1).normal(size=(6, 3)), np.ones((6, 2))
    _, alone = network(parameters, x)
    expected, _ = pack(alone(delta))
    _, backward = network(parameters, x)
    network(parameters, -x)
    assert np.array_equal(pack(backward(delta))[0], expected)


@pytest.mark.parametrize("count", [2, 4])
def test_parameters_for_another_number_of_layers_are_refused_with_both_numbers(count):
    one = np.ones((1, 1)), np.zeros(1)
    with pytest.raises(ValueError, match=f"{count} parameters for 3 layers"):
        multilayer_perceptron(tanh, 1)((one, (), one, ())[:count], np.ones((1, 1)))


# Equality of two forms


def test_the_chain_is_the_formula_written_out():
    rng = np.random.default_rng(0)
    network, parameters = network_and_parameters("tanh", rng)
    (theta_1, bias_1), _, (theta_2, bias_2), _, (theta_3, bias_3) = parameters
    x = rng.normal(size=(6, 3))
    a_1 = np.tanh(x @ theta_1 + bias_1)
    a_2 = np.tanh(a_1 @ theta_2 + bias_2)
    assert np.array_equal(network(parameters, x)[0], a_2 @ theta_3 + bias_3)


def test_a_chain_in_a_chain_is_the_long_chain():
    rng = np.random.default_rng(0)
    long, (first, g_1, second, g_2, third) = network_and_parameters("tanh", rng)
    nested = chain(chain(dense, tanh), chain(dense, tanh), dense)
    x, delta = rng.normal(size=(6, 3)), rng.normal(size=(6, 2))
    y_hat, backward = long((first, g_1, second, g_2, third), x)
    y_hat_nested, backward_nested = nested(((first, g_1), (second, g_2), third), x)
    assert np.array_equal(y_hat, y_hat_nested)
    assert np.array_equal(pack(backward(delta))[0], pack(backward_nested(delta))[0])


def test_no_hidden_layer_leaves_a_dense_layer_and_no_layer_leaves_x():
    rng = np.random.default_rng(0)
    parameters, x = initialise(rng, (3, 2), unit), rng.normal(size=(4, 3))
    assert np.array_equal(multilayer_perceptron(tanh, 0)(parameters, x)[0], dense(parameters[0], x)[0])
    y_hat, backward = chain()((), x)
    assert y_hat is x
    assert backward(x) == ((), x)


def test_a_perceptron_with_many_hidden_layers_is_the_chain_written_out():
    rng = np.random.default_rng(0)
    parameters, x = initialise(rng, (3, 5, 4, 2), he), rng.normal(size=(6, 3))
    short, _ = multilayer_perceptron(relu, 2)(parameters, x)
    written_out, _ = chain(dense, relu, dense, relu, dense)(parameters, x)
    assert np.array_equal(short, written_out)
