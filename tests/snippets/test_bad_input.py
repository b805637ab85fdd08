"""Every public function against bad and unusual input: a documented result, or a ValueError that names the argument.

CASES says for each function what it is called with and, argument by argument, what becomes of what is wrong:
  finite      all results are finite numbers
  passes      NaN or ∞ stands in the results, for all to see
  overflows   NumPy warns of an overflow (only numbers of 1e308 may lead to it)
  refused     a ValueError names the argument; "refused y_hat" names another one
"""

import inspect
import pkgutil
import re
import warnings
from importlib import import_module
from typing import NamedTuple

import numpy as np
import pytest

import snippets
from snippets import (
    activations,
    attention,
    convolution,
    diffusion,
    early_stopping,
    gan,
    guards,
    learning_rate,
    losses,
    lstm,
    network,
    optimizers,
    overfitting,
    recurrent,
    vae,
)  # fmt: skip
from snippets import backpropagation as checks
from snippets.activations import prelu, tanh
from snippets.descent import arrays, flatten, gradient_descent, objective, pack
from snippets.dropout import dropout
from snippets.losses import mean_squared_error
from snippets.minibatches import dense_on_data, minibatches, train
from snippets.network import chain, multilayer_perceptron
from snippets.parallel import data_parallel, on_cluster
from snippets.perceptron import dense, perceptron, perceptron_rule, step

MODULES = [import_module(f"snippets.{found.name}") for found in pkgutil.iter_modules(snippets.__path__)]
PUBLIC = {
    name
    for module in MODULES
    for name, function in inspect.getmembers(module, inspect.isfunction)
    if function.__module__ == module.__name__ and not name.startswith("_") and "__" not in name
}


class Case(NamedTuple):
    call: object  # takes the arguments by name, gives the results as a list
    arguments: dict
    outcomes: dict  # of each argument, and of an empty batch


# Whole numbers, stored as floats: what is true of them should be true of integers

x = np.array([[1.0, -1, 0], [0, 1, 1], [-1, 0, 1], [1, 1, -1]])
theta = np.array([[1.0, -1], [0, 1], [-1, 1]])
theta_0 = np.array([1.0, -1])
y = np.array([[1.0, 0], [0, 1], [1, 1], [0, 0]])
classes = np.array([0, 2, 1, 1])
vector = np.array([1.0, -2, 3])
second = (np.array([[1.0], [-1.0]]), np.array([1.0]))
_, unpack_dense = pack((theta, theta_0))
line = flatten((theta, theta_0))

# Outcomes: nan, inf, huge (±1e308), shape (one axis too many)


def row(nan, inf, huge, shape):
    return {"nan": nan, "inf": inf, "huge": huge, "shape": shape}


anything = row("passes", "passes", "finite", "finite")
fitting = row("passes", "passes", "finite", "refused")
checked = row("refused", "refused", "finite", "refused")
square = row("refused", "refused", "overflows", "refused")
label = row("refused", "refused", "refused", "refused")
positive, share, count, from_zero = "positive", "share", "count", "from_zero"
OUT_OF_RANGE = {
    positive: [0, -1, -1e308, np.nan, np.inf, -np.inf],
    share: [-0.1, 1, 1.5, 1e308, np.nan, np.inf],
    count: [0, -1, 0.5, np.nan, -np.inf],
    from_zero: [-1, -0.5, np.nan, -np.inf],
}


def run(layer, parameters, x):
    output, backward = layer(parameters, x)
    return [output, *arrays(backward(np.ones_like(output)))]


def slope(theta):
    """A J without squares, so that 1e308 is a number like others."""
    return theta.sum(), theta / 2


def cube(theta):
    return (theta * theta * theta).sum()


def fit(x, y):
    return objective(dense, mean_squared_error, unpack_dense, x, y)


def unit_case(name, z=anything):
    layer = getattr(activations, name)
    return Case(lambda z: run(layer, (), z), {"z": x}, {"z": z, "batch": "finite"})


def dense_case(layer, **changed):
    return Case(
        lambda theta, theta_0, x: run(layer, (theta, theta_0), x),
        {"theta": theta, "theta_0": theta_0, "x": x},
        {"theta": fitting, "theta_0": fitting, "x": fitting, "batch": "finite", **changed},
    )


def network_case(layers):
    def layer(parameters, x):
        return layers((parameters, (), tuple(part.astype(x.dtype) for part in second)), x)

    return dense_case(layer, theta_0=row("passes", "finite", "finite", "refused"))


def loss_case(name, prediction, prediction_outcomes, y, y_outcomes, first, module=losses):
    loss = getattr(module, name)
    return Case(
        lambda **given: list(loss(given[first], given["y"])),
        {first: prediction, "y": y},
        {first: prediction_outcomes, "y": y_outcomes, "batch": "refused y"},
    )


def step_case(name, theta=anything, **bounds):
    step = getattr(optimizers, name)
    values = {"eta": 0.5, "epsilon": 0.5, "gamma": 0.5, "rho": 0.5, "beta_1": 0.5, "beta_2": 0.5}
    return Case(
        lambda theta, **given: [step(theta, lambda theta: theta / 2, **given)[0]],
        {"theta": vector, **{bound: values[bound] for bound in bounds}},
        {"theta": theta, **bounds},
    )


def number_case(schedule, **values):
    """A schedule: every number positive."""
    return Case(lambda **given: [schedule(**given)(3)], values, dict.fromkeys(values, positive))


def variance_case(name):
    return Case(lambda: [getattr(network, name)(4, 2)], {}, {})


def train_once(theta, x, y, B, eta):
    rng = np.random.default_rng(0)
    return [next(train(optimizers.sgd, fit, theta, x, y, B, rng, eta=eta))]


class Here:
    """A cluster that works here and now."""

    def map(self, f, parts, pure):
        return [f(part) for part in parts]

    def gather(self, results):
        return results


# Sequences, images, codes: whole numbers again


def whole(*shape):
    return np.random.default_rng(0).integers(-1, 2, size=shape).astype(float)


sequence, image, code = whole(2, 4, 3), whole(2, 4, 4, 2), whole(4, 4)
cells = {"theta_x": whole(3, 2), "theta_h": whole(2, 2), "theta_0": whole(2), "x": sequence}
gated = {"theta_x": whole(3, 8), "theta_h": whole(2, 8), "theta_0": whole(8), "x": sequence}
looks = {"theta_q": whole(3, 2), "theta_k": whole(3, 2), "theta_v": whole(3, 2), "x": sequence}
filters = {"theta": whole(2, 2, 2, 3), "theta_0": whole(3), "x": image}
alpha_bar, clock = np.array([1.0, 0.75, 0.5, 0.25]), whole(4, 2)
fixed = row("finite", "finite", "finite", "finite")
bounded = row("passes", "finite", "finite", "refused")
product = row("passes", "passes", "overflows", "refused")


def layer_case(layer, arguments, outcomes, batch="finite"):
    """A layer whose parameters are the arguments but the last, x."""
    return Case(
        lambda **given: run(layer, tuple(given.values())[:-1], given["x"]),
        arguments,
        {**dict(zip(arguments, outcomes)), "batch": batch},
    )


def plain_case(layer, x, outcomes):
    return Case(lambda x: run(layer, (), x), {"x": x}, {"x": outcomes, "batch": "finite"})


def chances():
    return np.random.default_rng(0)


def elbo_once(theta, x, beta):
    def loss(prediction, x):
        return losses.binary_cross_entropy(prediction, (x + 1) / 2)

    encoder = decoder = dense
    _, unpack = pack(((whole(3, 4), whole(4)), (whole(2, 3), whole(3))))
    return list(vae.negative_elbo(encoder, decoder, loss, unpack, x, chances(), beta)(theta))


def play_once(theta, x, eta):
    _, unpack = pack((np.zeros((3, 3)), np.zeros(3)))
    _, unpack_judge = pack((np.zeros((3, 1)), np.zeros(1)))
    maker, judge = (dense, theta, unpack), (dense, theta[:4], unpack_judge)
    game = gan.play(optimizers.sgd, maker, judge, lambda: x, lambda: x, eta=eta)
    return [*next(game), *next(game)]


def denoise_once(clock):
    return list(diffusion.denoise(chances(), lambda both: both[:, 2:] / 2, alpha_bar, clock, (3, 2)))


unpack_of_one = pack((np.zeros((3, 1)), np.zeros(1)))[1]
through_the_loss = row("refused y_hat", "refused y_hat", "overflows", "refused")
trained = {"theta": through_the_loss, "x": through_the_loss, "y": square}
adaptive = row("passes", "passes", "overflows", "finite")
averages = {"eta": positive, "beta_1": share, "beta_2": share, "epsilon": positive}

CASES = {
    # activations
    **{
        name: unit_case(name) for name in ("linear", "relu", "leaky_relu", "elu", "softplus", "silu", "gelu", "softmax")
    },
    **{name: unit_case(name, row("passes", "finite", "finite", "finite")) for name in ("sigmoid", "tanh")},
    "prelu": Case(
        lambda alpha, z: run(prelu, alpha, z),
        {"alpha": np.array([1.0, 0, -1]), "z": x},
        {
            "alpha": fitting,
            "z": row("passes", "passes", "finite", "refused alpha"),
            "batch": "finite",
        },
    ),
    # backpropagation
    "numerical_gradient": Case(
        lambda theta: [checks.numerical_gradient(cube, theta)],
        {"theta": vector},
        {"theta": row("passes", "passes", "overflows", "refused")},
    ),
    "complex_step_gradient": Case(
        lambda theta: [checks.complex_step_gradient(cube, theta)],
        {"theta": vector},
        {"theta": row("passes", "passes", "overflows", "refused")},
    ),
    "shapes": Case(
        lambda theta, theta_0: list(checks.shapes((theta, (theta_0, ())))[0]),
        {"theta": theta, "theta_0": theta_0},
        dict.fromkeys(("theta", "theta_0"), row("finite", "finite", "finite", "finite")),
    ),
    "check_layer": Case(
        lambda theta, theta_0, x: [checks.check_layer(dense, (theta, theta_0), x, np.random.default_rng(0))],
        {"theta": theta, "theta_0": theta_0, "x": x},
        {"theta": row("passes", "passes", "overflows", "refused"), "theta_0": fitting, "x": fitting, "batch": "finite"},
    ),
    # descent
    "arrays": Case(
        lambda theta, theta_0: arrays((theta, (theta_0, ()))),
        {"theta": theta, "theta_0": theta_0},
        {"theta": anything, "theta_0": anything},
    ),
    "flatten": Case(
        lambda theta, theta_0: [flatten((theta, (theta_0, ())))],
        {"theta": theta, "theta_0": theta_0},
        {"theta": anything, "theta_0": anything},
    ),
    "pack": Case(
        lambda theta: arrays(pack(((np.zeros((3, 2)), ()), np.zeros(2)))[1](theta)), {"theta": line}, {"theta": fitting}
    ),
    "objective": Case(
        lambda theta, x, y: list(fit(x, y)(theta)),
        {"theta": line, "x": x, "y": y},
        {**trained, "batch": "refused y_hat"},
    ),
    "gradient_descent": Case(
        lambda theta, eta: [gradient_descent(slope, theta, eta, 3)[0]],
        {"theta": vector, "eta": 0.5},
        {"theta": anything, "eta": positive},
    ),
    # dropout and early stopping
    "dropout": Case(
        lambda x, rate: run(dropout(np.random.default_rng(0), rate), (), x),
        {"x": x, "rate": 0.25},
        {"x": anything, "rate": share, "batch": "finite"},
    ),
    "early_stopping": Case(
        lambda thetas, patience: [early_stopping.early_stopping(thetas, lambda theta: theta.sum(), patience)[0]],
        {"thetas": x, "patience": 2},
        {"thetas": row("finite", "passes", "finite", "finite"), "patience": count, "batch": "refused thetas"},
    ),
    # guards
    "positive": Case(lambda eta: [guards.positive(eta=eta) or eta], {"eta": 0.5}, {"eta": positive}),
    "fraction": Case(lambda rate: [guards.fraction(rate=rate) or rate], {"rate": 0.5}, {"rate": share}),
    "finite": Case(
        lambda z: [guards.finite(z=z) or z],
        {"z": x},
        {"z": row("refused", "refused", "finite", "finite"), "batch": "finite"},
    ),
    "below_largest": Case(
        lambda z: [guards.below_largest(z)],
        {"z": np.array([[1.0, -1], [0, 2]])},
        {"z": anything, "batch": "finite"},
    ),
    # learning rates
    "step_decay": number_case(learning_rate.step_decay, eta=0.5, factor=0.5, every=2),
    "inverse_time": number_case(learning_rate.inverse_time, eta=0.5, tau=2),
    "cosine": number_case(learning_rate.cosine, eta=0.5, lowest=0.25, steps=2),
    "warm_up": Case(lambda steps: [learning_rate.warm_up(lambda t: 0.5, steps)(3)], {"steps": 2}, {"steps": positive}),
    "scheduled": Case(
        lambda theta, eta: [learning_rate.scheduled(optimizers.sgd, lambda t: eta)(theta, lambda theta: theta / 2)[0]],
        {"theta": vector, "eta": 0.5},
        {"theta": anything, "eta": positive},
    ),
    # losses
    "mean_squared_error": loss_case("mean_squared_error", x[:, :2], square, y, square, "y_hat"),
    "binary_cross_entropy": loss_case("binary_cross_entropy", x[:, :2], checked, y, label, "z"),
    "cross_entropy": loss_case("cross_entropy", x, checked, classes, label, "z"),
    # mini-batches
    "minibatches": Case(lambda B: minibatches(np.random.default_rng(0), 4, B), {"B": 3}, {"B": count}),
    "train": Case(
        train_once,
        {"theta": line, "x": x, "y": y, "B": 3, "eta": 0.5},
        {**trained, "B": count, "eta": positive, "batch": "refused B"},
    ),
    "dense_on_data": dense_case(dense_on_data),
    # networks
    "chain": network_case(chain(dense, tanh, dense)),
    "multilayer_perceptron": network_case(multilayer_perceptron(tanh, 1)),
    "initialise": Case(lambda: arrays(network.initialise(np.random.default_rng(0), (3, 4, 2), network.he)), {}, {}),
    **{name: variance_case(name) for name in ("zeros", "unit", "lecun", "glorot", "he")},
    # optimizers
    "gradient_of": Case(lambda theta: [optimizers.gradient_of(slope)(theta)], {"theta": vector}, {"theta": anything}),
    "minimise": Case(
        lambda theta, eta: [optimizers.minimise(optimizers.sgd, slope, theta, 3, eta=eta)[0]],
        {"theta": vector, "eta": 0.5},
        {"theta": anything, "eta": positive},
    ),
    "sgd": step_case("sgd", eta=positive),
    "momentum": step_case("momentum", eta=positive, gamma=share),
    "nesterov": step_case("nesterov", eta=positive, gamma=share),
    "adagrad": step_case("adagrad", adaptive, eta=positive, epsilon=positive),
    "adadelta": step_case("adadelta", adaptive, eta=positive, rho=share, epsilon=positive),
    "rmsprop": step_case("rmsprop", adaptive, eta=positive, rho=share, epsilon=positive),
    "adam": step_case("adam", adaptive, **averages),
    "adamax": step_case("adamax", **averages),
    "nadam": step_case("nadam", adaptive, **averages),
    "amsgrad": step_case("amsgrad", adaptive, **averages),
    # overfitting
    "mark_weights": Case(
        lambda theta, theta_0: [overfitting.mark_weights((theta, (theta_0, ())))],
        {"theta": theta, "theta_0": theta_0},
        dict.fromkeys(("theta", "theta_0"), row("finite", "finite", "finite", "finite")),
    ),
    "l2": Case(
        lambda theta, decay: list(overfitting.l2(slope, decay)(theta)),
        {"theta": vector, "decay": np.array([1.0, 0, 2])},
        {
            "theta": row("passes", "passes", "overflows", "refused decay"),
            "decay": row("refused", "refused", "refused", "refused"),
        },
    ),
    # shards
    "data_parallel": Case(
        lambda theta, x, y, shards: list(data_parallel(fit, x, y, shards)(theta)),
        {"theta": line, "x": x, "y": y, "shards": 3},
        {**trained, "shards": count, "batch": "refused shards"},
    ),
    "on_cluster": Case(
        lambda parts: on_cluster(Here())(lambda part: 2 * part, list(parts)) or [np.zeros(())],
        {"parts": x},
        {"parts": row("passes", "passes", "overflows", "finite"), "batch": "finite"},
    ),
    # sequences
    "recurrent": layer_case(
        recurrent.recurrent,
        cells,
        [fitting, row("passes", "passes", "overflows", "refused"), bounded, fitting],
    ),
    "lstm": layer_case(lstm.lstm, gated, [fitting, fitting, bounded, fitting]),
    "lstm_states": Case(
        lambda theta_x, theta_h, theta_0, x: list(lstm.lstm_states((theta_x, theta_h, theta_0), x)),
        gated,
        {**dict.fromkeys(gated, fitting), "theta_0": bounded, "batch": "finite"},
    ),
    "sequence_shape": Case(
        lambda theta_x, theta_h, theta_0, x: list(recurrent.sequence_shape(x, (theta_x, theta_h, theta_0))),
        cells,
        {**dict.fromkeys(cells, row("finite", "finite", "finite", "refused")), "batch": "finite"},
    ),
    "by_step": Case(lambda x: [recurrent.by_step(x)], {"x": sequence}, {"x": anything, "batch": "finite"}),
    "through_time": Case(
        lambda theta_x, theta_h, x, h, d_z: arrays(recurrent.through_time((theta_x, theta_h, ()), x, h, d_z)),
        {**{name: cells[name] for name in ("theta_x", "theta_h", "x")}, "h": whole(5, 2, 2), "d_z": whole(4, 2, 2)},
        {
            "theta_x": anything,
            "theta_h": fixed,
            "x": row("passes", "passes", "finite", "refused unpack"),
            "h": anything,
            "d_z": anything,
            "batch": "refused reshape",
        },
    ),
    "last_step": plain_case(recurrent.last_step, sequence, fitting),
    "every_step": plain_case(recurrent.every_step, sequence, fitting),
    "initialise_recurrent": Case(lambda: list(recurrent.initialise_recurrent(chances(), 3, 2)), {}, {}),
    "initialise_lstm": Case(lambda: list(lstm.initialise_lstm(chances(), 3, 2)), {}, {}),
    "clipped": Case(
        lambda theta, largest: list(recurrent.clipped(slope, largest)(theta)),
        {"theta": vector, "largest": 0.5},
        {"theta": row("passes", "passes", "overflows", "finite"), "largest": positive},
    ),
    "attend": Case(
        lambda q, k, v: [attention.attend(q, k, v)[0], *attention.attend(q, k, v)[2](np.ones_like(v))],
        {"q": sequence, "k": sequence + 1, "v": sequence},
        {"q": product, "k": fitting, "v": fitting},
    ),
    "attention": layer_case(attention.attention, looks, [product] * 4),
    "causal_attention": layer_case(attention.causal_attention, looks, [product] * 4),
    "positions": Case(lambda: [attention.positions(3, 4)], {}, {}),
    # images
    "convolution": layer_case(convolution.convolution, filters, [fitting] * 3),
    "convolution_on_data": layer_case(convolution.convolution_on_data, filters, [fitting] * 3),
    "filter_shape": Case(
        lambda theta, theta_0, x: list(convolution.filter_shape(theta, theta_0, x)),
        filters,
        {**dict.fromkeys(filters, row("finite", "finite", "finite", "refused")), "batch": "finite"},
    ),
    "with_frame": Case(
        lambda x, padding: [convolution.with_frame(x, padding)],
        {"x": image, "padding": 1},
        {"x": fitting, "padding": from_zero, "batch": "finite"},
    ),
    "windows": Case(
        lambda x, stride: [convolution.windows(x, 2, 2, stride)],
        {"x": image, "stride": 2},
        {"x": fitting, "stride": count, "batch": "finite"},
    ),
    "add_windows": Case(
        lambda d_seen: [convolution.add_windows(d_seen, 4, 4)],
        {"d_seen": whole(2, 3, 3, 2, 2, 2)},
        {"d_seen": fitting},
    ),
    "max_pool": Case(
        lambda x, size: run(convolution.max_pool(size), (), x),
        {"x": image, "size": 2},
        {"x": fitting, "size": count, "batch": "finite"},
    ),
    "average_pool": plain_case(convolution.average_pool, image, fitting),
    "as_rows": plain_case(convolution.as_rows, image, anything),
    "initialise_filters": Case(lambda: list(convolution.initialise_filters(chances(), 3, 3, 2, 4)), {}, {}),
    # codes
    "halves": Case(lambda code: list(vae.halves(code)), {"code": code}, {"code": fitting}),
    "reparameterise": Case(
        lambda code: run(vae.reparameterise(chances()), (), code),
        {"code": code},
        {"code": fitting},
    ),
    "kl_to_normal": Case(
        lambda code: list(vae.kl_to_normal(code)),
        {"code": code},
        {"code": row("passes", "passes", "overflows", "refused")},
    ),
    "negative_elbo": Case(
        elbo_once,
        {"theta": whole(25), "x": x, "beta": 0.5},
        {
            "theta": row("refused z", "refused z", "overflows", "refused"),
            "x": row("refused z", "refused z", "refused y", "refused"),
            "beta": from_zero,
            "batch": "refused y",
        },
    ),
    # a game
    "saturating": loss_case("saturating", x[:, :2], square, y, label, "z", gan),
    "frozen": Case(
        lambda theta, theta_0, x: run(gan.frozen(dense, (theta, theta_0)), (), x),
        {"theta": theta, "theta_0": theta_0, "x": x},
        {"theta": fitting, "theta_0": row("passes", "passes", "finite", "refused"), "x": fitting, "batch": "finite"},
    ),
    "play": Case(
        play_once,
        {"theta": whole(12), "x": x, "eta": 0.5},
        {
            "theta": row("refused z", "refused z", "overflows", "refused"),
            "x": row("refused z", "refused z", "overflows", "refused"),
            "eta": positive,
            "batch": "refused y",
        },
    ),
    "against": Case(
        lambda theta, x: list(gan.against(chain(dense, tanh), mean_squared_error, unpack_of_one, x)(theta)),
        {"theta": whole(4), "x": x},
        {
            "theta": through_the_loss,
            "x": row("refused y_hat", "refused y_hat", "finite", "refused"),
            "batch": "refused y",
        },
    ),
    # noise
    "noise_levels": Case(
        lambda steps: [diffusion.noise_levels(steps)],
        {"steps": 4},
        {"steps": count},
    ),
    "noised": Case(
        lambda x, epsilon: [diffusion.noised(x, 0.25, epsilon)],
        {"x": x, "epsilon": x},
        {"x": fitting, "epsilon": fitting, "batch": "refused epsilon"},
    ),
    "denoising_pairs": Case(
        lambda x, clock: list(diffusion.denoising_pairs(chances(), x, alpha_bar, clock)),
        {"x": x, "clock": clock},
        {"x": fitting, "clock": fitting, "batch": "finite"},
    ),
    "one_row_each_step": Case(
        lambda clock: [diffusion.one_row_each_step(alpha_bar, clock) or clock],
        {"clock": clock},
        {"clock": row("passes", "passes", "finite", "refused")},
    ),
    "denoise": Case(
        denoise_once,
        {"clock": clock},
        {"clock": fitting},
    ),
    "best_denoiser": Case(
        lambda centres, width: [diffusion.best_denoiser(centres, width, alpha_bar, clock)(whole(4, 4))],
        {"centres": whole(3, 2), "width": 0.5},
        {"centres": square, "width": from_zero},
    ),
    # perceptron
    "dense": dense_case(dense),
    "step": Case(
        lambda z: run(step, (), z),
        {"z": x},
        {"z": row("finite", "finite", "finite", "finite"), "batch": "finite"},
    ),
    "perceptron": dense_case(perceptron, theta_0=row("finite", "finite", "finite", "refused")),
    "perceptron_rule": Case(
        lambda theta, theta_0, x, y, eta: list(perceptron_rule((theta, theta_0), x, y, eta)),
        {"theta": theta, "theta_0": theta_0, "x": x, "y": y, "eta": 0.5},
        {"theta": fitting, "theta_0": fitting, "x": fitting, "y": label, "eta": positive, "batch": "finite"},
    ),
}
BATCH = {"x", "y", "z", "y_hat", "thetas", "parts"}
ALWAYS_FLOAT64 = {
    "numerical_gradient", "complex_step_gradient", "check_layer",  # their steps are too small for less
    "denoise", "best_denoiser",  # the numbers of a generator, and of the levels
}  # fmt: skip

# What is done to an argument


def put(array, *values):
    spoiled = array.astype(float)
    spoiled.flat[0], spoiled.flat[-1] = values[0], values[-1]
    return spoiled


SPOIL = {
    "nan": lambda array: put(array, np.nan),
    "inf": lambda array: put(array, np.inf, -np.inf),
    "huge": lambda array: put(array, 1e308, -1e308),
    "shape": lambda array: array[..., None],
}


def each_array(change, arguments):
    return {name: change(value.copy()) if isinstance(value, np.ndarray) else value for name, value in arguments.items()}


def strided(array):
    return np.repeat(array, 2, axis=-1)[..., ::2]


def read_only(array):
    array.flags.writeable = False
    return array


def numbers(results):
    return np.concatenate([np.ravel(result) for result in results]).astype(float)


def call(name, arguments):
    """The results of the function called `name`, which may not change its arguments."""
    before = each_array(np.copy, arguments)
    try:
        return CASES[name].call(**arguments)
    finally:
        for argument, value in before.items():
            np.testing.assert_array_equal(arguments[argument], value)


def meets(outcome, name, argument, arguments):
    """Whether the call ends as the table says. Warnings are errors, but for NaN and ∞, of which NumPy may warn."""
    word, named = (*outcome.split(), argument)[:2]
    if word == "refused":
        with pytest.raises(ValueError, match=rf"\b{named}\b"):
            call(name, arguments)
        return True
    if word == "overflows":
        with pytest.raises(RuntimeWarning, match="overflow"):
            call(name, arguments)
        return True
    return np.isfinite(numbers(call(name, arguments))).all() == (word == "finite")


every_function = pytest.mark.parametrize("name", CASES)


def test_no_public_function_is_missing_from_the_table():
    assert set(CASES) == PUBLIC


@every_function
def test_no_argument_of_a_function_is_missing_from_its_row(name):
    case = CASES[name]
    assert set(case.outcomes) - {"batch"} == set(case.arguments)
    assert ("batch" in case.outcomes) == bool(BATCH & set(case.arguments))
    for argument, value in case.arguments.items():
        assert isinstance(value, np.ndarray) == isinstance(case.outcomes[argument], dict)


# Input that is valid: no warning, no argument changed, the right numbers


@every_function
def test_a_good_input_gives_finite_numbers_and_the_same_twice(name):
    first, second = (numbers(call(name, each_array(read_only, CASES[name].arguments))) for _ in range(2))
    assert np.isfinite(first).all()
    assert np.array_equal(first, second)


@every_function
def test_integers_are_numbers_like_others(name):
    expected = numbers(call(name, CASES[name].arguments))
    actual = numbers(call(name, each_array(lambda array: array.astype(int), CASES[name].arguments)))
    np.testing.assert_allclose(actual, expected, rtol=1e-12, atol=1e-12)


@every_function
def test_float32_comes_back_as_float32(name):
    def single(array):
        return array.astype(np.float32) if array.dtype == float else array

    expected = numbers(call(name, CASES[name].arguments))
    results = call(name, each_array(single, CASES[name].arguments))
    np.testing.assert_allclose(numbers(results), expected, rtol=1e-4, atol=1e-5)
    if any(isinstance(value, np.ndarray) for value in CASES[name].arguments.values()):
        wanted = np.float64 if name in ALWAYS_FLOAT64 else np.float32
        assert {result.dtype for result in results if hasattr(result, "dtype")} <= {np.dtype(wanted)}


@every_function
def test_arrays_with_gaps_in_memory_are_arrays_like_others(name):
    expected = numbers(call(name, CASES[name].arguments))
    actual = numbers(call(name, each_array(strided, CASES[name].arguments)))
    np.testing.assert_allclose(actual, expected, rtol=1e-12, atol=1e-12)


# Input that is not


@pytest.mark.parametrize("kind", SPOIL)
@every_function
def test_what_is_wrong_with_an_array_ends_as_the_table_says(name, kind):
    case = CASES[name]
    for argument, value in case.arguments.items():
        if isinstance(value, np.ndarray):
            with warnings.catch_warnings():
                if kind in ("nan", "inf"):
                    warnings.simplefilter("ignore", RuntimeWarning)
                arguments = {**case.arguments, argument: SPOIL[kind](value)}
                assert meets(case.outcomes[argument][kind], name, argument, arguments), argument


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if "batch" in case.outcomes])
def test_an_empty_batch_ends_as_the_table_says(name):
    case = CASES[name]
    arguments = {key: value[:0] if key in BATCH else value for key, value in case.arguments.items()}
    assert meets(case.outcomes["batch"], name, None, arguments)


@pytest.mark.parametrize("value", [-1, 3, 0.5, 1e9])
@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.outcomes.get("y") is label])
def test_a_label_that_is_none_is_refused(name, value):
    if value != 0.5 or name not in ("binary_cross_entropy", "saturating"):  # there a label may be a probability
        arguments = CASES[name].arguments
        bad = arguments["y"].astype(float if value == 0.5 else arguments["y"].dtype)
        bad.flat[1] = value
        assert meets("refused", name, "y", {**arguments, "y": bad})


@every_function
def test_a_hyperparameter_out_of_range_is_refused_by_name(name):
    case = CASES[name]
    for argument, bound in case.outcomes.items():
        for bad in OUT_OF_RANGE.get(bound if isinstance(bound, str) else "", ()):
            with pytest.raises(ValueError, match=rf"^{argument} should .* not {re.escape(str(bad))}$"):
                call(name, {**case.arguments, argument: bad})
