"""Long short-term memory: a state that is added to, and gates that decide what."""

import numpy as np

from snippets.recurrent import by_step, sequence_shape, through_time


def lstm(parameters, x):
    """c_t = f_t c_{t-1} + i_t g_t, h_t = o_t tanh c_t, with h_0 = c_0 = 0.

    i, f, o = σ(z) and g = tanh z, each with its own quarter of the columns of
    z_t = x_t θ_x + h_{t-1} θ_h + θ_0.
    Shapes: x (N, T, m), θ_x (m, 4k), θ_h (k, 4k), θ_0 (4k,) → h (N, T, k).
    Raises: ValueError where these shapes do not fit together.
    Source: Hochreiter and Schmidhuber 1997; f of Gers et al. 2000; no peepholes.
    """
    gates, c, h = lstm_states(parameters, x)

    def backward(delta):
        (i, f, o, g), s = gates, np.tanh(c[1:])
        dc_dz_f, dh_dz_o = c[:-1] * f * (1 - f), s * o * (1 - o)
        slopes = g * i * (1 - i), dc_dz_f, dh_dz_o, i * (1 - g * g)
        d_z, back = np.stack(slopes, axis=2), parameters[1].T.copy()
        dh_dc, d_h, d_c = o * (1 - s * s), 0.0, 0.0
        for t in reversed(range(len(s))):
            d_h = d_h + delta[:, t]
            d_c = d_c + d_h * dh_dc[t]
            d_z[t] *= d_c[:, None]
            d_z[t, :, 2] = d_h * dh_dz_o[t]  # o acts on h alone
            d_h = d_z[t].reshape(-1, len(back)) @ back
            d_c = d_c * f[t]
        return through_time(parameters, x, h, d_z)

    return h[1:].swapaxes(0, 1), backward


def lstm_states(parameters, x):
    """The gates i, f, o, g of all steps t = 1 … T, and the states c and h of 0 … T.

    Shapes and errors: as `lstm` → gates (4, T, N, k), c and h (T + 1, N, k).
    """
    theta_x, theta_h, theta_0 = parameters
    T, N, k = sequence_shape(x, parameters, gates=4)
    z = (by_step(x) @ theta_x + 1.0 * theta_0).reshape(T, N, 4 * k)
    theta_h = 1.0 * theta_h
    for part in (z, theta_h):
        part[..., : 3 * k] *= 0.5  # σ(z) = (1 + tanh(z/2)) / 2
    gates = np.moveaxis(z.reshape(T, N, 4, k), 2, 0)
    c, h = np.zeros((2, T + 1, N, k), z.dtype)
    for t in range(T):
        all_four, three = z[t], z[t, :, : 3 * k]
        all_four += h[t] @ theta_h
        np.tanh(all_four, out=all_four)
        three += 1
        three *= 0.5
        i, f, o, g = gates[:, t]
        np.add(f * c[t], i * g, out=c[t + 1])
        np.multiply(o, np.tanh(c[t + 1]), out=h[t + 1])
    return gates, c, h


def initialise_lstm(rng, m, k, forget=1.0):
    """θ_x ~ N(0, 1/m), θ_h ~ N(0, 1/k), θ_0 = 0, but `forget` for the forget gate.

    Shapes: → θ_x (m, 4k), θ_h (k, 4k), θ_0 (4k,).
    Source: Gers et al. 2000; forget = 1 as in Jozefowicz et al. 2015.
    """
    theta_0 = np.repeat([0.0, forget, 0.0, 0.0], k)
    theta_x, theta_h = (rng.normal(size=(n, 4 * k)) / np.sqrt(n) for n in (m, k))
    return theta_x, theta_h, theta_0
