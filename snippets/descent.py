"""Gradient descent: all parameters as one vector θ, and steps down the gradient."""

import numpy as np


def pack(parameters):
    """Nested tuples of arrays as one vector θ, and `unpack`, which undoes it.

    unpack(θ) has the shape of `parameters` and shares its memory with θ.
    """
    arrays = []

    def collect(part):
        if isinstance(part, tuple):
            return tuple(collect(p) for p in part)
        arrays.append(np.ravel(part))
        stop = sum(a.size for a in arrays)
        return slice(stop - arrays[-1].size, stop), np.shape(part)

    layout = collect(parameters)

    def unpack(theta, part=layout):
        if part and isinstance(part[0], slice):
            return theta[part[0]].reshape(part[1])
        return tuple(unpack(theta, p) for p in part)

    return np.concatenate(arrays), unpack


def objective(network, loss, unpack, x, y):
    """The function θ → (J(θ), ∂J/∂θ) of a network and a loss on the data x, y."""

    def J_and_gradient(theta):
        prediction, backward = network(unpack(theta), x)
        J, delta = loss(prediction, y)
        gradient, _ = backward(delta)
        return J, pack(gradient)[0]

    return J_and_gradient


def gradient_descent(J_and_gradient, theta, eta, steps):
    """θ ← θ - η ∂J/∂θ, `steps` times; returns θ and J before each step.

    Raises: ValueError where η ≤ 0.
    Source: Cauchy 1847, with a fixed η.
    """
    if not eta > 0:
        raise ValueError(f"eta should be positive, not {eta}")
    history = []
    for _ in range(steps):
        J, gradient = J_and_gradient(theta)
        history.append(J)
        theta = theta - eta * gradient
    return theta, history
