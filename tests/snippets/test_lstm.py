"""Long short-term memory: the gates by hand, the gradient through the cell, and a memory that holds."""

import numpy as np
import pytest

from snippets.backpropagation import check_layer, complex_step_gradient
from snippets.lstm import initialise_lstm, lstm, lstm_states
from snippets.network import chain
from snippets.perceptron import dense
from snippets.recurrent import last_step

five_seeds = pytest.mark.parametrize("seed", range(5))


def cell(rng, m=3, k=2):
    return rng.normal(size=(m, 4 * k)), rng.normal(size=(k, 4 * k)), rng.normal(size=4 * k)


def sigma(z):
    return 1 / (1 + np.exp(-z))


def written_out(parameters, x):
    """The equations, one number at a time: i, f, o and g in this order, k columns each."""
    theta_x, theta_h, theta_0 = parameters
    (N, T, m), k = x.shape, len(theta_h)
    h, c = np.zeros((N, k)), np.zeros((N, k))
    outputs = np.zeros((N, T, k))
    for t in range(T):
        before = h.copy()
        for n in range(N):
            for j in range(k):
                z = [
                    sum(x[n, t, a] * theta_x[a, q * k + j] for a in range(m))
                    + sum(before[n, b] * theta_h[b, q * k + j] for b in range(k))
                    + theta_0[q * k + j]
                    for q in range(4)
                ]
                i, f, o = (sigma(z[q]) for q in range(3))
                c[n, j] = f * c[n, j] + i * np.tanh(z[3])
                h[n, j] = o * np.tanh(c[n, j])
        outputs[:, t] = h
    return outputs


# Values computed by hand


@five_seeds
def test_the_states_are_those_of_the_equations_written_out(seed):
    rng = np.random.default_rng(seed)
    parameters, x = cell(rng), rng.normal(size=(2, 4, 3))
    assert lstm(parameters, x)[0] == pytest.approx(written_out(parameters, x), rel=1e-12)


def test_gates_and_states_stand_in_their_order():
    rng = np.random.default_rng(0)
    parameters, x = cell(rng), rng.normal(size=(2, 4, 3))
    (i, f, o, g), c, h = lstm_states(parameters, x)
    z = x[:, 0] @ parameters[0] + parameters[2]
    assert i[0] == pytest.approx(sigma(z[:, :2]), rel=1e-14)
    assert f[0] == pytest.approx(sigma(z[:, 2:4]), rel=1e-14)
    assert o[0] == pytest.approx(sigma(z[:, 4:6]), rel=1e-14)
    assert g[0] == pytest.approx(np.tanh(z[:, 6:]), rel=1e-14)
    assert not c[0].any() and not h[0].any()
    assert c[1:] == pytest.approx(f * c[:-1] + i * g, rel=1e-14)
    assert h[1:] == pytest.approx(o * np.tanh(c[1:]), rel=1e-14)


# Gradients


@five_seeds
def test_in_a_chain_the_gradient_is_right(seed):
    rng = np.random.default_rng(seed)
    parameters = cell(rng), (), (rng.normal(size=(2, 3)), rng.normal(size=3))
    network = chain(lstm, last_step, dense)
    assert check_layer(network, parameters, rng.normal(size=(4, 6, 3)), rng, complex_step_gradient) <= 1e-10


def test_over_fifty_steps_the_gradient_is_right():
    rng = np.random.default_rng(0)
    assert check_layer(lstm, cell(rng), rng.normal(size=(1, 50, 3)), rng, complex_step_gradient) <= 1e-10


# Behaviour


def held(b):
    """A cell of one unit that writes its input where the second input is 1, and forgets by the bias b alone."""
    theta_x = np.array([[0.0, 0, 0, 1], [40, 0, 0, 0]])
    return theta_x, np.zeros((1, 4)), np.array([-20.0, b, 20, 0])


@pytest.mark.parametrize("b", [0.0, 1.0, 3.0])
def test_what_was_written_once_fades_by_the_forget_gate_at_each_step(b):
    x = np.zeros((1, 30, 2))
    x[0, 0] = 0.5, 1
    _, c, _ = lstm_states(held(b), x)
    assert c[1:, 0, 0] == pytest.approx(np.tanh(0.5) * sigma(b) ** np.arange(30), rel=1e-6)


def test_the_gradient_along_the_cell_is_the_product_of_forget_gates():
    x = np.zeros((1, 30, 2))
    x[0, 0] = 0.5, 1
    h, backward = lstm(held(3.0), x)
    delta = np.zeros_like(h)
    delta[:, -1] = 1
    _, d_x = backward(delta)
    slope = (1 - h[0, -1, 0] ** 2) * sigma(3) ** 29 * (1 - np.tanh(0.5) ** 2)
    assert d_x[0, 0, 0] == pytest.approx(slope, rel=1e-6)


@five_seeds
def test_the_start_has_the_forget_bias_and_no_other(seed):
    theta_x, theta_h, theta_0 = initialise_lstm(np.random.default_rng(seed), 100, 30, forget=2.5)
    assert theta_0.tolist() == [0] * 30 + [2.5] * 30 + [0] * 60
    assert (theta_x**2).mean() == pytest.approx(1 / 100, rel=0.05)
    assert (theta_h**2).mean() == pytest.approx(1 / 30, rel=0.05)
    assert (theta_x.shape, theta_h.shape) == ((100, 120), (30, 120))
    assert initialise_lstm(np.random.default_rng(seed), 2, 1)[2].tolist() == [0, 1, 0, 0]


# Extremes and contract


def test_huge_inputs_close_and_open_the_gates_without_overflow():
    rng = np.random.default_rng(0)
    h, backward = lstm(cell(rng), 1e300 * rng.normal(size=(2, 3, 3)))
    assert np.isfinite(h).all()
    assert np.isfinite(backward(np.ones_like(h))[1]).all()


def test_no_steps_and_no_sequences_give_empty_states():
    parameters = cell(np.random.default_rng(0))
    for N, T in ((0, 4), (4, 0)):
        h, backward = lstm(parameters, np.zeros((N, T, 3)))
        assert h.shape == (N, T, 2)
        assert backward(h)[1].shape == (N, T, 3)


def test_backward_may_be_called_twice_and_changes_neither_parameters_nor_states():
    rng = np.random.default_rng(0)
    parameters, x = cell(rng), rng.normal(size=(4, 5, 3))
    for part in (*parameters, x):
        part.flags.writeable = False
    h, backward = lstm(parameters, x)
    kept, (first, second) = h.copy(), (backward(np.ones_like(h)) for _ in range(2))
    assert np.array_equal(first[1], second[1])
    assert np.array_equal(h, kept)
    for gradient, part in zip(first[0], parameters):
        assert gradient.shape == part.shape
