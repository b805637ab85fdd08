"""Convolution: against a loop over all places, with every stride and frame, and its way back."""

import re
from functools import partial

import numpy as np
import pytest

from snippets.activations import relu
from snippets.backpropagation import check_layer, complex_step_gradient
from snippets.convolution import (
    add_windows,
    as_rows,
    average_pool,
    convolution,
    convolution_on_data,
    filter_shape,
    initialise_filters,
    max_pool,
    windows,
    with_frame,
)
from snippets.network import chain
from snippets.perceptron import dense

five_seeds = pytest.mark.parametrize("seed", range(5))
settings = pytest.mark.parametrize(("stride", "padding"), [(1, 0), (1, 1), (2, 0), (2, 1), (3, 2)])


def filters(rng, h=3, w=2, C=2, K=3):
    return rng.normal(size=(h, w, C, K)), rng.normal(size=K)


def loop(parameters, x, stride, padding):
    """The definition: at each place the sum over the window, channel by channel."""
    theta, theta_0 = parameters
    h, w, _, K = theta.shape
    x = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    rows, columns = ((size - part) // stride + 1 for size, part in zip(x.shape[1:3], (h, w)))
    z = np.zeros((len(x), rows, columns, K))
    for r, c, k in np.ndindex(rows, columns, K):
        window = x[:, stride * r : stride * r + h, stride * c : stride * c + w]
        z[:, r, c, k] = (window * theta[..., k]).sum(axis=(1, 2, 3)) + theta_0[k]
    return z


# Values computed by hand


def test_a_filter_slides_over_an_image_and_is_not_flipped():
    x = np.array([[1.0, 2, 3], [4, 5, 6], [7, 8, 9]]).reshape(1, 3, 3, 1)
    theta = np.array([[1.0, 0], [0, 10]]).reshape(2, 2, 1, 1)
    z, _ = convolution((theta, np.array([100.0])), x)
    assert z[0, :, :, 0].tolist() == [[151, 162], [184, 195]]


def test_every_window_stands_at_its_place():
    seen = windows(np.arange(12.0).reshape(1, 3, 4, 1), 2, 2, stride=2)
    assert seen[0, :, :, :, :, 0].tolist() == [[[[0, 1], [4, 5]], [[2, 3], [6, 7]]]]


def test_each_pixel_gets_the_sum_over_its_windows():
    d_x = add_windows(np.ones((1, 2, 2, 2, 2, 1)), 3, 3)
    assert d_x[0, :, :, 0].tolist() == [[1, 2, 1], [2, 4, 2], [1, 2, 1]]


def test_a_frame_is_made_of_zeros():
    framed = with_frame(np.ones((1, 1, 2, 1)), 1)
    assert framed[0, :, :, 0].tolist() == [[0, 0, 0, 0], [0, 1, 1, 0], [0, 0, 0, 0]]


def test_the_largest_of_each_tile_is_kept_and_gets_the_gradient():
    x = np.array([[1.0, 5, 2, 2], [3, 4, 2, 2]]).reshape(1, 2, 4, 1)
    a, backward = max_pool(2)((), x)
    assert a.ravel().tolist() == [5, 2]
    _, d_x = backward(np.array([7.0, 9]).reshape(1, 1, 2, 1))
    assert d_x[0, :, :, 0].tolist() == [[0, 7, 9, 0], [0, 0, 0, 0]]  # of equals, the first


def test_the_average_is_taken_over_pixels_and_not_over_channels():
    x = np.array([[[1.0, 10], [3, 30]], [[5, 50], [7, 70]]])[None]
    a, backward = average_pool((), x)
    assert a.tolist() == [[4, 40]]
    assert backward(np.array([[4.0, 8]]))[1].tolist() == np.broadcast_to([1.0, 2], (1, 2, 2, 2)).tolist()


def test_an_image_becomes_a_row_and_its_gradient_an_image_again():
    x = np.arange(12.0).reshape(2, 1, 3, 2)
    a, backward = as_rows((), x)
    assert a.tolist() == [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]]
    assert np.array_equal(backward(a)[1], x)


# Equality of two forms


@five_seeds
@settings
def test_windows_and_a_matrix_product_are_the_loop_over_all_places(stride, padding, seed):
    rng = np.random.default_rng(seed)
    parameters, x = filters(rng), rng.normal(size=(2, 6, 5, 2))
    z, _ = convolution(parameters, x, stride, padding)
    assert z == pytest.approx(loop(parameters, x, stride, padding), abs=1e-12)


@five_seeds
def test_a_filter_as_large_as_the_image_is_a_dense_layer(seed):
    rng = np.random.default_rng(seed)
    (theta, theta_0), x = filters(rng, 4, 5), rng.normal(size=(3, 4, 5, 2))
    z, backward = convolution((theta, theta_0), x)
    expected, backward_dense = dense((theta.reshape(-1, 3), theta_0), x.reshape(3, -1))
    assert z[:, 0, 0] == pytest.approx(expected, abs=1e-12)
    delta = rng.normal(size=z.shape)
    (d_theta, d_theta_0), d_x = backward(delta)
    (d_dense, d_bias), d_rows = backward_dense(delta[:, 0, 0])
    assert d_theta.reshape(-1, 3) == pytest.approx(d_dense, abs=1e-12)
    assert d_theta_0 == pytest.approx(d_bias, abs=1e-12)
    assert d_x.reshape(3, -1) == pytest.approx(d_rows, abs=1e-12)


@five_seeds
def test_the_gradient_of_the_image_is_a_convolution_with_the_flipped_filter(seed):
    rng = np.random.default_rng(seed)
    theta, x, delta = rng.normal(size=(3, 3, 1, 1)), rng.normal(size=(1, 6, 6, 1)), rng.normal(size=(1, 4, 4, 1))
    _, d_x = convolution((theta, np.zeros(1)), x)[1](delta)
    full, _ = convolution((theta[::-1, ::-1], np.zeros(1)), delta, padding=2)
    assert d_x == pytest.approx(full, abs=1e-12)


@settings
def test_on_data_it_gives_the_same_but_for_the_gradient_of_the_data(stride, padding):
    rng = np.random.default_rng(0)
    parameters, x = filters(rng), rng.normal(size=(2, 6, 5, 2))
    (z, backward), (z_on_data, backward_on_data) = (
        layer(parameters, x, stride, padding) for layer in (convolution, convolution_on_data)
    )
    gradient, nothing = backward_on_data(np.ones_like(z))
    assert nothing == ()
    assert np.array_equal(z, z_on_data)
    assert all(map(np.array_equal, gradient, backward(np.ones_like(z))[0]))


# Gradients


@five_seeds
@settings
def test_with_every_stride_and_frame_the_gradient_is_right(stride, padding, seed):
    rng = np.random.default_rng(seed)
    layer = partial(convolution, stride=stride, padding=padding)
    assert check_layer(layer, filters(rng), rng.normal(size=(2, 6, 5, 2)), rng, complex_step_gradient) <= 1e-10


@five_seeds
def test_a_whole_network_has_the_right_gradient(seed):
    rng = np.random.default_rng(seed)
    network = chain(convolution, max_pool(2), relu, partial(convolution, padding=1), average_pool, dense)
    last = rng.normal(size=(4, 2)), rng.normal(size=2)
    parameters = filters(rng, 3, 3, 1, 2), (), (), filters(rng, 3, 3, 2, 4), (), last
    assert check_layer(network, parameters, rng.normal(size=(3, 6, 6, 1)), rng, complex_step_gradient) <= 1e-10


# Behaviour


@five_seeds
def test_a_shifted_image_gives_a_shifted_answer(seed):
    rng = np.random.default_rng(seed)
    parameters, x = filters(rng), rng.normal(size=(1, 9, 9, 2))
    z, _ = convolution(parameters, x[:, :-1, :-2])
    shifted, _ = convolution(parameters, x[:, 1:, 2:])
    assert z[:, 1:, 2:] == pytest.approx(shifted[:, :-1, :-2], abs=1e-12)


@pytest.mark.parametrize(
    ("H", "h", "stride", "padding", "wanted"), [(8, 3, 1, 0, 6), (8, 3, 1, 1, 8), (8, 3, 2, 1, 4), (7, 2, 3, 0, 2)]
)
def test_the_size_of_the_answer_is_that_of_the_formula(H, h, stride, padding, wanted):
    z, _ = convolution((np.ones((h, 1, 1, 1)), np.zeros(1)), np.ones((1, H, 4, 1)), stride, padding)
    assert z.shape[1] == wanted == (H + 2 * padding - h) // stride + 1


@five_seeds
def test_of_all_equal_pixels_one_gets_the_whole_gradient(seed):
    delta = np.random.default_rng(seed).normal(size=(2, 3, 2, 2))
    _, d_x = max_pool(3)((), np.zeros((2, 9, 6, 2)))[1](delta)
    assert np.array_equal(d_x[:, ::3, ::3], delta)
    assert (d_x != 0).sum() == delta.size


@five_seeds
def test_filters_start_with_a_variance_that_relu_keeps(seed):
    theta, theta_0 = initialise_filters(np.random.default_rng(seed), 3, 5, 4, 200)
    assert theta.shape == (3, 5, 4, 200)
    assert theta.mean() == pytest.approx(0, abs=0.01)
    assert (theta**2).mean() == pytest.approx(2 / 60, rel=0.05)
    assert theta_0.tolist() == [0] * 200


# Extremes and contract


def test_no_images_give_no_answers():
    z, backward = convolution(filters(np.random.default_rng(0)), np.zeros((0, 6, 5, 2)))
    assert z.shape == (0, 4, 4, 3)
    assert backward(z)[1].shape == (0, 6, 5, 2)


def test_an_image_smaller_than_the_window_is_refused():
    for size in ((2, 5), (6, 1)):
        with pytest.raises(ValueError, match=r"x .* should be images of at least 3 × 2"):
            convolution(filters(np.random.default_rng(0)), np.zeros((1, *size, 2)))


def test_an_image_as_large_as_the_window_gives_one_number():
    z, _ = convolution(filters(np.random.default_rng(0)), np.zeros((1, 3, 2, 2)))
    assert z.shape == (1, 1, 1, 3)


def test_by_default_the_window_moves_by_one_pixel_and_there_is_no_frame():
    rng = np.random.default_rng(0)
    parameters, x = filters(rng), rng.normal(size=(2, 6, 5, 2))
    expected = loop(parameters, x, stride=1, padding=0)
    for layer in (convolution, convolution_on_data):
        assert layer(parameters, x)[0] == pytest.approx(expected, abs=1e-12)
    assert np.array_equal(windows(x, 3, 2), windows(x, 3, 2, stride=1))
    assert with_frame(x, 0) is x


def test_tiles_of_one_pixel_change_nothing():
    x = np.random.default_rng(0).normal(size=(2, 3, 4, 2))
    a, backward = max_pool(1)((), x)
    assert np.array_equal(a, x)
    assert np.array_equal(backward(x)[1], x)


def test_the_message_says_what_the_shapes_should_be():
    with pytest.raises(
        ValueError, match=re.escape("x (1, 5, 5, 2) and theta (3, 3, 1, 2) should be (N, H, W, C) and (h, w, C, K)")
    ):
        filter_shape(np.zeros((3, 3, 1, 2)), np.zeros(2), np.zeros((1, 5, 5, 2)))
    with pytest.raises(ValueError, match=re.escape("theta_0 (3,) should be (2,)")):
        filter_shape(np.zeros((3, 3, 2, 2)), np.zeros(3), np.zeros((1, 5, 5, 2)))


@pytest.mark.parametrize(
    ("theta", "theta_0", "x", "named"),
    [((3, 3, 1, 2), (2,), (1, 5, 5, 2), "theta"), ((3, 3, 2), (2,), (1, 5, 5, 2), "theta"),
     ((3, 3, 2, 2), (2,), (5, 5, 2), "x"), ((3, 3, 2, 2), (3,), (1, 5, 5, 2), "theta_0")],
)  # fmt: skip
def test_filters_that_do_not_fit_are_refused(theta, theta_0, x, named):
    with pytest.raises(ValueError, match=rf"\b{named}\b"):
        filter_shape(np.zeros(theta), np.zeros(theta_0), np.zeros(x))


@pytest.mark.parametrize(("size", "H", "W"), [(3, 6, 4), (5, 6, 5), (2, 4, 3), (2, 3, 4)])
def test_tiles_that_do_not_fit_an_image_are_refused(size, H, W):
    with pytest.raises(ValueError, match=rf"x \(1, {H}, {W}, 1\) should divide into tiles of {size}"):
        max_pool(size)((), np.zeros((1, H, W, 1)))


@pytest.mark.parametrize("shape", [(1, 0, 4, 2), (1, 4, 0, 2), (4, 4, 2)])
def test_an_average_over_no_pixel_is_refused(shape):
    with pytest.raises(ValueError, match=r"should be \(N, H, W, C\), with pixels"):
        average_pool((), np.zeros(shape))


def test_float32_stays_and_backward_may_be_called_twice():
    rng = np.random.default_rng(0)
    parameters = tuple(part.astype(np.float32) for part in filters(rng))
    x = rng.normal(size=(2, 6, 6, 2)).astype(np.float32)
    for layer, own in ((partial(convolution, padding=1), parameters), (max_pool(2), ()), (average_pool, ())):
        a, backward = layer(own, x)
        delta = np.ones_like(a)
        first, second = backward(delta)[1], backward(delta)[1]
        assert a.dtype == first.dtype == np.float32
        assert np.array_equal(first, second)
        assert (delta == 1).all()
