"""Generative adversarial networks: one network makes, another one judges."""

import numpy as np

from snippets.descent import objective
from snippets.losses import binary_cross_entropy
from snippets.network import chain
from snippets.optimizers import gradient_of


def saturating(z, y):
    """J = mean of log(1 - D) where y = 1, with D = σ(z): minus the judge's loss.

    Where the judge is sure that x was made, ∂J/∂z = -D / N is nearly 0. The rival
    of this loss, -log D, is `binary_cross_entropy` with y = 1.
    Shapes and errors: as `binary_cross_entropy`.
    Source: Goodfellow et al. 2014, equation 1.
    """
    J, d_z = binary_cross_entropy(z, 1 - y)
    return -J, -d_z


def frozen(layer, parameters):
    """The layer with these parameters and none to learn: gradients go through."""

    def without_parameters(nothing, x):
        output, backward = layer(parameters, x)
        return output, lambda delta: ((), backward(delta)[1])

    return without_parameters


def play(step, maker, judge, real, noise, loss=binary_cross_entropy, **settings):
    """Rounds of the game: a step of the judge, one of the maker; gives both θs.

    maker, judge: (network, θ, unpack); real(), noise(): a batch of x, and of h.
    The judge tells real x (y = 1) from made ones (y = 0). The maker lowers the loss
    of the judge's logits for what it makes, with y = 1. An endless generator.
    Source: Goodfellow et al. 2014, Algorithm 1, one judge's step per round.
    """
    (G, theta_G, unpack_G), (D, theta_D, unpack_D) = maker, judge
    memory_G = memory_D = ()
    while True:
        x, (made, _) = real(), G(unpack_G(theta_G), noise())
        both = np.concatenate([x, made])
        y = np.ones((len(both), 1), both.dtype)
        y[len(x) :] = 0
        on = objective(D, binary_cross_entropy, unpack_D, both, y)
        theta_D, memory_D = step(theta_D, gradient_of(on), *memory_D, **settings)
        judged = chain(G, frozen(D, unpack_D(theta_D)))
        on = against(judged, loss, unpack_G, noise())
        theta_G, memory_G = step(theta_G, gradient_of(on), *memory_G, **settings)
        yield theta_G, theta_D


def against(judged, loss, unpack, h):
    """θ → (J, ∂J/∂θ) of a maker, judged: y = 1 on all that it makes."""
    y = np.ones((len(h), 1), h.dtype)
    return objective(judged, loss, lambda theta: (unpack(theta), ()), h, y)
