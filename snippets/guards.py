"""Guards: bad arguments are refused by name, and exp is kept from overflow."""

import numpy as np


def positive(**named):
    """Raises a ValueError that names the first of these outside (0, ∞)."""
    for name, value in named.items():
        if not 0 < value < np.inf:
            raise ValueError(f"{name} should be positive and finite, not {value}")


def fraction(**named):
    """Raises a ValueError that names the first of these outside [0, 1)."""
    for name, value in named.items():
        if not 0 <= value < 1:
            raise ValueError(f"{name} should lie in [0, 1), not {value}")


def finite(**named):
    """Raises a ValueError that names the first array with a NaN or an infinity."""
    for name, array in named.items():
        if not np.isfinite(array).all():
            raise ValueError(f"{name} should be finite, without NaN")


def below_largest(z):
    """z minus the largest of its row: at most 0, so that exp never overflows.

    Shapes: z (N, k) → (N, k), -∞ where the distance passes the largest number.
    """
    with np.errstate(over="ignore"):
        return z - z.max(axis=-1, keepdims=True)
