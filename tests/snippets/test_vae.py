"""Codes that are distributions: their price by Monte Carlo, their draws, and the gradient of the bound."""

import numpy as np
import pytest

from snippets.activations import tanh
from snippets.backpropagation import complex_step_gradient, numerical_gradient
from snippets.descent import pack
from snippets.losses import binary_cross_entropy, mean_squared_error
from snippets.network import chain, initialise, lecun
from snippets.perceptron import dense
from snippets.vae import halves, kl_to_normal, negative_elbo, reparameterise

five_seeds = pytest.mark.parametrize("seed", range(5))


def autoencoder(rng, m=5, k=2):
    """Encoder, decoder, θ and unpack of a small variational autoencoder."""
    network = chain(dense, tanh, dense)
    parameters = initialise(rng, (m, 4, 2 * k), lecun), initialise(rng, (k, 4, m), lecun)
    return network, network, *pack(parameters)


# Values computed by hand


def test_a_code_is_a_mean_and_a_log_variance_side_by_side():
    mean, log_variance = halves(np.array([[1.0, 2, 3, 4]]))
    assert mean.tolist() == [[1, 2]]
    assert log_variance.tolist() == [[3, 4]]


@pytest.mark.parametrize(
    ("code", "expected"),
    [([0, 0], 0), ([2, 0], 2), ([0, np.log(4)], (4 - np.log(4) - 1) / 2), ([3, np.log(2)], 4.653426409720027)],
)
def test_the_price_of_a_code_is_that_of_the_formula(code, expected):
    J, _ = kl_to_normal(np.array([code], float))
    assert J == pytest.approx(expected, rel=1e-14)


def test_the_price_is_a_sum_over_dimensions_and_a_mean_over_examples():
    J, slope = kl_to_normal(np.array([[2.0, 2, 0, 0], [0, 0, 0, 0]]))
    assert J == 2
    assert slope.tolist() == [[1, 1, 0, 0], [0, 0, 0, 0]]


class Given:
    def standard_normal(self, shape):
        return np.full(shape, 2.0)


def test_a_draw_is_the_mean_plus_sigma_times_epsilon():
    h, backward = reparameterise(Given())((), np.array([[1.0, 5, np.log(9), 0]]))
    assert h == pytest.approx(np.array([[7.0, 7]]), rel=1e-15)
    nothing, d_code = backward(np.array([[1.0, 10]]))
    assert nothing == ()
    assert d_code == pytest.approx(np.array([[1, 10, 3, 10]]), rel=1e-15)  # σ ε / 2 is 3 and 1


def test_a_draw_has_the_digits_of_its_code():
    code = np.array([[0.1, 0.3]])
    h, _ = reparameterise(np.random.default_rng(0))((), code)
    epsilon = np.random.default_rng(0).standard_normal((1, 1))
    assert h == pytest.approx(0.1 + np.exp(0.15) * epsilon, rel=1e-15)


# Behaviour


@five_seeds
def test_the_price_agrees_with_monte_carlo(seed):
    rng = np.random.default_rng(seed)
    code = rng.normal(size=(1, 4))
    (mean, log_variance), n = halves(code), 200_000
    h, _ = reparameterise(rng)((), np.repeat(code, n, axis=0))
    log_q = -((h - mean) ** 2) / np.exp(log_variance) / 2 - log_variance / 2
    ratio = (log_q + h * h / 2).sum(axis=1)
    J, _ = kl_to_normal(code)
    assert abs(ratio.mean() - J) < 5 * ratio.std() / n**0.5


def test_draws_have_the_mean_and_the_variance_of_their_code():
    code = np.repeat([[1.0, -2, np.log(0.25), np.log(4)]], 100_000, axis=0)
    h, _ = reparameterise(np.random.default_rng(0))((), code)
    assert h.mean(axis=0) == pytest.approx([1, -2], abs=0.03)
    assert h.var(axis=0) == pytest.approx([0.25, 4], rel=0.02)


def test_every_call_draws_anew():
    draw, code = reparameterise(np.random.default_rng(0)), np.zeros((3, 4))
    assert not np.array_equal(draw((), code)[0], draw((), code)[0])


@five_seeds
@pytest.mark.parametrize("beta", [0, 1, 4])
def test_the_gradient_of_the_bound_is_right_with_the_draws_held(beta, seed):
    rng = np.random.default_rng(seed)
    encoder, decoder, theta, unpack = autoencoder(rng)
    x = rng.normal(size=(6, 5))

    def J_and_gradient(theta):
        again = np.random.default_rng(seed)
        return negative_elbo(encoder, decoder, mean_squared_error, unpack, x, again, beta)(theta)

    gradient = J_and_gradient(theta)[1]
    expected = complex_step_gradient(lambda theta: J_and_gradient(theta)[0], theta)
    assert gradient == pytest.approx(expected, abs=1e-10)


def test_the_bound_is_the_loss_of_the_decoded_draw_plus_beta_times_the_price():
    rng = np.random.default_rng(0)
    encoder, decoder, theta, unpack = autoencoder(rng)
    x = rng.random((6, 5))
    for_encoder, for_decoder = unpack(theta)
    code, _ = encoder(for_encoder, x)
    h, _ = reparameterise(np.random.default_rng(1))((), code)
    J, _ = binary_cross_entropy(decoder(for_decoder, h)[0], x)
    for beta in (0, 0.5, 3):
        bound = negative_elbo(encoder, decoder, binary_cross_entropy, unpack, x, np.random.default_rng(1), beta)
        assert bound(theta)[0] == pytest.approx(J + beta * kl_to_normal(code)[0], rel=1e-14)
    default = negative_elbo(encoder, decoder, binary_cross_entropy, unpack, x, np.random.default_rng(1))
    assert default(theta)[0] == pytest.approx(J + kl_to_normal(code)[0], rel=1e-14)


@five_seeds
def test_the_bound_with_binary_pixels_has_the_right_gradient(seed):
    rng = np.random.default_rng(seed)
    encoder, decoder, theta, unpack = autoencoder(rng)
    x = rng.random((6, 5))

    def J_and_gradient(theta):
        return negative_elbo(encoder, decoder, binary_cross_entropy, unpack, x, np.random.default_rng(seed))(theta)

    expected = numerical_gradient(lambda theta: J_and_gradient(theta)[0], theta)
    assert J_and_gradient(theta)[1] == pytest.approx(expected, abs=1e-6)


# Contract


@pytest.mark.parametrize("shape", [(3,), (3, 5), (3, 2, 2)])
def test_a_code_of_an_odd_width_is_refused(shape):
    for function in (halves, kl_to_normal, lambda code: reparameterise(np.random.default_rng(0))((), code)):
        with pytest.raises(ValueError, match=r"the code .* should be \(N, 2k\)"):
            function(np.zeros(shape))


def test_the_price_of_no_codes_is_refused():
    with pytest.raises(ValueError, match=r"code \(0, 4\) should not be empty"):
        kl_to_normal(np.zeros((0, 4)))


@pytest.mark.parametrize("beta", [-1e-9, np.inf, np.nan])
def test_a_beta_that_is_no_price_is_refused(beta):
    with pytest.raises(ValueError, match="beta should be finite and not negative"):
        negative_elbo(dense, dense, mean_squared_error, None, None, np.random.default_rng(0), beta)


@pytest.mark.parametrize(("dtype", "wanted"), [(np.float32, np.float32), (np.float64, np.float64), (int, np.float64)])
def test_the_dtype_of_draws_is_that_of_the_code(dtype, wanted):
    h, backward = reparameterise(np.random.default_rng(0))((), np.ones((3, 4), dtype))
    assert h.dtype == backward(np.ones_like(h))[1].dtype == wanted
    assert not np.array_equal(h, np.round(h))
