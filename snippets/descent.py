"""Gradient descent: all parameters as one vector θ, and steps down the gradient."""

import numpy as np

from snippets.guards import positive


def arrays(parameters):
    """The arrays in nested tuples, from left to right."""
    if isinstance(parameters, tuple):
        return [array for part in parameters for array in arrays(part)]
    return [parameters]


def flatten(parameters):
    """Nested tuples of arrays as one vector.

    Raises: ValueError where `parameters` holds no array.
    """
    parts = arrays(parameters)
    if not parts:
        raise ValueError("parameters should hold at least one array")
    return np.concatenate(parts, axis=None)


def pack(parameters):
    """Nested tuples of arrays as one vector θ, and `unpack`, which undoes it.

    unpack(θ) has the shape of `parameters` and shares its memory with θ.
    Raises: ValueError where `parameters` holds no array, or θ is not as long.
    """
    stop = 0

    def view(part):
        nonlocal stop
        if isinstance(part, tuple):
            views = [view(p) for p in part]
            return lambda theta: tuple([view(theta) for view in views])
        where, shape = slice(stop, stop + np.size(part)), np.shape(part)
        stop = where.stop
        return lambda theta: theta[where].reshape(shape)

    place = view(parameters)

    def unpack(theta):
        if theta.shape != (stop,):
            raise ValueError(f"theta {theta.shape} should be ({stop},)")
        return place(theta)

    return flatten(parameters), unpack


def objective(network, loss, unpack, x, y):
    """The function θ → (J(θ), ∂J/∂θ) of a network and a loss on the data x, y."""

    def J_and_gradient(theta):
        prediction, backward = network(unpack(theta), x)
        J, delta = loss(prediction, y)
        gradient, _ = backward(delta)
        return J, flatten(gradient)

    return J_and_gradient


def gradient_descent(J_and_gradient, theta, eta, steps):
    """θ ← θ - η ∂J/∂θ, `steps` times; returns θ and J before each step.

    Raises: ValueError where η is not positive and finite.
    Source: Cauchy 1847, with a fixed η.
    """
    positive(eta=eta)
    history = []
    for _ in range(steps):
        J, gradient = J_and_gradient(theta)
        history.append(J)
        theta = theta - eta * gradient
    return theta, history
