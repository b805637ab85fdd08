"""Guards: what is refused, by which name, and with which bound."""

import re

import numpy as np
import pytest

from snippets.guards import below_largest, finite, fraction, positive

both_dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def refused(message):
    return pytest.raises(ValueError, match=f"^{re.escape(message)}$")


# Values computed by hand


def test_every_row_is_measured_from_its_own_largest():
    z = np.array([[1.0, 3.0, 2.0], [-5.0, -5.0, -9.0]])
    assert np.array_equal(below_largest(z), [[-2, 0, -1], [0, 0, -4]])


# Behaviour


@pytest.mark.parametrize("value", [5e-324, 0.5, 1, 3, 1e308, np.float32(2)])
def test_positive_lets_pass_whatever_lies_between_zero_and_infinity(value):
    assert positive(eta=value) is None


@pytest.mark.parametrize("value", [0, 0.0, -1, -5e-324, np.inf, -np.inf, np.nan])
def test_positive_refuses_everything_else_by_name_and_with_the_value(value):
    with refused(f"eta should be positive and finite, not {value}"):
        positive(eta=value)


@pytest.mark.parametrize("value", [0, 0.0, 5e-324, 0.5, 1 - 2**-53])
def test_a_fraction_may_be_zero_and_anything_below_one(value):
    assert fraction(rate=value) is None


@pytest.mark.parametrize("value", [1, 1.0, 2, -5e-324, -1, np.inf, -np.inf, np.nan])
def test_a_fraction_is_never_one_nor_negative(value):
    with refused(f"rate should lie in [0, 1), not {value}"):
        fraction(rate=value)


@pytest.mark.parametrize("array", [np.zeros((0, 3)), np.arange(3), np.array([[1e308, -1e308]]), np.float32(1)])
def test_finite_lets_pass_every_array_of_numbers_an_empty_one_too(array):
    assert finite(z=array) is None


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_finite_refuses_an_array_for_a_single_number_in_it(value):
    z = np.zeros((3, 4))
    z[2, 1] = value
    with refused("z should be finite, without NaN"):
        finite(z=z)


@pytest.mark.parametrize(
    ("guard", "good", "bad"), [(positive, 1, 0), (fraction, 0, 1), (finite, np.zeros(2), np.array([np.nan]))]
)
def test_of_several_arguments_the_first_bad_one_is_named(guard, good, bad):
    for names in (("a", "b", "c"), ("c", "b", "a")):
        with pytest.raises(ValueError, match=f"^{names[1]} should"):
            guard(**{names[0]: good, names[1]: bad, names[2]: bad})


# Extremes


def test_a_distance_beyond_the_largest_number_is_minus_infinity_without_a_warning():
    assert np.array_equal(below_largest(np.array([[1e308, -1e308, 1e308]])), [[0, -np.inf, 0]])


def test_an_infinity_among_the_inputs_still_warns():
    with pytest.raises(RuntimeWarning, match="invalid value"):
        below_largest(np.array([[np.inf, 0.0]]))


# Contract


@both_dtypes
def test_the_dtype_stays_and_a_read_only_input_is_enough(dtype):
    z = np.array([[1, 3], [2, 5]], dtype)
    z.flags.writeable = False
    first, second = below_largest(z), below_largest(z)
    assert first.dtype == dtype
    assert np.array_equal(first, second)
    assert np.array_equal(z, [[1, 3], [2, 5]])


def test_no_row_gives_no_row():
    assert below_largest(np.zeros((0, 3))).shape == (0, 3)


# Equality of two forms


def test_rows_of_rows_are_rows():
    z = np.random.default_rng(0).normal(size=(2, 3, 4))
    assert np.array_equal(below_largest(z).reshape(6, 4), below_largest(z.reshape(6, 4)))


def test_a_batch_of_rows_is_each_row_alone():
    z = np.random.default_rng(0).normal(size=(4, 3))
    assert np.array_equal(below_largest(z), [row - max(row) for row in z])
