"""Recurrent layers: one cell at every step, and gradients that are sums over the steps."""

import re

import numpy as np
import pytest

from snippets.backpropagation import check_layer, complex_step_gradient
from snippets.network import chain
from snippets.perceptron import dense
from snippets.recurrent import (
    by_step,
    clipped,
    every_step,
    initialise_recurrent,
    last_step,
    recurrent,
    sequence_shape,
    through_time,
)

five_seeds = pytest.mark.parametrize("seed", range(5))


def cell(rng, m=3, k=2):
    return rng.normal(size=(m, k)), rng.normal(size=(k, k)), rng.normal(size=k)


# Values computed by hand


def test_one_unit_over_three_steps():
    parameters = np.array([[2.0]]), np.array([[-1.0]]), np.array([0.5])
    h, _ = recurrent(parameters, np.array([[[1.0], [0.0], [-1.0]]]))
    first = np.tanh(2.5)
    second = np.tanh(0.5 - first)
    assert h.ravel() == pytest.approx([first, second, np.tanh(-1.5 - second)], rel=1e-15)


def test_the_gradient_of_two_steps_is_the_sum_of_both():
    theta_h = 0.5
    parameters = np.array([[1.0]]), np.array([[theta_h]]), np.array([0.0])
    x = np.array([[[0.3], [0.2]]])
    h, backward = recurrent(parameters, x)
    (d_x_weight, d_h_weight, d_bias), d_x = backward(np.array([[[0.0], [1.0]]]))
    (one, two), (first, second) = h.ravel(), x.ravel()
    d_z_2 = 1 - two * two
    d_z_1 = d_z_2 * theta_h * (1 - one * one)
    assert d_x_weight.item() == pytest.approx(d_z_1 * first + d_z_2 * second, rel=1e-14)
    assert d_h_weight.item() == pytest.approx(d_z_2 * one, rel=1e-14)
    assert d_bias.item() == pytest.approx(d_z_1 + d_z_2, rel=1e-14)
    assert d_x.ravel() == pytest.approx([d_z_1, d_z_2], rel=1e-14)


def test_rows_go_step_by_step():
    x = np.array([[[1], [2], [3]], [[4], [5], [6]]])
    assert by_step(x).tolist() == [[1], [4], [2], [5], [3], [6]]


def test_the_last_step_is_the_last_of_each_sequence_and_the_others_have_no_gradient():
    a, backward = last_step((), np.array([[[1.0, 2.0], [3.0, 4.0]]]))
    assert a.tolist() == [[3, 4]]
    assert backward(np.array([[5.0, 6.0]]))[1].tolist() == [[[0, 0], [5, 6]]]


def test_every_step_becomes_a_row_and_its_gradient_goes_back_to_its_place():
    a, backward = every_step((), np.arange(12.0).reshape(2, 3, 2))
    assert a.tolist() == [[0, 1], [2, 3], [4, 5], [6, 7], [8, 9], [10, 11]]
    assert np.array_equal(backward(a)[1], np.arange(12.0).reshape(2, 3, 2))


@pytest.mark.parametrize(("largest", "expected"), [(2.5, [1.5, 2.0]), (5, [3, 4]), (10, [3, 4])])
def test_a_gradient_longer_than_the_largest_is_cut_to_it(largest, expected):
    J, gradient = clipped(lambda theta: (7.0, np.array([3.0, 4.0])), largest)(np.zeros(2))
    assert J == 7
    assert gradient == pytest.approx(expected, rel=1e-15)


def test_a_gradient_of_zero_stays_zero():
    assert clipped(lambda theta: (0.0, np.zeros(3)), 1e-300)(np.zeros(3))[1].tolist() == [0, 0, 0]


# Gradients


@five_seeds
def test_from_a_given_state_the_gradient_of_parameters_and_inputs_is_right(seed):
    rng = np.random.default_rng(seed)
    h_0 = rng.normal(size=(4, 2))
    error = check_layer(
        lambda parameters, x: recurrent(parameters, x, h_0),
        cell(rng),
        rng.normal(size=(4, 5, 3)),
        rng,
        complex_step_gradient,
    )
    assert error <= 1e-10


@five_seeds
@pytest.mark.parametrize("end", [last_step, every_step])
def test_in_a_chain_with_a_dense_layer_the_gradient_is_right(end, seed):
    rng = np.random.default_rng(seed)
    parameters = cell(rng), (), (rng.normal(size=(2, 3)), rng.normal(size=3))
    network, x = chain(recurrent, end, dense), rng.normal(size=(4, 5, 3))
    assert check_layer(network, parameters, x, rng, complex_step_gradient) <= 1e-10


# Behaviour


def test_two_layers_on_top_of_each_other_are_a_layer():
    rng = np.random.default_rng(0)
    h, _ = chain(recurrent, recurrent)((cell(rng), cell(rng, 2, 4)), rng.normal(size=(3, 6, 3)))
    assert h.shape == (3, 6, 4)


def test_what_comes_later_changes_nothing_before():
    rng = np.random.default_rng(0)
    parameters, x = cell(rng), rng.normal(size=(4, 6, 3))
    h, _ = recurrent(parameters, x)
    x[:, 3:] += 1
    changed, _ = recurrent(parameters, x)
    assert np.array_equal(h[:, :3], changed[:, :3])
    assert (h[:, 3:] != changed[:, 3:]).all()


@five_seeds
def test_a_sequence_cut_in_two_gives_the_same_states_but_no_gradient_to_the_first_part(seed):
    rng = np.random.default_rng(seed)
    parameters, x = cell(rng), rng.normal(size=(4, 6, 3))
    whole, backward = recurrent(parameters, x)
    first, _ = recurrent(parameters, x[:, :2])
    second, backward_second = recurrent(parameters, x[:, 2:], first[:, -1])
    assert second == pytest.approx(whole[:, 2:], rel=1e-12)
    delta = np.zeros_like(whole)
    delta[:, -1] = 1
    full, d_x = backward(delta)
    truncated, d_x_second = backward_second(delta[:, 2:])
    assert d_x_second == pytest.approx(d_x[:, 2:], rel=1e-12)
    assert np.abs(full[0] - truncated[0]).max() > 1e-6


def test_the_parameters_get_the_sum_over_all_steps():
    rng = np.random.default_rng(0)
    parameters, x, h, d_z = (
        cell(rng),
        rng.normal(size=(4, 5, 3)),
        rng.normal(size=(6, 4, 2)),
        rng.normal(size=(5, 4, 2)),
    )
    (d_theta_x, d_theta_h, d_theta_0), d_x = through_time(parameters, x, h, d_z)
    assert d_theta_x == pytest.approx(sum(x[:, t].T @ d_z[t] for t in range(5)), rel=1e-12)
    assert d_theta_h == pytest.approx(sum(h[t].T @ d_z[t] for t in range(5)), rel=1e-12)
    assert d_theta_0 == pytest.approx(d_z.sum(axis=(0, 1)), rel=1e-12)
    assert d_x == pytest.approx(np.stack([d_z[t] @ parameters[0].T for t in range(5)], axis=1), rel=1e-12)


@five_seeds
def test_the_start_is_a_rotation_and_inputs_of_variance_one(seed):
    theta_x, theta_h, theta_0 = initialise_recurrent(np.random.default_rng(seed), 400, 50)
    assert theta_h @ theta_h.T == pytest.approx(np.eye(50), abs=1e-12)
    assert theta_x.shape == (400, 50)
    assert (theta_x**2).mean() == pytest.approx(1 / 400, rel=0.05)
    assert theta_0.tolist() == [0] * 50


# Extremes and contract


def test_no_steps_and_no_sequences_give_empty_states():
    parameters = cell(np.random.default_rng(0))
    for N, T in ((0, 4), (4, 0)):
        h, backward = recurrent(parameters, np.zeros((N, T, 3)))
        gradients, d_x = backward(h)
        assert h.shape == (N, T, 2)
        assert d_x.shape == (N, T, 3)
        assert [gradient.shape for gradient in gradients] == [(3, 2), (2, 2), (2,)]


def test_float32_stays_with_a_state_of_float32_and_with_none():
    parameters = tuple(part.astype(np.float32) for part in cell(np.random.default_rng(0)))
    for h_0 in (0.0, np.ones((2, 2), np.float32)):
        h, backward = recurrent(parameters, np.ones((2, 3, 3), np.float32), h_0)
        assert h.dtype == backward(h)[1].dtype == np.float32


@pytest.mark.parametrize("h_0", [np.zeros(2), np.zeros((1, 2)), np.zeros((4, 3))])
def test_a_state_of_another_shape_is_refused(h_0):
    with pytest.raises(ValueError, match=re.escape(f"h_0 {h_0.shape} should be () or (4, 2)")):
        recurrent(cell(np.random.default_rng(0)), np.zeros((4, 5, 3)), h_0)


@pytest.mark.parametrize(
    ("name", "position", "shape"), [("theta_x", 0, (4, 6)), ("theta_h", 1, (2, 5)), ("theta_0", 2, (3,))]
)
def test_parameters_of_another_shape_are_refused_by_name(name, position, shape):
    parameters = [np.zeros((3, 6)), np.zeros((2, 6)), np.zeros(6)]
    assert sequence_shape(np.zeros((4, 5, 3)), parameters, gates=3) == (5, 4, 2)
    parameters[position] = np.zeros(shape)
    with pytest.raises(ValueError, match=rf"^{name} "):
        sequence_shape(np.zeros((4, 5, 3)), parameters, gates=3)


def test_a_last_step_needs_a_step():
    with pytest.raises(ValueError, match=r"x \(2, 0, 3\) should be \(N, T, k\), with T at least 1"):
        last_step((), np.zeros((2, 0, 3)))


def test_backward_may_be_called_twice_and_changes_nothing():
    rng = np.random.default_rng(0)
    h, backward = recurrent(cell(rng), rng.normal(size=(4, 5, 3)))
    delta, kept = np.ones_like(h), h.copy()
    first, second = backward(delta), backward(delta)
    assert np.array_equal(first[1], second[1])
    assert np.array_equal(h, kept)
    assert (delta == 1).all()
