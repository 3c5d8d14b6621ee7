"""What the results of one measure promise to one more place, with what is not known of them."""

import math
from dataclasses import replace

import numpy as np
import pytest

from alliance.analysis.effect_spread import PlaceEffect, summarise
from alliance.analysis.errors import MethodError
from alliance.analysis.evidence import pool, pool_unweighted
from alliance.analysis.evidence.outlook import Gap, look_ahead
from alliance.analysis.evidence.prospects import probability_below


def place(name: str, value: float, design: str = "rct", **more) -> PlaceEffect:
    return PlaceEffect(
        place=name, value=value, unit="percent change", direction="lower-is-better",
        design=design, **more,
    )  # fmt: skip


def outlook(*effects: PlaceEffect, **options):
    return look_ahead(summarise(effects), **options)


VALUES, ERRORS = [-20.0, -12.0, -16.0, -9.0, -14.0], [2.0, 1.0, 3.0, 1.5, 2.5]
PRECISE = [
    place(f"P{at}", value, se=error, n=500, years=2)
    for at, (value, error) in enumerate(zip(VALUES, ERRORS, strict=True))
]


def test_places_with_standard_errors_are_weighted_by_them():
    found, pooled = outlook(*PRECISE), pool(VALUES, np.square(ERRORS))
    assert found.is_weighted
    assert found.pooled == pooled
    assert found.pooled.method == "reml"
    assert found.pooled.interval == "hartung-knapp"
    assert found.warnings == ()
    chance = found.prospects.p_right_direction
    assert chance == pytest.approx(probability_below(pooled, 0))
    assert found.gaps == (
        Gap("publication-bias", 5, 10), Gap("follow-up", 2), Gap("smallest-useful"),
    )  # fmt: skip


def test_one_place_without_an_error_leaves_all_unweighted_and_is_counted():
    found = outlook(*PRECISE, place("Q", -30, n=10, years=1))
    assert not found.is_weighted
    assert found.pooled == pool_unweighted([*VALUES, -30])
    assert "unweighted" in found.warnings
    assert found.gaps[:2] == (Gap("standard-error", 1, 6), Gap("publication-bias", 5, 10))


def test_errors_come_from_symmetric_intervals_and_from_no_others():
    even = [place(name, -10 - at, low=-12 - at, high=-8 - at) for at, name in enumerate("abc")]
    found = outlook(*even)
    assert found.is_weighted
    assert found.pooled.wald.se == pytest.approx((2 / 1.96) / math.sqrt(3))
    assert found.warnings == (
        "se-from-interval", "hartung-knapp-truncated", "few-studies-for-prediction",
    )  # fmt: skip
    leaning = place("d", -10, low=-20, high=-9)
    assert not outlook(*even, leaning).is_weighted


def test_one_effect_for_each_place_enters():
    twice = outlook(*PRECISE, place("P0", -90, design="before-after", se=0.1))
    assert twice.pooled == outlook(*PRECISE).pooled


def test_the_chance_of_a_useful_change_takes_the_size_asked_about():
    found = outlook(*PRECISE, smallest_useful=10)
    assert found.prospects.p_useful == pytest.approx(probability_below(found.pooled, -10))
    assert found.prospects.p_useful < found.prospects.p_right_direction
    assert Gap("smallest-useful") not in found.gaps
    with pytest.raises(MethodError, match="bad-parameter"):
        outlook(*PRECISE, smallest_useful=-1)


def test_certainty_starts_at_the_weakest_design_and_counts_places_without_comparison():
    graded = outlook(*PRECISE).certainty
    # Randomised everywhere; I² is over 75 %, and one more place is to fall all the same.
    assert (graded.start, graded.grade) == ("high", "high")
    # Two steps where zero lies within what one more place may see.
    near = outlook(*(replace(one, value=one.value + 7) for one in PRECISE)).certainty
    assert (near.start, near.grade) == ("high", "low")
    mixed = outlook(*PRECISE[:4], place("Q", -14, "before-after", se=2.5)).certainty
    assert mixed.start == "low"
    share = next(step for step in mixed.steps if step.domain == "risk-of-bias")
    weights = outlook(*PRECISE).pooled.weights
    assert share.number == pytest.approx(weights[4] / 100)
    assert share.change == 0
    plain = outlook(*(place(name, -10 - at, "before-after") for at, name in enumerate("abcd")))
    step = next(one for one in plain.certainty.steps if one.domain == "risk-of-bias")
    assert (step.change, step.number) == (-2, 1.0)
    assert plain.prospects.verdict == "not-enough-evidence"


def test_ten_precise_places_are_searched_for_unpublished_ones():
    random = np.random.default_rng(3)
    errors = random.uniform(0.5, 3, 10)
    many = [
        place(f"T{at}", float(random.normal(-10, error)), se=float(error))
        for at, error in enumerate(errors)
    ]
    found = outlook(*many)
    assert found.publication.assessed
    assert "publication-bias" not in {gap.code for gap in found.gaps}
    nine = outlook(*many[:9])
    assert nine.publication is None
    assert Gap("publication-bias", 9, 10) in nine.gaps


def test_a_level_has_neither_chances_nor_certainty():
    levels = [
        PlaceEffect(
            place=name, value=value, unit="percent of voters", direction="higher-is-better",
            design="survey", is_change=False,
        )
        for name, value in (("a", 10.0), ("b", 20.0), ("c", 12.0))
    ]  # fmt: skip
    found = outlook(*levels)
    assert (found.prospects, found.certainty) == (None, None)
    assert found.pooled.estimate == pytest.approx(14)
    assert Gap("smallest-useful") not in found.gaps


def test_few_places_and_none():
    assert look_ahead(summarise([])) is None
    one = outlook(PRECISE[0])
    assert (one.pooled.k, one.prospects.verdict) == (1, "not-enough-evidence")
    two = outlook(*PRECISE[:2])
    assert "two-studies" in two.pooled.warnings
    assert two.prospects.p_right_direction is None


def test_an_interval_below_what_can_happen_is_told_of_the_weighted_pool():
    wide = [place(name, value, se=1) for name, value in (("a", -95), ("b", -5), ("c", -50))]
    assert "below-possible" in outlook(*wide).warnings
    assert "below-possible" not in outlook(*PRECISE).warnings


def test_an_error_too_small_to_compute_with_is_none():
    tiny = [place(f"P{at}", value, se=1e-60) for at, value in enumerate(VALUES)]
    found = outlook(*tiny)
    assert not found.is_weighted
    assert found.gaps[0] == Gap("standard-error", 5, 5)
