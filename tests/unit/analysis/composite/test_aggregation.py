import numpy as np
import pytest

from alliance.analysis.composite.aggregation import (
    Mean,
    blocks,
    climb,
    copeland,
    outrank_tree,
    outranking,
)
from alliance.analysis.composite.ranking import rank
from tests.unit.analysis.composite.helpers import NAN, flat, two_pillars

EVERYONE = np.ones(2, dtype=bool)


def means(framework, scores, mean, *, leaf_weights=None, threshold=0.5, top_only=False):
    leaves = framework.leaf_weights() if leaf_weights is None else leaf_weights
    return climb(
        framework,
        blocks(framework, np.array(scores, dtype=float), mean),
        np.atleast_2d(leaves),
        np.tile(framework.node_weights(), (np.atleast_2d(leaves).shape[0], 1)),
        mean,
        threshold=threshold,
        top_only=top_only,
    )


@pytest.mark.parametrize(
    ("mean", "expected"),
    [
        (Mean("arithmetic"), (1 + 4 + 2 * 16) / 4),
        (Mean("geometric"), (1 * 4 * 16 * 16) ** 0.25),
        (Mean("harmonic"), 4 / (1 + 1 / 4 + 2 / 16)),
        (Mean("generalised", 2), ((1 + 16 + 2 * 256) / 4) ** 0.5),
        (Mean("generalised", -1), 4 / (1 + 1 / 4 + 2 / 16)),
        (Mean("generalised", 1), (1 + 4 + 2 * 16) / 4),
    ],
)
def test_weighted_means_by_hand(mean, expected):
    result = means(flat("a", "b", "c"), [[1, 4, 16]], mean, leaf_weights=np.array([1.0, 1, 2]))
    assert result[0][0, 0] == pytest.approx(expected, rel=1e-14)


def test_a_hierarchy_by_hand():
    result = means(two_pillars(), [[10, 20, 60, 40, 80]], Mean("arithmetic"))
    assert result[1][0, 0] == pytest.approx(30)
    assert result[2][0, 0] == pytest.approx(70)
    assert result[0][0, 0] == pytest.approx((2 * 30 + 70) / 3)


def test_only_present_children_count_and_only_if_they_carry_half_the_weight():
    scores = [[10, NAN, NAN, 40, 80], [10, 20, NAN, NAN, 80], [10, 20, 60, 40, NAN]]
    result = means(two_pillars(), scores, Mean("arithmetic"))
    np.testing.assert_allclose(result[1][0], [NAN, 15, 30])
    np.testing.assert_allclose(result[2][0], [70, 80, NAN])
    # P carries two thirds of the weight of the top, Q one third.
    np.testing.assert_allclose(result[0][0], [NAN, (30 + 80) / 3, 30])
    all_that_is_there = means(two_pillars(), scores, Mean("arithmetic"), threshold=0.0)
    np.testing.assert_allclose(
        all_that_is_there[0][0], [(20 + 70) / 3, (30 + 80) / 3, (60 + 40) / 3]
    )


def test_exactly_the_threshold_is_enough_whatever_the_rounding():
    weights = np.array([0.1, 0.2, 0.3])
    result = means(flat("a", "b", "c"), [[1, 2, NAN]], Mean("arithmetic"), leaf_weights=weights)
    assert result[0][0, 0] == pytest.approx(5 / 3)


def test_many_weightings_at_once_and_one_set_of_scores_each():
    framework, random = two_pillars(), np.random.default_rng(3)
    scores = random.uniform(1, 100, size=(4, 7, 5))
    scores[:, 2, 1] = NAN
    weights = random.uniform(0.5, 2, size=(4, 5))
    for mean in (Mean("arithmetic"), Mean("geometric"), Mean("harmonic")):
        shared = means(framework, scores[0], mean, leaf_weights=weights)
        each = means(framework, scores, mean, leaf_weights=weights, top_only=True)
        assert set(each) == {0}
        for draw in range(4):
            alone = means(framework, scores[0], mean, leaf_weights=weights[draw])
            np.testing.assert_allclose(shared[0][draw], alone[0][0], rtol=1e-12)
            own = means(framework, scores[draw], mean, leaf_weights=weights[draw])
            np.testing.assert_allclose(each[0][draw], own[0][0], rtol=1e-12)


def test_a_node_without_weight_below_is_as_good_as_absent():
    weights = np.array([0.0, 0, 0, 1, 3])
    result = means(two_pillars(), [[10, 20, 60, 40, 80]], Mean("arithmetic"), leaf_weights=weights)
    assert np.isnan(result[1][0, 0])
    assert result[0][0, 0] == pytest.approx(70)
    nothing = means(two_pillars(), [[1, 2, 3, 4, 5]], Mean("arithmetic"), leaf_weights=np.zeros(5))
    assert np.isnan(nothing[0][0, 0])


def test_outranking_over_shared_indicators_only():
    scores = np.array([[3.0, 1, NAN], [2, 1, 5], [NAN, NAN, 4]])
    shares = outranking(scores, np.array([1.0, 1, 2]))
    np.testing.assert_allclose(shares, [[0.5, 0.75, NAN], [0.25, 0.5, 1], [NAN, 0, 0.5]])


def test_copeland_counts_wins_less_defeats():
    scores = np.array([[3.0, 3, 1], [2, 2, 2], [1, 1, 3], [3, 3, 1]])
    everyone = np.ones(4, dtype=bool)
    equal = copeland(scores, np.ones((1, 3)), everyone)[0]
    assert equal.tolist() == [2, -1, -3, 2]
    assert rank(equal).tolist() == [1, 3, 4, 1]
    third_decides = copeland(scores, np.array([[1.0, 1, 9]]), everyone)[0]
    assert third_decides.tolist() == [-2, 1, 3, -2]
    without_last = copeland(scores, np.ones((1, 3)), np.array([True, True, True, False]))[0]
    np.testing.assert_array_equal(without_last, [2, 0, -2, NAN])


def test_weights_that_add_up_to_half_but_for_rounding_are_a_tie():
    scores = np.array([[1.0, 1, 0], [0, 0, 1]])
    assert copeland(scores, np.array([[0.1, 0.2, 0.3]]), EVERYONE)[0].tolist() == [0, 0]


def test_outranking_a_hierarchy_looks_at_indicators_with_their_share_of_the_weight():
    framework = two_pillars()
    # First wins all of P, two thirds of the index; second wins all of Q.
    scores = np.array([[9.0, 9, 9, 1, 1], [1, 1, 1, 9, 9]])
    result = outrank_tree(
        framework,
        scores,
        framework.leaf_weights()[np.newaxis],
        framework.node_weights()[np.newaxis],
        threshold=0.5,
        eligible=EVERYONE,
    )
    assert result[0][0].tolist() == [1, -1]
    assert result[2][0].tolist() == [-1, 1]


def test_outranking_leaves_out_units_with_too_little_weight():
    scores = np.array([[9.0, NAN, NAN], [1, 1, 1], [2, 2, NAN]])
    framework = flat("a", "b", "c")
    result = outrank_tree(
        framework,
        scores,
        framework.leaf_weights()[np.newaxis],
        framework.node_weights()[np.newaxis],
        threshold=0.5,
        eligible=np.ones(3, dtype=bool),
    )
    np.testing.assert_array_equal(result[0][0], [NAN, -1, 1])
