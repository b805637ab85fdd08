"""The variational autoencoder: a code that is a distribution, and a price on it."""

import numpy as np

from snippets.descent import flatten


def halves(x):
    """μ and log σ² out of the code x = (μ, log σ²) that an encoder gives.

    Shapes: x (N, 2k) → μ (N, k), log σ² (N, k).
    Raises: ValueError where x is not (N, 2k).
    """
    if x.ndim != 2 or x.shape[1] % 2:
        raise ValueError(f"the code {x.shape} should be (N, 2k)")
    k = x.shape[1] // 2
    return x[:, :k], x[:, k:]


def reparameterise(rng):
    """The layer h = μ + σ ε with ε ~ N(0, 1), of codes (μ, log σ²).

    h is a draw from N(μ, σ²), with a slope in μ and σ. Each call draws anew.
    Shapes: x (N, 2k) → h (N, k).
    Raises: ValueError where x is not (N, 2k).
    Source: Kingma and Welling 2014.
    """

    def layer(parameters, x):
        mean, log_variance = halves(x)
        epsilon = rng.standard_normal(mean.shape)
        dtype = np.result_type(mean.real, np.float32)
        noise = epsilon.astype(dtype) * np.exp(log_variance / 2)

        def backward(delta):
            return (), np.concatenate([delta, delta * noise / 2], axis=1)

        return mean + noise, backward

    return layer


def kl_to_normal(code):
    """J = mean over rows of KL(N(μ, σ²) ‖ N(0, 1)) = ½ Σ_j (μ² + σ² - log σ² - 1).

    Shapes: code (μ, log σ²) (N, 2k) → J (), ∂J/∂code (N, 2k).
    Raises: ValueError where code is not (N, 2k), or N = 0.
    Source: Kingma and Welling 2014, appendix B.
    """
    mean, log_variance = halves(code)
    if not len(code):
        raise ValueError(f"code {code.shape} should not be empty")
    variance = np.exp(log_variance)
    J = (mean * mean + variance - log_variance - 1).sum() / (2 * len(code))
    slope = np.concatenate([mean, (variance - 1) / 2], axis=1)
    return J, slope / len(code)


def negative_elbo(encoder, decoder, loss, unpack, x, rng, beta=1.0):
    """θ → (J, ∂J/∂θ) of J = loss(decoder(h), x) + β KL, with h drawn from the code.

    encoder: x → (μ, log σ²), decoder: h → what `loss` takes for a prediction;
    unpack(θ) is the pair of their parameters. Each call draws h anew.
    Raises: ValueError where β is negative or not finite.
    Source: Kingma and Welling 2014, one draw per example; β by Higgins et al. 2017.
    """
    if not 0 <= beta < np.inf:
        raise ValueError(f"beta should be finite and not negative, not {beta}")
    draw = reparameterise(rng)

    def J_and_gradient(theta):
        for_encoder, for_decoder = unpack(theta)
        code, back_encoder = encoder(for_encoder, x)
        h, back_draw = draw((), code)
        prediction, back_decoder = decoder(for_decoder, h)
        J, delta = loss(prediction, x)
        KL, d_code = kl_to_normal(code)
        d_decoder, d_h = back_decoder(delta)
        d_encoder, _ = back_encoder(back_draw(d_h)[1] + beta * d_code)
        return J + beta * KL, flatten((d_encoder, d_decoder))

    return J_and_gradient
