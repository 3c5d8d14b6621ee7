import dataclasses

import numpy as np
import pytest
from scipy import stats

from alliance.analysis.composite.trend import trend, trends
from alliance.analysis.errors import MethodError
from tests.unit.analysis.composite.helpers import NAN

YEARS = [2016, 2017, 2018, 2019, 2020, 2021]
NOISY = np.array([40.0, 43, 41, 46, 45, 49])


def test_least_squares_with_its_interval():
    result = trend(YEARS, NOISY)
    fit = stats.linregress(YEARS, NOISY)
    half = stats.t.ppf(0.95, 4) * fit.stderr
    assert result.slope == pytest.approx(fit.slope)
    assert result.low == pytest.approx(fit.slope - half)
    assert result.high == pytest.approx(fit.slope + half)
    assert (result.n, result.first_year, result.last_year) == (6, 2016, 2021)
    assert result.label == "no-target"


def test_median_of_slopes_with_its_interval():
    result = trend(YEARS, NOISY, estimator="theil-sen")
    slope, _, low, high = stats.theilslopes(NOISY, YEARS, alpha=0.9)
    assert result.slope == pytest.approx(slope)
    assert low <= result.low <= slope <= result.high <= high or (result.low, result.high) == (
        pytest.approx(low),
        pytest.approx(high),
    )


@pytest.mark.parametrize(
    ("last", "label"),
    [(70, "on-track"), (60, "on-track"), (58, "moderate"), (55, "moderate"), (53, "stagnating"),
     (50, "stagnating"), (49, "falling")],
)  # fmt: skip
def test_bands_by_slope_over_needed_slope(last, label):
    scores = np.linspace(50, last, 6)
    # The target lies as many points ahead as a slope of 2 a year covers in the years left.
    target = last + 2 * 10
    result = trend(YEARS, scores, target_year=2031, target=target)
    assert result.needed == pytest.approx(2)
    assert result.ratio == pytest.approx((last - 50) / 5 / 2)
    assert result.label == label
    assert "no-spread" in result.warnings


def test_an_interval_over_more_than_one_boundary_is_unclear():
    scores = np.array([50.0, 58, 49, 60, 50, 59])
    result = trend(YEARS, scores, target_year=2040)
    assert result.low < 0 < result.needed < result.high
    assert result.label == "unclear"


def test_good_enough_and_not_falling_is_maintained():
    steady = np.full(6, 92.0)
    assert trend(YEARS, steady, target_year=2030, good=90).label == "maintained"
    assert trend(YEARS, steady, target_year=2030).label == "stagnating"
    beyond = trend(YEARS, np.linspace(99, 120, 6), target_year=2030)
    assert (beyond.label, beyond.needed) == ("maintained", None)
    assert trend(YEARS, np.linspace(120, 101, 6), target_year=2030).label == "falling"


@pytest.mark.parametrize(
    "scores",
    [[NAN] * 6, [50, NAN, NAN, NAN, NAN, 60], [NAN, NAN, NAN, 1, 2, 3]],
)
def test_three_years_over_three_years_are_needed(scores):
    result = trend(YEARS, np.array(scores, dtype=float), target_year=2030)
    assert result.label == "too-few-data"
    assert result.slope is None and result.low is None and result.needed is None
    assert result.n + result.n_missing == 6


def test_three_years_are_enough_and_the_interval_is_wide():
    result = trend([2016, 2018, 2021], np.array([40.0, 44, 45]))
    assert "few-years" in result.warnings
    assert result.high - result.low > 3


def test_there_is_no_trend_over_a_break():
    jump = np.array([10.0, 11, 12, 80, 81, 82])
    assert trend(YEARS, jump, breaks=[2019]).label == "too-few-data"
    longer = trend([*YEARS, 2022], np.append(jump, 83.0), breaks=[2019, 2031])
    assert longer.slope == pytest.approx(1)
    assert longer.warnings == ("series-break", "few-years", "no-spread")
    assert trend(YEARS, NOISY, breaks=[2016]).warnings == ()


def test_only_the_last_years_count_in_any_order():
    years = [2021, 2005, 2020, 2019, 2018, 2017, 2016, 2015]
    scores = np.array([6.0, 900, 5, 4, 3, 2, 1, 0])
    result = trend(years, scores, window=6)
    assert (result.first_year, result.slope) == (2016, pytest.approx(1))


def test_many_series_at_once_have_the_trends_of_each_alone():
    draw = np.random.default_rng(1)
    years = list(range(2005, 2022))
    scores = draw.uniform(0, 100, size=(60, len(years)))
    scores[draw.random(scores.shape) < 0.3] = NAN
    scores[:5] = NAN
    breaks = [[2012, 2016] if row % 4 == 0 else [] for row in range(60)]
    ends = [None if row % 3 == 0 else 2030 for row in range(60)]
    aims = [60.0 if row % 2 else 90.0 for row in range(60)]
    for estimator in ("ols", "theil-sen"):
        found = trends(
            years, scores, target_years=ends, targets=aims, breaks=breaks, estimator=estimator
        )
        for row, result in enumerate(found):
            own = ~np.isnan(scores[row])
            alone = trend(
                np.array(years)[own].tolist(),
                scores[row, own],
                target_year=ends[row],
                target=aims[row],
                breaks=breaks[row],
                estimator=estimator,
            )
            assert dataclasses.replace(result, n_missing=0) == alone
        assert len({result.label for result in found}) > 3
    assert trends([], np.empty((2, 0)), target_years=[None] * 2, targets=aims[:2], breaks=[[], []])


@pytest.mark.parametrize(
    ("arguments", "keywords", "code"),
    [
        (([2016, 2016], np.ones(2)), {}, "duplicate-year"),
        (([2016], np.ones(2)), {}, "wrong-shape"),
        ((YEARS, NOISY), {"window": 2}, "bad-window"),
        ((YEARS, NOISY), {"estimator": "spline"}, "unknown-choice"),
    ],
)
def test_series_that_cannot_be_read_are_refused(arguments, keywords, code):
    with pytest.raises(MethodError) as caught:
        trend(*arguments, **keywords)
    assert caught.value.code == code
