"""Overfitting, and the price on large weights that holds it back."""

import numpy as np

from snippets.descent import arrays, flatten


def mark_weights(parameters):
    """1 for every weight and 0 for every bias, in the order of `pack`.

    A weight stands in an array of two or more axes, a bias in one of fewer.
    Raises: ValueError where `parameters` holds no array.
    """
    marks = [np.full_like(a, np.ndim(a) > 1) for a in arrays(parameters)]
    return flatten(tuple(marks))


def l2(J_and_gradient, decay):
    """J + ½ Σ_i λ_i θ_i², whose gradient is ∂J/∂θ + λ θ.

    Shapes: decay, the λ of the formula, () or (n,), as θ.
    Raises: ValueError where a λ is negative or not finite, or the shape another.
    Source: Hoerl and Kennard 1970 (ridge); Krogh and Hertz 1992 (weight decay).
    """
    if not (np.isfinite(decay) & (np.asarray(decay) >= 0)).all():
        raise ValueError(f"decay should be finite and not negative, not {decay}")

    def penalised(theta):
        if np.shape(decay) not in ((), theta.shape):
            shape = np.shape(decay)
            raise ValueError(f"decay {shape} should be () or {theta.shape}")
        J, gradient = J_and_gradient(theta)
        return J + (decay * theta * theta).sum() / 2, gradient + decay * theta

    return penalised
