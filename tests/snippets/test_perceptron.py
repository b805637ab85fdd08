"""What `snippets/perceptron.py` promises."""

import inspect
import re

import numpy as np
import pytest

from snippets import perceptron as module
from snippets.backpropagation import check_layer, complex_step_gradient
from snippets.perceptron import dense, perceptron, perceptron_rule, step

pytestmark = pytest.mark.filterwarnings("error")

SQUARE = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
GATES = {"AND": [0, 0, 0, 1], "OR": [0, 1, 1, 1], "NAND": [1, 1, 1, 0], "NOR": [1, 0, 0, 0]}
LAYERS = {
    name: function
    for name, function in inspect.getmembers(module, inspect.isfunction)
    if "__" not in name and list(inspect.signature(function).parameters) in (["parameters", "x"], ["parameters", "z"])
}


def example(name, seed, dtype=float):
    """Parameters and input of a layer, with every pre-activation at least 0.01 away from the jump at 0."""
    rng = np.random.default_rng(seed)
    theta, theta_0 = rng.normal(size=(3, 2)), rng.normal(size=2)
    x = rng.normal(size=(40, 3))
    x = x[(abs(x @ theta + theta_0) > 0.01).all(axis=1)][:7]
    z = x @ theta + theta_0
    parameters, x = ((), z) if name == "step" else ((theta, theta_0), x)
    return tuple(p.astype(dtype) for p in parameters), x.astype(dtype)


def read_only(*arrays):
    for array in arrays:
        array.flags.writeable = False


def learn(x, y, eta=1.0, passes=50):
    """The rule on one example after the other; the parameters and the number of mistakes."""
    parameters, mistakes = (np.zeros((x.shape[1], 1)), np.zeros(1)), 0
    for _ in range(passes):
        for x_n, y_n in zip(x[:, None], y[:, None]):
            mistakes += int(perceptron(parameters, x_n)[0][0, 0] != y_n[0, 0])
            parameters = perceptron_rule(parameters, x_n, y_n, eta)
    return parameters, mistakes


class TestHandComputedValues:
    def test_dense_is_the_weighted_sum_and_the_bias(self):
        theta, theta_0 = np.array([[4.0, 1.0], [1.0, 0.0], [-2.0, 2.0]]), np.array([-3.0, 0.5])
        z, _ = dense((theta, theta_0), np.array([[0.7, 1.5, 0.0], [0.0, 0.0, 1.0]]))
        assert z == pytest.approx(np.array([[1.3, 1.2], [-5.0, 2.5]]), rel=1e-15)

    def test_dense_hands_back_the_gradients_of_its_sum(self):
        x, theta = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[5.0], [6.0]])
        _, backward = dense((theta, np.zeros(1)), x)
        (d_theta, d_theta_0), d_x = backward(np.array([[1.0], [10.0]]))
        assert np.array_equal(d_theta, [[31.0], [42.0]])
        assert np.array_equal(d_theta_0, [11.0])
        assert np.array_equal(d_x, [[5.0, 6.0], [50.0, 60.0]])

    def test_step_is_1_above_zero_and_0_at_and_below_it(self):
        a, _ = step((), np.array([[-1.0, -0.0, 0.0, 5e-324, 1.0]]))
        assert np.array_equal(a, [[0, 0, 0, 1, 1]])

    def test_three_gates_are_one_layer_of_three_perceptrons(self):
        theta, theta_0 = np.array([[1.0, 1.0, -1.0]] * 2), np.array([-1.5, -0.5, 1.5])
        y_hat, _ = perceptron((theta, theta_0), SQUARE)
        assert np.array_equal(y_hat.T, [GATES["AND"], GATES["OR"], GATES["NAND"]])

    def test_a_mistake_adds_the_example_or_takes_it_away(self):
        parameters, x = (np.array([[1.0], [-1.0]]), np.array([0.0])), np.array([[1.0, 3.0]])
        theta, theta_0 = perceptron_rule(parameters, x, np.array([[1.0]]), eta=0.5)
        assert np.array_equal(theta, [[1.5], [0.5]]) and np.array_equal(theta_0, [0.5])
        theta, theta_0 = perceptron_rule((theta, theta_0), x, np.array([[0.0]]), eta=2.0)
        assert np.array_equal(theta, [[-0.5], [-5.5]]) and np.array_equal(theta_0, [-1.5])

    def test_each_perceptron_of_a_layer_learns_from_its_own_mistakes(self):
        parameters = np.zeros((1, 2)), np.zeros(2)
        theta, theta_0 = perceptron_rule(parameters, np.array([[3.0], [5.0]]), np.array([[1.0, 0.0], [1.0, 0.0]]))
        assert np.array_equal(theta, [[8, 0]]) and np.array_equal(theta_0, [2, 0])


class TestGradients:
    def test_every_layer_is_found(self):
        assert set(LAYERS) == {"dense", "perceptron", "step"}

    @pytest.mark.parametrize("seed", range(5))
    @pytest.mark.parametrize("name", LAYERS)
    def test_backward_agrees_with_central_differences(self, name, seed):
        parameters, x = example(name, seed)
        assert check_layer(LAYERS[name], parameters, x, np.random.default_rng(seed)) <= 1e-6

    @pytest.mark.parametrize("seed", range(5))
    def test_backward_of_dense_agrees_with_the_complex_step(self, seed):
        parameters, x = example("dense", seed)
        error = check_layer(dense, parameters, x, np.random.default_rng(seed), complex_step_gradient)
        assert error <= 1e-10

    @pytest.mark.parametrize("name", ["step", "perceptron"])
    def test_no_gradient_passes_the_step(self, name):
        parameters, x = example(name, 0)
        output, backward = LAYERS[name](parameters, x)
        gradients, d_x = backward(np.ones_like(output))
        assert not any(d.any() for d in (*gradients, d_x))


class TestBehaviour:
    @pytest.mark.parametrize("gate", GATES)
    @pytest.mark.parametrize("eta", [0.25, 1.0, 8.0])
    def test_the_rule_learns_every_gate_and_then_rests(self, gate, eta):
        y = np.array(GATES[gate], float)[:, None]
        parameters, _ = learn(SQUARE, y, eta)
        assert np.array_equal(perceptron(parameters, SQUARE)[0], y)
        assert all(map(np.array_equal, perceptron_rule(parameters, SQUARE, y), parameters))

    def test_from_zero_the_learning_rate_only_scales_the_weights(self):
        y = np.array(GATES["NAND"], float)[:, None]
        (theta, theta_0), mistakes = learn(SQUARE, y)
        (theta_8, theta_0_8), mistakes_8 = learn(SQUARE, y, eta=8.0)
        assert mistakes == mistakes_8
        assert np.array_equal(theta_8, 8 * theta) and np.array_equal(theta_0_8, 8 * theta_0)

    @pytest.mark.parametrize("seed", range(5))
    def test_mistakes_stay_within_novikoffs_bound(self, seed):
        rng = np.random.default_rng(seed)
        angle = rng.uniform(0, 2 * np.pi)
        u = np.array([np.cos(angle), np.sin(angle), 0.2])
        extended = np.column_stack((rng.uniform(-1, 1, size=(400, 2)), np.ones(400)))
        extended = extended[abs(extended @ u) > 0.2][:50]
        y = (extended @ u > 0)[:, None] * 1.0
        longest, closest = np.linalg.norm(extended, axis=1).max(), abs(extended @ u).min()
        bound = (longest * np.linalg.norm(u) / closest) ** 2
        parameters, mistakes = learn(extended[:, :2], y, passes=60)
        assert np.array_equal(perceptron(parameters, extended[:, :2])[0], y)
        assert 0 < mistakes <= bound

    def test_xor_makes_the_rule_run_in_a_circle(self):
        y = np.array([[0.0], [1.0], [1.0], [0.0]])
        ten, eleven = learn(SQUARE, y, passes=10), learn(SQUARE, y, passes=11)
        assert all(map(np.array_equal, ten[0], eleven[0]))
        assert eleven[1] - ten[1] == 4

    def test_without_input_the_bias_decides(self):
        theta = np.random.default_rng(0).normal(size=(3, 4))
        y_hat, _ = perceptron((theta, np.array([-1.0, 0.0, 1e-300, 2.0])), np.zeros((1, 3)))
        assert np.array_equal(y_hat, [[0, 0, 1, 1]])


class TestExtremes:
    @pytest.mark.parametrize("z", [800.0, 1e308, np.inf])
    def test_step_takes_the_largest_numbers(self, z):
        a, backward = step((), np.array([[-z, z]]))
        assert np.array_equal(a, [[0, 1]])
        assert np.array_equal(backward(np.array([[1e308, -1e308]]))[1], [[0, 0]])

    @pytest.mark.parametrize("z", [800.0, 1e308])
    def test_perceptron_takes_the_largest_inputs_and_weights(self, z):
        one = np.array([[1.0]])
        for theta, x in [(z * one, one), (one, z * one)]:
            assert perceptron((theta, np.zeros(1)), x)[0] == 1
            assert perceptron((-theta, np.zeros(1)), x)[0] == 0

    def test_the_rule_takes_the_largest_inputs(self):
        parameters = np.zeros((1, 1)), np.zeros(1)
        theta, theta_0 = perceptron_rule(parameters, np.array([[1e308]]), np.array([[1.0]]))
        assert theta == 1e308 and theta_0 == 1

    def test_an_empty_batch_gives_empty_answers(self):
        parameters, x = example("perceptron", 0)
        y_hat, backward = perceptron(parameters, x[:0])
        assert y_hat.shape == (0, 2)
        (d_theta, d_theta_0), d_x = backward(y_hat)
        assert (d_theta.shape, d_theta_0.shape, d_x.shape) == ((3, 2), (2,), (0, 3))


class TestContract:
    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    @pytest.mark.parametrize("name", LAYERS)
    def test_output_and_gradients_have_the_shapes_and_the_dtype_of_the_input(self, name, dtype):
        parameters, x = example(name, 0, dtype)
        output, backward = LAYERS[name](parameters, x)
        gradients, d_x = backward(np.ones_like(output))
        assert output.shape == (7, 2) and output.dtype == dtype
        for gradient, origin in zip((*gradients, d_x), (*parameters, x), strict=True):
            assert gradient.shape == origin.shape and gradient.dtype == dtype

    @pytest.mark.parametrize("name", LAYERS)
    def test_nothing_is_changed_and_backward_can_be_called_twice(self, name):
        parameters, x = example(name, 0)
        output, backward = LAYERS[name](parameters, x)
        delta = np.random.default_rng(0).normal(size=output.shape)
        read_only(*parameters, x, output, delta)
        (first, d_x), (second, d_x_again) = backward(delta), backward(delta)
        assert all(map(np.array_equal, (*first, d_x), (*second, d_x_again)))

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_the_rule_returns_new_parameters_of_the_same_dtype_and_shape(self, dtype):
        (theta, theta_0), x = example("perceptron", 0, dtype)
        y = np.ones((7, 2), dtype)
        read_only(theta, theta_0, x, y)
        new_theta, new_theta_0 = perceptron_rule((theta, theta_0), x, y, eta=0.1)
        assert new_theta.shape == theta.shape and new_theta.dtype == dtype
        assert new_theta_0.shape == theta_0.shape and new_theta_0.dtype == dtype

    @pytest.mark.parametrize(("x", "theta"), [((7,), (3, 2)), ((7, 3), (3,)), ((7, 3), (2, 3))])
    def test_inputs_and_weights_that_do_not_fit_are_named_with_their_shapes(self, x, theta):
        with pytest.raises(ValueError, match=re.escape(f"x {x} and theta {theta}")):
            dense((np.zeros(theta), np.zeros(2)), np.zeros(x))

    @pytest.mark.parametrize("shape", [(), (1,), (3,), (1, 2)])
    def test_a_bias_that_would_be_broadcast_is_refused(self, shape):
        with pytest.raises(ValueError, match=r"theta_0 .* should be \(2,\)"):
            dense((np.zeros((3, 2)), np.zeros(shape)), np.zeros((7, 3)))

    @pytest.mark.parametrize("shape", [(7,), (1, 2), (2, 7)])
    def test_the_rule_refuses_targets_that_would_be_broadcast(self, shape):
        parameters, x = example("perceptron", 0)
        with pytest.raises(ValueError, match=re.escape(f"y {shape} should be shaped like y_hat (7, 2)")):
            perceptron_rule(parameters, x, np.zeros(shape))

    @pytest.mark.parametrize("label", [-1, 0.5, 2, np.nan])
    def test_the_rule_refuses_targets_other_than_0_and_1(self, label):
        parameters, x = example("perceptron", 0)
        y = np.zeros((7, 2))
        y[3, 1] = label
        with pytest.raises(ValueError, match="y should hold only 0 and 1"):
            perceptron_rule(parameters, x, y)

    @pytest.mark.parametrize("eta", [0, -1.0, np.nan])
    def test_the_rule_refuses_a_learning_rate_that_is_not_positive(self, eta):
        parameters, x = example("perceptron", 0)
        with pytest.raises(ValueError, match=f"eta should be positive and finite, not {eta}"):
            perceptron_rule(parameters, x, np.zeros((7, 2)), eta)


class TestEqualityOfTwoForms:
    @pytest.mark.parametrize("seed", range(5))
    def test_batch_row_and_scalar_form_give_the_same_sum(self, seed):
        (theta, theta_0), x = example("dense", seed)
        batch, _ = dense((theta, theta_0), x)
        rows = [dense((theta, theta_0), x_n[None])[0][0] for x_n in x]
        scalars = np.empty((7, 2))
        for n, j in np.ndindex(7, 2):
            scalars[n, j] = theta_0[j] + sum(x[n, i] * theta[i, j] for i in range(3))
        assert batch == pytest.approx(np.array(rows), abs=1e-12)
        assert batch == pytest.approx(scalars, abs=1e-12)

    @pytest.mark.parametrize("seed", range(5))
    def test_a_bias_is_the_weight_of_an_input_that_is_1(self, seed):
        (theta, theta_0), x = example("dense", seed)
        extended, stacked = np.column_stack((x, np.ones(len(x)))), np.vstack((theta, theta_0))
        z, backward = dense((theta, theta_0), x)
        z_extended, backward_extended = dense((stacked, np.zeros(2)), extended)
        assert z == pytest.approx(z_extended, abs=1e-12)
        (d_theta, d_theta_0), d_x = backward(z)
        (d_stacked, _), d_extended = backward_extended(z)
        assert np.vstack((d_theta, d_theta_0)) == pytest.approx(d_stacked, abs=1e-12)
        assert d_x == pytest.approx(d_extended[:, :-1], abs=1e-12)

    @pytest.mark.parametrize("seed", range(5))
    def test_the_rule_on_a_batch_adds_what_it_adds_for_each_row(self, seed):
        (theta, theta_0), x = example("perceptron", seed)
        y = np.random.default_rng(seed).integers(2, size=(7, 2)).astype(float)
        batch = perceptron_rule((theta, theta_0), x, y, eta=0.5)
        rows = [perceptron_rule((theta, theta_0), x[[n]], y[[n]], eta=0.5) for n in range(7)]
        assert batch[0] - theta == pytest.approx(sum(row[0] - theta for row in rows), abs=1e-12)
        assert batch[1] - theta_0 == pytest.approx(sum(row[1] - theta_0 for row in rows), abs=1e-12)

    @pytest.mark.parametrize("seed", range(5))
    def test_a_perceptron_is_dense_followed_by_step(self, seed):
        parameters, x = example("perceptron", seed)
        assert np.array_equal(perceptron(parameters, x)[0], step((), dense(parameters, x)[0])[0])
