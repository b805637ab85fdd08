"""Backpropagation, checked layer by layer against gradients without calculus."""

import numpy as np

from snippets.descent import pack


def numerical_gradient(f, theta, h=1e-5):
    """∂f/∂θ_i ≈ (f(θ + h e_i) - f(θ - h e_i)) / 2h, with an error of order h².

    Shapes: θ (n,) → (n,).
    Raises: ValueError where θ is not (n,).
    """
    if theta.ndim != 1:
        raise ValueError(f"theta {theta.shape} should be (n,)")
    e = h * np.eye(len(theta))
    return np.array([(f(theta + step) - f(theta - step)) / (2 * h) for step in e])


def complex_step_gradient(f, theta, h=1e-20):
    """∂f/∂θ_i = Im f(θ + i h e_i) / h, exact to rounding where f is analytic.

    Shapes: θ (n,) → (n,).
    Raises: ValueError where θ is not (n,).
    Source: Squire and Trapp 1998.
    """
    if theta.ndim != 1:
        raise ValueError(f"theta {theta.shape} should be (n,)")
    e = 1j * h * np.eye(len(theta))
    return np.array([f(theta + step).imag / h for step in e])


def shapes(part):
    """The shapes of nested tuples of arrays, nested alike."""
    return tuple(map(shapes, part)) if isinstance(part, tuple) else np.shape(part)


def check_layer(layer, parameters, x, rng, gradient=numerical_gradient):
    """The largest |backward - gradient| / max(1, |gradient|) of parameters and x.

    J = Σ r output for a random r stands in for the loss, so ∂J/∂output = r.
    Raises: ValueError where a gradient is not shaped like what it belongs to.
    """
    output, backward = layer(parameters, x)
    r = rng.normal(size=output.shape)
    found, wanted = shapes(backward(r)), shapes((parameters, x))
    if found != wanted:
        raise ValueError(f"gradients {found} should be shaped like {wanted}")
    theta, unpack = pack((parameters, x))
    expected = gradient(lambda theta: (r * layer(*unpack(theta))[0]).sum(), theta)
    actual, _ = pack(backward(r))
    error = np.abs(actual - expected) / np.maximum(1, np.abs(expected))
    return error.max(initial=0)
