"""The game: its two losses, gradients through a judge that does not learn, and rounds written out."""

from itertools import islice

import numpy as np
import pytest

from snippets.activations import tanh
from snippets.backpropagation import check_layer, complex_step_gradient
from snippets.descent import objective, pack
from snippets.gan import against, frozen, play, saturating
from snippets.losses import binary_cross_entropy
from snippets.network import chain, initialise, lecun
from snippets.optimizers import adam, momentum, sgd
from snippets.perceptron import dense

five_seeds = pytest.mark.parametrize("seed", range(5))
NETWORK = chain(dense, tanh, dense)


def players(seed, m=2):
    """A maker of m numbers out of 3, and its judge: (network, θ, unpack) each."""
    rng = np.random.default_rng(seed)
    return [(NETWORK, *pack(initialise(rng, sizes, lecun))) for sizes in ((3, 4, m), (m, 4, 1))]


def draws(seed, *shape):
    rng = np.random.default_rng(seed)
    return lambda: rng.normal(size=shape)


# Values computed by hand


@pytest.mark.parametrize("z", [-3.0, 0.0, 2.0])
def test_the_saturating_loss_is_the_log_of_one_minus_d(z):
    D = 1 / (1 + np.exp(-z))
    J, d_z = saturating(np.array([[z]]), np.array([[1.0]]))
    assert J == pytest.approx(np.log(1 - D), rel=1e-12)
    assert d_z.item() == pytest.approx(-D, rel=1e-12)


def test_where_the_judge_is_sure_one_loss_is_flat_and_the_other_steep():
    z, y = np.array([[-20.0]]), np.array([[1.0]])
    assert abs(saturating(z, y)[1].item()) < 1e-8
    assert binary_cross_entropy(z, y)[1].item() == pytest.approx(-1, abs=1e-8)


# Gradients


@five_seeds
def test_through_a_frozen_judge_the_gradient_of_the_maker_is_right(seed):
    (G, theta_G, unpack_G), (D, theta_D, unpack_D) = players(seed)
    judged, rng = chain(G, frozen(D, unpack_D(theta_D))), np.random.default_rng(seed)
    parameters = unpack_G(theta_G), ()
    assert check_layer(judged, parameters, rng.normal(size=(5, 3)), rng, complex_step_gradient) <= 1e-10


@five_seeds
@pytest.mark.parametrize("loss", [saturating, binary_cross_entropy])
def test_the_objective_of_the_maker_has_the_right_gradient(loss, seed):
    (G, theta_G, unpack_G), (D, theta_D, unpack_D) = players(seed)
    h = np.random.default_rng(seed).normal(size=(5, 3))
    on = against(chain(G, frozen(D, unpack_D(theta_D))), loss, unpack_G, h)
    expected = complex_step_gradient(lambda theta: on(theta)[0], theta_G)
    assert on(theta_G)[1] == pytest.approx(expected, abs=1e-10)


# Equality of two forms


@pytest.mark.parametrize("loss", [saturating, binary_cross_entropy])
def test_two_rounds_are_those_of_the_algorithm_written_out_each_player_with_its_own_memory(loss):
    maker, judge = players(0)
    (G, theta_G, unpack_G), (D, theta_D, unpack_D) = maker, judge
    real, noise = draws(1, 6, 2), draws(2, 4, 3)
    rounds = list(islice(play(momentum, maker, judge, draws(1, 6, 2), draws(2, 4, 3), loss, eta=0.5, gamma=0.5), 2))
    v_G = v_D = 0
    for found_G, found_D in rounds:
        x = real()
        both = np.concatenate([x, G(unpack_G(theta_G), noise())[0]])
        y = np.array([[1.0]] * 6 + [[0.0]] * 4)
        v_D = 0.5 * v_D + 0.5 * objective(D, binary_cross_entropy, unpack_D, both, y)(theta_D)[1]
        theta_D = theta_D - v_D
        made, back_G = G(unpack_G(theta_G), noise())
        z, back_D = D(unpack_D(theta_D), made)
        _, delta = loss(z, np.ones((4, 1)))
        gradient, _ = back_G(back_D(delta)[1])
        v_G = 0.5 * v_G + 0.5 * pack(gradient)[0]
        theta_G = theta_G - v_G
        assert found_D == pytest.approx(theta_D, abs=1e-14)
        assert found_G == pytest.approx(theta_G, abs=1e-14)


# Behaviour


def test_a_maker_learns_where_the_real_data_are():
    maker, judge = players(0, m=1)
    rng = np.random.default_rng(0)

    def real():
        return 3 + 0.5 * rng.normal(size=(64, 1))

    for theta_G, _ in islice(play(adam, maker, judge, real, draws(2, 64, 3), eta=0.01, beta_1=0.5), 600):  # noqa: B007
        pass
    made, _ = maker[0](maker[2](theta_G), np.random.default_rng(1).normal(size=(1000, 3)))
    assert made.mean() == pytest.approx(3, abs=1)


# Contract


def test_a_frozen_layer_has_nothing_to_learn_and_passes_its_gradient_on():
    rng = np.random.default_rng(0)
    parameters, x = (rng.normal(size=(3, 2)), rng.normal(size=2)), rng.normal(size=(4, 3))
    z, backward = frozen(dense, parameters)((), x)
    expected, backward_dense = dense(parameters, x)
    nothing, d_x = backward(np.ones_like(z))
    assert nothing == ()
    assert np.array_equal(z, expected)
    assert np.array_equal(d_x, backward_dense(np.ones_like(z))[1])


def test_the_starting_parameters_stay_as_they_were_and_float32_stays():
    maker, judge = ((network, theta.astype(np.float32), unpack) for network, theta, unpack in players(0))
    before = maker[1].copy(), judge[1].copy()

    def single(shape):
        rng = np.random.default_rng(0)
        return lambda: rng.normal(size=shape).astype(np.float32)

    theta_G, theta_D = next(play(sgd, maker, judge, single((6, 2)), single((6, 3)), eta=0.5))
    assert theta_G.dtype == theta_D.dtype == np.float32
    assert np.array_equal(maker[1], before[0])
    assert np.array_equal(judge[1], before[1])
