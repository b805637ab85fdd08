"""Optimizers: where θ goes, by its gradient and what is kept of earlier ones.

    step(θ, gradient, *memory, **hyperparameters) → (θ, memory)

`gradient` is the function θ → ∂J/∂θ, and g its value. The memory begins as zeros
and is handed to the next step. Squares and roots are taken entry by entry.
"""

import numpy as np

from snippets.guards import fraction, positive


def gradient_of(J_and_gradient):
    """The function θ → ∂J/∂θ, out of the function θ → (J, ∂J/∂θ)."""
    return lambda theta: J_and_gradient(theta)[1]


def minimise(step, J_and_gradient, theta, steps, **hyperparameters):
    """θ, memory ← step(θ, gradient, *memory), `steps` times.

    Returns θ and J wherever a gradient was taken.
    """
    history, memory = [], ()

    def gradient(theta):
        J, d_theta = J_and_gradient(theta)
        history.append(J)
        return d_theta

    for _ in range(steps):
        theta, memory = step(theta, gradient, *memory, **hyperparameters)
    return theta, history


def sgd(theta, gradient, *, eta=0.01):
    """θ ← θ - η g.

    Raises: ValueError where η is not positive and finite.
    Source: Robbins and Monro 1951; with the gradient of all data, Cauchy 1847.
    """
    positive(eta=eta)
    return theta - eta * gradient(theta), ()


def momentum(theta, gradient, v=0.0, *, eta=0.01, gamma=0.9):
    """v ← γ v + η g, θ ← θ - v.

    Raises: ValueError where η ≤ 0 or γ is outside [0, 1).
    Source: Polyak 1964, the heavy ball; with η inside v.
    """
    positive(eta=eta)
    fraction(gamma=gamma)
    v = gamma * v + eta * gradient(theta)
    return theta - v, (v,)


def nesterov(theta, gradient, v=0.0, *, eta=0.01, gamma=0.9):
    """v ← γ v + η g(θ - γ v), θ ← θ - v: the slope is taken where v leads.

    Raises: ValueError where η ≤ 0 or γ is outside [0, 1).
    Source: Nesterov 1983, in the form of Sutskever et al. 2013.
    """
    positive(eta=eta)
    fraction(gamma=gamma)
    v = gamma * v + eta * gradient(theta - gamma * v)
    return theta - v, (v,)


def adagrad(theta, gradient, G=0.0, *, eta=0.01, epsilon=1e-8):
    """G ← G + g², θ ← θ - η g / (√G + ε).

    Raises: ValueError where η or ε is not positive and finite.
    Source: Duchi, Hazan and Singer 2011, diagonal, ε outside the root.
    """
    positive(eta=eta, epsilon=epsilon)
    g = gradient(theta)
    G = G + g * g
    return theta - eta * g / (np.sqrt(G) + epsilon), (G,)


def adadelta(theta, gradient, v=0.0, u=0.0, *, eta=1.0, rho=0.95, epsilon=1e-6):
    """v ← ρ v + (1-ρ) g², d = √((u+ε)/(v+ε)) g, u ← ρ u + (1-ρ) d², θ ← θ - η d.

    Raises: ValueError where η or ε is not positive, or ρ outside [0, 1).
    Source: Zeiler 2012, Algorithm 1, ε inside the roots; the paper has η = 1.
    """
    positive(eta=eta, epsilon=epsilon)
    fraction(rho=rho)
    g = gradient(theta)
    v = rho * v + (1 - rho) * g * g
    d = np.sqrt((u + epsilon) / (v + epsilon)) * g
    u = rho * u + (1 - rho) * d * d
    return theta - eta * d, (v, u)


def rmsprop(theta, gradient, v=0.0, *, eta=0.001, rho=0.9, epsilon=1e-8):
    """v ← ρ v + (1-ρ) g², θ ← θ - η g / (√v + ε).

    Raises: ValueError where η or ε is not positive, or ρ outside [0, 1).
    Source: Tieleman and Hinton 2012, lecture 6.5; ε added, outside the root.
    """
    positive(eta=eta, epsilon=epsilon)
    fraction(rho=rho)
    g = gradient(theta)
    v = rho * v + (1 - rho) * g * g
    return theta - eta * g / (np.sqrt(v) + epsilon), (v,)


def adam(
    theta, gradient, m=0.0, v=0.0, t=0, *,
    eta=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8,
):  # fmt: skip
    """m ← β₁ m + (1-β₁) g, v ← β₂ v + (1-β₂) g², θ ← θ - η m̂ / (√v̂ + ε).

    m̂ = m / (1-β₁ᵗ) and v̂ = v / (1-β₂ᵗ) undo the start at zero; t counts from 1.
    Raises: ValueError where η or ε is not positive, or a β outside [0, 1).
    Source: Kingma and Ba 2015, Algorithm 1.
    """
    positive(eta=eta, epsilon=epsilon)
    fraction(beta_1=beta_1, beta_2=beta_2)
    g, t = gradient(theta), t + 1
    m = beta_1 * m + (1 - beta_1) * g
    v = beta_2 * v + (1 - beta_2) * g * g
    v_hat = v / (1 - beta_2**t)
    return theta - eta / (1 - beta_1**t) * m / (np.sqrt(v_hat) + epsilon), (m, v, t)


def adamax(
    theta, gradient, m=0.0, u=0.0, t=0, *,
    eta=0.002, beta_1=0.9, beta_2=0.999, epsilon=1e-8,
):  # fmt: skip
    """m ← β₁ m + (1-β₁) g, u ← max(β₂ u, |g| + ε), θ ← θ - η / (1-β₁ᵗ) m / u.

    Raises: ValueError where η or ε is not positive, or a β outside [0, 1).
    Source: Kingma and Ba 2015, Algorithm 2; ε added, so that 0 / 0 cannot occur.
    """
    positive(eta=eta, epsilon=epsilon)
    fraction(beta_1=beta_1, beta_2=beta_2)
    g, t = gradient(theta), t + 1
    m = beta_1 * m + (1 - beta_1) * g
    u = np.maximum(beta_2 * u, np.abs(g) + epsilon)
    return theta - eta / (1 - beta_1**t) * m / u, (m, u, t)


def nadam(
    theta, gradient, m=0.0, v=0.0, t=0, *,
    eta=0.002, beta_1=0.9, beta_2=0.999, epsilon=1e-8,
):  # fmt: skip
    """Adam with m̂ = β₁ m / (1-β₁ᵗ⁺¹) + (1-β₁) g / (1-β₁ᵗ): Nesterov's look ahead.

    Raises: ValueError where η or ε is not positive, or a β outside [0, 1).
    Source: Dozat 2016, Algorithm 2, with a constant β₁ in place of its schedule.
    """
    positive(eta=eta, epsilon=epsilon)
    fraction(beta_1=beta_1, beta_2=beta_2)
    g, t = gradient(theta), t + 1
    m = beta_1 * m + (1 - beta_1) * g
    v = beta_2 * v + (1 - beta_2) * g * g
    m_hat = beta_1 * m / (1 - beta_1 ** (t + 1)) + (1 - beta_1) * g / (
        1 - beta_1**t
    )
    v_hat = v / (1 - beta_2**t)
    return theta - eta * m_hat / (np.sqrt(v_hat) + epsilon), (m, v, t)


def amsgrad(
    theta, gradient, m=0.0, v=0.0, v_hat=0.0, *,
    eta=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8,
):  # fmt: skip
    """m and v as in Adam, v̂ ← max(v̂, v), θ ← θ - η m / (√v̂ + ε).

    Raises: ValueError where η or ε is not positive, or a β outside [0, 1).
    Source: Reddi, Kale and Kumar 2018, Algorithm 2: no bias correction; ε added.
    """
    positive(eta=eta, epsilon=epsilon)
    fraction(beta_1=beta_1, beta_2=beta_2)
    g = gradient(theta)
    m = beta_1 * m + (1 - beta_1) * g
    v = beta_2 * v + (1 - beta_2) * g * g
    v_hat = np.maximum(v_hat, v)
    return theta - eta * m / (np.sqrt(v_hat) + epsilon), (m, v, v_hat)
