"""Losses: what a wrong prediction costs, and the slope of that cost."""

import numpy as np

from snippets.guards import below_largest, finite


def mean_squared_error(y_hat, y):
    """J = mean over rows of Σ_j (ŷ_j - y_j)², ∂J/∂ŷ = 2 (ŷ - y) / N.

    Shapes: ŷ (N, k), y (N, k) → J (), ∂J/∂ŷ (N, k).
    Raises: ValueError where the shapes differ, N = 0, or a number is not finite.
    Source: Gauss 1809, the negative log-likelihood of a normal variable.
    """
    if y_hat.shape != y.shape or y.size == 0:
        raise ValueError(
            f"y_hat {y_hat.shape} and y {y.shape} should be equal and not empty"
        )
    finite(y_hat=y_hat, y=y)
    error = y_hat - y
    return (error * error).sum() / len(y), 2 * error / len(y)


def binary_cross_entropy(z, y):
    """J = mean(log(1 + eᶻ) - y z), the cost of p = σ(z); ∂J/∂z = (p - y) / N.

    Shapes: z (N, 1) before the sigmoid, y (N, 1) in [0, 1] → J (), ∂J/∂z (N, 1).
    Raises: ValueError where the shapes differ, N = 0, z is not finite, or a y
    is outside [0, 1].
    Source: the negative log-likelihood of a Bernoulli variable, from logits.
    """
    if z.shape != y.shape or y.size == 0:
        raise ValueError(
            f"z {z.shape} and y {y.shape} should be equal and not empty"
        )
    finite(z=z)
    if not (0 <= y.min() and y.max() <= 1):
        raise ValueError("y should lie in [0, 1]")
    small = np.exp(np.minimum(z, -z))  # e^-|z| never overflows
    p = np.maximum(small, z > 0) / (1 + small)
    J = (np.maximum(z, 0) - y * z + np.log1p(small)).sum() / len(y)
    return J, (p - y) / len(y)


def cross_entropy(z, y):
    """J = mean of log Σ_j exp(z_j) - z_y, ∂J/∂z = (softmax(z) - 1[j = y]) / N.

    Shapes: z (N, k) before the softmax, y (N,) in 0..k-1 → J (), ∂J/∂z (N, k).
    J = ∞ where a row's largest exceeds z_y by more than the largest number.
    Raises: ValueError where y is not (N,), N = 0, a y is no class, or z not finite.
    """
    if z.ndim != 2 or y.shape != z.shape[:1] or y.size == 0:
        raise ValueError(
            f"y {y.shape} should be (N,), z {z.shape} (N, k), and not empty"
        )
    finite(z=z)
    target = y[:, None] == np.arange(z.shape[1])  # 1[j = y]
    shifted = below_largest(z)
    z_y = shifted[target]
    if z_y.size != y.size:
        raise ValueError(
            f"y should lie in 0..{z.shape[1] - 1}, not {y.min()}..{y.max()}"
        )
    e = np.exp(shifted)
    total = e.sum(axis=1, keepdims=True)
    J = (np.log(total).sum() - z_y.sum()) / len(y)
    return J, (e / total - target) / len(y)
