"""Data-parallel gradients: those of shards, computed apart, then added up."""

import numpy as np


def data_parallel(objective_on, x, y, shards, run=map):
    """θ → (J, ∂J/∂θ) of the batch x, y as Σ_s N_s / N of those of its shards.

    objective_on(x, y) is the function θ → (J, ∂J/∂θ) on some examples, J a mean.
    `run` is any map: the built-in one, that of a pool of threads, or of a cluster.
    Raises: ValueError where x and y differ in length, or shards is not in 1..N.
    """
    if len(x) != len(y):
        raise ValueError(f"x {x.shape} and y {y.shape} should have one length")
    if not 1 <= shards <= len(x):
        raise ValueError(f"shards should lie in 1..{len(x)}, not {shards}")
    parts = list(zip(np.array_split(x, shards), np.array_split(y, shards)))
    shares = [len(y_s) / len(y) for _, y_s in parts]

    def J_and_gradient(theta):
        results = run(lambda part: objective_on(*part)(theta), parts)
        return tuple(
            sum(map(np.multiply, shares, terms)) for terms in zip(*results)
        )

    return J_and_gradient


def on_cluster(client):
    """The map of a Dask client: `run` for `data_parallel`, on its workers."""
    return lambda f, parts: client.gather(client.map(f, parts, pure=False))
