"""Mini-batches: the gradient of a few examples in place of that of all."""

from snippets.optimizers import gradient_of
from snippets.perceptron import dense


def minibatches(rng, N, B):
    """The numbers 0..N-1 in random order, B to a batch; the last may be shorter.

    Raises: ValueError where B is not in 1..N.
    """
    if not 1 <= B <= N:
        raise ValueError(f"B should lie in 1..{N}, not {B}")
    order = rng.permutation(N)
    return [order[start : start + B] for start in range(0, N, B)]


def train(step, objective_on, theta, x, y, B, rng, **hyperparameters):
    """Steps on one mini-batch after another; gives θ after each pass over the data.

    objective_on(x, y) is the function θ → (J, ∂J/∂θ) on a batch. An endless
    generator: whoever takes the θs decides when to stop.
    Raises: ValueError where x and y differ in length, or B is not in 1..N.
    """
    if len(x) != len(y):
        raise ValueError(f"x {x.shape} and y {y.shape} should have one length")
    memory = ()
    while True:
        for batch in minibatches(rng, len(x), B):
            x_batch, y_batch = x.take(batch, axis=0), y.take(batch, axis=0)
            gradient = gradient_of(objective_on(x_batch, y_batch))
            theta, memory = step(theta, gradient, *memory, **hyperparameters)
        yield theta


def dense_on_data(parameters, x):
    """z = x θ + θ_0 on data, whose ∂J/∂x nobody asks for: backward gives () for it.

    Shapes and errors: as `dense`. For the first layer of a network.
    """
    z, _ = dense(parameters, x)
    return z, lambda delta: ((x.T @ delta, delta.sum(axis=0)), ())
