"""Learning rates that change: schedules t → η, and steps that follow them."""

from math import cos, pi

from snippets.guards import positive


def step_decay(eta, factor, every):
    """η_t = η · factor^⌊t / every⌋: held, then lowered at once.

    Raises: ValueError where η, factor or every is not positive and finite.
    """
    positive(eta=eta, factor=factor, every=every)
    return lambda t: eta * factor ** (t // every)


def inverse_time(eta, tau):
    """η_t = η / (1 + t / τ): Σ η_t diverges and Σ η_t² does not.

    Raises: ValueError where η or τ is not positive and finite.
    Source: Robbins and Monro 1951, whose two conditions these are.
    """
    positive(eta=eta, tau=tau)
    return lambda t: eta / (1 + t / tau)


def cosine(eta, lowest, steps):
    """η_t = lowest + (η - lowest) (1 + cos(π t / steps)) / 2, then lowest.

    Raises: ValueError where η, lowest or steps is not positive and finite.
    Source: Loshchilov and Hutter 2017, without restarts.
    """
    positive(eta=eta, lowest=lowest, steps=steps)
    fall = eta - lowest
    return lambda t: lowest + fall * (1 + cos(pi * min(t / steps, 1))) / 2


def warm_up(schedule, steps):
    """η_t = schedule(t) · min(1, (t + 1) / steps): from small steps to full ones.

    Raises: ValueError where steps is not positive and finite.
    Source: Goyal et al. 2017, "gradual warmup".
    """
    positive(steps=steps)
    return lambda t: schedule(t) * min(1, (t + 1) / steps)


def scheduled(step, schedule):
    """An optimizer's `step` with η = schedule(t); t counts the steps from 0."""

    def scheduled_step(theta, gradient, t=0, *memory, **hyperparameters):
        eta = schedule(t)
        theta, memory = step(theta, gradient, *memory, eta=eta, **hyperparameters)
        return theta, (t + 1, *memory)

    return scheduled_step
