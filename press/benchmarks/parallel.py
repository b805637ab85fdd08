"""What a gradient costs one worker, BLAS threads, Python threads, both at once, and Dask processes, by batch size."""

import warnings
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from statistics import median
from time import perf_counter

import numpy as np
from distributed import Client, LocalCluster
from threadpoolctl import threadpool_limits

from press.benchmarks.timing import rounded
from snippets.activations import relu
from snippets.descent import objective, pack
from snippets.losses import cross_entropy
from snippets.minibatches import dense_on_data
from snippets.network import chain, he, initialise
from snippets.parallel import data_parallel, on_cluster
from snippets.perceptron import dense

PAGE = "docs/practice/parallel.md"
SIZES = (784, 256, 128, 10)
BATCH_SIZES = [64, 128, 256, 512, 1024, 2048, 4096]
WORKERS = 2
ROUNDS = 15


def measure() -> dict[str, object]:
    warnings.filterwarnings("ignore", message="Sending large graph")  # the shards travel in each step, as the page says
    cluster = LocalCluster(n_workers=WORKERS, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0")
    with cluster, Client(cluster) as client, ThreadPoolExecutor(WORKERS) as pool:
        run = {"threads": pool.map, "dask": on_cluster(client)}
        # name: how the gradient of a batch is taken, and how many threads BLAS has for each product
        ways = {
            "serial": (lambda on, x, y: on(x, y), 1),
            "blas": (lambda on, x, y: on(x, y), WORKERS),
            "threads": (lambda on, x, y: data_parallel(on, x, y, WORKERS, run["threads"]), 1),
            "both": (lambda on, x, y: data_parallel(on, x, y, WORKERS, run["threads"]), WORKERS),
            "dask": (lambda on, x, y: data_parallel(on, x, y, WORKERS, run["dask"]), 1),
        }
        seconds = seconds_of_a_gradient(ways)
    return {
        "workers": WORKERS,
        "batch_sizes": BATCH_SIZES,
        **{f"{name}_seconds": rounded(each) for name, each in seconds.items()},
        "threads_pay_from": pays_from(seconds["serial"], seconds["threads"]),
        "dask_pays_from": pays_from(seconds["serial"], seconds["dask"]),
    }


def seconds_of_a_gradient(ways):
    """For each way and batch size the median over rounds by the clock on the wall; all take turns in a round."""
    rng = np.random.default_rng(0)
    theta, unpack = pack(initialise(rng, SIZES, he))
    theta = theta.astype(np.float32)
    on = partial(objective, chain(dense_on_data, relu, dense, relu, dense), cross_entropy, unpack)
    x = rng.random(size=(BATCH_SIZES[-1], SIZES[0]), dtype=np.float32)
    y = rng.integers(0, SIZES[-1], size=len(x))
    taken = {(name, B): [] for name in ways for B in BATCH_SIZES}
    for _ in range(ROUNDS + 1):
        for B in BATCH_SIZES:
            for name, (way, blas_threads) in ways.items():
                J_and_gradient = way(on, x[:B], y[:B])
                with threadpool_limits(blas_threads, user_api="blas"):
                    begin = perf_counter()
                    J_and_gradient(theta)
                    taken[name, B].append(perf_counter() - begin)
    return {name: [median(taken[name, B][1:]) for B in BATCH_SIZES] for name in ways}  # the first round warms up


def pays_from(serial, parallel):
    """The smallest batch size from which on the parallel gradient is the faster one, or None."""
    faster = [p < s for p, s in zip(parallel, serial)]
    return next((B for i, B in enumerate(BATCH_SIZES) if all(faster[i:])), None)
