"""Descent: parameters as one vector, the objective as a function of it, steps against the gradient."""

import re

import numpy as np
import pytest

from snippets.activations import relu, sigmoid, softplus, tanh
from snippets.backpropagation import complex_step_gradient, numerical_gradient
from snippets.descent import arrays, flatten, gradient_descent, objective, pack
from snippets.losses import binary_cross_entropy, cross_entropy, mean_squared_error
from snippets.network import glorot, initialise, multilayer_perceptron
from snippets.perceptron import dense

pytestmark = pytest.mark.filterwarnings("error")


def bowl(theta):
    """J = θ_1² + 3 θ_2², whose gradient is (2 θ_1, 6 θ_2)."""
    slopes = np.array([2, 6], theta.dtype)
    return (slopes * theta * theta).sum() / 2, slopes * theta


def nested():
    """Parameters of two layers with an activation between them, counted from 0 to 8."""
    theta, theta_0 = np.arange(4.0).reshape(2, 2), np.array([4.0, 5.0])
    return (theta, theta_0), (), (np.array([[6.0], [7.0]]), np.array([8.0]))


def same(a, b):
    """Whether two nested tuples of arrays are equal, shapes included."""
    if isinstance(a, tuple):
        return isinstance(b, tuple) and len(a) == len(b) and all(map(same, a, b))
    return np.shape(a) == np.shape(b) and np.array_equal(a, b)


# Values computed by hand


def test_numbers_are_packed_in_the_order_in_which_they_are_written():
    theta, _ = pack(nested())
    assert np.array_equal(theta, np.arange(9))


def test_arrays_are_taken_out_of_their_nest_from_left_to_right():
    assert arrays((1, ((), (2, (3,))), 4)) == [1, 2, 3, 4]
    assert arrays(5) == [5]
    assert arrays(()) == []


def test_a_nest_is_flattened_row_by_row():
    assert np.array_equal(flatten((np.array([[1, 2], [3, 4]]), (5, ()))), [1, 2, 3, 4, 5])


def test_three_steps_down_a_parabola_are_those_of_pencil_and_paper():
    theta, history = gradient_descent(lambda t: ((t * t).sum(), 2 * t), np.array([8.0]), 0.25, 3)
    assert theta == 1
    assert history == [64, 16, 4]


def test_a_line_through_one_point_has_the_slope_of_its_squared_error():
    theta, unpack = pack((np.array([[3.0]]), np.array([1.0])))
    J_and_gradient = objective(dense, mean_squared_error, unpack, np.array([[2.0]]), np.array([[5.0]]))
    J, gradient = J_and_gradient(theta)
    assert J == 4
    assert np.array_equal(gradient, [8, 4])


# Gradients


CASES = {
    "regression": (mean_squared_error, 2, lambda rng: rng.normal(size=(5, 2))),
    "two classes": (
        binary_cross_entropy,
        1,
        lambda rng: rng.integers(0, 2, size=(5, 1)).astype(float),
    ),
    "many classes": (cross_entropy, 4, lambda rng: rng.integers(0, 4, size=5)),
}


def objective_of(case, g, seed):
    """The objective of a network with two hidden layers on five random examples, and a start."""
    rng = np.random.default_rng(seed)
    loss, k, targets = CASES[case]
    theta, unpack = pack(initialise(rng, (3, 4, 4, k), glorot))
    theta = theta + 0.1 * rng.normal(size=theta.shape)
    network = multilayer_perceptron(g, 2)
    return objective(network, loss, unpack, rng.normal(size=(5, 3)), targets(rng)), theta


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("g", [sigmoid, tanh, softplus])
@pytest.mark.parametrize("seed", range(5))
def test_the_gradient_of_the_objective_is_that_of_the_complex_step(case, g, seed):
    J_and_gradient, theta = objective_of(case, g, seed)
    expected = complex_step_gradient(lambda theta: J_and_gradient(theta)[0], theta)
    assert np.abs(J_and_gradient(theta)[1] - expected).max() <= 1e-10


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("seed", range(5))
def test_the_gradient_of_the_objective_is_right_with_relu_too(case, seed):
    J_and_gradient, theta = objective_of(case, relu, seed)
    expected = numerical_gradient(lambda theta: J_and_gradient(theta)[0], theta)
    assert np.abs(J_and_gradient(theta)[1] - expected).max() <= 1e-6


# Behaviour


def test_the_gradient_points_uphill():
    theta = np.array([1.0, -2.0])
    J, gradient = bowl(theta)
    assert bowl(theta + 1e-3 * gradient)[0] > J > bowl(theta - 1e-3 * gradient)[0]


def test_below_two_over_the_largest_curvature_every_step_descends():
    _, history = gradient_descent(bowl, np.array([1.0, 1.0]), 0.99 * 2 / 6, 50)
    assert (np.diff(history) < 0).all()


def test_above_two_over_the_largest_curvature_it_diverges():
    theta, history = gradient_descent(bowl, np.array([1.0, 1.0]), 1.01 * 2 / 6, 200)
    assert history[-1] > 100 * history[0]
    assert abs(theta[1]) > 10


def test_it_stays_where_the_gradient_is_zero():
    theta, history = gradient_descent(bowl, np.zeros(2), 0.1, 5)
    assert not theta.any()
    assert history == [0] * 5


def test_it_finds_the_least_squares_line():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(30, 1))
    y = 2 * x + 1 + 0.1 * rng.normal(size=(30, 1))
    theta, unpack = pack((np.zeros((1, 1)), np.zeros(1)))
    theta, _ = gradient_descent(objective(dense, mean_squared_error, unpack, x, y), theta, 0.1, 500)
    best = np.linalg.lstsq(np.concatenate([x, np.ones_like(x)], axis=1), y)[0].ravel()
    assert theta == pytest.approx(best, rel=1e-10)


def test_unpacked_parameters_are_views_of_the_vector():
    theta, unpack = pack(nested())
    (weights, _), _, (_, last) = unpack(theta)
    theta[0], theta[-1] = 100, 200
    assert weights[0, 0] == 100
    assert last[0] == 200


def test_packing_copies_so_that_the_vector_is_free_of_the_parameters():
    parameters = nested()
    theta, _ = pack(parameters)
    theta[:] = 0
    assert same(parameters, nested())


# Extremes


@pytest.mark.parametrize("size", [800.0, 1e308])
def test_a_huge_parameter_passes_through_the_objective_without_a_warning(size):
    theta, unpack = pack((np.array([[size]]), np.zeros(1)))
    J_and_gradient = objective(dense, binary_cross_entropy, unpack, np.ones((1, 1)), np.zeros((1, 1)))
    J, gradient = J_and_gradient(theta)
    assert J == size
    assert np.array_equal(gradient, [1, 1])


def test_a_step_far_below_rounding_leaves_theta_where_it_is():
    theta, _ = gradient_descent(bowl, np.array([1.0, 1.0]), 1e-308, 3)
    assert np.array_equal(theta, [1, 1])


# Contract


def test_float32_stays_float32():
    float32 = tuple(tuple(p.astype(np.float32) for p in layer) for layer in nested())
    theta, unpack = pack(float32)
    x, y = np.ones((3, 2), np.float32), np.ones((3, 1), np.float32)
    J_and_gradient = objective(multilayer_perceptron(tanh, 1), mean_squared_error, unpack, x, y)
    theta, history = gradient_descent(J_and_gradient, theta, 0.1, 2)
    assert theta.dtype == np.float32
    assert history[0].dtype == np.float32
    assert unpack(theta)[0][0].dtype == np.float32


def test_the_start_may_be_read_only_and_is_not_changed():
    start = np.array([1.0, 1.0])
    start.setflags(write=False)
    first, _ = gradient_descent(bowl, start, 0.1, 3)
    second, _ = gradient_descent(bowl, start, 0.1, 3)
    assert np.array_equal(first, second)
    assert np.array_equal(start, [1, 1])


def test_the_objective_gives_the_same_answer_twice_and_changes_nothing():
    J_and_gradient, theta = objective_of("many classes", tanh, 0)
    theta.setflags(write=False)
    first, second = J_and_gradient(theta), J_and_gradient(theta)
    assert first[0] == second[0]
    assert np.array_equal(first[1], second[1])


def test_no_step_returns_the_start_and_an_empty_history():
    theta, history = gradient_descent(bowl, np.array([1.0, 2.0]), 0.1, 0)
    assert np.array_equal(theta, [1, 2])
    assert history == []


@pytest.mark.parametrize("parameters", [(), ((), ((), ()))])
def test_parameters_without_an_array_are_refused(parameters):
    for function in (pack, flatten):
        with pytest.raises(ValueError, match=r"^parameters should hold at least one array$"):
            function(parameters)


@pytest.mark.parametrize("shape", [(), (8,), (10,), (9, 1), (1, 9)])
def test_a_vector_of_another_length_is_refused_with_both_shapes(shape):
    _, unpack = pack(nested())
    with pytest.raises(ValueError, match=rf"^{re.escape(f'theta {shape} should be (9,)')}$"):
        unpack(np.zeros(shape))


@pytest.mark.parametrize("eta", [0, -0.1, float("nan"), float("inf")])
def test_a_learning_rate_that_is_not_positive_is_refused_by_name(eta):
    with pytest.raises(ValueError, match=f"eta should be positive and finite, not {eta}"):
        gradient_descent(bowl, np.zeros(2), eta, 1)


# Equality of two forms


def test_unpack_undoes_pack():
    theta, unpack = pack(nested())
    assert same(unpack(theta), nested())


def test_flatten_is_the_first_half_of_pack():
    assert np.array_equal(flatten(nested()), pack(nested())[0])


def test_empty_arrays_keep_their_place():
    parameters = np.zeros((0, 3)), np.array([1.0]), np.zeros(0)
    theta, unpack = pack(parameters)
    assert theta.shape == (1,)
    assert same(unpack(theta), parameters)


def test_a_single_array_and_a_single_number_are_packed_too():
    for parameters in (
        np.arange(6.0).reshape(2, 3),
        np.array(2.5),
        (2.5, ()),
    ):
        theta, unpack = pack(parameters)
        assert theta.ndim == 1
        assert same(unpack(theta), parameters)


def test_ten_steps_are_four_steps_and_then_six():
    J_and_gradient, start = objective_of("regression", tanh, 0)
    at_once, history = gradient_descent(J_and_gradient, start, 0.1, 10)
    half_way, first = gradient_descent(J_and_gradient, start, 0.1, 4)
    in_two, second = gradient_descent(J_and_gradient, half_way, 0.1, 6)
    assert np.array_equal(at_once, in_two)
    assert history == first + second


def test_on_a_parabola_every_step_shrinks_theta_by_the_same_factor():
    theta, _ = gradient_descent(bowl, np.array([1.0, 1.0]), 0.1, 7)
    assert theta == pytest.approx([0.8**7, 0.4**7], rel=1e-12)
