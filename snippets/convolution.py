"""Convolution: one small filter, used again at every place of an image."""

from math import prod

import numpy as np


def convolution(parameters, x, stride=1, padding=0):
    """z = window · θ + θ_0, for every window of x and every filter in θ.

    The window moves by `stride` pixels, over x in a frame of `padding` zeros.
    Shapes: x (N, H, W, C), θ (h, w, C, K), θ_0 (K,) → z (N, H', W', K), with
    H' = ⌊(H + 2 padding - h) / stride⌋ + 1, and W' likewise.
    Raises: ValueError where the shapes do not fit, stride < 1 or padding < 0.
    Source: LeCun et al. 1989; a cross-correlation, since θ is not flipped.
    """
    z, backward_on_data = convolution_on_data(parameters, x, stride, padding)
    theta, _ = parameters

    def backward(delta):
        gradient, _ = backward_on_data(delta)
        _, H, W, _ = x.shape
        d_seen = np.tensordot(delta, theta, axes=(3, 3))
        d_x = add_windows(d_seen, H + 2 * padding, W + 2 * padding, stride)
        return gradient, d_x[:, padding : padding + H, padding : padding + W]

    return z, backward


def convolution_on_data(parameters, x, stride=1, padding=0):
    """`convolution` on data, whose ∂J/∂x nobody asks for: backward gives () for it.

    Shapes and errors: as `convolution`. For the first layer of a network.
    """
    theta, theta_0 = parameters
    h, w, C, K = filter_shape(theta, theta_0, x)
    seen = windows(with_frame(x, padding), h, w, stride)
    rows = seen.reshape(-1, h * w * C)
    z = rows @ theta.reshape(-1, K) + theta_0

    def backward(delta):
        d_z = delta.reshape(z.shape)
        d_theta = (rows.T @ d_z).reshape(theta.shape)
        return (d_theta, np.ones(len(d_z), d_z.dtype) @ d_z), ()

    return z.reshape(*seen.shape[:3], K), backward


def filter_shape(theta, theta_0, x):
    """h, w, C and K of filters θ (h, w, C, K) that fit θ_0 (K,) and x (N, H, W, C).

    Raises: ValueError where they do not.
    """
    if x.ndim != 4 or theta.ndim != 4 or x.shape[3] != theta.shape[2]:
        wanted = "(N, H, W, C) and (h, w, C, K)"
        raise ValueError(f"x {x.shape} and theta {theta.shape} should be {wanted}")
    if theta_0.shape != theta.shape[3:]:
        raise ValueError(f"theta_0 {theta_0.shape} should be {theta.shape[3:]}")
    return theta.shape


def with_frame(x, padding):
    """x in a frame of zeros, `padding` pixels wide.

    Shapes: x (N, H, W, C) → (N, H + 2 padding, W + 2 padding, C).
    Raises: ValueError where padding < 0, or x is not (N, H, W, C).
    """
    if x.ndim != 4:
        raise ValueError(f"x {x.shape} should be (N, H, W, C)")
    if not padding >= 0:
        raise ValueError(f"padding should be at least 0, not {padding}")
    sides = (padding, padding)
    return np.pad(x, ((0, 0), sides, sides, (0, 0))) if padding else x


def windows(x, h, w, stride=1):
    """Every window of h × w pixels, their corners `stride` pixels apart.

    Shapes: x (N, H, W, C) → (N, H', W', h, w, C).
    Raises: ValueError where x is smaller than a window, or stride < 1.
    """
    if x.ndim != 4 or x.shape[1] < h or x.shape[2] < w:
        raise ValueError(f"x {x.shape} should be images of at least {h} × {w}")
    if not stride >= 1:
        raise ValueError(f"stride should be at least 1, not {stride}")
    N, H, W, C = x.shape
    tops = np.arange(0, H - h + 1, stride)[:, None]
    lefts = np.arange(0, W - w + 1, stride)
    inside = W * np.arange(h)[:, None] + np.arange(w)
    pixels = (W * tops + lefts)[..., None, None] + inside
    return x.reshape(N, H * W, C).take(pixels, axis=1)


def add_windows(d_seen, H, W, stride=1):
    """For every pixel the sum over all its windows: the backward of `windows`.

    Shapes: d_seen (N, H', W', h, w, C) → d_x (N, H, W, C).
    Raises: ValueError where d_seen is not (N, H', W', h, w, C).
    """
    if d_seen.ndim != 6:
        raise ValueError(f"d_seen {d_seen.shape} should be (N, H', W', h, w, C)")
    N, rows, columns, h, w, C = d_seen.shape
    d_x = np.zeros((N, H, W, C), d_seen.dtype)
    for i, j in np.ndindex(h, w):
        down = slice(i, i + stride * rows, stride)
        across = slice(j, j + stride * columns, stride)
        d_x[:, down, across] += d_seen[:, :, :, i, j]
    return d_x


def max_pool(size):
    """The layer that keeps of each tile of size × size pixels the largest value.

    Where several are largest, the gradient goes to the first of them.
    Shapes: x (N, H, W, C) → a (N, H / size, W / size, C).
    Raises: ValueError where size < 1, or does not divide H and W.
    Source: Yamaguchi et al. 1990.
    """
    if not size >= 1:
        raise ValueError(f"size should be at least 1, not {size}")

    def layer(parameters, x):
        if x.ndim != 4 or x.shape[1] % size or x.shape[2] % size:
            raise ValueError(f"x {x.shape} should divide into tiles of {size}")
        places = list(np.ndindex(size, size))
        a = x[:, ::size, ::size]
        for i, j in places[1:]:
            a = np.maximum(a, x[:, i::size, j::size])

        def backward(delta):
            d_x = np.empty(x.shape, delta.dtype)
            for i, j in places[:-1]:
                won = delta * (x[:, i::size, j::size] == a)
                d_x[:, i::size, j::size] = won
                delta = delta - won
            last = slice(size - 1, None, size)
            d_x[:, last, last] = delta  # what no other place has won
            return (), d_x

        return a, backward

    return layer


def average_pool(parameters, x):
    """a = the mean over all pixels, channel by channel: where a thing is, is gone.

    Shapes: x (N, H, W, C) → a (N, C).
    Raises: ValueError where x is not (N, H, W, C), or has no pixel.
    Source: Lin, Chen and Yan 2014.
    """
    if x.ndim != 4 or not x.shape[1] * x.shape[2]:
        raise ValueError(f"x {x.shape} should be (N, H, W, C), with pixels")
    share = np.ones_like(x) / (x.shape[1] * x.shape[2])

    def backward(delta):
        return (), delta[:, None, None] * share

    return x.mean(axis=(1, 2)), backward


def as_rows(parameters, x):
    """Each example as one row: what stands between images and a dense layer.

    Shapes: x (N, H, W, C) → a (N, H · W · C).
    """
    rows = x.reshape(len(x), prod(x.shape[1:]))
    return rows, lambda delta: ((), delta.reshape(x.shape))


def initialise_filters(rng, h, w, C, K):
    """θ ~ N(0, 2 / (h w C)) and θ_0 = 0, for filters before a ReLU.

    Shapes: → θ (h, w, C, K), θ_0 (K,).
    Source: He et al. 2015.
    """
    return rng.normal(size=(h, w, C, K)) * np.sqrt(2 / (h * w * C)), np.zeros(K)
