import numpy as np
import pytest

from alliance.analysis.composite.ranking import (
    in_top_quarter,
    nested_peers,
    peer_groups,
    peer_percentile,
    rank,
    rank_codes,
    top_quarter_rank,
)
from alliance.analysis.composite.standing import percentiles_of_draws, standings
from alliance.analysis.errors import MethodError
from tests.unit.analysis.composite.helpers import NAN


def test_ranks_with_ties_and_gaps():
    np.testing.assert_array_equal(rank(np.array([5, NAN, 9, 5, 1])), [2, NAN, 1, 2, 4])
    assert rank_codes(np.array([5, NAN, 9, 5, 1])).tolist() == [2, 0, 1, 2, 4]
    assert np.isnan(rank(np.array([NAN, NAN]))).all()


def test_scores_that_differ_by_rounding_are_tied():
    assert rank(np.array([0.1 + 0.2, 0.3, 0.4])).tolist() == [2, 2, 1]


def test_many_rows_are_ranked_at_once():
    rows = np.random.default_rng(1).integers(0, 5, size=(20, 9)).astype(float)
    rows[rows == 0] = NAN
    for row, ranks in zip(rows, rank(rows), strict=True):
        np.testing.assert_array_equal(rank(row), ranks)


def test_top_quarter_is_a_percentile_of_three_quarters():
    for k in range(2, 60):
        percentile = peer_percentile(-np.arange(k, dtype=float))
        assert np.count_nonzero(percentile >= 0.75) == top_quarter_rank(k)


def test_who_is_in_the_top_quarter_is_the_same_with_and_without_ranks():
    rows = np.random.default_rng(2).integers(0, 6, size=(200, 9)) + 1e-12
    rows[rows < 1] = NAN
    ranks = rank_codes(rows)
    found = in_top_quarter(rows)
    np.testing.assert_array_equal(found, (ranks > 0) & (ranks <= top_quarter_rank(9)))
    # Some rows have fewer known scores than the quarter has places; they are all in it.
    assert not found[np.isnan(rows).all(axis=1)].any() and found.any()


def test_a_place_among_one_is_no_place():
    assert np.isnan(peer_percentile(np.array([4.0, NAN]))).all()


def test_peers_by_group_need_enough_ranked_units():
    groups = ("x",) * 6 + ("y",) * 5 + ("",)
    ranked = np.ones(12, dtype=bool)
    ranked[6] = False
    peers = peer_groups(groups, ranked)
    assert peers.names == ("", "x")
    assert peers.fallback == ("y",)
    assert peers.of.tolist() == [1] * 6 + [0] * 6
    assert peers.members[0].size == 11
    assert peer_groups(None, ranked).names == ("",)
    with pytest.raises(MethodError, match="wrong-shape"):
        peer_groups(("x",), ranked)


SCORES = np.array([90.0, 80, 70, 60, 50, 40, 30, 20, NAN])
PEERS = peer_groups(None, ~np.isnan(SCORES))


def draws(spread: float) -> np.ndarray:
    return SCORES + np.random.default_rng(1).normal(scale=spread, size=(400, 9))


def labels(**keywords) -> list[str]:
    return [standing.label for standing in standings(SCORES, PEERS, **keywords)]


def test_a_sure_place_in_an_outer_quarter():
    assert labels(draws=draws(0.1)) == [
        "leading", "leading", "typical", "typical", "typical", "typical",
        "must-do-more", "must-do-more", "no-data",
    ]  # fmt: skip
    first = standings(SCORES, PEERS, draws=draws(0.1))[0]
    assert (first.percentile, first.low, first.high, first.k) == (1, 1, 1, 7)


def test_a_place_whose_interval_reaches_over_the_middle_is_unclear():
    found = labels(draws=draws(60))
    assert found[0] == "unclear" and found[7] == "unclear"
    assert found[8] == "no-data"
    assert labels()[0] == "unclear", "without an interval no place is sure"


def test_falling_away_from_the_target_calls_for_more_wherever_a_city_stands():
    falling = np.zeros(9, dtype=bool)
    falling[[0, 8]] = True
    found = standings(SCORES, PEERS, draws=draws(0.1), falling=falling)
    assert (found[0].label, found[0].reason) == ("must-do-more", "falling")
    assert found[7].reason == "place"
    assert found[8].label == "no-data"


def test_each_unit_is_placed_among_its_own_peers():
    scores = np.array([1.0, 2, 3, 4, 5, 60, 70, 80, 90, 100])
    peers = peer_groups(("x",) * 5 + ("y",) * 5, np.ones(10, dtype=bool))
    noise = scores + np.random.default_rng(1).normal(scale=0.01, size=(50, 10))
    found = standings(scores, peers, draws=noise)
    assert [standing.percentile for standing in found] == [0, 0.25, 0.5, 0.75, 1] * 2
    assert [standing.label for standing in found[:5]] == [
        "must-do-more", "must-do-more", "typical", "leading", "leading",
    ]  # fmt: skip


def test_a_city_without_peers_neither_leads_nor_lags():
    alone = np.array([50.0])
    found = standings(alone, peer_groups(None, np.array([True])))
    assert (found[0].label, found[0].percentile, found[0].k) == ("unclear", None, 0)


def test_shapes_and_levels_are_checked():
    with pytest.raises(MethodError, match="wrong-shape"):
        standings(SCORES, PEERS, draws=np.ones((5, 2)))
    with pytest.raises(MethodError, match="wrong-shape"):
        standings(SCORES, PEERS, falling=np.ones(2, dtype=bool))
    with pytest.raises(MethodError, match="bad-level"):
        percentiles_of_draws(np.ones((5, 2)), level=1)


def test_peers_are_the_finest_grouping_that_has_enough():
    ranked = np.array([True] * 7 + [False])
    fine = ["a"] * 5 + ["b", "b", "b"]
    wide = ["x"] * 8
    peers = nested_peers([fine, wide], ranked, at_least=5)
    names = [peers.names[group] for group in peers.of]
    assert names == ["a"] * 5 + ["x"] * 3
    assert peers.members[peers.names.index("a")].tolist() == [0, 1, 2, 3, 4]
    # Whoever has closer peers is still among the peers of those who have none.
    assert peers.members[peers.names.index("x")].tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert peers.fallback == ("b",)


def test_without_any_group_that_has_enough_all_are_peers():
    ranked = np.ones(4, dtype=bool)
    peers = nested_peers([["a", "a", "", ""], ["c", "c", "c", "c"]], ranked, at_least=5)
    assert peers.of.tolist() == [0] * 4
    assert peers.members[0].tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("levels", "at_least", "code"),
    [([["a"]], 5, "wrong-shape"), ([["a", "b"]], 1, "bad-group-size")],
)
def test_nested_peers_refuse_what_cannot_be(levels, at_least, code):
    with pytest.raises(MethodError) as caught:
        nested_peers(levels, np.ones(2, dtype=bool), at_least=at_least)
    assert caught.value.code == code


def test_intervals_of_places_are_those_of_each_draw():
    draws = np.random.default_rng(1).normal(size=(200, 6))
    draws[5, 2] = np.nan
    places = np.array([peer_percentile(row) for row in draws])
    low, high = percentiles_of_draws(draws)
    np.testing.assert_allclose(low, np.nanquantile(places, 0.05, axis=0))
    np.testing.assert_allclose(high, np.nanquantile(places, 0.95, axis=0))
