"""What must hold for every index, whatever the figures."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance.analysis.composite import (
    Composite,
    Framework,
    Node,
    Table,
    build,
    framework_from,
    method_from,
    simulate,
)
from alliance.analysis.composite.aggregation import outranking
from alliance.analysis.composite.ranking import rank
from alliance.analysis.composite.treatment import treat

CODES = "abcde"
# Whole numbers: a change of scale cannot turn a tie into a difference by rounding.
figures = st.one_of(st.just(float("nan")), st.integers(-50, 50).map(float))
tables = st.integers(2, 9).flatmap(
    lambda n: st.lists(
        st.lists(figures, min_size=len(CODES), max_size=len(CODES)), min_size=n, max_size=n
    )
).map(np.array).filter(lambda values: not np.isnan(values).all())  # fmt: skip
means = st.sampled_from(["arithmetic", "geometric", "harmonic", "copeland"])
scales = st.sampled_from(["min-max", "percentile-rank", "fixed"])
quick = settings(max_examples=60, deadline=None)


def framework(directions: str = "hhlhh", weights: tuple[float, ...] = (1, 2, 1, 3, 1)) -> Framework:
    sides = {"h": "higher", "l": "lower"}
    nodes = [Node(code="index"), Node(code="P", parent="index"), Node(code="Q", parent="index")]
    for place, code in enumerate(CODES):
        nodes.append(
            Node(
                code=code,
                parent="PPQQQ"[place],
                weight=weights[place],
                direction=sides[directions[place]],
            )
        )
    return framework_from(nodes)


def bounded(low: float, high: float) -> Framework:
    return framework_from(
        [Node(code="index")]
        + [Node(code=code, parent="index", lower=low, upper=high) for code in CODES]
    )


def index_of(values: np.ndarray, frame: Framework | None = None, **choices) -> Composite:
    table = Table(
        units=tuple(f"unit {place}" for place in range(len(values))),
        columns=tuple(CODES),
        values=values,
    )
    settings_of = {"range": [1, 100], "coverage": 0.5, "normalise": "min-max"} | choices
    return build(table, frame or framework(), method=method_from(settings_of))


@quick
@given(tables, scales, means, st.sampled_from([0.125, 4, 1024]), st.integers(-1000, 1000))
def test_units_of_measurement_do_not_matter(values, scale, mean, factor, shift):
    before = index_of(values, normalise=scale, aggregate=mean)
    after = index_of(values * factor + shift, normalise=scale, aggregate=mean)
    np.testing.assert_allclose(after.score, before.score, atol=1e-9)
    np.testing.assert_array_equal(after.rank, before.rank)


@quick
@given(tables, scales, means)
def test_turning_an_indicator_and_its_direction_changes_nothing(values, scale, mean):
    before = index_of(values, framework("hhlhh"), normalise=scale, aggregate=mean)
    turned = values * np.array([-1, 1, -1, 1, 1])
    after = index_of(turned, framework("lhhhh"), normalise=scale, aggregate=mean)
    np.testing.assert_allclose(after.score, before.score, atol=1e-9)


@quick
@given(tables, means, st.randoms(use_true_random=False))
def test_the_order_of_units_does_not_matter(values, mean, random):
    order = list(range(len(values)))
    random.shuffle(order)
    before = index_of(values, aggregate=mean)
    after = index_of(values[order], aggregate=mean)
    np.testing.assert_allclose(after.score, before.score[order], atol=1e-9)
    np.testing.assert_array_equal(after.rank, before.rank[order])


@quick
@given(tables, means, st.sampled_from([0.5, 8.0, 100.0]))
def test_only_ratios_of_weights_matter(values, mean, factor):
    before = index_of(values, aggregate=mean)
    heavier = framework(weights=tuple(factor * weight for weight in (1, 2, 1, 3, 1)))
    after = index_of(values, heavier, aggregate=mean)
    np.testing.assert_allclose(after.score, before.score, atol=1e-9)


@quick
@given(tables, means, st.integers(0, 8), st.integers(0, 4), st.integers(1, 40))
def test_a_better_figure_never_lowers_a_score_or_a_rank(values, mean, unit, column, gain):
    unit %= len(values)
    if np.isnan(values[unit, column]):
        return
    frame = bounded(-100, 100)
    before = index_of(values, frame, normalise="fixed", aggregate=mean)
    better = values.copy()
    better[unit, column] += gain
    after = index_of(better, frame, normalise="fixed", aggregate=mean)
    if np.isnan(before.score[unit]):
        assert np.isnan(after.score[unit])
        return
    assert after.score[unit] >= before.score[unit] - 1e-9
    if before.n > 1:
        assert after.rank[unit] <= before.rank[unit]


@quick
@given(tables, st.sampled_from(["arithmetic", "geometric", "harmonic"]))
def test_with_fixed_bounds_one_more_city_changes_nobodys_score(values, mean):
    frame = bounded(-100, 100)
    everyone = index_of(values, frame, normalise="fixed", aggregate=mean, coverage=0)
    if np.isnan(values[:-1]).all():
        return
    without = index_of(values[:-1], frame, normalise="fixed", aggregate=mean, coverage=0)
    np.testing.assert_allclose(everyone.score[:-1], without.score, rtol=1e-14)


@quick
@given(tables)
def test_means_stand_in_their_order_and_within_the_scale(values):
    scores = [
        index_of(values, aggregate=mean).score for mean in ("harmonic", "geometric", "arithmetic")
    ]
    known = ~np.isnan(scores[0])
    for lower, upper in pairwise(scores):
        np.testing.assert_array_equal(np.isnan(lower), ~known)
        assert (lower[known] <= upper[known] + 1e-9).all()
    assert (scores[0][known] >= 1 - 1e-9).all() and (scores[2][known] <= 100 + 1e-9).all()


@quick
@given(tables, means)
def test_missing_is_never_last_and_never_a_number(values, mean):
    index = index_of(values, aggregate=mean)
    known = np.count_nonzero(~np.isnan(values)[:, index.included], axis=1)
    too_few = known < 0.5 * np.count_nonzero(index.included)
    assert np.isnan(index.score[too_few]).all() and np.isnan(index.rank[too_few]).all()
    assert index.n + index.n_missing == len(values)
    ranks = index.rank[~np.isnan(index.rank)]
    if ranks.size:
        assert ranks.min() == 1 and ranks.max() <= index.n


@quick
@given(tables)
def test_shares_of_outranking_add_up_to_one(values):
    shares = outranking(values, np.array([1.0, 2, 1, 3, 1]))
    both = ~np.isnan(shares)
    np.testing.assert_array_equal(both, both.T)
    np.testing.assert_allclose((shares + shares.T)[both], 1)


@quick
@given(st.lists(st.integers(-9, 99).map(float), min_size=1, max_size=30), st.integers(1, 6))
def test_treatment_keeps_the_order_and_reports_every_touched_cell(values, winmax):
    x = np.array(values)
    result = treat(x, winmax=winmax)
    order = np.argsort(x, kind="stable")
    assert (np.diff(result.values[order]) >= 0).all()
    np.testing.assert_array_equal(result.touched, result.values != x)
    if result.step == "winsorised":
        assert result.touched.sum() == result.n_winsorised
        assert x.min() <= result.values.min() and result.values.max() <= x.max()
    np.testing.assert_allclose(treat(-x, winmax=winmax).values, -result.values)


@settings(max_examples=25, deadline=None)
@given(tables, means, scales, st.integers(0, 1000))
def test_draws_leave_missing_what_is_missing_and_keep_within_the_ranks(values, mean, scale, seed):
    index = index_of(values, aggregate=mean, normalise=scale)
    result = simulate(index, draws=20, seed=seed)
    unscored = np.isnan(index.score)
    assert np.isnan(result.scores[:, unscored]).all()
    known = result.rank_low[~np.isnan(result.rank_low)]
    assert (known >= 1).all()
    assert (result.rank_high[~np.isnan(result.rank_high)] <= max(index.n, 1)).all()
    chances = result.p_top_quarter[~np.isnan(result.p_top_quarter)]
    assert ((chances >= 0) & (chances <= 1)).all()
    again = simulate(index, draws=20, seed=seed, threads=2)
    np.testing.assert_array_equal(result.scores, again.scores)


@quick
@given(st.lists(st.integers(0, 6).map(float), min_size=1, max_size=12))
def test_a_rank_is_one_more_than_the_number_of_better_units(scores):
    values = np.array(scores)
    assert rank(values).tolist() == [1 + int((values > own).sum()) for own in values]
    assert rank(values) == pytest.approx(rank(values + 1e-12))
