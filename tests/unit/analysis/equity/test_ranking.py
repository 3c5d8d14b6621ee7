"""Ranks of areas: the doubt of the weights is shown, and what is missing has no rank."""

from __future__ import annotations

import numpy as np
import pytest

from alliance.analysis.equity import rank_areas
from alliance.analysis.errors import MethodError

RANDOM = np.random.default_rng(4)
TABLE = RANDOM.normal(size=(60, 3))


def test_one_factor_leaves_no_doubt() -> None:
    found = rank_areas(TABLE[:, :1], [1])
    assert (found.low == found.rank).all() and (found.high == found.rank).all()
    order = np.argsort(-TABLE[:, 0])
    assert list(found.rank[order]) == list(range(1, 61)) and "uncertain" not in found.flag
    assert [found.flag[at] for at in order[:7]] == ["yes"] * 6 + ["no"] and found.cut == 6


def test_less_may_be_worse() -> None:
    more, less = rank_areas(TABLE[:, :1], [1]), rank_areas(-TABLE[:, :1], [-1])
    assert (more.rank == less.rank).all()


def test_ranks_at_the_weights_are_those_of_the_weighted_mean() -> None:
    weights = np.array([1.0, 2.0, 0.0])
    found = rank_areas(TABLE, [1, -1, 1], weights)
    places = [np.argsort(np.argsort(column)) / 59 for column in (TABLE[:, 0], -TABLE[:, 1])]
    score = places[0] / 3 + places[1] * 2 / 3
    assert found.score == pytest.approx(score)
    assert found.rank == pytest.approx([1 + (score > each + 1e-9).sum() for each in score])
    assert (found.low <= found.rank).all() and (found.rank <= found.high).all()


def test_an_area_first_in_all_is_sure_and_one_that_differs_is_not() -> None:
    table = np.column_stack([np.arange(40.0), np.arange(40.0)])
    table[5] = [38.5, 0.5]
    found = rank_areas(table, [1, 1])
    assert found.flag[39] == "yes" and (found.low[39], found.high[39]) == (1, 1)
    assert found.flag[5] == "uncertain" and found.flag[2] == "no"


def test_missing_is_unknown_and_ranks_nobody() -> None:
    table = TABLE.copy()
    table[7, 1] = np.nan
    found = rank_areas(table, [1, 1, 1])
    others = rank_areas(np.delete(table, 7, axis=0), [1, 1, 1])
    assert found.flag[7] == "unknown" and np.isnan(found.rank[7]) and found.n_missing == 1
    assert (np.delete(found.rank, 7) == others.rank).all()
    # Where its factor has no weight, it is known.
    assert rank_areas(table, [1, 1, 1], [1, 0, 1]).n_missing == 0


def test_ties_share_the_best_rank_and_units_do_not_matter() -> None:
    found = rank_areas([[3.0], [3.0], [1.0]], [1], share=0.5)
    assert list(found.rank) == [1, 1, 3]
    scaled = rank_areas(TABLE * [1000, 0.01, 7] + 5, [1, 1, 1])
    assert (scaled.rank == rank_areas(TABLE, [1, 1, 1]).rank).all()


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"weights": [0, 0, 0]}, "no-population"),
        ({"weights": [1, -1, 1]}, "bad-weight"),
        ({"share": 0.0}, "bad-parameter"),
        ({"draws": 0}, "bad-parameter"),
        ({"level": 1.0}, "bad-parameter"),
    ],
)
def test_options_that_make_no_sense_are_refused(more, code) -> None:
    with pytest.raises(MethodError) as refused:
        rank_areas(TABLE, [1, 1, 1], **more)
    assert refused.value.code == code


def test_one_area_cannot_be_ranked() -> None:
    with pytest.raises(MethodError, match="1 areas"):
        rank_areas([[1.0], [np.nan]], [1])


def test_ranges_of_some_areas_are_those_of_all() -> None:
    table = TABLE.round(1)
    table[7, 1] = np.nan
    whole = rank_areas(table, [1, -1, 1], [1, 2, 1])
    some = rank_areas(table, [1, -1, 1], [1, 2, 1], only=slice(50, 59))
    assert some.flag == whole.flag and list(some.rank[:7]) == list(whole.rank[:7])
    last = np.argsort(np.nan_to_num(whole.rank, nan=99), kind="stable")[50:59]
    assert list(some.low[last]) == list(whole.low[last])
    assert list(some.high[last]) == list(whole.high[last])
    assert np.isfinite(some.low).sum() == np.isfinite(some.high).sum() == 9
    assert np.isnan(some.low[7])
