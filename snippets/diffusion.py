"""Diffusion: noise is added step by step, and a network learns to take it away."""

import numpy as np

from snippets.activations import softmax
from snippets.guards import finite


def noise_levels(steps):
    """ᾱ_t = exp(-0.1 s - 9.95 s²), s = t / steps: the share of x in x_t's variance.

    Noise comes in at the rate β(s) = 0.1 + 19.9 s, whose integral is -log ᾱ.
    Shapes: → (steps + 1,), falling from 1 to nearly 0.
    Raises: ValueError where steps < 1.
    Source: Song et al. 2021, the variance preserving process, β from 0.1 to 20.
    """
    if not steps >= 1:
        raise ValueError(f"steps should be at least 1, not {steps}")
    s = np.arange(steps + 1) / steps
    return np.exp(-0.1 * s - 9.95 * s * s)


def noised(x, alpha_bar, epsilon):
    """x_t = √ᾱ_t x + √(1 - ᾱ_t) ε: t steps of noise in one, for ε ~ N(0, 1).

    Shapes: x and ε (N, d), ᾱ_t () or (N, 1) → x_t (N, d).
    Raises: ValueError where x and ε differ in shape.
    Source: Ho, Jain and Abbeel 2020, equation 4.
    """
    if x.shape != epsilon.shape:
        raise ValueError(f"epsilon {epsilon.shape} should be {x.shape}, as x")
    return alpha_bar**0.5 * x + (1 - alpha_bar) ** 0.5 * epsilon


def one_row_each_step(alpha_bar, clock):
    """Raises a ValueError where ᾱ is not (T + 1,) or clock not (T + 1, c)."""
    if clock.ndim != 2 or clock.shape[:1] != alpha_bar.shape:
        wanted = f"({len(alpha_bar)}, c), as alpha_bar"
        raise ValueError(f"clock {clock.shape} should be {wanted}")


def denoising_pairs(rng, x, alpha_bar, clock):
    """For each x a random t and noise ε: the inputs (x_t, clock_t), the targets ε.

    A network that learns to predict ε, by mean squared error, learns to denoise.
    Shapes: x (N, d), ᾱ (T + 1,), clock (T + 1, c) → (N, d + c) and (N, d).
    Raises: ValueError where these shapes do not fit together.
    Source: Ho, Jain and Abbeel 2020, Algorithm 1.
    """
    one_row_each_step(alpha_bar, clock)
    if x.ndim != 2:
        raise ValueError(f"x {x.shape} should be (N, d)")
    t = rng.integers(1, len(alpha_bar), size=len(x))
    epsilon = rng.standard_normal(x.shape)
    x_t = noised(x, alpha_bar[t, None], epsilon)
    dtype = np.result_type(x, np.float32)
    inputs = np.concatenate([x_t, clock[t]], axis=1)
    return inputs.astype(dtype), epsilon.astype(dtype)


def denoise(rng, predict, alpha_bar, clock, shape):
    """From noise x_T ~ N(0, 1) to x_0 in T steps; gives x_T, then x_{T-1}, … x_0.

    x_{t-1} = (x_t - (1-α_t) / √(1-ᾱ_t) ε̂) / √α_t + σ_t ε, with α_t = ᾱ_t / ᾱ_{t-1},
    ε̂ = predict((x_t, clock_t)) and σ_t² = (1-α_t) (1-ᾱ_{t-1}) / (1-ᾱ_t).
    Raises: ValueError where clock has not one row for each ᾱ.
    Source: Ho, Jain and Abbeel 2020, Algorithm 2, the smaller of its two σ.
    """
    one_row_each_step(alpha_bar, clock)
    x = rng.standard_normal(shape)
    yield x
    for t in range(len(alpha_bar) - 1, 0, -1):
        alpha, left = alpha_bar[t] / alpha_bar[t - 1], 1 - alpha_bar[t]
        times = np.broadcast_to(clock[t], (len(x), clock.shape[1]))
        epsilon_hat = predict(np.concatenate([x, times], axis=1))
        mean = (x - (1 - alpha) / np.sqrt(left) * epsilon_hat) / np.sqrt(alpha)
        variance = (1 - alpha) * (1 - alpha_bar[t - 1]) / left
        x = mean + np.sqrt(variance) * rng.standard_normal(shape)
        yield x


def best_denoiser(centres, width, alpha_bar, clock):
    """The function (x_t, clock_t) → E[ε | x_t], where x ~ N(c, width²), c a centre.

    All centres are equally likely, and weighed by Bayes' rule once x_t is known.
    Width 0 is for data of which these are all there are.
    Shapes: centres (M, d), ᾱ (T + 1,), clock (T + 1, q); (N, d + q) → (N, d).
    Raises: ValueError where these do not fit, M = 0, centres are not finite, or
    width is negative or not finite.
    Source: for width 0 Karras et al. 2022, appendix B.3.
    """
    one_row_each_step(alpha_bar, clock)
    if centres.ndim != 2 or not len(centres):
        raise ValueError(f"centres {centres.shape} should be (M, d), M at least 1")
    finite(centres=centres)
    if not 0 <= width < np.inf:
        raise ValueError(f"width should be finite and not negative, not {width}")

    def predict(inputs):
        x_t, times = np.split(inputs, [centres.shape[1]], axis=1)
        t = np.abs(times[:, None] - clock).sum(axis=2).argmin(axis=1)
        kept, noise = alpha_bar[t, None], 1 - alpha_bar[t, None]
        variance = kept * width**2 + noise  # of x_t around √ᾱ_t c
        away = x_t[:, None] - kept[:, None] ** 0.5 * centres
        p, _ = softmax((), -(away**2).sum(axis=2) / (2 * variance))
        return noise**0.5 / variance * (x_t - kept**0.5 * (p @ centres))

    return predict
