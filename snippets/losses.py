"""Losses: what a wrong prediction costs, and the slope of that cost."""

import numpy as np


def mean_squared_error(y_hat, y):
    """J = mean over rows of Σ_j (ŷ_j - y_j)², ∂J/∂ŷ = 2 (ŷ - y) / N.

    Shapes: ŷ (N, k), y (N, k) → J (), ∂J/∂ŷ (N, k).
    Raises: ValueError where the shapes differ or N = 0.
    """
    if y_hat.shape != y.shape or y.size == 0:
        raise ValueError(
            f"y_hat {y_hat.shape} and y {y.shape} should be equal and not empty"
        )
    error = y_hat - y
    return (error * error).sum() / len(y), 2 * error / len(y)


def binary_cross_entropy(z, y):
    """J = mean(log(1 + eᶻ) - y z), the cost of p = σ(z); ∂J/∂z = (p - y) / N.

    Shapes: z (N, 1) before the sigmoid, y (N, 1) in {0, 1} → J (), ∂J/∂z (N, 1).
    Raises: ValueError where the shapes differ or N = 0.
    Source: the negative log-likelihood of a Bernoulli variable, from logits.
    """
    if z.shape != y.shape or y.size == 0:
        raise ValueError(
            f"z {z.shape} and y {y.shape} should be equal and not empty"
        )
    small = np.exp(np.where(z > 0, -z, z))
    p = np.where(z > 0, 1, small) / (1 + small)
    J = (np.maximum(z, 0) + np.log1p(small) - y * z).sum() / len(y)
    return J, (p - y) / len(y)


def cross_entropy(z, y):
    """J = mean of log Σ_j exp(z_j) - z_y, the cost of p = softmax(z).

    ∂J/∂z = (p - 1[j = y]) / N.
    Shapes: z (N, k) before the softmax, y (N,) integers < k → J (), ∂J/∂z (N, k).
    Raises: ValueError where y is not (N,), N = 0, or a label is not a class.
    """
    if y.shape != z.shape[:1] or y.size == 0:
        raise ValueError(
            f"y {y.shape} should be ({len(z)},), one label a row, not empty"
        )
    if y.min() < 0 or y.max() >= z.shape[1]:
        raise ValueError(
            f"y should lie in 0..{z.shape[1] - 1}, not {y.min()}..{y.max()}"
        )
    shifted = z - z.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    target = np.eye(z.shape[1], dtype=z.dtype)[y]
    return -(target * log_p).sum() / len(y), (np.exp(log_p) - target) / len(y)
