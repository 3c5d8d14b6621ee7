"""Effects from printed figures."""

import math

import numpy as np
import pytest

from alliance.analysis.errors import MethodError
from alliance.analysis.evidence import effect_sizes as sizes

ARMS = ([12.0], [3.0], [20.0], [10.0], [4.0], [30.0])


def test_differences_of_means_by_hand():
    pooled = (19 * 9 + 29 * 16) / 48
    found = sizes.mean_difference(*ARMS)
    assert found.y == pytest.approx([2])
    assert found.v == pytest.approx([pooled * (1 / 20 + 1 / 30)])
    g = (1 - 3 / 191) * 2 / math.sqrt(pooled)
    found = sizes.standardised_mean_difference(*ARMS)
    assert found.y == pytest.approx([g])
    assert found.v == pytest.approx([1 / 20 + 1 / 30 + g**2 / 100])


def test_ratio_of_means_by_hand_and_on_what_scales():
    found = sizes.log_ratio_of_means(*ARMS, unit="kWh")
    assert found.y == pytest.approx([math.log(1.2)])
    assert found.v == pytest.approx([9 / (20 * 144) + 16 / (30 * 100)])
    for unit in ("°C", "celsius", "Fahrenheit"):
        with pytest.raises(MethodError, match="bad-scale"):
            sizes.log_ratio_of_means(*ARMS, unit=unit)
    with pytest.raises(MethodError) as caught:
        sizes.log_ratio_of_means([-1.0], *ARMS[1:], unit="kWh")
    assert (caught.value.code, caught.value.where) == ("bad-scale", "mean1[0]")


def test_counts_by_hand():
    counts = ([10], [100], [20], [80])
    risk = sizes.log_risk_ratio(*counts)
    assert risk.y == pytest.approx([math.log(0.1 / 0.25)])
    assert risk.v == pytest.approx([1 / 10 - 1 / 100 + 1 / 20 - 1 / 80])
    odds = sizes.log_odds_ratio(*counts)
    assert odds.y == pytest.approx([math.log(10 * 60 / (90 * 20))])
    assert odds.v == pytest.approx([1 / 10 + 1 / 90 + 1 / 20 + 1 / 60])
    difference = sizes.risk_difference(*counts)
    assert difference.y == pytest.approx([-0.15])
    assert difference.v == pytest.approx([0.1 * 0.9 / 100 + 0.25 * 0.75 / 80])


def test_an_empty_cell_is_mended_in_its_study_alone():
    found = sizes.log_odds_ratio([0, 10], [50, 100], [5, 20], [50, 80])
    assert found.y[0] == pytest.approx(math.log(0.5 * 45.5 / (50.5 * 5.5)))
    assert found.y[1] == sizes.log_odds_ratio([10], [100], [20], [80]).y[0]
    assert (found.n_corrected, found.warnings) == (1, ("zero-cell",))


@pytest.mark.parametrize("make", [sizes.log_risk_ratio, sizes.log_odds_ratio])
def test_studies_without_events_are_excluded_and_counted(make):
    found = make([0, 10], [50, 100], [0, 20], [50, 80])
    assert found.usable.tolist() == [False, True]
    assert (found.n_excluded, found.n_missing) == (1, 0)
    assert found.warnings == ("double-zero",)


def test_a_difference_of_risks_keeps_studies_without_events():
    found = sizes.risk_difference([0], [50], [0], [50])
    assert found.usable.all() and found.n_excluded == 0


def test_where_everybody_has_the_event_odds_say_nothing():
    assert sizes.log_odds_ratio([50], [50], [40], [40]).n_excluded == 1
    assert sizes.log_risk_ratio([50], [50], [40], [40]).n_excluded == 0


def test_missing_figures_are_counted():
    assert sizes.log_risk_ratio([math.nan, 1], [9, 9], [1, 1], [9, 9]).n_missing == 1
    found = sizes.mean_difference([math.nan], *ARMS[1:])
    assert (found.n_missing, found.warnings) == (1, ("missing-estimate",))


def test_variance_from_an_interval():
    found = sizes.from_interval([2.0], [1.0], [3.0])
    assert found.v == pytest.approx([(2 / (2 * 1.959964)) ** 2])
    assert found.warnings == ()
    found = sizes.from_interval([2.0], [1.0], [4.0], scale="log")
    assert found.y == pytest.approx([math.log(2)])
    assert found.warnings == ()
    assert sizes.from_interval([2.0], [1.0], [4.0]).warnings == ("asymmetric-interval",)
    found = sizes.from_interval([2.0], [1.0], [3.0], level=0.9)
    assert found.v == pytest.approx([(1 / 1.644854) ** 2], rel=1e-5)


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: sizes.mean_difference([1], [0], [5], [1], [1], [5]), "bad-variance"),
        (lambda: sizes.mean_difference([1], [1], [1], [1], [1], [5]), "bad-count"),
        (lambda: sizes.mean_difference([1, 2], [1], [5], [1], [1], [5]), "wrong-shape"),
        (lambda: sizes.mean_difference([math.inf], [1], [5], [1], [1], [5]), "infinite-value"),
        (lambda: sizes.log_risk_ratio([5], [4], [1], [4]), "bad-count"),
        (lambda: sizes.log_risk_ratio([-1], [4], [1], [4]), "bad-count"),
        (lambda: sizes.log_risk_ratio([1], [4], [1], [4], variance="x"), "unknown-choice"),
        (lambda: sizes.log_risk_ratio(["a"], [4], [1], [4]), "not-a-number"),
        (lambda: sizes.from_interval([1], [2], [0]), "interval-reversed"),
        (lambda: sizes.from_interval([1], [1], [1]), "bad-variance"),
        (lambda: sizes.from_interval([1], [0], [2], scale="log"), "bad-scale"),
        (lambda: sizes.from_interval([1], [0], [2], scale="x"), "unknown-choice"),
        (lambda: sizes.from_interval([1], [0], [2], level=2), "bad-level"),
        (lambda: sizes.combine_dependent(["a"], [1], [1], rho=2), "bad-correlation"),
        (lambda: sizes.combine_dependent(["a"], [1, 2], [1, 1]), "wrong-shape"),
    ],
)
def test_errors(call, code):
    with pytest.raises(MethodError) as caught:
        call()
    assert caught.value.code == code


def test_effects_of_one_study_become_one():
    names, y, v = sizes.combine_dependent(["a", "b", "a"], [1, 5, 3], [0.04, 0.1, 0.16])
    assert names == ("a", "b")
    assert y.tolist() == [2, 5]
    # (0.04 + 0.16 + 2 * 0.5 * 0.2 * 0.4) / 4
    assert v == pytest.approx([0.07, 0.1])
    # Fully correlated copies are worth one of them.
    _, _, same = sizes.combine_dependent(["a", "a"], [1, 1], [0.1, 0.1], rho=1)
    assert same == pytest.approx([0.1])
    _, y, v = sizes.combine_dependent(["a", "a", "b"], [1, np.nan, np.nan], [0.1, 0.2, 0.3])
    assert (y[0], v.tolist()) == (1, [0.1, 0.3]) and math.isnan(y[1])
