"""Measures of equity where the answer is known without computing."""

import math

import numpy as np
import pytest

from alliance.analysis.equity import (
    atkinson,
    concentration,
    demographic_index,
    distributional_impact,
    gini,
    group_exposure,
    heat_vulnerability,
    income_quintiles,
    justice_index,
    kakwani,
    kolm_pollak,
    percentiles,
    ratio_of_sums,
    weighted_mean,
)

NAN = float("nan")


def test_units_without_people_or_value_are_counted_and_left_out():
    found = weighted_mean([1, 2, NAN, 9], [30, 10, 2, 0], unit="µg/m³")
    assert (found.value, found.unit) == (1.25, "µg/m³")
    assert (found.n, found.n_missing, found.n_empty) == (2, 1, 1)
    assert found.share_weight_missing == pytest.approx(2 / 42)


def test_nothing_of_nothing_is_missing_and_no_share():
    found = ratio_of_sums([1, 0], [4, 0])
    assert (found.value, found.n, found.n_missing) == (0.25, 1, 1)


def test_one_unit_or_equal_units_know_no_inequality():
    for values in ([7.0], [0.1, 0.1, 0.1]):
        assert gini(values).value == 0
        assert atkinson(values, epsilon=2).value == 0
        found = kolm_pollak(values, direction="burden")
        assert (found.value, found.details["index"]) == (values[0], 0)


def test_one_has_all():
    assert gini([0, 0, 0, 8]).value == pytest.approx(0.75)
    assert gini([0, 0, 0, 8], corrected=True).value == pytest.approx(1)
    assert atkinson([0, 8], epsilon=2).value == 1
    assert atkinson([0, 8], epsilon=0).value == 0


def test_no_burden_at_all_is_an_ede_of_nought():
    found = kolm_pollak([0, 0], direction="burden")
    assert (found.value, found.details["kappa"]) == (0, 0)


def test_large_values_do_not_overflow():
    found = kolm_pollak([1e4, 2e4, 3e4], direction="burden", kappa=0.1)
    assert found.value == pytest.approx(3e4 - math.log(3) / 0.1)
    found = kolm_pollak([1e4, 2e4, 3e4], direction="good", kappa=0.1)
    assert found.value == pytest.approx(1e4 + math.log(3) / 0.1)


def test_values_of_any_sign_have_an_ede_with_a_kappa():
    found = kolm_pollak([-1, 1], direction="burden", kappa=1)
    assert found.value == pytest.approx(math.log(math.cosh(1)))
    assert math.isnan(found.details["alpha"])


def test_all_to_the_richest_or_the_poorest():
    richest = concentration([0, 0, 0, 1], [1, 2, 3, 4], bounds=(0, 1))
    assert richest.value == pytest.approx(0.75)
    assert richest.details["wagstaff"] == pytest.approx(1)
    assert richest.details["erreygers"] == pytest.approx(0.75)
    assert concentration([1, 0, 0, 0], [1, 2, 3, 4]).value == pytest.approx(-0.75)


def test_concentration_by_oneself_is_the_gini():
    values, people = [3.0, 1.0, 8.0, 2.0], [2.0, 5.0, 1.0, 4.0]
    found = concentration(values, values, people).value
    assert found == pytest.approx(gini(values, people).value)
    assert kakwani(values, values, people).value == pytest.approx(0)


def test_a_flat_charge_is_regressive():
    found = kakwani([5, 5, 5], [10, 20, 30])
    assert found.value == pytest.approx(-gini([10, 20, 30]).value)


def test_the_reference_is_everybody_else_and_may_be_a_group():
    counts = [[8, 2], [2, 8]]
    found = group_exposure([10, 20], counts, ["a", "b"], draws=0)
    assert [(one.mean, one.reference_mean) for one in found.groups] == [(12, 18), (18, 12)]
    found = group_exposure([10, 20], counts, ["a", "b"], reference="b", draws=0)
    assert [(one.difference, one.ratio) for one in found.groups] == [(-6, 12 / 18), (0, 1)]
    assert found.ecological


def test_a_count_that_is_not_known_leaves_out_the_area_for_this_group_alone():
    counts = [[8, 2], [2, 8], [NAN, 1]]
    found = group_exposure([10, 20, 99], counts, ["a", "b"], population=[10, 10, 1], draws=0)
    assert [(one.n, one.n_missing) for one in found.groups] == [(2, 1), (3, 0)]
    assert found.groups[0].mean == 12


def test_intervals_are_the_same_for_a_seed_and_wider_with_margins():
    random = np.random.default_rng(4)
    values, counts = random.normal(10, 2, 40), random.integers(20, 200, (40, 2)).astype(float)
    first, again, other = (
        group_exposure(values, counts, ["a", "b"], draws=300, seed=seed) for seed in (1, 1, 2)
    )
    assert first == again
    assert first.groups[0].mean_interval != other.groups[0].mean_interval
    low, high = first.groups[0].difference_interval
    assert low < first.groups[0].difference < high
    loose = group_exposure(values, counts, ["a", "b"], margins=counts, draws=300)
    wide = loose.groups[0].difference_interval
    assert wide[1] - wide[0] > high - low


@pytest.mark.parametrize("measure", [gini, atkinson, weighted_mean])
def test_an_interval_holds_its_figure(measure):
    values = np.random.default_rng(5).gamma(2, 3, 60)
    found = measure(values, draws=200)
    assert found.interval[0] < found.value < found.interval[1]


def test_two_ways_to_count_percentiles():
    values = [*range(20), 19]
    floor = percentiles(values, method="strict-floor", reference="Umeå")
    assert (floor.scores[0], floor.scores[19], floor.scores[20]) == (0, 90, 90)
    average = percentiles(values, method="rank-avg", reference="Umeå")
    assert (average.scores[0], average.scores[20]) == pytest.approx((1 / 21, 20.5 / 21))
    residents = percentiles(values, method="pop", reference="Umeå", weights=[79] + [1] * 20)
    assert (residents.scores[1], residents.of) == (7900 // 99, "residents")


def test_a_missing_value_has_no_percentile_and_is_no_reference():
    found = percentiles([NAN, *range(20)], method="strict-floor", reference="Umeå")
    assert math.isnan(found.scores[0])
    assert (found.n_reference, found.n_missing, found.scores[20]) == (20, 1, 95)


def test_the_demographic_index_starts_at_nought_whatever_its_sign():
    found = demographic_index([[1, 5], [2, 6], [3, 7], [4, NAN]], ["poor", "old"])
    assert found.index[0] == 0
    assert math.isnan(found.index[3])
    assert (found.n_missing, found.n_components.tolist()) == (1, [2, 2, 2, 1])


def test_the_justice_index_lists_both_factors_and_keeps_gaps():
    people, score = np.arange(30.0), np.full(30, 50.0)
    score[4] = NAN
    found = justice_index(people, score, reference="Umeå")
    assert math.isnan(found.index[4])
    assert found.index[0] == 0 and found.burden[0] == 50
    assert found.percentiles.n_missing == 1


def test_heat_turns_what_helps_round_and_says_how_firm_it_is():
    rising = np.arange(10.0)
    table = np.column_stack([rising, rising, -rising])
    found = heat_vulnerability(
        table, ["heat", "old", "trees"], ["exposure", "sensitivity", "adaptive-capacity"]
    )
    assert found.index == pytest.approx(rising / 9)
    assert found.quintile.tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert (found.stable, found.validated) == (1, False)
    assert found.without == pytest.approx({"heat": 1, "old": 1, "trees": 1})


def test_heat_needs_two_thirds_of_a_domain():
    random = np.random.default_rng(6)
    table = random.normal(size=(12, 5))
    table[0, 0] = table[1, 0] = table[1, 1] = NAN
    names = ["a", "b", "c", "d", "e"]
    domains = ["exposure"] * 3 + ["sensitivity", "adaptive-capacity"]
    found = heat_vulnerability(table, names, domains)
    assert not math.isnan(found.index[0])
    assert math.isnan(found.index[1])
    assert (found.quintile[1], found.n_missing) == (0, 1)
    assert found.stable < 1


def test_fifths_of_people_and_not_of_areas():
    assert income_quintiles([1, 2, 3, 4, 5]).tolist() == [1, 2, 3, 4, 5]
    assert income_quintiles([1, 2, 3, 4, 5, NAN], [80, 5, 5, 5, 5, 9]).tolist() == [
        3, 5, 5, 5, 5, 0,
    ]  # fmt: skip


def test_who_gains_and_who_pays():
    """A charge: five areas of ten people, the poorest two breathe better air."""
    before, after = [10.0] * 5, [6.0, 8.0, 10, 10, 10]
    counts = np.array([[10, 0], [10, 0], [0, 10], [0, 10], [0, 10]], float)
    found = distributional_impact(
        before,
        after,
        counts,
        ["near", "far"],
        direction="burden",
        income=[1, 2, 3, 4, 5],
        costs=[2, 2, 2, 2, 2],
        unit="µg/m³",
    )
    near, far = found.groups
    assert (near.effect, near.benefit_share, near.population_share) == (-3, 1, 0.4)
    assert (far.effect, far.benefit_share, far.losers) == (0, 0, 0)
    assert (found.gains, found.losses, found.losers) == (60, 0, 0)
    assert found.benefit_concentration.value < 0
    assert found.kakwani.value == pytest.approx(-gini([1, 2, 3, 4, 5]).value)
    assert [each.effect for each in found.quintiles] == [-4, -2, 0, 0, 0]
    assert found.mean_change == pytest.approx(-1.2)
    assert found.ede_change == pytest.approx(found.mean_change + found.index_change)


def test_losses_are_no_smaller_gains():
    found = distributional_impact(
        [10, 10, 10, 10, 10],
        [9, 9, 9, 9, 12],
        np.full((5, 1), 10.0),
        ["all"],
        direction="burden",
        income=[1, 2, 3, 4, 5],
        tolerance=0.5,
    )
    assert (found.gains, found.losses) == (40, 20)
    assert (found.losers, found.losers_share) == (10, 0.2)
    assert found.benefit_concentration is None
    assert "mixed-signs" in found.warnings


def test_of_a_good_more_is_a_gain():
    found = distributional_impact([1, 2], [2, 2], np.ones((2, 1)), ["all"], direction="good")
    assert (found.gains, found.losses) == (1, 0)
    assert found.ede_change == pytest.approx(found.mean_change - found.index_change)
