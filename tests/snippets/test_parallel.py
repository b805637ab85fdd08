"""Data-parallel gradients: shards of any size, worked on anywhere, add up to the gradient of the batch."""

import os
import re
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from snippets.activations import tanh
from snippets.backpropagation import complex_step_gradient, numerical_gradient
from snippets.descent import gradient_descent, objective, pack
from snippets.losses import binary_cross_entropy, cross_entropy, mean_squared_error
from snippets.network import initialise, lecun, multilayer_perceptron
from snippets.parallel import data_parallel, on_cluster

TARGETS = {
    mean_squared_error: (2, lambda rng, N: rng.normal(size=(N, 2))),
    binary_cross_entropy: (1, lambda rng, N: rng.integers(0, 2, size=(N, 1)).astype(float)),
    cross_entropy: (3, lambda rng, N: rng.integers(0, 3, size=N)),
}
every_loss = pytest.mark.parametrize("loss", TARGETS)
five_seeds = pytest.mark.parametrize("seed", range(5))


def example(loss, seed=0, N=17, dtype=np.float64):
    """The objective of a small network on a batch that it is given, θ, and N examples."""
    rng = np.random.default_rng(seed)
    k, targets = TARGETS[loss]
    theta, unpack = pack(initialise(rng, (4, 5, k), lecun))
    theta = theta + 0.1 * rng.normal(size=theta.shape)
    x, y = rng.normal(size=(N, 4)).astype(dtype), targets(rng, N)
    objective_on = partial(objective, multilayer_perceptron(tanh, 1), loss, unpack)
    return objective_on, theta.astype(dtype), x, y if y.dtype.kind == "i" else y.astype(dtype)


def squares(x, y):
    """J = mean of (θ - x)² y, on numbers."""
    return lambda theta: (((theta - x) ** 2 * y).mean(), np.array([(2 * (theta - x) * y).mean()]))


def assert_equal(found, wanted):
    (J, gradient), (J_wanted, gradient_wanted) = found, wanted
    assert abs(J - J_wanted) <= 1e-12
    assert np.abs(gradient - gradient_wanted).max() <= 1e-12


# Values computed by hand


def test_a_long_shard_counts_for_more_than_a_short_one():
    x, y = np.array([1.0, 2.0, 6.0]), np.array([1.0, 1.0, 2.0])
    J, gradient = data_parallel(squares, x, y, 2)(np.array([0.0]))
    # the shards: J = (1 + 4) / 2 and 72, slopes -(2 + 4) / 2 and -24; their shares 2/3 and 1/3
    assert J == pytest.approx(2 / 3 * 5 / 2 + 1 / 3 * 72, rel=1e-15)
    assert gradient == pytest.approx([2 / 3 * -3 + 1 / 3 * -24], rel=1e-15)


def test_seven_examples_in_three_shards_are_three_and_two_and_two():
    parts = []

    def listening(f, shards):
        parts.extend(shards)
        return map(f, shards)

    data_parallel(squares, np.arange(7.0), 10 * np.arange(7.0), 3, listening)(np.zeros(1))
    assert [list(x) for x, _ in parts] == [[0, 1, 2], [3, 4], [5, 6]]
    assert all(np.array_equal(y, 10 * x) for x, y in parts)


# Gradients


@five_seeds
@every_loss
def test_the_summed_gradient_is_that_of_complex_step_and_differences(loss, seed):
    objective_on, theta, x, y = example(loss, seed)
    J_and_gradient = data_parallel(objective_on, x, y, 4)
    _, gradient = J_and_gradient(theta)
    assert np.abs(gradient - complex_step_gradient(lambda t: J_and_gradient(t)[0], theta)).max() <= 1e-10
    assert np.abs(gradient - numerical_gradient(lambda t: J_and_gradient(t)[0], theta)).max() <= 1e-6


# Behaviour


def test_the_shards_may_be_worked_on_in_any_order_if_the_results_come_in_theirs():
    objective_on, theta, x, y = example(mean_squared_error)

    def backwards(f, parts):
        return reversed([f(part) for part in reversed(parts)])

    assert_equal(data_parallel(objective_on, x, y, 4, backwards)(theta), objective_on(x, y)(theta))


def test_the_same_shards_serve_every_step_of_a_descent():
    objective_on, theta, x, y = example(mean_squared_error)
    with ThreadPoolExecutor(2) as pool:
        found, history = gradient_descent(data_parallel(objective_on, x, y, 3, pool.map), theta, 0.1, 20)
    wanted, history_wanted = gradient_descent(objective_on(x, y), theta, 0.1, 20)
    assert found == pytest.approx(wanted, abs=1e-12)
    assert history == pytest.approx(history_wanted, abs=1e-12)


def test_an_error_in_a_shard_is_not_lost():
    objective_on, theta, x, y = example(mean_squared_error)
    x = x.copy()
    x[-1] = np.nan
    with pytest.raises(ValueError, match="y_hat should be finite"), ThreadPoolExecutor(2) as pool:
        data_parallel(objective_on, x, y, 4, pool.map)(theta)


# Extremes


def test_the_largest_costs_of_two_shards_have_a_mean():
    J_and_gradient = data_parallel(lambda x, y: lambda theta: (x[0], theta), np.array([1e308, 1e308]), np.ones(2), 2)
    assert J_and_gradient(np.ones(1)) == (1e308, 1)


def test_one_example_a_shard_is_the_most_that_can_be_asked_for():
    objective_on, theta, x, y = example(cross_entropy, N=6)
    assert_equal(data_parallel(objective_on, x, y, 6)(theta), objective_on(x, y)(theta))


# Contract


@pytest.mark.parametrize("shards", [0, -1, 18, np.nan, np.inf])
def test_no_shard_or_more_shards_than_examples_are_refused_with_the_bounds(shards):
    objective_on, _, x, y = example(mean_squared_error)
    with pytest.raises(ValueError, match=rf"^{re.escape(f'shards should lie in 1..17, not {shards}')}$"):
        data_parallel(objective_on, x, y, shards)


def test_data_of_two_lengths_are_refused_with_both_shapes():
    objective_on, _, x, y = example(mean_squared_error)
    with pytest.raises(ValueError, match=re.escape("x (17, 4) and y (16, 2) should have one length")):
        data_parallel(objective_on, x, y[1:], 2)


@every_loss
@pytest.mark.parametrize("shards", [1, 3, 6])
def test_float32_stays_float32(loss, shards):
    objective_on, theta, x, y = example(loss, dtype=np.float32)
    J, gradient = data_parallel(objective_on, x, y, shards)(theta)
    J_whole, gradient_whole = objective_on(x, y)(theta)
    assert J.dtype == gradient.dtype == np.float32
    assert J == pytest.approx(J_whole, rel=1e-5)
    assert gradient == pytest.approx(gradient_whole, abs=1e-5)


def test_read_only_data_are_enough_and_the_same_answer_comes_twice():
    objective_on, theta, x, y = example(mean_squared_error)
    for array in (theta, x, y):
        array.flags.writeable = False
    J_and_gradient = data_parallel(objective_on, x, y, 3)
    (J, gradient), (J_again, again) = J_and_gradient(theta), J_and_gradient(theta)
    assert J == J_again
    assert np.array_equal(gradient, again)


def test_a_cluster_is_asked_for_every_part_anew_and_its_results_are_gathered():
    class Client:
        def map(self, f, parts, pure):
            assert pure is False  # a pure task would be answered from the cache
            return [("future", f(part)) for part in parts]

        def gather(self, futures):
            return [result for word, result in futures if word == "future"]

    assert on_cluster(Client())(lambda part: 2 * part, [1, 2, 3]) == [2, 4, 6]


# Equality of two forms


@five_seeds
@every_loss
@pytest.mark.parametrize("shards", range(1, 7))
def test_unequal_shards_add_up_to_the_full_gradient(shards, loss, seed):
    objective_on, theta, x, y = example(loss, seed)
    assert_equal(data_parallel(objective_on, x, y, shards)(theta), objective_on(x, y)(theta))


@every_loss
@pytest.mark.parametrize("shards", range(1, 7))
def test_threads_give_bit_for_bit_what_the_built_in_map_gives(shards, loss):
    objective_on, theta, x, y = example(loss)
    with ThreadPoolExecutor(3) as pool:
        J, gradient = data_parallel(objective_on, x, y, shards, pool.map)(theta)
    J_alone, gradient_alone = data_parallel(objective_on, x, y, shards)(theta)
    assert J == J_alone
    assert np.array_equal(gradient, gradient_alone)


@pytest.mark.skipif(
    find_spec("distributed") is None and "CI" not in os.environ,
    reason="the package `distributed` is not installed (dependency group `cluster`)",
)
def test_two_processes_of_a_cluster_add_up_to_the_full_gradient(tmp_path, monkeypatch):
    root = str(Path(__file__).parents[2])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])]))
    from distributed import Client, LocalCluster

    with (
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address="127.0.0.1:0",  # any free port
            local_directory=str(tmp_path),
        ) as cluster,
        Client(cluster) as client,
    ):
        client.wait_for_workers(2, timeout=60)
        assert len(set(client.run(os.getpid).values()) - {os.getpid()}) == 2
        for loss in TARGETS:
            objective_on, theta, x, y = example(loss)
            for shards in (1, 2, 5):
                parallel = data_parallel(objective_on, x, y, shards, on_cluster(client))
                assert_equal(parallel(theta), objective_on(x, y)(theta))
                assert_equal(parallel(2 * theta), objective_on(x, y)(2 * theta))
