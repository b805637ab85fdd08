"""Attention: weighted means by hand, the causal mask, and the order that it does not see."""

import numpy as np
import pytest

from snippets.attention import attend, attention, causal_attention, positions
from snippets.backpropagation import check_layer, complex_step_gradient
from snippets.network import chain
from snippets.perceptron import dense
from snippets.recurrent import last_step

five_seeds = pytest.mark.parametrize("seed", range(5))


def looks(rng, m=3, d=2, e=4):
    return rng.normal(size=(m, d)), rng.normal(size=(m, d)), rng.normal(size=(m, e))


# Values computed by hand


def test_a_query_halfway_between_two_keys_gets_the_mean_of_their_values():
    q, k, v = np.array([[[0.0]]]), np.array([[[1.0], [-1.0]]]), np.array([[[2.0], [8.0]]])
    a, w, _ = attend(q, k, v)
    assert w.tolist() == [[[0.5, 0.5]]]
    assert a.tolist() == [[[5.0]]]


def test_scores_are_divided_by_the_root_of_the_dimension():
    q, k = np.ones((1, 1, 4)), np.array([[[np.log(3.0) / 2] * 4, [0.0] * 4]])
    _, w, _ = attend(q, k, np.zeros((1, 2, 1)))
    assert w == pytest.approx(np.array([[[0.75, 0.25]]]), rel=1e-14)  # exp(4 · log 3 / 2 / √4) = 3


def test_what_is_not_allowed_has_no_weight_and_gets_no_gradient():
    rng = np.random.default_rng(0)
    q, k, v = rng.normal(size=(3, 2, 4, 5))
    allowed = np.eye(4, dtype=bool)
    a, w, backward = attend(q, k, v, allowed)
    assert np.array_equal(w, np.broadcast_to(np.eye(4), (2, 4, 4)))
    d_q, d_k, d_v = backward(np.ones_like(a))
    assert not d_q.any() and not d_k.any()
    assert (d_v == 1).all()


def test_positions_are_sines_and_cosines_of_falling_frequency():
    p = positions(3, 4)
    expected = [[0, 1, 0, 1], *([np.sin(t), np.cos(t), np.sin(t / 100), np.cos(t / 100)] for t in (1, 2))]
    assert p == pytest.approx(np.array(expected), rel=1e-14)


# Gradients


@five_seeds
@pytest.mark.parametrize("layer", [attention, causal_attention])
def test_in_a_chain_the_gradient_is_right(layer, seed):
    rng = np.random.default_rng(seed)
    parameters = looks(rng), (), (rng.normal(size=(4, 2)), rng.normal(size=2))
    network = chain(layer, last_step, dense)
    assert check_layer(network, parameters, rng.normal(size=(3, 5, 3)), rng, complex_step_gradient) <= 1e-10


@five_seeds
def test_the_gradients_of_queries_keys_and_values_are_right(seed):
    rng = np.random.default_rng(seed)
    three = rng.normal(size=(2, 4, 3)), rng.normal(size=(2, 5, 3)), rng.normal(size=(2, 5, 6))
    allowed = rng.random((4, 5)) > 0.3
    allowed[:, 0] = True

    def layer(parameters, x):
        a, _, backward = attend(*parameters, allowed)
        return a, lambda delta: (backward(delta), ())

    assert check_layer(layer, three, (), rng, complex_step_gradient) <= 1e-10


# Behaviour


@five_seeds
def test_weights_are_positive_and_sum_to_one(seed):
    q, k, v = 5 * np.random.default_rng(seed).normal(size=(3, 2, 6, 4))
    _, w, _ = attend(q, k, v, np.tri(6, dtype=bool))
    assert (w >= 0).all()
    assert w.sum(axis=2) == pytest.approx(np.ones((2, 6)), rel=1e-12)


def test_what_comes_later_changes_nothing_before_where_attention_is_causal():
    rng = np.random.default_rng(0)
    parameters, x = looks(rng), rng.normal(size=(2, 6, 3))
    causal, _ = causal_attention(parameters, x)
    free, _ = attention(parameters, x)
    x[:, 4:] += 1
    assert np.array_equal(causal_attention(parameters, x)[0][:, :4], causal[:, :4])
    assert (attention(parameters, x)[0][:, :4] != free[:, :4]).all()


def test_the_first_step_of_causal_attention_sees_itself_alone():
    rng = np.random.default_rng(0)
    parameters, x = looks(rng), rng.normal(size=(2, 6, 3))
    assert causal_attention(parameters, x)[0][:, 0] == pytest.approx(x[:, 0] @ parameters[2], rel=1e-12)


@five_seeds
def test_steps_in_another_order_give_the_same_answers_in_that_order(seed):
    rng = np.random.default_rng(seed)
    parameters, x, order = looks(rng), rng.normal(size=(2, 6, 3)), rng.permutation(6)
    assert attention(parameters, x[:, order])[0] == pytest.approx(attention(parameters, x)[0][:, order], abs=1e-12)


def test_with_positions_added_the_order_counts():
    rng = np.random.default_rng(0)
    parameters, x, order = looks(rng, m=4), rng.normal(size=(2, 6, 4)), np.arange(6)[::-1]
    p = positions(6, 4)
    there, back = attention(parameters, x + p)[0], attention(parameters, x[:, order] + p)[0]
    assert np.abs(there[:, order] - back).max() > 0.01


def test_two_columns_are_enough_for_a_position():
    assert positions(3, 2) == pytest.approx(np.array([[np.sin(t), np.cos(t)] for t in range(3)]), rel=1e-14)


def test_no_two_of_a_thousand_positions_are_alike():
    p = positions(1000, 16)
    distance = np.linalg.norm(p[:, None] - p, axis=2) + 10 * np.eye(1000)
    assert distance.min() > 0.1


# Extremes and contract


@pytest.mark.parametrize("allowed", [False, np.tri(4, k=-1, dtype=bool)])
def test_a_query_that_may_see_no_key_is_refused(allowed):
    q, k, v = np.random.default_rng(0).normal(size=(3, 1, 4, 2))
    with pytest.raises(ValueError, match=r"^each query should be allowed at least one key"):
        attend(q, k, v, allowed)


def test_large_scores_do_not_overflow():
    q, k, v = 1e100 * np.random.default_rng(0).normal(size=(3, 1, 4, 2))
    a, w, backward = attend(q, k, v)
    assert np.isfinite(a).all()
    assert w.sum(axis=2) == pytest.approx(np.ones((1, 4)))
    assert np.isfinite(backward(np.ones_like(a))[2]).all()


@pytest.mark.parametrize(
    "shapes", [((1, 4, 2), (1, 5, 3), (1, 5, 2)), ((1, 4, 2), (1, 5, 2), (1, 4, 2)), ((2, 4, 2), (1, 5, 2), (1, 5, 2)),
               ((4, 2), (1, 5, 2), (1, 5, 2)), ((1, 4, 2), (5, 2), (1, 5, 2)), ((1, 4, 2), (1, 5, 2), (5, 2))]
)  # fmt: skip
def test_queries_keys_and_values_that_do_not_fit_are_refused(shapes):
    with pytest.raises(ValueError, match=r"^q \(.*\), k \(.*\) and v \(.*\) do not fit$"):
        attend(*map(np.zeros, shapes))


def test_a_key_matrix_of_another_width_than_the_query_matrix_is_refused():
    with pytest.raises(ValueError, match=r"theta_k \(3, 1\) should be \(3, 2\)"):
        attention((np.zeros((3, 2)), np.zeros((3, 1)), np.zeros((3, 2))), np.zeros((1, 4, 3)))


@pytest.mark.parametrize("m", [-2, 0, 1, 3])
def test_an_odd_number_of_position_columns_is_refused(m):
    with pytest.raises(ValueError, match=f"m should be even and at least 2, not {m}"):
        positions(5, m)


def test_one_query_and_no_sequences_are_allowed():
    assert attend(np.zeros((2, 1, 3)), np.zeros((2, 4, 3)), np.zeros((2, 4, 5)))[0].shape == (2, 1, 5)
    assert attention(looks(np.random.default_rng(0)), np.zeros((0, 4, 3)))[0].shape == (0, 4, 4)
