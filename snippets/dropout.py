"""Dropout: a random share of the activations is set to 0, anew in each step."""

import numpy as np

from snippets.guards import fraction


def dropout(rng, rate):
    """The layer a = mask x / (1 - p), mask = 0 with probability p = rate, else 1.

    Each call draws a new mask, and its backward uses the same one. The mean of a
    over masks is x, so for predicting the layer is left out: rate = 0.
    Shapes: x (N, k) → a (N, k).
    Raises: ValueError where the rate is outside [0, 1).
    Source: Srivastava et al. 2014, "inverted": scaled in training.
    """
    fraction(rate=rate)

    def layer(parameters, x):
        kept = rng.random(x.shape) >= rate
        scale = kept.astype(np.result_type(x, np.float32)) / (1 - rate)
        return x * scale, lambda delta: ((), delta * scale)

    return layer
