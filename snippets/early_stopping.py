"""Early stopping: keep the θ that does best on examples it was not trained on."""

from math import inf


def early_stopping(thetas, J_validation, patience):
    """The θ with the lowest J_validation(θ), and the list of all J_validation(θ).

    Takes one θ after another, until `patience` in a row have not lowered J.
    Raises: ValueError where patience < 1, or no θ has a J that is a number.
    Source: Prechelt 1998, the criterion UP, here with any rise since the best.
    """
    if not patience >= 1:
        raise ValueError(f"patience should be at least 1, not {patience}")
    best, lowest, since, history = None, inf, 0, []
    for theta in thetas:
        J, since = J_validation(theta), since + 1
        history.append(J)
        if J < lowest:
            best, lowest, since = theta, J, 0
        if since >= patience:
            break
    if best is None:
        raise ValueError(
            "thetas should give at least one J_validation below infinity"
        )
    return best, history
