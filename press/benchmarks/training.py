"""The time of one step of training: this site's code, scikit-learn, PyTorch where installed, and the floor.

All train the same network on the same data with Adam and mini-batches, in float32, on one thread. The floor is
what no NumPy code can go below: the matrix products of a step and nothing else. Networks of other layers than
dense ones stand in deep.py; scikit-learn has none of them.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version

import numpy as np
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from press.benchmarks import deep
from press.benchmarks.timing import rounded, seconds_each
from snippets.activations import relu
from snippets.descent import objective, pack
from snippets.losses import binary_cross_entropy, cross_entropy
from snippets.minibatches import dense_on_data, train
from snippets.network import chain, he, initialise
from snippets.optimizers import adam
from snippets.perceptron import dense

try:
    import torch
except ImportError:  # never required: its column is left out
    torch = None

PAGE = "docs/reference/speed.md"
ETA = 0.001
Epoch = Callable[[], object]


@dataclass(frozen=True)
class Workload:
    name: str
    x: np.ndarray
    y: np.ndarray  # class numbers
    sizes: tuple[int, ...]
    B: int

    @property
    def steps(self) -> int:
        """Steps in one pass over the data."""
        return -(-len(self.x) // self.B)


def workloads() -> list[Workload]:
    patients, diagnosis = load_breast_cancer(return_X_y=True)
    patients = ((patients - patients.mean(axis=0)) / patients.std(axis=0)).astype(np.float32)
    digits, digit = load_digits(return_X_y=True)
    digits = (digits / 16).astype(np.float32)
    rng = np.random.default_rng(0)
    images, label = rng.random(size=(2048, 784), dtype=np.float32), rng.integers(0, 10, size=2048)
    return [
        Workload("breast cancer 30-16-1, batch 32", patients, diagnosis, (30, 16, 1), 32),
        Workload("digits 64-128-10, batch 32", digits, digit, (64, 128, 10), 32),
        Workload("digits 64-128-10, batch 128", digits, digit, (64, 128, 10), 128),
        Workload("784-256-128-10, batch 128", images, label, (784, 256, 128, 10), 128),
    ]


def measure(rounds: int = 21) -> dict[str, object]:
    """Microseconds of the processor for one step, for each contender and workload."""
    warnings.simplefilter("ignore", ConvergenceWarning)  # scikit-learn warns that one pass is not enough
    contenders = {"this site": ours, "scikit-learn": scikit_learn, "PyTorch": pytorch, "matrix products": products}
    versions = {"scikit-learn": version("scikit-learn")}
    if torch:
        torch.set_num_threads(1)
        versions["PyTorch"] = torch.__version__
    else:
        del contenders["PyTorch"]
    steps_of = {task.name: task.steps for task in workloads()}
    tasks = {task.name: {name: prepare(task) for name, prepare in contenders.items()} for task in workloads()}
    tasks |= deep.tasks()
    microseconds: dict[str, list[float | None]] = {name: [] for name in contenders}
    for task, ways in tasks.items():
        seconds = seconds_each(ways, rounds)
        for name, times in microseconds.items():
            step = seconds[name] / steps_of.get(task, 1) if name in seconds else None
            times += rounded([step * 1e6]) if step else [None]
    return {"workloads": list(tasks), "versions": versions, "microseconds": microseconds}


def ours(task: Workload) -> Epoch:
    """The code of the chapters, as it stands."""
    network = chain(dense_on_data, *[relu, dense] * (len(task.sizes) - 2))
    theta, unpack = pack(initialise(np.random.default_rng(0), task.sizes, he))
    loss, y = cross_entropy, task.y
    if task.sizes[-1] == 1:
        loss, y = binary_cross_entropy, task.y[:, None].astype(np.float32)
    objective_on = partial(objective, network, loss, unpack)
    theta, rng = theta.astype(np.float32), np.random.default_rng(1)
    return partial(next, train(adam, objective_on, theta, task.x, y, task.B, rng, eta=ETA))


def scikit_learn(task: Workload) -> Epoch:
    model = MLPClassifier(task.sizes[1:-1], batch_size=task.B, learning_rate_init=ETA, alpha=0, random_state=0)
    model.partial_fit(task.x, task.y, classes=np.unique(task.y))
    return partial(model.partial_fit, task.x, task.y)


def pytorch(task: Workload) -> Epoch:
    """Eager PyTorch, its batches drawn by indexing: its data loader would be slower."""
    layers = [torch.nn.Linear(m, k) for m, k in zip(task.sizes, task.sizes[1:])]
    network = torch.nn.Sequential(*[part for layer in layers for part in (layer, torch.nn.ReLU())][:-1])
    optimizer = torch.optim.Adam(network.parameters(), lr=ETA)
    x, y, loss = torch.from_numpy(task.x), torch.from_numpy(task.y), torch.nn.functional.cross_entropy
    if task.sizes[-1] == 1:
        y, loss = y[:, None].float(), torch.nn.functional.binary_cross_entropy_with_logits

    def epoch() -> None:
        for batch in torch.randperm(len(x)).split(task.B):
            optimizer.zero_grad()
            loss(network(x[batch]), y[batch]).backward()
            optimizer.step()

    return epoch


def products(task: Workload) -> Epoch:
    """The matrix products of a step: forward, for the weights, and for every input but the data."""
    rng = np.random.default_rng(0)
    a = [rng.random(size=(task.B, m), dtype=np.float32) for m in task.sizes]
    theta = [rng.random(size=(m, k), dtype=np.float32) for m, k in zip(task.sizes, task.sizes[1:])]
    z, d_theta, d_a = ([np.empty_like(array) for array in arrays] for arrays in (a, theta, a))

    def epoch() -> None:
        for _ in range(task.steps):
            for i in range(len(theta)):
                np.matmul(a[i], theta[i], out=z[i + 1])
            for i in reversed(range(len(theta))):
                np.matmul(a[i].T, a[i + 1], out=d_theta[i])
                if i:
                    np.matmul(a[i + 1], theta[i].T, out=d_a[i])

    return epoch
