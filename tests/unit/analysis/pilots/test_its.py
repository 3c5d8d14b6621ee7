import numpy as np
import pytest
from scipy import stats

from alliance.analysis.pilots import Times, its
from tests.unit.analysis.pilots.helpers import codes, refused, times_of


def line(n: int = 30, start: int = 15, jump: float = 4, bend: float = 0.5, seed: int = 1):
    steps = np.arange(n)
    after = steps >= start
    errors = np.random.default_rng(seed).normal(size=n)
    return 10 + 0.3 * steps + jump * after + bend * (steps - start) * after + errors


def test_jump_and_slope_of_a_clean_series():
    found = its(line() - line(jump=0, bend=0) + np.arange(30), times_of(30), 15)
    assert found.details["level"] == pytest.approx(4)
    assert found.details["slope"] == pytest.approx(0.5)
    assert found.details["effects"][2]["estimate"] == pytest.approx(5)
    assert found.details["counterfactual"]["20"] == pytest.approx(20)
    assert found.details["mean_effect"]["estimate"] == pytest.approx(4 + 0.5 * 7)


def test_interval_holds_the_truth_and_lag_follows_the_length():
    found = its(line(), times_of(30), 15)
    assert found.ci[0] < 4 < found.ci[1]
    assert found.details["lag"] == 3
    assert found.details["df"] == 26


def test_intervals_from_the_standard_error_alone_are_there_and_can_be_asked_for():
    found = its(line(), times_of(30), 15)
    alone = its(line(), times_of(30), 15, errors="classic")
    assert alone.ci == found.details["classic"]["ci"]
    assert alone.p == found.details["classic"]["p"]
    assert (alone.estimate, alone.se) == (found.estimate, found.se)
    half = stats.t.ppf(0.975, 26) * alone.se
    assert alone.ci == pytest.approx((alone.estimate - half, alone.estimate + half))
    with refused("bad-parameter"):
        its(line(), times_of(30), 15, errors="none")


def test_errors_that_hang_together_widen_the_interval():
    errors = np.random.default_rng(4).normal(size=60)
    tied = errors.copy()
    for place in range(1, 60):
        tied[place] += 0.8 * tied[place - 1]
    loose, close = (its(series, times_of(60), 30) for series in (errors, tied))
    assert abs(loose.details["error_correlation"]) < 0.3 < close.details["error_correlation"]
    widths = [(one.ci[1] - one.ci[0]) / (2 * one.se) for one in (loose, close)]
    assert widths[0] < 3 < widths[1]


def test_season_is_taken_out():
    steps = np.arange(48)
    season = 6 * np.cos(2 * np.pi * steps / 12) + 2 * np.sin(4 * np.pi * steps / 12)
    y = line(48, 30) + season
    plain, fitted = its(y, times_of(48), 30), its(y, times_of(48), 30, period=12)
    assert fitted.se < plain.se
    by_name = {entry["name"]: entry["estimate"] for entry in fitted.details["coefficients"]}
    assert by_name["cos1"] == pytest.approx(6, abs=0.6)
    assert fitted.details["breusch_godfrey_lags"] == 12


def test_counts_give_a_rate_ratio_with_the_dispersion():
    steps = np.arange(40)
    people = 1e5 + 1e3 * steps
    rate = 3e-3 * np.exp(-0.5 * (steps >= 20))
    random = np.random.default_rng(2)
    counts = random.negative_binomial(20, 20 / (20 + rate * people)).astype(float)
    found = its(counts, times_of(40), 20, counts=True, population=people)
    assert found.ci[0] < -0.5 < found.ci[1]
    assert found.details["dispersion"] > 2
    assert "overdispersed" in codes(found)
    assert found.details["rate_ratio"] == pytest.approx(np.exp(found.estimate))


def test_exact_counts_are_fitted_exactly():
    steps = np.arange(20)
    mean = np.exp(3 + 0.05 * steps - 0.7 * (steps >= 10))
    found = its(mean, times_of(20), 10, counts=True)
    assert found.estimate == pytest.approx(-0.7, abs=1e-6)


def test_a_control_series_takes_out_what_happens_to_both():
    shock = 9.0 * (np.arange(30) >= 15)
    found = its(line(seed=1) + shock, times_of(30), 15, control=line(seed=2, jump=0) + shock)
    assert found.ci[0] < 4 < found.ci[1]
    assert found.details["controlled"]


def test_short_sides_warn_and_then_refuse():
    assert "short-after:5" in its(line(20, 15), times_of(20), 15).warnings
    with refused("too-short"):
        its(line(18, 15), times_of(18), 15)


def test_one_point_that_carries_the_fit_is_named():
    y = line()
    y[15] += 60
    assert "influential:15" in its(y, times_of(30), 15).warnings


def test_errors_that_hang_together_are_told_of():
    y = line() * 0 + np.sin(np.arange(30) / 2.5) * 5
    assert "autocorrelation" in codes(its(y, times_of(30), 15))


def test_gaps_and_uneven_times_are_refused():
    y = line()
    y[4] = np.nan
    with refused("missing-outcome", "outcome"):
        its(y, times_of(30), 15)
    years = np.delete(np.arange(31.0), 7)
    with refused("irregular-time", "time"):
        its(line(), Times(years, tuple(str(year) for year in years)), 15)


def test_first_days_of_months_are_even():
    months = [f"{2020 + m // 12}-{m % 12 + 1:02}-01" for m in range(30)]
    days = np.array([float(np.datetime64(month).astype(int)) for month in months])
    assert its(line(), Times(days, tuple(months)), 15).n == 30
    with refused("irregular-time"):
        its(line()[1:], Times(np.delete(days, 3), tuple(months[:3] + months[4:])), 15)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"population": np.ones(30)}, "bad-parameter"),
        ({"counts": True, "population": np.zeros(30)}, "bad-offset"),
        ({"counts": True, "control": np.ones(30)}, "bad-parameter"),
        ({"lag": -1}, "bad-parameter"),
        ({"period": 1}, "bad-parameter"),
        ({"level": 1}, "bad-parameter"),
        ({"control": np.ones(7)}, "wrong-shape"),
    ],
)
def test_wrong_options_are_refused(options, code):
    with refused(code):
        its(np.abs(line()), times_of(30), 15, **options)


def test_counts_must_be_counts():
    with refused("bad-count"):
        its(line() - 100, times_of(30), 15, counts=True)
    nothing = np.where(np.arange(30) < 15, 20.0, 0.0)
    with refused("no-fit"):
        its(nothing, times_of(30), 15, counts=True)
