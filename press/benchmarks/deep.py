"""Three networks with layers of their own: a convolutional one, an LSTM, and a variational autoencoder.

Each gives a step for this site, for PyTorch where it is installed, and for the matrix products of the step alone.
"""

from collections.abc import Callable
from functools import partial
from itertools import cycle

import numpy as np
from sklearn.datasets import load_digits

from snippets.activations import relu
from snippets.convolution import as_rows, convolution_on_data, initialise_filters, max_pool
from snippets.descent import flatten, objective, pack
from snippets.losses import binary_cross_entropy, cross_entropy
from snippets.lstm import initialise_lstm, lstm
from snippets.minibatches import dense_on_data, minibatches
from snippets.network import chain, he, initialise
from snippets.optimizers import adam, gradient_of
from snippets.perceptron import dense
from snippets.vae import negative_elbo

try:
    import torch
except ImportError:  # never required: its column is left out
    torch = None

B = 64
STEPS, UNITS, INPUTS, SEQUENCES = 50, 64, 64, 32
PIXELS, HIDDEN, CODE = 64, 128, 2
ETA = 0.001
Step = Callable[[], object]


def tasks() -> dict[str, dict[str, Step]]:
    """For each task a step of each contender."""
    makers = {
        f"conv net on digits, batch {B}": (convolutional, convolutional_in_torch, convolutional_products),
        f"LSTM {UNITS}, {STEPS} steps, batch {SEQUENCES}": (recurrent, recurrent_in_torch, recurrent_products),
        f"VAE {PIXELS}-{HIDDEN}-{CODE}, batch {B}": (variational, variational_in_torch, variational_products),
    }
    named = {}
    for name, (site, pytorch, products) in makers.items():
        named[name] = {"this site": site(), "PyTorch": pytorch() if torch else None, "matrix products": products()}
    return {name: {who: step for who, step in steps.items() if step} for name, steps in named.items()}


def digits() -> tuple[np.ndarray, np.ndarray]:
    x, y = load_digits(return_X_y=True)
    return (x / 16).astype(np.float32), y


def batches(*data: np.ndarray) -> Callable[[], list[np.ndarray]]:
    """Gives a batch of the data at each call, in one order that chance has drawn."""
    order = cycle(minibatches(np.random.default_rng(0), len(data[0]), B)[:-1])

    def draw() -> list[np.ndarray]:
        batch = next(order)
        return [part.take(batch, axis=0) for part in data]

    return draw


def training(theta: np.ndarray, on: Callable, draw: Callable) -> Step:
    """A step of Adam on a new batch."""
    state = [theta.astype(np.float32), ()]

    def step() -> None:
        gradient = gradient_of(on(*draw()))
        state[:] = adam(state[0], gradient, *state[1], eta=ETA)

    return step


def training_in_torch(parameters, loss_on: Callable, *data: np.ndarray) -> Step:
    optimizer = torch.optim.Adam(parameters, lr=ETA)
    data = [torch.from_numpy(part) for part in data]
    order = cycle(torch.randperm(len(data[0])).split(B)[:-1])

    def step() -> None:
        batch = next(order)
        optimizer.zero_grad()
        loss_on(*(part[batch] for part in data)).backward()
        optimizer.step()

    return step


def random(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).random(size=shape, dtype=np.float32)


def multiplying(*pairs: tuple[np.ndarray, np.ndarray, int]) -> Step:
    """Each product as often as it occurs in a step, into memory that is there already."""
    prepared = [(a, b, np.empty((len(a), b.shape[1]), np.float32), times) for a, b, times in pairs]

    def step() -> None:
        for a, b, out, times in prepared:
            for _ in range(times):
                np.matmul(a, b, out=out)

    return step


# A convolutional network: 3 × 3 × 16, 2 × 2 pool, ReLU, dense


def convolutional() -> Step:
    x, y = digits()
    rng = np.random.default_rng(0)
    first, (last,) = initialise_filters(rng, 3, 3, 1, 16), initialise(rng, (3 * 3 * 16, 10), he)
    theta, unpack = pack((first, (), (), (), last))
    network = chain(convolution_on_data, max_pool(2), relu, as_rows, dense)
    return training(theta, partial(objective, network, cross_entropy, unpack), batches(x.reshape(-1, 8, 8, 1), y))


def convolutional_in_torch() -> Step:
    x, y = digits()
    nn = torch.nn
    network = nn.Sequential(nn.Conv2d(1, 16, 3), nn.MaxPool2d(2), nn.ReLU(), nn.Flatten(), nn.Linear(144, 10))

    def loss_on(x, y):
        return nn.functional.cross_entropy(network(x), y)

    return training_in_torch(network.parameters(), loss_on, x.reshape(-1, 1, 8, 8), y)


def convolutional_products() -> Step:
    seen, filters, z = random(B * 36, 9), random(9, 16), random(B * 36, 16)
    a, theta, delta = random(B, 144), random(144, 10), random(B, 10)
    return multiplying((seen, filters, 1), (seen.T, z, 1), (a, theta, 1), (a.T, delta, 1), (delta, theta.T, 1))


# An LSTM, forward and backward, with the gradient of its inputs


def recurrent() -> Step:
    parameters = initialise_lstm(np.random.default_rng(0), INPUTS, UNITS)
    parameters = tuple(part.astype(np.float32) for part in parameters)
    x, delta = random(SEQUENCES, STEPS, INPUTS), random(SEQUENCES, STEPS, UNITS)

    def step() -> None:
        _, backward = lstm(parameters, x)
        gradients, _ = backward(delta)
        flatten(gradients)

    return step


def recurrent_in_torch() -> Step:
    layer = torch.nn.LSTM(INPUTS, UNITS, batch_first=True)
    x = torch.from_numpy(random(SEQUENCES, STEPS, INPUTS)).requires_grad_()
    delta = torch.from_numpy(random(SEQUENCES, STEPS, UNITS))

    def step() -> None:
        layer.zero_grad()
        x.grad = None
        h, _ = layer(x)
        h.backward(delta)

    return step


def recurrent_products() -> Step:
    rows, h = random(STEPS * SEQUENCES, INPUTS), random(STEPS * SEQUENCES, UNITS)
    theta_x, theta_h = random(INPUTS, 4 * UNITS), random(UNITS, 4 * UNITS)
    d_z, at_t = random(STEPS * SEQUENCES, 4 * UNITS), random(SEQUENCES, 4 * UNITS)
    back = np.ascontiguousarray(theta_h.T)
    outside = (rows, theta_x, 1), (rows.T, d_z, 1), (h.T, d_z, 1), (d_z, theta_x.T, 1)
    return multiplying(*outside, (h[:SEQUENCES], theta_h, STEPS), (at_t, back, STEPS))


# A variational autoencoder


def variational() -> Step:
    x, _ = digits()
    rng = np.random.default_rng(0)
    sizes = (PIXELS, HIDDEN, 2 * CODE), (CODE, HIDDEN, PIXELS)
    theta, unpack = pack(tuple(initialise(rng, part, he) for part in sizes))
    encoder, decoder = chain(dense_on_data, relu, dense), chain(dense, relu, dense)

    def on(x):
        return negative_elbo(encoder, decoder, binary_cross_entropy, unpack, x, rng)

    return training(theta, on, batches(x))


def variational_in_torch() -> Step:
    x, _ = digits()
    nn = torch.nn
    encoder = nn.Sequential(nn.Linear(PIXELS, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 2 * CODE))
    decoder = nn.Sequential(nn.Linear(CODE, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, PIXELS))

    def loss_on(x):
        mean, log_variance = encoder(x).chunk(2, dim=1)
        h = mean + torch.randn_like(mean) * torch.exp(log_variance / 2)
        reconstruction = nn.functional.binary_cross_entropy_with_logits(decoder(h), x, reduction="sum")
        KL = (mean.square() + log_variance.exp() - log_variance - 1).sum() / 2
        return (reconstruction + KL) / len(x)

    return training_in_torch([*encoder.parameters(), *decoder.parameters()], loss_on, x)


def variational_products() -> Step:
    sizes = (PIXELS, HIDDEN), (HIDDEN, 2 * CODE), (CODE, HIDDEN), (HIDDEN, PIXELS)
    pairs = []
    for number, (m, k) in enumerate(sizes):
        a, theta, delta = random(B, m), random(m, k), random(B, k)
        pairs += [(a, theta, 1), (a.T, delta, 1)]
        if number:  # the gradient of the data is nobody's concern
            pairs.append((delta, theta.T, 1))
    return multiplying(*pairs)
