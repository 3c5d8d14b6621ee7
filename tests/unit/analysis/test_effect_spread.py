import math
from dataclasses import FrozenInstanceError, replace

import pytest

from alliance.analysis.effect_spread import (
    PlaceEffect,
    select_per_place,
    standard_error,
    summarise,
)
from alliance.analysis.errors import MethodError

T_2 = 4.302652729696142  # Student's t, 2 degrees of freedom, 0.975; any printed table


def effect(place="A", value=-10.0, **fields):
    defaults = {
        "unit": "percent change",
        "direction": "lower-is-better",
        "design": "before-after",
        "measure": "traffic volume",
    }
    return PlaceEffect(place=place, value=value, **(defaults | fields))


def places(*values, **fields):
    return [effect(f"place {i}", value, **fields) for i, value in enumerate(values)]


class TestSelection:
    @pytest.mark.parametrize(
        ("better", "worse", "reason"),
        [
            ({"design": "rct"}, {"design": "quasi-experiment", "n": 99}, "weaker-design"),
            ({"design": "survey"}, {"design": "modelled"}, "weaker-design"),
            ({"se": 2.0}, {"n": 5000}, "no-uncertainty"),
            ({"low": -12.0, "high": -8.0}, {"low": -12.0}, "no-uncertainty"),
            ({"n": 200}, {"n": 100}, "smaller-sample"),
            ({"n": 1, "label": "peak hours"}, {}, "smaller-sample"),
            ({}, {"label": "peak hours"}, "part-of-place"),
            ({"label": ""}, {"label": "peak hours"}, "part-of-place"),
            ({}, {"label": "peak hours", "years": 9}, "part-of-place"),
            ({"years": 3}, {"years": 1}, "shorter-period"),
            ({"years": 0}, {}, "shorter-period"),
        ],
    )
    def test_the_better_effect_speaks_for_the_place_wherever_it_stands(self, better, worse, reason):
        good, bad = effect(**better), effect(**worse)
        for order in ([good, bad], [bad, good]):
            selection = select_per_place(order)
            assert selection.chosen == (good,)
            assert [(item.effect, item.reason) for item in selection.left_out] == [(bad, reason)]

    def test_the_first_listed_wins_a_full_tie(self):
        first, second = effect(value=-1.0), effect(value=-2.0)
        selection = select_per_place([first, second])
        assert selection.chosen == (first,)
        assert selection.left_out[0].reason == "listed-later"

    def test_excluded_and_missing_are_never_chosen_however_strong(self):
        excluded = effect(design="rct", excluded="same-estimate")
        missing = effect(value=None, design="rct", se=1.0)
        not_a_number = effect(value=math.nan, design="rct")
        weak = effect(design="modelled")
        selection = select_per_place([excluded, missing, not_a_number, weak])
        assert selection.chosen == (weak,)
        assert [item.reason for item in selection.left_out] == [
            "excluded",
            "value-missing",
            "value-missing",
        ]

    def test_a_sample_speaks_once_for_the_place_of_its_best_result(self):
        shared = [effect("A", sample="s"), effect("B", n=9, sample="s")]
        found = select_per_place(shared)
        assert found.chosen == (shared[1],)
        assert [(one.effect, one.reason) for one in found.left_out] == [(shared[0], "same-sample")]
        # Another result of the first place speaks for it then, though it is the weaker one.
        other = effect("A", design="survey", sample="t")
        found = select_per_place([*shared, other])
        assert found.chosen == (shared[1], other)
        assert [one.reason for one in found.left_out] == ["same-sample"]

    def test_an_empty_exclusion_code_is_no_exclusion(self):
        assert len(select_per_place([effect(excluded="")]).chosen) == 1

    def test_a_place_without_usable_effect_is_not_in_the_choice(self):
        selection = select_per_place([effect("A", None), effect("B", -3.0)])
        assert [chosen.place for chosen in selection.chosen] == ["B"]

    def test_chosen_keep_the_order_given(self):
        listed = [effect("B"), effect("A"), effect("B", design="rct"), effect("C")]
        assert [c.place for c in select_per_place(listed).chosen] == ["A", "B", "C"]


class TestFigures:
    def test_three_places_by_hand(self):
        # Mean -20; deviations 10, 0, -10, so s = sqrt(200 / 2) = 10.
        result = summarise(places(-10.0, -20.0, -30.0))
        assert (result.k, result.df, result.median, result.mean) == (3, 2, -20.0, -20.0)
        assert (result.minimum, result.maximum) == (-30.0, -10.0)
        half_ci = T_2 * 10 / math.sqrt(3)
        half_pi = T_2 * 10 * math.sqrt(4 / 3)
        assert (result.ci_low, result.ci_high) == pytest.approx((-20 - half_ci, -20 + half_ci))
        assert (result.pi_low, result.pi_high) == pytest.approx((-20 - half_pi, -20 + half_pi))
        assert result.weighting == "unweighted"
        assert result.warnings == ("unweighted",)

    def test_another_level_takes_another_quantile(self):
        result = summarise(places(-10.0, -20.0, -30.0), level=0.9)
        assert result.ci_high - result.mean == pytest.approx(2.919985580 * 10 / math.sqrt(3))
        assert result.level == 0.9

    def test_a_place_counts_once(self):
        result = summarise([*places(-10.0, -20.0, -30.0), effect("place 0", -90.0, label="peak")])
        assert (result.k, result.mean) == (3, -20.0)
        assert result.selection.left_out[0].reason == "part-of-place"

    @pytest.mark.parametrize("values", [(-8.0,), (-8.0, -4.0)])
    def test_under_three_places_there_is_no_mean_and_no_interval(self, values):
        result = summarise(places(*values))
        assert result.median == sum(values) / len(values)
        assert (result.mean, result.ci_low, result.ci_high) == (None, None, None)
        assert (result.pi_low, result.pi_high, result.df) == (None, None, None)
        assert result.warnings == ("too-few-places",)

    @pytest.mark.parametrize("effects", [[], [effect(value=None)], [effect(excluded="subset")]])
    def test_without_a_usable_effect_nothing_is_a_number(self, effects):
        result = summarise(effects)
        assert result.k == 0
        assert result.median is result.minimum is result.maximum is result.mean is None
        assert result.share_favourable is result.n_favourable is None
        assert result.warnings == ("no-data",)

    def test_missing_values_are_counted_and_excluded_ones_are_not(self):
        listed = [effect("A"), effect("B", None), effect("C", math.nan)]
        listed.append(effect("D", None, excluded="subset"))
        result = summarise(listed)
        assert (result.k, result.n_missing) == (1, 2)

    def test_counts_by_direction(self):
        lower = summarise(places(-5.0, -1.0, 0.0, 4.0))
        assert (lower.n_favourable, lower.n_unfavourable, lower.n_zero) == (2, 1, 1)
        assert lower.share_favourable == 0.5
        higher = summarise(places(-5.0, -1.0, 0.0, 4.0, direction="higher-is-better"))
        assert (higher.n_favourable, higher.n_unfavourable, higher.n_zero) == (1, 2, 1)

    def test_places_contradict_where_whole_intervals_lie_on_both_sides(self):
        fell = effect("A", -5.0, low=-9.0, high=-1.0)
        rose = effect("B", 5.0, low=1.0, high=9.0)
        assert summarise([fell, rose]).contradicts
        assert not summarise([fell, replace(rose, low=-1.0)]).contradicts
        assert not summarise([fell, effect("B", 5.0)]).contradicts

    def test_a_level_has_no_favourable_side(self):
        result = summarise(places(3.0, 5.0, 8.0, unit="percent of residents", is_change=False))
        assert result.n_favourable is result.n_unfavourable is result.share_favourable is None
        assert result.mean == pytest.approx(16 / 3)
        assert "not-a-change" in result.warnings

    def test_equal_values_give_an_interval_of_no_width_and_say_so(self):
        result = summarise(places(-0.1, -0.1, -0.1))
        assert result.mean == result.ci_low == result.ci_high == result.pi_low == -0.1
        assert "no-spread" in result.warnings

    def test_a_tiny_spread_is_still_a_spread(self):
        result = summarise(places(1e-200, 2e-200, 3e-200))
        assert result.ci_high - result.mean > 0
        assert "no-spread" not in result.warnings

    def test_result_is_frozen(self):
        with pytest.raises(FrozenInstanceError):
            summarise([effect()]).k = 2


class TestWarnings:
    def test_below_possible_is_said_and_not_clipped(self):
        result = summarise(places(-90.0, -60.0, -30.0))
        assert result.pi_low < -100
        assert "below-possible" in result.warnings

    @pytest.mark.parametrize("unit", ["percentage points", "deaths per year"])
    def test_only_a_percent_change_has_that_limit(self, unit):
        assert "below-possible" not in summarise(places(-900.0, -60.0, 0.0, unit=unit)).warnings

    def test_a_recorded_value_below_the_limit_is_said_too(self):
        result = summarise([effect(value=-120.0, unit="percent-change")])
        assert "below-possible" in result.warnings

    def test_all_standard_errors_known(self):
        result = summarise(places(-10.0, -20.0, -30.0, se=1.0))
        assert result.weighting == "unweighted"
        assert result.warnings == ("standard-errors-not-used",)

    def test_standard_error_from_a_symmetric_interval(self):
        listed = places(-10.0, -20.0, -30.0, se=1.0)
        listed[0] = replace(listed[0], se=None, low=-13.92, high=-6.08)
        assert standard_error(listed[0]) == pytest.approx(2.0)
        assert summarise(listed).warnings == ("standard-errors-not-used", "se-from-interval")

    def test_one_place_without_means_unweighted(self):
        listed = places(-10.0, -20.0, -30.0, se=1.0)
        listed[2] = replace(listed[2], se=None)
        assert summarise(listed).warnings == ("unweighted",)

    def test_a_lopsided_interval_gives_no_standard_error(self):
        lopsided = places(-10.0, -20.0, -30.0, se=1.0)
        lopsided[0] = replace(lopsided[0], se=None, low=-40.0, high=-8.0)
        assert standard_error(lopsided[0]) is None
        assert summarise(lopsided).warnings == ("unweighted", "asymmetric-interval")

    @pytest.mark.parametrize(
        "fields", [{"se": 0.0}, {"low": -10.0, "high": -10.0}, {"se": math.nan}]
    )
    def test_no_standard_error_from_nothing(self, fields):
        assert standard_error(effect(**fields)) is None

    def test_mixed_designs(self):
        listed = places(-10.0, -20.0)
        listed[0] = replace(listed[0], design="rct")
        assert "mixed-designs" in summarise(listed).warnings
        assert "mixed-designs" not in summarise(places(-10.0, -20.0)).warnings

    def test_designs_of_effects_that_were_left_out_do_not_mix(self):
        listed = [effect("A"), effect("A", design="modelled"), effect("B")]
        assert "mixed-designs" not in summarise(listed).warnings


class TestErrors:
    @pytest.mark.parametrize(
        ("fields", "code", "where"),
        [
            ({"unit": "kg"}, "mixed-units", "effects[1].unit"),
            ({"direction": "higher-is-better"}, "mixed-directions", "effects[1].direction"),
            ({"measure": "noise"}, "mixed-measures", "effects[1].measure"),
            ({"is_change": False}, "mixed-changes-and-levels", "effects[1].is_change"),
            ({"design": "anecdote"}, "unknown-design", "effects[1].design"),
            ({"direction": "up"}, "unknown-direction", "effects[1].direction"),
            ({"place": " "}, "missing-place", "effects[1].place"),
            ({"value": math.inf}, "infinite-value", "effects[1].value"),
            ({"high": math.inf}, "infinite-value", "effects[1].high"),
            ({"low": 2.0, "high": 1.0}, "interval-reversed", "effects[1].low"),
            ({"se": -1.0}, "negative-standard-error", "effects[1].se"),
            ({"n": 0}, "bad-sample-size", "effects[1].n"),
        ],
    )
    def test_names_the_row_and_the_field(self, fields, code, where):
        with pytest.raises(MethodError) as caught:
            summarise([effect("A"), effect(**({"place": "B"} | fields))])
        assert (caught.value.code, caught.value.where) == (code, where)

    def test_an_excluded_effect_may_be_in_another_unit(self):
        listed = [effect("A"), effect("B", unit="kg", excluded="finding-not-effect")]
        assert summarise(listed).k == 1

    @pytest.mark.parametrize("level", [0, 1, -0.5, 95, math.nan])
    def test_level_lies_between_0_and_1(self, level):
        with pytest.raises(MethodError, match="bad-level"):
            summarise([effect()], level=level)

    def test_values_too_far_apart_are_refused_not_returned_as_infinity(self):
        with pytest.raises(MethodError, match="overflow"):
            summarise(places(-1.7e308, 0.0, 1.7e308))
