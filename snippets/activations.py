"""Activations: each with its slope, as a layer without parameters."""

from math import erf, pi

import numpy as np

from snippets.guards import below_largest


def linear(parameters, z):
    """a = z, slope 1.

    Shapes: z (N, k) → a (N, k).
    """
    return z, lambda delta: ((), delta)


def sigmoid(parameters, z):
    """a = σ(z) = 1 / (1 + e⁻ᶻ), slope a (1 - a), at most 1/4.

    Shapes: z (N, k) → a (N, k).
    """
    small = np.exp(np.minimum(z, -z))  # e^-|z| never overflows
    a = np.maximum(small, z > 0) / (1 + small)
    return a, lambda delta: ((), delta * a * (1 - a))


def tanh(parameters, z):
    """a = tanh z = 2 σ(2z) - 1, slope 1 - a².

    Shapes: z (N, k) → a (N, k).
    """
    a = np.tanh(z)
    return a, lambda delta: ((), delta * (1 - a * a))


def relu(parameters, z):
    """a = max(0, z), slope 1 where z > 0, else 0 (also at z = 0).

    Shapes: z (N, k) → a (N, k).
    Source: Nair and Hinton 2010.
    """
    return np.maximum(z, 0), lambda delta: ((), delta * (z > 0))


def prelu(alpha, z):
    """a = z where z > 0, else α z: the slope α on the left is learned.

    Shapes: z (N, k), α () or (k,) → a (N, k).
    Raises: ValueError where α is neither () nor (k,).
    Source: He et al. 2015; at z = 0 the slope is α.
    """
    if np.shape(alpha) not in ((), z.shape[1:]):
        raise ValueError(f"alpha {np.shape(alpha)} should be () or {z.shape[1:]}")
    a = np.where(z > 0, z, alpha * z)

    def backward(delta):
        d_alpha = np.where(z > 0, 0, delta * z).sum(axis=0)
        d_alpha = d_alpha if np.ndim(alpha) else d_alpha.sum()
        return d_alpha, np.where(z > 0, delta, alpha * delta)

    return a, backward


def leaky_relu(parameters, z):
    """a = z where z > 0, else 0.01 z: PReLU with a fixed slope.

    Shapes: z (N, k) → a (N, k).
    Source: Maas, Hannun and Ng 2013.
    """
    a = np.where(z > 0, z, 0.01 * z)
    return a, lambda delta: ((), np.where(z > 0, delta, 0.01 * delta))


def elu(parameters, z):
    """a = z where z > 0, else eᶻ - 1; slope 1, else a + 1.

    Shapes: z (N, k) → a (N, k).
    Source: Clevert, Unterthiner and Hochreiter 2016, with α = 1.
    """
    a = np.where(z > 0, z, np.expm1(np.minimum(z, 0)))
    return a, lambda delta: ((), delta * np.where(z > 0, 1, a + 1))


def softplus(parameters, z):
    """a = log(1 + eᶻ), slope σ(z): a smooth ReLU.

    Shapes: z (N, k) → a (N, k).
    Source: Dugas et al. 2001.
    """
    a = np.maximum(z, 0) + np.log1p(np.exp(np.minimum(z, -z)))
    slope, _ = sigmoid((), z)
    return a, lambda delta: ((), delta * slope)


def silu(parameters, z):
    """a = z σ(z), slope σ(z) + a (1 - σ(z)).

    Shapes: z (N, k) → a (N, k).
    Source: Elfwing, Uchibe and Doya 2018; also called swish.
    """
    s, _ = sigmoid((), z)
    a = z * s
    return a, lambda delta: ((), delta * (s + a * (1 - s)))


def gelu(parameters, z):
    """a = z Φ(z), slope Φ(z) + z φ(z), with Φ and φ of the normal distribution.

    Shapes: z (N, k) → a (N, k).
    Source: Hendrycks and Gimpel 2016, the exact form.
    """
    z = 1.0 * z  # integers have no slope
    cumulative = (1 + np.vectorize(erf, otypes=[z.dtype])(z * 0.5**0.5)) / 2
    density = np.exp(-(np.clip(z, -40, 40) ** 2) / 2) / (2 * pi) ** 0.5
    return z * cumulative, lambda delta: ((), delta * (cumulative + z * density))


def softmax(parameters, z):
    """p_j = exp(z_j) / Σ_i exp(z_i) per row, Jacobian diag(p) - p pᵀ.

    Shapes: z (N, k) → p (N, k), every row sums to 1.
    Source: Bridle 1990.
    """
    e = np.exp(below_largest(z))
    p = e / e.sum(axis=-1, keepdims=True)

    def backward(delta):
        return (), p * (delta - (delta * p).sum(axis=-1, keepdims=True))

    return p, backward
