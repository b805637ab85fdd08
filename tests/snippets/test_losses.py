"""Losses: the cost of a prediction, its slope, and what happens far out."""

import inspect
import re

import numpy as np
import pytest

from snippets import losses
from snippets.backpropagation import complex_step_gradient, numerical_gradient
from snippets.losses import binary_cross_entropy, cross_entropy, mean_squared_error

pytestmark = pytest.mark.filterwarnings("error")

LOSSES = {
    name: loss
    for name, loss in inspect.getmembers(losses, inspect.isfunction)
    if loss.__module__ == losses.__name__ and "__" not in name
}
SEEDS = range(5)


def data_for(name, rng):
    """A random prediction for three examples, and targets that fit the loss."""
    if name == "binary_cross_entropy":
        return 3 * rng.normal(size=(3, 1)), rng.integers(0, 2, size=(3, 1)).astype(float)
    if name == "cross_entropy":
        return 3 * rng.normal(size=(3, 4)), rng.integers(0, 4, size=3)
    return rng.normal(size=(3, 2)), rng.normal(size=(3, 2))


every_loss = pytest.mark.parametrize("name", LOSSES)


# Values computed by hand


def test_squared_errors_are_summed_over_outputs_and_averaged_over_examples():
    J, delta = mean_squared_error(np.array([[1.0, 2], [3, 4]]), np.array([[1.0, 0], [0, 4]]))
    assert J == (4 + 9) / 2
    assert np.array_equal(delta, [[0, 2], [3, 0]])


def test_an_undecided_logit_costs_log_2_whatever_the_label():
    J, delta = binary_cross_entropy(np.zeros((2, 1)), np.array([[0.0], [1]]))
    assert J == pytest.approx(np.log(2), rel=1e-15)
    assert np.array_equal(delta, [[0.25], [-0.25]])


def test_a_probability_of_three_quarters_costs_its_negative_logarithm():
    z = np.log([[3.0]])
    J, delta = binary_cross_entropy(z, np.array([[1.0]]))
    assert J == pytest.approx(np.log(4 / 3), rel=1e-14)
    assert delta == pytest.approx(-1 / 4, rel=1e-14)
    J, delta = binary_cross_entropy(z, np.array([[0.0]]))
    assert J == pytest.approx(np.log(4), rel=1e-14)
    assert delta == pytest.approx(3 / 4, rel=1e-14)


def test_three_equal_logits_cost_log_3():
    J, delta = cross_entropy(np.zeros((1, 3)), np.array([2]))
    assert J == pytest.approx(np.log(3), rel=1e-15)
    assert delta == pytest.approx(np.array([[1, 1, -2]]) / 3, rel=1e-15)


def test_logits_log_1_log_2_log_5_are_probabilities_of_eighths():
    J, delta = cross_entropy(np.log([[1.0, 2, 5], [1, 2, 5]]), np.array([2, 0]))
    assert J == pytest.approx((np.log(8 / 5) + np.log(8)) / 2, rel=1e-14)
    assert delta == pytest.approx(np.array([[1, 2, -3], [-7, 2, 5]]) / 16, rel=1e-14)


# Gradients


@every_loss
@pytest.mark.parametrize("seed", SEEDS)
def test_the_gradient_is_that_of_the_complex_step(name, seed):
    prediction, y = data_for(name, np.random.default_rng(seed))

    def J(theta):
        return LOSSES[name](theta.reshape(prediction.shape), y)[0]

    _, delta = LOSSES[name](prediction, y)
    expected = complex_step_gradient(J, prediction.ravel())
    assert np.abs(delta.ravel() - expected).max() <= 1e-10


@every_loss
@pytest.mark.parametrize("seed", SEEDS)
def test_the_gradient_is_that_of_central_differences(name, seed):
    prediction, y = data_for(name, np.random.default_rng(seed))

    def J(theta):
        return LOSSES[name](theta.reshape(prediction.shape), y)[0]

    _, delta = LOSSES[name](prediction, y)
    expected = numerical_gradient(J, prediction.ravel())
    assert np.abs(delta.ravel() - expected).max() <= 1e-6


# Behaviour


@every_loss
def test_writing_every_example_twice_changes_neither_cost_nor_total_gradient(name):
    prediction, y = data_for(name, np.random.default_rng(0))
    J, delta = LOSSES[name](prediction, y)
    J_twice, delta_twice = LOSSES[name](np.concatenate([prediction] * 2), np.concatenate([y] * 2))
    assert J_twice == pytest.approx(J, rel=1e-14)
    assert delta_twice == pytest.approx(np.concatenate([delta] * 2) / 2, rel=1e-14)


@every_loss
def test_a_small_step_against_the_gradient_lowers_the_cost(name):
    prediction, y = data_for(name, np.random.default_rng(0))
    J, delta = LOSSES[name](prediction, y)
    assert LOSSES[name](prediction - 0.01 * delta, y)[0] < J


def test_a_squared_error_is_zero_where_the_prediction_is_the_target():
    y = np.array([[0.5, -2.0]])
    J, delta = mean_squared_error(y, y)
    assert J == 0
    assert not delta.any()


def test_the_cost_of_a_logit_rises_as_it_moves_away_from_its_label():
    z = np.linspace(-30, 30, 61)
    for_one = [binary_cross_entropy(np.array([[v]]), np.array([[1.0]]))[0] for v in z]
    for_zero = [binary_cross_entropy(np.array([[v]]), np.array([[0.0]]))[0] for v in z]
    assert (np.diff(for_one) < 0).all()
    assert (np.diff(for_zero) > 0).all()


def test_a_label_of_one_half_costs_least_at_a_probability_of_one_half():
    costs = [binary_cross_entropy(np.array([[v]]), np.array([[0.5]]))[0] for v in (-1.0, 0, 1)]
    assert costs[1] < costs[0] == pytest.approx(costs[2], rel=1e-14)


def test_a_constant_added_to_all_logits_of_a_row_changes_nothing():
    z, y = data_for("cross_entropy", np.random.default_rng(0))
    J, delta = cross_entropy(z, y)
    J_moved, delta_moved = cross_entropy(z + np.array([[100.0], [-100], [3]]), y)
    assert J_moved == pytest.approx(J, rel=1e-12)
    assert delta_moved == pytest.approx(delta, rel=1e-12)


def test_the_gradient_of_each_row_of_logits_sums_to_zero():
    _, delta = cross_entropy(*data_for("cross_entropy", np.random.default_rng(0)))
    assert np.abs(delta.sum(axis=1)).max() < 1e-15


# Extremes


@pytest.mark.parametrize("size", [800.0, 1e308])
def test_a_logit_far_on_the_right_side_costs_nothing_and_on_the_wrong_side_its_size(
    size,
):
    for z, y in [(size, 1.0), (-size, 0.0)]:
        J, delta = binary_cross_entropy(np.array([[z]]), np.array([[y]]))
        assert (J, delta.item()) == (0, 0)
    for z, y in [(size, 0.0), (-size, 1.0)]:
        J, delta = binary_cross_entropy(np.array([[z]]), np.array([[y]]))
        assert (J, delta.item()) == (size, np.sign(z))


@pytest.mark.parametrize("size", [800.0, 1e308])
def test_a_class_far_ahead_costs_nothing_if_right_and_its_lead_if_wrong(size):
    z = np.array([[size, 0.0]])
    J, delta = cross_entropy(z, np.array([0]))
    assert J == 0
    assert not delta.any()
    J, delta = cross_entropy(z, np.array([1]))
    assert J == size
    assert np.array_equal(delta, [[1, -1]])


def test_two_classes_at_plus_and_minus_800_are_1600_apart():
    J, delta = cross_entropy(np.array([[800.0, -800.0]]), np.array([1]))
    assert J == 1600
    assert np.array_equal(delta, [[1, -1]])


def test_rows_of_very_different_size_do_not_disturb_each_other():
    J, delta = cross_entropy(np.array([[800.0, 800.0], [-800.0, -800.0]]), np.array([0, 1]))
    assert J == pytest.approx(np.log(2), rel=1e-14)
    assert delta == pytest.approx(np.array([[-0.25, 0.25], [0.25, -0.25]]), rel=1e-14)


def test_a_cost_far_below_rounding_is_not_lost():
    J, _ = binary_cross_entropy(np.array([[-40.0]]), np.array([[0.0]]))
    assert J == pytest.approx(np.exp(-40), rel=1e-12, abs=0)


def test_a_cost_far_below_rounding_is_not_lost_on_the_other_side_either():
    J, delta = binary_cross_entropy(np.array([[40.0]]), np.array([[1.0]]))
    assert J == pytest.approx(np.exp(-40), rel=1e-12, abs=0)
    assert delta == 0  # 1 - p is e^-40, and p is 1 to rounding


def test_logits_further_apart_than_the_largest_number_cost_nothing_or_infinity():
    z = np.array([[1e308, -1e308]])
    J, delta = cross_entropy(z, np.array([0]))
    assert J == 0
    assert not delta.any()
    J, delta = cross_entropy(z, np.array([1]))
    assert J == np.inf
    assert np.array_equal(delta, [[1, -1]])


def test_a_squared_error_is_exact_up_to_the_largest_square():
    J, delta = mean_squared_error(np.array([[1e154]]), np.zeros((1, 1)))
    assert J == pytest.approx(1e308)
    assert delta == pytest.approx(2e154)


# Contract


@every_loss
def test_float32_stays_float32(name):
    prediction, y = data_for(name, np.random.default_rng(0))
    y = y.astype(np.float32) if y.dtype == float else y
    J, delta = LOSSES[name](prediction.astype(np.float32), y)
    assert J.dtype == delta.dtype == np.float32


@every_loss
def test_the_cost_is_one_number_and_the_gradient_is_shaped_like_the_prediction(name):
    prediction, y = data_for(name, np.random.default_rng(0))
    J, delta = LOSSES[name](prediction, y)
    assert np.ndim(J) == 0
    assert delta.shape == prediction.shape


@every_loss
def test_inputs_may_be_read_only_and_are_not_changed(name):
    prediction, y = data_for(name, np.random.default_rng(0))
    before = prediction.copy(), y.copy()
    prediction.setflags(write=False)
    y.setflags(write=False)
    first, second = LOSSES[name](prediction, y), LOSSES[name](prediction, y)
    assert first[0] == second[0]
    assert np.array_equal(first[1], second[1])
    assert np.array_equal(prediction, before[0])
    assert np.array_equal(y, before[1])


@pytest.mark.parametrize("loss", [mean_squared_error, binary_cross_entropy])
def test_a_flat_target_is_refused_before_numpy_broadcasts_it_to_a_square(loss):
    with pytest.raises(ValueError, match=r"\(4, 1\) and y \(4,\)"):
        loss(np.zeros((4, 1)), np.zeros(4))


def test_one_label_per_row_of_logits_is_asked_for():
    for z, y in [((4, 3), (4, 1)), ((4, 3), (3,)), ((4, 3, 1), (4,)), ((4,), (4,)), ((0, 3), (0,))]:
        message = f"y {y} should be (N,), z {z} (N, k), and not empty"
        with pytest.raises(ValueError, match=rf"^{re.escape(message)}$"):
            cross_entropy(np.zeros(z), np.zeros(y, int))


@every_loss
def test_an_empty_batch_is_refused(name):
    prediction, y = data_for(name, np.random.default_rng(0))
    with pytest.raises(ValueError, match="not empty"):
        LOSSES[name](prediction[:0], y[:0])


@every_loss
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_prediction_that_is_no_number_is_refused_by_name(name, value):
    prediction, y = data_for(name, np.random.default_rng(0))
    prediction[1, 0] = value
    argument = "y_hat" if name == "mean_squared_error" else "z"
    with pytest.raises(ValueError, match=f"^{argument} should be finite, without NaN$"):
        LOSSES[name](prediction, y)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_target_that_is_no_number_is_refused_by_name(value):
    with pytest.raises(ValueError, match=r"^y should be finite, without NaN$"):
        mean_squared_error(np.zeros((2, 1)), np.array([[0.0], [value]]))


@pytest.mark.parametrize("label", [-5e-324, -1, 1 + 2**-52, 2, np.nan, np.inf])
def test_a_label_that_is_no_probability_is_refused(label):
    with pytest.raises(ValueError, match=r"^y should lie in \[0, 1\]$"):
        binary_cross_entropy(np.zeros((2, 1)), np.array([[0.5], [label]]))


@pytest.mark.parametrize("dtype", [bool, np.int64, np.uint8, np.float32])
def test_labels_of_two_classes_may_be_stored_in_any_way(dtype):
    z, y = data_for("binary_cross_entropy", np.random.default_rng(0))
    J, delta = binary_cross_entropy(z, y)
    J_stored, delta_stored = binary_cross_entropy(z, y.astype(dtype))
    assert J_stored == J
    assert np.array_equal(delta_stored, delta)


@pytest.mark.parametrize("label", [-1, 0.5, 1.5, 3, np.nan, np.inf])
def test_a_label_between_the_classes_or_beyond_is_refused(label):
    with pytest.raises(ValueError, match=r"^y should lie in 0..2, not .*$"):
        cross_entropy(np.zeros((3, 3)), np.array([1, label, 2]))


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int64, np.uint64, np.float32])
def test_classes_may_be_numbered_in_any_way(dtype):
    z, y = data_for("cross_entropy", np.random.default_rng(0))
    assert cross_entropy(z, y.astype(dtype))[0] == cross_entropy(z, y)[0]


@pytest.mark.parametrize("label", [-1, 3])
def test_a_label_outside_the_classes_is_refused_with_the_range(label):
    with pytest.raises(ValueError, match=rf"y should lie in 0..2, not .*{label}"):
        cross_entropy(np.zeros((2, 3)), np.array([1, label]))


# Equality of two forms


def test_the_stable_form_is_the_textbook_form_where_the_textbook_form_works():
    z, y = data_for("binary_cross_entropy", np.random.default_rng(0))
    p = 1 / (1 + np.exp(-z))
    textbook = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    assert binary_cross_entropy(z, y)[0] == pytest.approx(textbook, rel=1e-12)


def test_two_classes_with_logits_0_and_z_are_the_binary_case():
    z, y = data_for("binary_cross_entropy", np.random.default_rng(0))
    J, delta = binary_cross_entropy(z, y)
    both = np.concatenate([np.zeros_like(z), z], axis=1)
    J_two, delta_two = cross_entropy(both, y.ravel().astype(int))
    assert J_two == pytest.approx(J, rel=1e-14)
    assert delta_two[:, 1:] == pytest.approx(delta, rel=1e-12)


def test_one_output_makes_the_squared_error_a_plain_mean():
    rng = np.random.default_rng(0)
    y_hat, y = rng.normal(size=(7, 1)), rng.normal(size=(7, 1))
    assert mean_squared_error(y_hat, y)[0] == pytest.approx(np.mean((y_hat - y) ** 2), rel=1e-14)
