import numpy as np
import pytest

from alliance.analysis.composite import (
    Factors,
    Node,
    framework_from,
    simulate,
)
from alliance.analysis.composite.replay import errors_of
from alliance.analysis.composite.scenarios import draws_from, plan_for
from alliance.analysis.errors import MethodError
from tests.unit.analysis.composite.helpers import NAN, flat, index_of, some_index

ONLY_ERRORS = Factors(
    weights="none",
    leave_one_out=False,
    normalisation=("fixed",),
    winmax=(1,),
    aggregation=("arithmetic",),
)


def refused(call, *arguments, **keywords) -> str:
    with pytest.raises(MethodError) as caught:
        call(*arguments, **keywords)
    return caught.value.code


@pytest.mark.parametrize("aggregate", ["arithmetic", "geometric", "harmonic", "copeland"])
@pytest.mark.parametrize("normalise", ["min-max", "percentile-rank", "fixed"])
def test_where_nothing_varies_every_draw_is_the_nominal_index(aggregate, normalise):
    index = some_index(missing=True, aggregate=aggregate, normalise=normalise, range=[1, 100])
    still = Factors(
        weights="none",
        leave_one_out=False,
        normalisation=(normalise,),
        aggregation=(aggregate,),
    )
    result = simulate(index, draws=3, factors=still)
    for draw in result.scores:
        np.testing.assert_allclose(draw, index.score, rtol=1e-12)
    np.testing.assert_array_equal(result.rank_low, index.rank)
    np.testing.assert_array_equal(result.rank_high, index.rank)
    assert result.factors == ()
    assert "nothing-varied" in result.warnings


def test_z_scores_as_the_nominal_choice_come_back_on_their_own_scale():
    index = some_index(normalise="z-score", mean_sd=[10, 2])
    still = Factors(weights="none", leave_one_out=False, normalisation=("z-score",),
                    aggregation=("arithmetic",))  # fmt: skip
    np.testing.assert_allclose(simulate(index, draws=2, factors=still).scores[0], index.score)


def test_the_same_seed_gives_the_same_draws_for_any_number_of_threads():
    index = some_index(missing=True, groups=True, impute="group-mean")
    error = np.full(index.observed.shape, 0.05)
    one = simulate(index, draws=60, seed=5, relative_error=error)
    two = simulate(index, draws=60, seed=5, relative_error=error, threads=3)
    other = simulate(index, draws=60, seed=6, relative_error=error)
    np.testing.assert_array_equal(one.scores, two.scores)
    assert not np.array_equal(one.scores, other.scores)
    assert one.factors == ("weights", "normalisation", "aggregation", "left-out", "error")


def test_points_are_ordered_and_ranks_are_whole():
    index = some_index(treat="winsorise-log", normalise="min-max")
    result = simulate(index, draws=200)
    assert (result.score_low <= result.score_high).all()
    assert (result.rank_low >= 1).all() and (result.rank_high <= 12).all()
    for ranks in (result.rank_low, result.rank_high):
        np.testing.assert_array_equal(ranks, np.round(ranks))
    assert "treatment" in result.factors
    assert "few-draws" in result.warnings
    ordered = np.sort(result.scores, axis=0)
    np.testing.assert_array_equal(result.score_low, ordered[9])
    np.testing.assert_array_equal(result.score_high, ordered[189])


def test_a_unit_best_at_everything_leads_in_every_draw():
    index = index_of({code: [9, 1, 2, 3, 4, 5] for code in "abc"}, flat(*"abc"))
    result = simulate(index, draws=300)
    assert (result.rank_low[0], result.rank_high[0]) == (1, 1)
    assert result.p_top_quarter[0] == 1
    assert result.p_top_quarter[1] == 0


def test_units_without_an_index_have_no_interval():
    columns = {code: [9.0, 1, 2, 3, 4, 5] for code in "abc"}
    columns["a"][2] = columns["b"][2] = NAN
    result = simulate(index_of(columns, flat(*"abc")), draws=50)
    for values in (result.score_low, result.rank_high, result.p_top_quarter):
        assert np.isnan(values[2]) and not np.isnan(np.delete(values, 2)).any()


def test_leaving_out_what_a_unit_lacks_gives_it_no_score():
    columns = {"a": [1.0, 2, 3, 4], "b": [NAN, 2, 3, 5], "c": [NAN, 2, 3, 1]}
    index = index_of(columns, flat(*"abc"), coverage={"unit": 0.3})
    assert np.isnan(index.score[0])
    result = simulate(index, draws=200)
    assert np.isnan(result.scores[:, 0]).all()
    assert (result.rank_high[1:] <= 3).all()


def test_small_groups_are_compared_with_all_units():
    index = index_of(
        {"a": list(range(12)), "b": list(range(12))},
        flat("a", "b"),
        groups=["x"] * 7 + ["y"] * 4 + [""],
    )
    result = simulate(index, draws=20)
    assert result.warnings == ("peers-are-all:y", "few-draws")
    # 7 peers in x: the best two are in the top quarter. All 12: the best three.
    assert result.p_top_quarter.tolist() == [0] * 5 + [1, 1] + [0, 0, 1, 1, 1]


def test_a_lone_city_has_an_interval_of_its_score_but_not_of_its_rank():
    index = index_of({"a": [30], "b": [60]}, flat("a", "b", lower=0, upper=100))
    result = simulate(index, draws=50)
    assert result.score_low[0] <= 45 <= result.score_high[0]
    assert np.isnan(result.rank_low[0]) and np.isnan(result.p_top_quarter[0])
    assert "few-peers" in result.warnings


def test_an_indicator_the_sample_cannot_scale_keeps_its_score_between_fixed_bounds():
    columns = {"a": [5.0] * 6, "b": [1.0, 2, 3, 4, 5, 6]}
    framework = flat("a", "b", lower=0, upper=10)
    factors = Factors(weights="none", leave_one_out=False, normalisation=("min-max",),
                      aggregation=("arithmetic",))  # fmt: skip
    result = simulate(index_of(columns, framework), draws=2, factors=factors)
    np.testing.assert_allclose(result.scores[0], (50 + 100 * np.arange(6) / 5) / 2)


def test_leaving_one_out_happens_once_in_q_plus_1_draws_for_each():
    index = some_index()
    factors = Factors(weights="none", normalisation=("min-max",), aggregation=("arithmetic",))
    plan = plan_for(index, factors, errors=False)
    draws = draws_from(plan, np.random.default_rng(1).random((6000, plan.n_columns)))
    left_out = draws.leaf_weights == 0
    assert left_out.sum(axis=1).max() == 1
    assert np.abs(left_out.mean(axis=0) - 1 / 6).max() < 0.02


def test_weights_vary_within_a_quarter_below_the_top():
    index = some_index()
    plan = plan_for(index, Factors(leave_one_out=False), errors=False)
    draws = draws_from(plan, np.random.default_rng(1).random((4000, plan.n_columns)))
    ratio = draws.node_weights / index.framework.node_weights()
    assert (ratio[:, 0] == 1).all()
    assert ratio[:, 1:].min() >= 0.75 and ratio[:, 1:].max() < 1.25
    assert ratio[:, 1:].std() == pytest.approx(0.25 / np.sqrt(3), rel=0.05)
    assert (draws.leaf_weights == index.framework.leaf_weights()).all()


def test_dirichlet_weights_add_up_and_have_the_given_weights_as_mean():
    nodes = [
        Node(code=code, parent="index", weight=w) for code, w in (("a", 2), ("b", 1), ("c", 1))
    ]
    index = index_of(
        {code: [1, 2, 3, 4] for code in "abc"}, framework_from([Node(code="index"), *nodes])
    )
    plan = plan_for(index, Factors(weights="dirichlet", leave_one_out=False), errors=False)
    draws = draws_from(plan, np.random.default_rng(1).random((20_000, plan.n_columns)))
    np.testing.assert_allclose(draws.leaf_weights.sum(axis=1), 4)
    np.testing.assert_allclose(draws.leaf_weights.mean(axis=0), [2, 1, 1], atol=0.03)
    share = draws.leaf_weights[:, 0] / 4
    assert share.var() == pytest.approx(0.5 * 0.5 / (3 + 1), rel=0.05)


def test_equal_dirichlet_weights_are_uniform_over_all_weightings():
    index = index_of({code: [1, 2, 3, 4] for code in "ab"}, flat("a", "b"))
    plan = plan_for(index, Factors(weights="dirichlet", leave_one_out=False), errors=False)
    draws = draws_from(plan, np.random.default_rng(1).random((20_000, plan.n_columns)))
    share = draws.leaf_weights[:, 0] / 2
    np.testing.assert_allclose(np.quantile(share, [0.1, 0.5, 0.9]), [0.1, 0.5, 0.9], atol=0.02)


def test_errors_of_figures_spread_a_score_as_they_should():
    index = index_of({"a": [50.0, 10, 90], "b": [20.0, 30, 40]}, flat("a", "b", lower=0, upper=100))
    factors = ONLY_ERRORS
    error = np.zeros((3, 2))
    error[0, 0] = 0.1
    result = simulate(index, draws=4000, factors=factors, relative_error=error)
    # 10 % of 50 points, over two indicators.
    assert result.scores[:, 0].std() == pytest.approx(2.5, rel=0.05)
    assert result.scores[:, 0].mean() == pytest.approx(35, abs=0.2)
    assert result.scores[:, 1:].std(axis=0).max() == pytest.approx(0, abs=1e-12)


def test_errors_in_few_or_in_most_cells_add_up_with_absolute_ones():
    index = index_of({"a": [50.0, 10], "b": [20.0, 30]}, flat("a", "b", lower=0, upper=100))
    errors = errors_of(index, relative=np.full((2, 2), 0.06), absolute=np.full((2, 2), 4.0))
    assert errors.absolute[0, 0] == pytest.approx(5)
    assert not errors_of(index).any
    factors = ONLY_ERRORS
    result = simulate(index, draws=4000, factors=factors, absolute_error=np.full((2, 2), 4.0))
    np.testing.assert_allclose(result.scores.std(axis=0), 4 / np.sqrt(2), rtol=0.06)


def test_filled_cells_vary_by_the_spread_of_their_group():
    values = [10.0, 20, 30, NAN, 1, NAN, 3]
    index = index_of(
        {"a": values, "b": [1.0, 2, 3, 4, 5, 6, 7]},
        flat("a", "b", lower=0, upper=100),
        groups=["x"] * 4 + ["y"] * 2 + ["z"],
        impute="group-mean",
        coverage=0,
    )
    errors = errors_of(index).absolute
    assert errors[3, 0] == pytest.approx(10)
    # One known value in the group: the spread of all units.
    assert errors[5, 0] == pytest.approx(np.std([10, 20, 30, 1, 3], ddof=1))
    assert np.count_nonzero(errors) == 2
    assert "error" in simulate(index, draws=5).factors


def test_errors_pass_through_the_logarithm_of_the_treatment():
    values = [*np.linspace(1, 2, 30), *(10.0 ** np.arange(2, 10))]
    index = index_of({"a": values[:26], "b": values[-26:]}, flat("a", "b"), treat="winsorise-log",
                     winmax=1, normalise="min-max")  # fmt: skip
    assert index.treatments["b"].step == "log"
    assert index.normalised[-1, 1] == 100
    error = np.zeros(index.observed.shape)
    error[-1, 1] = 1e6
    result = simulate(index, draws=500, factors=ONLY_ERRORS, absolute_error=error)
    slope = index.treatments["b"].slope[-1]
    width = np.ptp(index.treated[:, 1])
    # The greatest value is the upper end of the scale: all others move by it, it stays at 100.
    assert result.scores[:, -1].std() < 1e-9
    expected = 100 * 1e6 * slope / width / 2
    moved = result.scores[:, -2].std()
    assert moved == pytest.approx(expected * (index.normalised[-2, 1] / 100), rel=0.1)


def test_copeland_is_not_mixed_with_means():
    index = some_index(aggregate="copeland")
    result = simulate(index, draws=40, relative_error=np.full(index.observed.shape, 0.1))
    assert "aggregation" not in result.factors and "error" in result.factors
    assert (np.abs(result.scores) <= 11).all()
    mixed = Factors(aggregation=("copeland", "arithmetic"))
    assert refused(simulate, index, draws=4, factors=mixed) == "not-comparable"


def test_what_makes_no_sense_is_refused():
    index = some_index()
    assert refused(simulate, index, draws=1) == "bad-draws"
    assert refused(simulate, index, seed=-1) == "bad-seed"
    assert refused(simulate, index, draws=10_000_000) == "too-large"
    assert refused(simulate, index, at_least=1) == "bad-group-size"
    assert refused(simulate, index, relative_error=np.zeros((1, 1))) == "wrong-shape"
    negative = np.full(index.observed.shape, -0.1)
    assert refused(simulate, index, absolute_error=negative) == "negative-standard-error"
    assert refused(Factors, weights="free") == "unknown-choice"
    assert refused(Factors, weight_range=1) == "bad-weight-range"
    assert refused(Factors, normalisation=("minmax",)) == "unknown-choice"
    assert refused(Factors, winmax=(0,)) == "bad-winmax"


def test_nobody_scored_leaves_nothing_to_vary():
    index = index_of({"a": [3, 3, 3]}, flat("a"), normalise="min-max")
    result = simulate(index, draws=5)
    assert np.isnan(result.scores).all() and np.isnan(result.p_top_quarter).all()
    assert "no-score" in result.warnings
