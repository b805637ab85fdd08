"""What a step costs, and how fast the loss falls, for batches of every size: in seconds of the processor."""

from functools import partial
from time import process_time

import numpy as np
from sklearn.datasets import load_digits

from press.benchmarks.timing import rounded, seconds_each
from snippets.activations import relu
from snippets.descent import objective, pack
from snippets.losses import cross_entropy
from snippets.minibatches import dense_on_data, train
from snippets.network import chain, he, initialise
from snippets.optimizers import sgd
from snippets.perceptron import dense

PAGE = "docs/practice/minibatches.md"
N = 1536
BATCH_SIZES = [*(2**i for i in range(11)), N]
ROUNDS = 9
SEEDS = 5
# B: (η, passes); η is the power of 2 that on another seed needs the fewest passes for J < 0.1, the smaller of two.
RUNS = {1: (2**-4, 12), 32: (2**-1, 32), N: (2**0, 256)}


def measure() -> dict[str, object]:
    x, y = digits()
    speed = steps_per_second(x, y)
    curves = [loss_against_seconds(x, y, B, *RUNS[B]) for B in RUNS]
    return {
        "batch_sizes": BATCH_SIZES,
        "steps_per_second": rounded(speed),
        "examples_per_second": rounded(B * s for B, s in zip(BATCH_SIZES, speed)),
        "run_B": list(RUNS),
        "run_eta": [eta for eta, _ in RUNS.values()],
        "run_passes": [checkpoints(passes) for _, passes in RUNS.values()],
        "run_seconds": [rounded(seconds) for seconds, _ in curves],
        "run_J": [rounded(J) for _, J in curves],
    }


def digits():
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(x))[:N]
    return (x[order] / 16).astype(np.float32), y[order]


def training(x, y, B, eta, seed):
    """J on all of x, y, the θ at the start, and the θs after each pass."""
    rng = np.random.default_rng(seed)
    theta, unpack = pack(initialise(rng, (64, 128, 10), he))
    theta = theta.astype(np.float32)
    on = partial(objective, chain(dense_on_data, relu, dense), cross_entropy, unpack)
    return on(x, y), theta, train(sgd, on, theta, x, y, B, rng, eta=eta)


def steps_per_second(x, y):
    passes = {B: partial(next, training(x, y, B, 2**-7, 0)[2]) for B in BATCH_SIZES}
    return [-(-N // B) / seconds for B, seconds in seconds_each(passes, ROUNDS).items()]


def checkpoints(passes):
    """0, 1, 2, 3, 4, 6, 8, 12, 16, … passes over the data."""
    powers = [2**i for i in range(passes.bit_length())]
    return [0, *sorted(p for p in {*powers, *(3 * p // 2 for p in powers[1:])} if p <= passes)]


def loss_against_seconds(x, y, B, eta, passes):
    """Seconds and J at the checkpoints, medians over the seeds; the clock stands while J is computed."""
    seconds, losses = [], []
    for seed in range(SEEDS):
        J_and_gradient, theta, thetas = training(x, y, B, eta, seed)
        clock, times, J = 0.0, [0.0], [J_and_gradient(theta)[0]]
        for before, after in zip(checkpoints(passes), checkpoints(passes)[1:]):
            begin = process_time()
            for _ in range(before, after):
                theta = next(thetas)
            clock += process_time() - begin
            times.append(clock)
            J.append(J_and_gradient(theta)[0])
        seconds.append(times)
        losses.append(J)
    return np.median(seconds, axis=0), np.median(losses, axis=0)
