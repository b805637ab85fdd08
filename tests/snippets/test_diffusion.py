"""Noise added and taken away: the levels, the closed form against single steps, and the way back."""

import numpy as np
import pytest

from snippets.attention import positions
from snippets.diffusion import best_denoiser, denoise, denoising_pairs, noise_levels, noised, one_row_each_step

five_seeds = pytest.mark.parametrize("seed", range(5))


# Values computed by hand


def test_the_levels_fall_from_one_to_nearly_zero():
    alpha_bar = noise_levels(100)
    assert alpha_bar.shape == (101,)
    assert alpha_bar[0] == 1
    assert (np.diff(alpha_bar) < 0).all()
    assert 0 < alpha_bar[-1] < 1e-4


def test_the_noise_of_a_step_rises_linearly_from_a_tenth_to_twenty():
    steps = 1000
    rate = -np.diff(np.log(noise_levels(steps))) * steps
    middles = (np.arange(steps) + 0.5) / steps
    assert rate == pytest.approx(0.1 + 19.9 * middles, rel=1e-9)


@pytest.mark.parametrize(("alpha_bar", "expected"), [(1.0, 3.0), (0.0, 7.0), (0.64, 0.8 * 3 + 0.6 * 7)])
def test_noise_takes_the_place_of_the_data(alpha_bar, expected):
    assert noised(np.array([[3.0]]), alpha_bar, np.array([[7.0]])).item() == pytest.approx(expected, rel=1e-15)


class Still:
    """A generator without chance."""

    def standard_normal(self, shape):
        return np.full(shape, 2.0)


def test_one_step_back_is_that_of_the_formula():
    alpha_bar, clock = np.array([1.0, 0.75, 0.5]), np.array([[0.0], [10.0], [20.0]])
    seen = []

    def predict(inputs):
        seen.append(inputs.tolist())
        return np.full((1, 1), 0.3)

    x_2, x_1, x_0 = (x.item() for x in denoise(Still(), predict, alpha_bar, clock, (1, 1)))
    alpha = 0.5 / 0.75
    sigma = np.sqrt((1 - alpha) * 0.25 / 0.5)
    assert x_2 == 2
    assert x_1 == pytest.approx((2 - (1 - alpha) / np.sqrt(0.5) * 0.3) / np.sqrt(alpha) + sigma * 2, rel=1e-14)
    assert x_0 == pytest.approx((x_1 - 0.25 / 0.5 * 0.3) / np.sqrt(0.75), rel=1e-14)  # the last step adds no noise
    assert seen == [[[2, 20]], [[x_1, 10]]]


LEVELS, DAYS = np.array([1.0, 0.64, 0.36]), np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 2.0]])


def test_with_one_centre_the_noise_is_its_share_of_the_way_from_it():
    predict = best_denoiser(np.array([[3.0]]), 0.5, LEVELS, DAYS)
    found = predict(np.array([[2.0, 1.0, 0.0], [2.0, 0.0, 2.0]]))
    expected = [0.6 * (2 - 0.8 * 3) / (0.64 * 0.25 + 0.36), 0.8 * (2 - 0.6 * 3) / (0.36 * 0.25 + 0.64)]
    assert found == pytest.approx(np.array(expected)[:, None], rel=1e-14)


def test_centres_are_weighed_by_how_probable_they_make_the_point():
    predict = best_denoiser(np.array([[1.0], [-1.0]]), 0.0, LEVELS, DAYS)
    (found,) = predict(np.array([[0.3, 1.0, 0.0]])).ravel()
    of_first, of_second = np.exp(-(0.5**2) / 0.72), np.exp(-(1.1**2) / 0.72)
    mean = (of_first - of_second) / (of_first + of_second)
    assert found == pytest.approx((0.3 - 0.8 * mean) / 0.6, rel=1e-14)


@five_seeds
def test_no_prediction_from_the_noisy_point_has_a_smaller_error_than_the_best(seed):
    rng = np.random.default_rng(seed)
    centres, clock = rng.normal(size=(5, 2)), np.arange(21.0)[:, None]
    x = centres[rng.integers(0, 5, 20_000)] + 0.3 * rng.normal(size=(20_000, 2))
    inputs, epsilon = denoising_pairs(rng, x, noise_levels(20), clock)
    best = best_denoiser(centres, 0.3, noise_levels(20), clock)(inputs)
    assert ((epsilon - best) * best).mean() == pytest.approx(0, abs=0.01)
    for other in (0.9 * best, 1.1 * best, best_denoiser(centres, 0.0, noise_levels(20), clock)(inputs)):
        assert ((epsilon - best) ** 2).mean() < ((epsilon - other) ** 2).mean()


# Behaviour


@five_seeds
def test_all_steps_in_one_have_the_mean_and_variance_of_single_steps(seed):
    rng, alpha_bar = np.random.default_rng(seed), noise_levels(20)
    x = np.full((50_000, 1), 2.0)
    for t in range(1, 13):
        alpha = alpha_bar[t] / alpha_bar[t - 1]
        x = np.sqrt(alpha) * x + np.sqrt(1 - alpha) * rng.standard_normal(x.shape)
    at_once = noised(np.full((50_000, 1), 2.0), alpha_bar[12], rng.standard_normal((50_000, 1)))
    assert x.mean() == pytest.approx(at_once.mean(), abs=0.03)
    assert x.var() == pytest.approx(at_once.var(), rel=0.03)
    assert x.mean() == pytest.approx(2 * np.sqrt(alpha_bar[12]), abs=0.02)


@five_seeds
def test_a_pair_is_a_noised_example_with_its_time_and_its_noise(seed):
    rng, alpha_bar = np.random.default_rng(seed), noise_levels(10)
    x, clock = rng.normal(size=(500, 3)), np.arange(11.0)[:, None]
    inputs, epsilon = denoising_pairs(rng, x, alpha_bar, clock)
    t = inputs[:, 3].astype(int)
    assert set(t) == set(range(1, 11))
    assert inputs[:, :3] == pytest.approx(noised(x, alpha_bar[t, None], epsilon), rel=1e-14)
    assert epsilon.mean() == pytest.approx(0, abs=0.1)
    assert epsilon.var() == pytest.approx(1, abs=0.1)


@five_seeds
def test_with_the_best_prediction_the_way_back_ends_at_the_data(seed):
    alpha_bar, clock = noise_levels(200), np.arange(201.0)[:, None]
    predict = best_denoiser(np.array([[3.0]]), 0.5, alpha_bar, clock)
    *_, x = denoise(np.random.default_rng(seed), predict, alpha_bar, clock, (4000, 1))
    assert x.mean() == pytest.approx(3, abs=0.05)
    assert x.std() == pytest.approx(0.5, rel=0.06)


def test_the_way_back_gives_every_step_from_the_noise_to_the_end():
    alpha_bar, clock = noise_levels(7), positions(8, 4)
    steps = list(denoise(np.random.default_rng(0), lambda inputs: inputs[:, :2], alpha_bar, clock, (5, 2)))
    assert len(steps) == 8
    assert all(x.shape == (5, 2) for x in steps)


# Contract


@pytest.mark.parametrize("steps", [0, -3, 0.5])
def test_levels_of_no_steps_are_refused(steps):
    with pytest.raises(ValueError, match=f"^steps should be at least 1, not {steps}$"):
        noise_levels(steps)


def test_one_step_is_enough():
    assert noise_levels(1) == pytest.approx([1, np.exp(-10.05)])


@pytest.mark.parametrize("shape", [(5, 1), (3, 1), (4,), (4, 1, 1)])
def test_a_clock_without_a_row_for_each_step_is_refused(shape):
    with pytest.raises(ValueError, match=r"clock .* should be \(4, c\), as alpha_bar"):
        one_row_each_step(np.ones(4), np.zeros(shape))
    one_row_each_step(np.ones(4), np.zeros((4, 2)))


def test_noise_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"epsilon \(1, 2\) should be \(3, 2\), as x"):
        noised(np.zeros((3, 2)), 0.5, np.zeros((1, 2)))


@pytest.mark.parametrize("x", [np.zeros(4), np.zeros((2, 2, 2))])
def test_examples_that_are_no_rows_are_refused(x):
    with pytest.raises(ValueError, match=r"x .* should be \(N, d\)"):
        denoising_pairs(np.random.default_rng(0), x, noise_levels(3), np.zeros((4, 1)))


@pytest.mark.parametrize(("dtype", "wanted"), [(np.float32, np.float32), (np.float64, np.float64), (int, np.float64)])
def test_pairs_have_the_dtype_of_the_data(dtype, wanted):
    pair = denoising_pairs(np.random.default_rng(0), np.ones((4, 2), dtype), noise_levels(3), np.zeros((4, 1)))
    assert [part.dtype for part in pair] == [wanted, wanted]


@pytest.mark.parametrize("centres", [np.zeros((0, 2)), np.zeros(3)])
def test_centres_that_are_no_rows_are_refused(centres):
    with pytest.raises(ValueError, match=r"^centres \(.*\) should be \(M, d\), M at least 1$"):
        best_denoiser(centres, 0.1, LEVELS, DAYS)


@pytest.mark.parametrize("width", [-0.1, np.nan, np.inf])
def test_a_width_that_is_no_width_is_refused(width):
    with pytest.raises(ValueError, match=f"^width should be finite and not negative, not {width}$"):
        best_denoiser(np.zeros((1, 2)), width, LEVELS, DAYS)


def test_the_best_denoiser_wants_a_row_of_the_clock_for_each_level():
    with pytest.raises(ValueError, match=r"^clock \(2, 2\) should be \(3, c\), as alpha_bar$"):
        best_denoiser(np.zeros((1, 2)), 0.1, LEVELS, DAYS[:2])
