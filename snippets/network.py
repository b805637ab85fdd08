"""Networks: layers stacked into one layer, and where their weights start."""

import numpy as np

from snippets.perceptron import dense


def chain(*layers):
    """The layer that feeds each layer's output into the next.

    Its parameters are a tuple with one entry per layer. Its backward walks the
    layers in reverse and hands each one the ∂J/∂output it needs.
    Raises: ValueError where there are more or fewer parameters than layers.
    """

    def network(parameters, x):
        if len(parameters) != len(layers):
            raise ValueError(
                f"{len(parameters)} parameters for {len(layers)} layers"
            )
        backwards = []
        for layer, own in zip(layers, parameters):
            x, backward = layer(own, x)
            backwards.append(backward)

        def backward_network(delta):
            gradients = []
            for backward in reversed(backwards):
                gradient, delta = backward(delta)
                gradients.append(gradient)
            return tuple(reversed(gradients)), delta

        return x, backward_network

    return network


def multilayer_perceptron(g, hidden):
    """`hidden` layers of units with activation g, then one linear layer of outputs.

    Its parameters are laid out as `initialise` returns them.
    """
    return chain(*[dense, g] * hidden, dense)


def initialise(rng, sizes, variance):
    """Weights N(0, variance(m, k)) and zero biases, for layers of these sizes.

    sizes (m, k, …) → ((θ, θ_0), (), (θ, θ_0), …), with () for an activation.
    """
    parameters = []
    for m, k in zip(sizes, sizes[1:]):
        theta = rng.normal(size=(m, k)) * np.sqrt(variance(m, k))
        parameters += [(theta, np.zeros(k)), ()]
    return tuple(parameters[:-1])


def zeros(m, k):
    """Variance 0: every weight starts at 0."""
    return 0.0


def unit(m, k):
    """Variance 1: z grows with the number of inputs m."""
    return 1.0


def lecun(m, k):
    """Variance 1/m: z keeps the variance of its inputs (LeCun et al. 1998)."""
    return 1 / m


def glorot(m, k):
    """Variance 2/(m + k): between forward and backward (Glorot and Bengio 2010)."""
    return 2 / (m + k)


def he(m, k):
    """Variance 2/m: makes up for the half that ReLU sets to 0 (He et al. 2015)."""
    return 2 / m
