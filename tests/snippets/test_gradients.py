"""Every gradient of the teaching code: layers and losses are found by name, so that a new one cannot be forgotten."""

import inspect
import pkgutil
from importlib import import_module

import numpy as np
import pytest

import snippets
from snippets.activations import tanh
from snippets.backpropagation import check_layer, complex_step_gradient, numerical_gradient
from snippets.descent import pack
from snippets.dropout import dropout
from snippets.minibatches import dense_on_data
from snippets.network import chain, multilayer_perceptron
from snippets.perceptron import dense

MODULES = [import_module(f"snippets.{found.name}") for found in pkgutil.iter_modules(snippets.__path__)]
PUBLIC = {
    name: function
    for module in MODULES
    for name, function in inspect.getmembers(module, inspect.isfunction)
    if function.__module__ == module.__name__ and not name.startswith("_") and "__" not in name
}


def with_parameters(*names):
    return {name: f for name, f in PUBLIC.items() if tuple(inspect.signature(f).parameters) in names}


LAYERS = with_parameters(*[(p, x) for p in ("parameters", "alpha") for x in ("x", "z")])
LOSSES = with_parameters(("y_hat", "y"), ("z", "y"))
FACTORIES = {
    "chain": lambda seed: chain(dense, tanh, dense),
    "multilayer_perceptron": lambda seed: multilayer_perceptron(tanh, 1),
    "dropout": lambda seed: lambda parameters, x: dropout(np.random.default_rng(seed), 0.4)(parameters, x),
}
OTHERS = {
    "arrays", "flatten", "pack", "objective", "gradient_descent",
    "positive", "fraction", "finite", "below_largest",
    "numerical_gradient", "complex_step_gradient", "shapes", "check_layer",
    "perceptron_rule", "initialise", "zeros", "unit", "lecun", "glorot", "he",
    "step_decay", "inverse_time", "cosine", "warm_up", "scheduled",
    "gradient_of", "minimise", "sgd", "momentum", "nesterov", "adagrad",
    "adadelta", "rmsprop", "adam", "adamax", "nadam", "amsgrad",
    "minibatches", "train", "data_parallel", "on_cluster",
    "mark_weights", "l2", "early_stopping",
}  # fmt: skip
NOT_ANALYTIC = {"gelu"}  # erf takes no complex number

five_seeds = pytest.mark.parametrize("seed", range(5))


def away_from_kinks(rng, shape):
    z = rng.normal(size=shape)
    return z + 0.1 * np.sign(z)


def weights(rng, m, k):
    return rng.normal(size=(m, k)), rng.normal(size=k)


def example(name, seed):
    """The layer called `name`, parameters and an input, all kinks at least 0.01 away."""
    rng = np.random.default_rng(seed)
    if name in FACTORIES:
        parameters = () if name == "dropout" else (weights(rng, 3, 4), (), weights(rng, 4, 2))
        return FACTORIES[name](seed), parameters, rng.normal(size=(5, 3)), rng
    layer, first = LAYERS[name], next(iter(inspect.signature(LAYERS[name]).parameters))
    if first == "alpha":
        return layer, rng.uniform(size=3), away_from_kinks(rng, (5, 3)), rng
    if "x" not in inspect.signature(layer).parameters:
        return layer, (), away_from_kinks(rng, (5, 3)), rng
    parameters, x = weights(rng, 3, 2), rng.normal(size=(40, 3))
    x = x[(np.abs(x @ parameters[0] + parameters[1]) > 0.01).all(axis=1)][:5]
    if name == "dense_on_data":  # gives no gradient of x, so x is held
        return lambda parameters, nothing: layer(parameters, x), parameters, (), rng
    return layer, parameters, x, rng


def prediction_and_target(name, seed):
    rng = np.random.default_rng(seed)
    z = 3 * rng.normal(size=(5, 1 if name == "binary_cross_entropy" else 3))
    y = {
        "mean_squared_error": rng.normal(size=(5, 3)),
        "binary_cross_entropy": rng.uniform(size=(5, 1)),
        "cross_entropy": rng.integers(0, 3, size=5),
    }[name]
    return z, y


def error_of_loss(name, seed, gradient):
    prediction, y = prediction_and_target(name, seed)
    _, delta = LOSSES[name](prediction, y)
    expected = gradient(lambda theta: LOSSES[name](theta.reshape(prediction.shape), y)[0], prediction.ravel())
    return np.abs(delta.ravel() - expected).max()


def test_every_public_function_is_a_layer_a_loss_a_factory_or_known_as_something_else():
    assert set(PUBLIC) == set(LAYERS) | set(LOSSES) | set(FACTORIES) | OTHERS
    assert len(PUBLIC) == len(LAYERS) + len(LOSSES) + len(FACTORIES) + len(OTHERS)


def test_the_search_finds_what_there_is():
    assert {"dense", "dense_on_data", "step", "perceptron", "prelu", "softmax", "linear"} <= set(LAYERS)
    assert set(LOSSES) == {"mean_squared_error", "binary_cross_entropy", "cross_entropy"}


@five_seeds
@pytest.mark.parametrize("name", sorted({*LAYERS, *FACTORIES}))
def test_every_layer_agrees_with_central_differences(name, seed):
    assert check_layer(*example(name, seed)) <= 1e-6


@five_seeds
@pytest.mark.parametrize("name", sorted({*LAYERS, *FACTORIES} - NOT_ANALYTIC))
def test_every_analytic_layer_agrees_with_the_complex_step(name, seed):
    assert check_layer(*example(name, seed), complex_step_gradient) <= 1e-10


@five_seeds
@pytest.mark.parametrize("name", sorted(LOSSES))
def test_every_loss_agrees_with_central_differences_and_the_complex_step(name, seed):
    assert error_of_loss(name, seed, numerical_gradient) <= 1e-6
    assert error_of_loss(name, seed, complex_step_gradient) <= 1e-10


@five_seeds
def test_dense_on_data_gives_nothing_for_the_data_and_for_the_rest_what_dense_gives(seed):
    _, parameters, x, rng = example("dense", seed)
    z, backward = dense(parameters, x)
    z_on_data, backward_on_data = dense_on_data(parameters, x)
    delta = rng.normal(size=z.shape)
    gradient, nothing = backward_on_data(delta)
    assert nothing == ()
    assert np.array_equal(z, z_on_data)
    assert np.array_equal(pack(gradient)[0], pack(backward(delta)[0])[0])
