"""Recurrent networks: one layer, used again at every step of a sequence."""

import numpy as np

from snippets.guards import positive


def recurrent(parameters, x, h_0=0.0):
    """h_t = tanh(x_t θ_x + h_{t-1} θ_h + θ_0) for t = 1 … T, from the state h_0.

    Backward stops at h_0: no gradient goes to what came before the sequence.
    Shapes: x (N, T, m), θ_x (m, k), θ_h (k, k), θ_0 (k,), h_0 () or (N, k)
    → h (N, T, k).
    Raises: ValueError where these shapes do not fit together.
    Source: Elman 1990.
    """
    theta_x, theta_h, theta_0 = parameters
    T, N, k = sequence_shape(x, parameters)
    if np.shape(h_0) not in ((), (N, k)):
        raise ValueError(f"h_0 {np.shape(h_0)} should be () or {(N, k)}")
    drive = (by_step(x) @ theta_x + theta_0).reshape(T, N, k)
    h = [h_0 + np.zeros((N, k), theta_h.dtype)]
    for z in drive:
        h.append(np.tanh(z + h[-1] @ theta_h))

    def backward(delta):
        d_z, d_h = [], 0.0
        for t in reversed(range(T)):
            d_z.append((d_h + delta[:, t]) * (1 - h[t + 1] * h[t + 1]))
            d_h = d_z[-1] @ theta_h.T
        return through_time(parameters, x, np.stack(h), d_z[::-1])

    return np.stack(h, axis=1)[:, 1:], backward


def sequence_shape(x, parameters, gates=1):
    """T, N and k, the units, of sequences x and of the parameters that read them.

    Raises: ValueError where x is not (N, T, m), θ_x (m, gates · k),
    θ_h (k, gates · k) or θ_0 (gates · k,).
    """
    if x.ndim != 3:
        raise ValueError(f"x {x.shape} should be (N, T, m)")
    N, T, m = x.shape
    k = np.atleast_1d(parameters[1]).shape[0]
    wanted = {"theta_x": (m, gates * k), "theta_h": (k, gates * k)}
    wanted["theta_0"] = (gates * k,)
    for (name, shape), array in zip(wanted.items(), parameters):
        if array.shape != shape:
            raise ValueError(f"{name} {array.shape} should be {shape}")
    return T, N, k


def by_step(x):
    """Sequences (N, T, m) as rows (T · N, m): all of step 1, then of step 2, …"""
    return x.swapaxes(0, 1).reshape(-1, *x.shape[2:])


def through_time(parameters, x, h, d_z):
    """The gradients of parameters and x, out of ∂J/∂z_t for every step t.

    z_t = x_t θ_x + h_{t-1} θ_h + θ_0: all steps share θ, so its gradient is a sum.
    Shapes: h (T + 1, N, k), d_z (T, N, q) → as the parameters, and x.
    """
    theta_x, theta_h, _ = parameters
    (N, T, m), rows = x.shape, np.reshape(d_z, (-1, theta_x.shape[1]))
    before = h[:-1].reshape(-1, len(theta_h))
    d_x = (rows @ theta_x.T).reshape(T, N, m).swapaxes(0, 1)
    return (by_step(x).T @ rows, before.T @ rows, rows.sum(axis=0)), d_x


def last_step(parameters, x):
    """a = x_T: what a network knows at the end of a sequence.

    Shapes: x (N, T, k) → a (N, k).
    Raises: ValueError where x is not (N, T, k), or T = 0.
    """
    if x.ndim != 3 or x.shape[1] == 0:
        raise ValueError(f"x {x.shape} should be (N, T, k), with T at least 1")

    def backward(delta):
        d_x = np.zeros(x.shape, delta.dtype)
        d_x[:, -1] = delta
        return (), d_x

    return x[:, -1], backward


def every_step(parameters, x):
    """Each step of each sequence as a row of its own, for layers that know no time.

    Shapes: x (N, T, k) → a (N · T, k).
    Raises: ValueError where x is not (N, T, k).
    """
    if x.ndim != 3:
        raise ValueError(f"x {x.shape} should be (N, T, k)")
    rows = x.reshape(len(x) * x.shape[1], x.shape[2])
    return rows, lambda delta: ((), delta.reshape(x.shape))


def initialise_recurrent(rng, m, k):
    """θ_x ~ N(0, 1/m), θ_h a random rotation, θ_0 = 0: h begins with its size kept.

    Shapes: → θ_x (m, k), θ_h (k, k), θ_0 (k,).
    Source: Saxe, McClelland and Ganguli 2014, for the rotation.
    """
    rotation, _ = np.linalg.qr(rng.normal(size=(k, k)))
    return rng.normal(size=(m, k)) / np.sqrt(m), rotation, np.zeros(k)


def clipped(J_and_gradient, largest):
    """The same J, and g · min(1, largest / ‖g‖): no gradient is longer than that.

    Raises: ValueError where `largest` is not positive and finite.
    Source: Pascanu, Mikolov and Bengio 2013, Algorithm 1.
    """
    positive(largest=largest)

    def J_and_clipped(theta):
        J, gradient = J_and_gradient(theta)
        length = float(np.linalg.norm(gradient))
        return J, gradient * (largest / max(length, largest))

    return J_and_clipped
