"""The perceptron: a weighted sum, a bias and a threshold."""

import numpy as np

from snippets.guards import positive


def dense(parameters, x):
    """z = x θ + θ_0: column j of θ holds the weights of unit j.

    Shapes: x (N, m), θ (m, k), θ_0 (k,) → z (N, k).
    Raises: ValueError where these shapes do not fit together.
    Source: McCulloch and Pitts 1943, here with real weights.
    """
    theta, theta_0 = parameters
    if x.ndim != 2 or theta.ndim != 2 or x.shape[1] != theta.shape[0]:
        raise ValueError(
            f"x {x.shape} and theta {theta.shape} should be (N, m), (m, k)"
        )
    if theta_0.shape != theta.shape[1:]:
        raise ValueError(f"theta_0 {theta_0.shape} should be {theta.shape[1:]}")

    def backward(delta):
        return (x.T @ delta, delta.sum(axis=0)), delta @ theta.T

    return x @ theta + theta_0, backward


def step(parameters, z):
    """a = 1 where z > 0, else 0. The slope is 0 wherever it exists.

    Shapes: z (N, k) → a (N, k).
    Source: Rosenblatt 1958; the value at z = 0 is a convention, here 0.
    """
    return (z > 0).astype(z.dtype), lambda delta: ((), np.zeros_like(delta))


def perceptron(parameters, x):
    """ŷ = step(x θ + θ_0): k perceptrons, each with its own answer.

    Shapes: x (N, m), θ (m, k), θ_0 (k,) → ŷ (N, k).
    Source: Rosenblatt 1958.
    """
    z, backward_dense = dense(parameters, x)
    y_hat, backward_step = step((), z)
    return y_hat, lambda delta: backward_dense(backward_step(delta)[1])


def perceptron_rule(parameters, x, y, eta=1.0):
    """θ + η xᵀ(y - ŷ) and θ_0 + η Σ(y - ŷ): only mistakes move the weights.

    Shapes: x (N, m), y (N, k); the paper's rule takes one example at a time, N = 1.
    Raises: ValueError where y is not shaped like ŷ, not 0 or 1, or η ≤ 0.
    Source: Rosenblatt 1962, "error correction"; Novikoff 1962 bounds its mistakes.
    """
    theta, theta_0 = parameters
    y_hat, _ = perceptron(parameters, x)
    if y.shape != y_hat.shape:
        raise ValueError(f"y {y.shape} should be shaped like y_hat {y_hat.shape}")
    if not ((y == 0) | (y == 1)).all():
        raise ValueError("y should hold only 0 and 1")
    positive(eta=eta)
    mistake = y - y_hat
    return theta + eta * x.T @ mistake, theta_0 + eta * mistake.sum(axis=0)
