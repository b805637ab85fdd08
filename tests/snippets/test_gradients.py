"""Every gradient of the teaching code: layers and losses are found by name, so that a new one cannot be forgotten."""

import inspect
import pkgutil
from importlib import import_module

import numpy as np
import pytest

import snippets
from snippets.activations import tanh
from snippets.backpropagation import check_layer, complex_step_gradient, numerical_gradient
from snippets.convolution import max_pool
from snippets.descent import pack
from snippets.dropout import dropout
from snippets.gan import frozen
from snippets.minibatches import dense_on_data
from snippets.network import chain, multilayer_perceptron
from snippets.perceptron import dense
from snippets.vae import reparameterise

MODULES = [import_module(f"snippets.{found.name}") for found in pkgutil.iter_modules(snippets.__path__)]
PUBLIC = {
    name: function
    for module in MODULES
    for name, function in inspect.getmembers(module, inspect.isfunction)
    if function.__module__ == module.__name__ and not name.startswith("_") and "__" not in name
}


def with_parameters(*names):
    """The functions that ask for these arguments; they may have others with defaults."""
    return {name: f for name, f in PUBLIC.items() if asked_for(f) in names}


def asked_for(function):
    given = inspect.signature(function).parameters.values()
    return tuple(p.name for p in given if p.default is p.empty and p.kind is not p.VAR_POSITIONAL)


NO_LAYER = "lstm_states"  # asks for the same, and gives states
LAYERS = with_parameters(*[(p, x) for p in ("parameters", "alpha") for x in ("x", "z")])
del LAYERS[NO_LAYER]
LOSSES = with_parameters(("y_hat", "y"), ("z", "y"), ("code",))
FACTORIES = {
    "chain": lambda seed: chain(dense, tanh, dense),
    "multilayer_perceptron": lambda seed: multilayer_perceptron(tanh, 1),
    "dropout": lambda seed: lambda parameters, x: dropout(np.random.default_rng(seed), 0.4)(parameters, x),
    "max_pool": lambda seed: max_pool(2),
    "reparameterise": lambda seed: lambda parameters, x: reparameterise(np.random.default_rng(seed))(parameters, x),
    "frozen": lambda seed: frozen(dense, weights(np.random.default_rng(seed), 3, 2)),
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
    "sequence_shape", "by_step", "through_time", "initialise_recurrent", "clipped",
    NO_LAYER, "initialise_lstm", "attend", "positions",
    "filter_shape", "with_frame", "windows", "add_windows", "initialise_filters",
    "halves", "negative_elbo", "play", "against",
    "noise_levels", "noised", "one_row_each_step", "denoising_pairs", "denoise",
    "best_denoiser",
}  # fmt: skip
NOT_ANALYTIC = {"gelu"}  # erf takes no complex number

five_seeds = pytest.mark.parametrize("seed", range(5))


def away_from_kinks(rng, shape):
    z = rng.normal(size=shape)
    return z + 0.1 * np.sign(z)


def weights(rng, m, k):
    return rng.normal(size=(m, k)), rng.normal(size=k)


# What a layer with parameters or an input of its own kind is given: shapes of the parameters, and of x
SHAPES = {
    "recurrent": ([(3, 2), (2, 2), (2,)], (4, 5, 3)),
    "lstm": ([(3, 8), (2, 8), (8,)], (4, 5, 3)),
    "last_step": ([], (4, 5, 3)),
    "every_step": ([], (4, 5, 3)),
    "attention": ([(3, 2), (3, 2), (3, 4)], (2, 5, 3)),
    "causal_attention": ([(3, 2), (3, 2), (3, 4)], (2, 5, 3)),
    "convolution": ([(3, 2, 2, 3), (3,)], (2, 5, 4, 2)),
    "convolution_on_data": ([(3, 2, 2, 3), (3,)], (2, 5, 4, 2)),
    "max_pool": ([], (2, 4, 6, 3)),
    "average_pool": ([], (2, 4, 6, 3)),
    "as_rows": ([], (2, 4, 6, 3)),
    "reparameterise": ([], (5, 4)),
    "frozen": ([], (5, 3)),
    "dropout": ([], (5, 3)),
}


def example(name, seed):
    """The layer called `name`, parameters and an input, all kinks at least 0.01 away."""
    rng = np.random.default_rng(seed)
    if name in SHAPES:
        of_parameters, of_x = SHAPES[name]
        layer = FACTORIES[name](seed) if name in FACTORIES else LAYERS[name]
        parameters, x = tuple(rng.normal(size=shape) for shape in of_parameters), rng.normal(size=of_x)
        return hold_data(name, layer, parameters, x, rng)
    if name in FACTORIES:
        return FACTORIES[name](seed), (weights(rng, 3, 4), (), weights(rng, 4, 2)), rng.normal(size=(5, 3)), rng
    layer, first = LAYERS[name], next(iter(inspect.signature(LAYERS[name]).parameters))
    if first == "alpha":
        return layer, rng.uniform(size=3), away_from_kinks(rng, (5, 3)), rng
    if "x" not in inspect.signature(layer).parameters:
        return layer, (), away_from_kinks(rng, (5, 3)), rng
    parameters, x = weights(rng, 3, 2), rng.normal(size=(40, 3))
    x = x[(np.abs(x @ parameters[0] + parameters[1]) > 0.01).all(axis=1)][:5]
    return hold_data(name, layer, parameters, x, rng)


def hold_data(name, layer, parameters, x, rng):
    if name.endswith("_on_data"):  # gives no gradient of x, so x is held
        return lambda parameters, nothing: layer(parameters, x), parameters, (), rng
    return layer, parameters, x, rng


COLUMNS = {"mean_squared_error": 3, "binary_cross_entropy": 1, "cross_entropy": 3, "saturating": 1, "kl_to_normal": 4}


def prediction_and_target(name, seed):
    rng = np.random.default_rng(seed)
    z = 3 * rng.normal(size=(5, COLUMNS[name]))
    y = {
        "mean_squared_error": rng.normal(size=(5, 3)),
        "binary_cross_entropy": rng.uniform(size=(5, 1)),
        "cross_entropy": rng.integers(0, 3, size=5),
        "saturating": rng.uniform(size=(5, 1)),
    }
    return (z, y[name]) if name in y else (z,)


def error_of_loss(name, seed, gradient):
    prediction, *y = prediction_and_target(name, seed)
    _, delta = LOSSES[name](prediction, *y)
    expected = gradient(lambda theta: LOSSES[name](theta.reshape(prediction.shape), *y)[0], prediction.ravel())
    return np.abs(delta.ravel() - expected).max()


def test_every_public_function_is_a_layer_a_loss_a_factory_or_known_as_something_else():
    assert set(PUBLIC) == set(LAYERS) | set(LOSSES) | set(FACTORIES) | OTHERS
    assert len(PUBLIC) == len(LAYERS) + len(LOSSES) + len(FACTORIES) + len(OTHERS)


def test_the_search_finds_what_there_is():
    assert {"dense", "dense_on_data", "step", "perceptron", "prelu", "softmax", "linear"} <= set(LAYERS)
    assert {"recurrent", "lstm", "attention", "convolution", "average_pool"} <= set(LAYERS)
    assert set(LOSSES) == set(COLUMNS)


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
