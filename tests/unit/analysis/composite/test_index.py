from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from alliance.analysis.composite import Node, build, framework_from, method_from, wanted_columns
from alliance.analysis.errors import MethodError
from tests.unit.analysis.composite.helpers import (
    NAN,
    flat,
    index_of,
    score_of,
    some_index,
    table,
    two_pillars,
)


def refused(*arguments, **keywords) -> MethodError:
    with pytest.raises(MethodError) as caught:
        index_of(*arguments, **keywords)
    return caught.value


def test_a_small_index_by_hand():
    index = index_of(
        {"a": [0, 5, 10], "b": [30, 20, 10]},
        framework_from(
            [
                Node(code="index"),
                Node(code="a", parent="index", weight=3),
                Node(code="b", parent="index", weight=1, direction="lower"),
            ]
        ),
        normalise="min-max",
    )
    np.testing.assert_allclose(index.normalised, [[0, 0], [50, 50], [100, 100]])
    assert index.score.tolist() == [0, 50, 100]
    assert index.rank.tolist() == [3, 2, 1]
    assert (index.n, index.n_missing) == (3, 0)
    assert "dominant-weight:a" in index.warnings


def test_ties_share_the_better_rank():
    index = index_of({"a": [1, 3, 3, 2]}, flat("a"))
    assert index.rank.tolist() == [4, 1, 1, 3]


def test_fixed_bounds_clip_but_the_unclipped_score_stays_known():
    index = index_of({"a": [-10, 50, 120]}, flat("a", lower=0, upper=100))
    assert index.score.tolist() == [0, 50, 100]
    np.testing.assert_allclose(index.unclipped[:, 0], [-10, 50, 120])
    assert "beyond-bounds:a" in index.warnings


def test_a_lone_city_has_a_score_but_no_rank():
    index = index_of({"a": [30]}, flat("a", lower=0, upper=100))
    assert index.score.tolist() == [30]
    assert np.isnan(index.rank).all()
    assert "one-unit" in index.warnings


@pytest.mark.parametrize("normalise", ["min-max", "z-score", "percentile-rank"])
def test_a_lone_city_has_no_score_where_the_sample_makes_the_scale(normalise):
    index = index_of({"a": [30]}, flat("a"), normalise=normalise)
    assert np.isnan(index.score).all()
    assert {"single-value:a", "no-score"} <= set(index.warnings)


def test_an_indicator_without_spread_is_missing_and_noted():
    index = index_of({"a": [3, 3, 3], "b": [1, 2, 3]}, flat("a", "b"), normalise="min-max")
    assert np.isnan(index.normalised[:, 0]).all()
    assert index.score.tolist() == [0, 50, 100]
    assert "zero-range:a" in index.warnings


def test_a_unit_with_too_few_indicators_keeps_its_pillars_but_has_no_index():
    columns = {code: [1.0, 2, 3, 4] for code in "abcde"}
    columns["d"][0] = columns["e"][0] = NAN
    index = index_of(columns, two_pillars())
    assert index.coverage[0] == pytest.approx(0.6)
    assert np.isnan(index.score[0]) and np.isnan(index.rank[0])
    assert index.nodes[0, 1] == pytest.approx(0)
    assert "unit-coverage:A" in index.warnings
    assert index.rank[1:].tolist() == [3, 2, 1]


def test_a_pillar_with_too_few_indicators_withholds_the_index():
    columns = {code: [1.0, 2, 3, 4, 5] for code in "abcde"}
    columns["d"][0] = columns["e"][0] = NAN
    index = index_of(columns, two_pillars(), coverage={"unit": 0.5})
    assert np.isnan(index.score[0])
    assert "pillar-coverage:A/Q" in index.warnings


def test_without_coverage_rules_whatever_is_there_counts():
    columns = {code: [1.0, 2, 3, 4] for code in "abcde"}
    for code in "bcde":
        columns[code][3] = NAN
    index = index_of(columns, two_pillars(), coverage=0)
    assert score_of(index, "D") == 100


def test_an_indicator_known_for_too_few_units_takes_no_part():
    columns = {"a": [1.0, 2, 3, 4], "b": [4, 3, NAN, NAN]}
    index = index_of(columns, flat("a", "b"))
    assert index.included.tolist() == [True, False]
    assert "indicator-dropped:b" in index.warnings
    assert index.rank.tolist() == [4, 3, 2, 1]
    # It is shown all the same.
    assert index.normalised[:2, 1].tolist() == [100, 0]


def test_few_distinct_values_are_noted_and_left_out_on_request():
    columns = {"a": [0.0, 1, 0, 1, 0, 1], "b": [1.0, 2, 3, 4, 5, 6]}
    index = index_of(columns, flat("a", "b"))
    assert index.included.all() and "few-distinct-values:a" in index.warnings
    strict = index_of(columns, flat("a", "b"), coverage={"distinct": 5})
    assert strict.included.tolist() == [False, True]


def test_imputed_values_never_help_to_pass_a_coverage_rule():
    columns = {code: [1.0, 2, 3, 4, 5, 6] for code in "abcde"}
    columns["d"][0] = columns["e"][0] = NAN
    index = index_of(columns, two_pillars(), groups=["x"] * 6, impute="group-mean")
    assert np.isnan(index.score[0])
    assert index.imputed.filled.sum() == 2
    assert index.nodes[0, 2] == pytest.approx(50)


def test_groups_that_cannot_fill_a_gap_say_so():
    index = index_of(
        {"a": [NAN, 2, 3, 4]}, flat("a"), groups=["x", "y", "y", "y"], impute="group-median"
    )
    assert {"group-of-one:x", "not-imputed:a"} <= set(index.warnings)
    assert refused({"a": [1, 2]}, flat("a"), impute="group-mean").code == "no-groups"


def test_ratios_are_made_first_and_a_denominator_of_zero_gives_no_value():
    framework = flat("a", denominator="people")
    assert wanted_columns(framework) == ("a", "people")
    index = index_of({"a": [10, 30, 5, 8], "people": [5, 10, 0, 4]}, framework)
    np.testing.assert_allclose(index.observed[:, 0], [2, 3, NAN, 2])
    assert "non-positive-denominator:a" in index.warnings
    assert index.rank[1] == 1 and np.isnan(index.rank[2])


def test_fixed_bounds_are_not_treated():
    columns = {"a": [1.0, 2, 2, 3, 3, 3, 4, 4, 5, 200]}
    fixed = index_of(columns, flat("a", lower=0, upper=10), treat="winsorise-log")
    assert fixed.treated[-1, 0] == 200
    assert "not-treated-fixed-bounds" in fixed.warnings
    sampled = index_of(columns, flat("a"), treat="winsorise-log")
    assert sampled.treated[-1, 0] == 5
    assert "winsorised:a" in sampled.warnings
    assert sampled.treatments["a"].touched.tolist() == [False] * 9 + [True]


@pytest.mark.parametrize("aggregate", ["geometric", "harmonic"])
def test_a_score_of_zero_is_refused_where_the_mean_is_not_defined(aggregate):
    columns = {"a": [1, 2, 3], "b": [3, 1, 2]}
    error = refused(columns, flat("a", "b"), aggregate=aggregate)
    assert error.code == "non-positive-score"
    assert error.where == "unit 'A', indicator a"
    assert "[1, 100]" in error.message
    index = index_of(columns, flat("a", "b"), aggregate=aggregate, range=[1, 100])
    assert (index.score > 0).all()


def test_a_zero_without_weight_does_not_matter_to_the_geometric_mean():
    framework = framework_from(
        [
            Node(code="index"),
            Node(code="a", parent="index", lower=0, upper=10),
            Node(code="b", parent="index", weight=0),
        ]
    )
    index = index_of({"a": [1, 2], "b": [0, 5]}, framework, aggregate="geometric")
    np.testing.assert_allclose(index.score, [10, 20])


def test_copeland_ranks_units_in_pairs():
    index = some_index(aggregate="copeland", normalise="min-max")
    assert index.score.sum() == 0
    assert (np.abs(index.score) <= 11).all()


def test_all_weights_zero_give_no_score():
    index = index_of({"a": [1, 2]}, flat("a", weight=0))
    assert np.isnan(index.score).all()
    assert {"zero-weights:index", "no-score"} <= set(index.warnings)


def test_nothing_known_at_all_is_refused():
    assert refused({"a": [NAN, NAN]}, flat("a")).code == "no-data"


def test_one_empty_column_is_noted_and_takes_no_part():
    index = index_of({"a": [NAN, NAN, NAN], "b": [1, 2, 3]}, flat("a", "b"))
    assert {"no-data:a", "indicator-dropped:a"} <= set(index.warnings)
    assert index.score.tolist() == [0, 50, 100]


def test_a_column_that_is_missing_is_named():
    with pytest.raises(MethodError) as caught:
        build(table({"a": [1, 2]}), flat("a", denominator="people"))
    assert caught.value.code == "missing-column"
    assert "'people'" in caught.value.message


def test_values_under_a_logarithm_that_are_not_positive_are_noted():
    index = index_of({"a": [0, 10, 100]}, flat("a", lower=1, upper=100, scale="log"))
    np.testing.assert_allclose(index.score, [0, 50, 100])
    assert "non-positive-under-log:a" in index.warnings


def test_results_cannot_be_changed_and_inputs_are_not():
    columns = {"a": [3.0, 1, 2], "b": [1.0, NAN, 3]}
    given = table(columns, ["x", "x", "x"])
    before = given.values.copy()
    index = build(
        given,
        flat("a", "b"),
        method=method_from({"impute": "group-mean", "treat": "winsorise-log"}),
    )
    np.testing.assert_array_equal(given.values, before)
    with pytest.raises(FrozenInstanceError):
        index.score = index.rank
