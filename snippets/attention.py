"""Attention: every step looks at all others, and takes a weighted mean of them."""

import numpy as np

from snippets.activations import softmax


def attend(q, k, v, allowed=True):
    """a = w v with w = softmax(q kᵀ / √d): for each query a mean of the values.

    Returns a, the weights w, and backward: ∂J/∂a → ∂J/∂q, ∂J/∂k, ∂J/∂v.
    Where not `allowed` the weight is 0.
    Shapes: q (N, S, d), k (N, T, d), v (N, T, e), allowed () or (S, T)
    → a (N, S, e), w (N, S, T).
    Raises: ValueError where these shapes do not fit, or a query may see no key.
    Source: Vaswani et al. 2017, equation 1.
    """
    fit = q.shape[::2] == k.shape[::2] and k.shape[:2] == v.shape[:2]
    if not fit or not q.ndim == k.ndim == v.ndim == 3:
        raise ValueError(f"q {q.shape}, k {k.shape} and v {v.shape} do not fit")
    if not np.atleast_1d(allowed).any(axis=-1).all():
        raise ValueError("each query should be allowed at least one key")
    scale = q.shape[2] ** -0.5
    scores = np.where(allowed, q @ k.swapaxes(1, 2) * scale, -np.inf)
    w, back = softmax((), scores)

    def backward(delta):
        _, d_scores = back(delta @ v.swapaxes(1, 2) * scale)
        d_k = d_scores.swapaxes(1, 2) @ q
        return d_scores @ k, d_k, w.swapaxes(1, 2) @ delta

    return w @ v, w, backward


def attention(parameters, x, allowed=True):
    """a = softmax(q kᵀ / √d) v, with q = x θ_q, k = x θ_k and v = x θ_v.

    Shapes: x (N, T, m), θ_q and θ_k (m, d), θ_v (m, e) → a (N, T, e).
    Raises: ValueError where these shapes do not fit together.
    Source: Vaswani et al. 2017, self-attention with one head.
    """
    theta_q, theta_k, theta_v = parameters
    if x.ndim != 3:
        raise ValueError(f"x {x.shape} should be (N, T, m)")
    for name, theta in zip(("theta_q", "theta_k", "theta_v"), parameters):
        if theta.ndim != 2 or len(theta) != x.shape[2]:
            raise ValueError(f"{name} {theta.shape} should have {x.shape[2]} rows")
    if theta_q.shape != theta_k.shape:
        raise ValueError(f"theta_k {theta_k.shape} should be {theta_q.shape}")
    a, _, back = attend(x @ theta_q, x @ theta_k, x @ theta_v, allowed)

    def backward(delta):
        d_qkv, steps = back(delta), (0, 1)  # of all sequences
        d_x = sum(d @ theta.T for d, theta in zip(d_qkv, parameters))
        return tuple(np.tensordot(x, d, axes=(steps, steps)) for d in d_qkv), d_x

    return a, backward


def causal_attention(parameters, x):
    """Attention in which step t sees the steps 1 … t, and nothing of what follows.

    Shapes and errors: as `attention`.
    """
    return attention(parameters, x, np.tri(x.shape[1], dtype=bool))


def positions(T, m):
    """p_{t,2i} = sin(t / 10000^{2i/m}), p_{t,2i+1} = cos of the same: where t is.

    Shapes: → p (T, m), t counts from 0.
    Raises: ValueError where m is not even and at least 2.
    Source: Vaswani et al. 2017, section 3.5.
    """
    if m < 2 or m % 2:
        raise ValueError(f"m should be even and at least 2, not {m}")
    angle = np.arange(T)[:, None] / 10000 ** (np.arange(0, m, 2) / m)
    return np.stack([np.sin(angle), np.cos(angle)], axis=2).reshape(T, m)
