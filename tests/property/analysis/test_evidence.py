"""What must hold of pooling whatever the data are."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from alliance.analysis.evidence import METHODS, meta_regression, pool, pool_unweighted
from alliance.analysis.evidence.pooling import INTERVALS

effects = st.lists(
    st.tuples(
        st.floats(-10, 10).map(lambda value: round(value, 4)),
        st.floats(1e-3, 10).map(lambda value: round(value, 5)),
    ),
    min_size=2,
    max_size=25,
)
methods = st.sampled_from(METHODS)
intervals = st.sampled_from(INTERVALS)


def split(rows):
    y, v = (np.array(column) for column in zip(*rows, strict=True))
    return y, v


def near(value: float):
    return pytest.approx(value, rel=1e-5, abs=1e-7)


@settings(deadline=None)
@given(effects, methods, intervals)
def test_order_does_not_matter(rows, method, interval):
    y, v = split(rows)
    one = pool(y, v, method=method, interval=interval)
    two = pool(y[::-1], v[::-1], method=method, interval=interval)
    assert two.estimate == near(one.estimate)
    assert two.tau2 == near(one.tau2)
    assert two.se == near(one.se)


@settings(deadline=None)
@given(effects, methods, intervals)
def test_a_thousandfold_unit_gives_thousandfold_figures(rows, method, interval):
    y, v = split(rows)
    one = pool(y, v, method=method, interval=interval)
    two = pool(1000 * y, 1000**2 * v, method=method, interval=interval)
    assert two.estimate / 1000 == near(one.estimate)
    assert two.tau2 / 1000**2 == near(one.tau2)
    assert two.se / 1000 == near(one.se)
    assert two.heterogeneity.i2 == pytest.approx(one.heterogeneity.i2, abs=1e-3)


@settings(deadline=None)
@given(effects, methods, intervals, st.floats(-100, 100))
def test_a_shift_moves_the_mean_alone(rows, method, interval, shift):
    y, v = split(rows)
    one = pool(y, v, method=method, interval=interval)
    two = pool(y + shift, v, method=method, interval=interval)
    assert two.estimate - shift == near(one.estimate)
    assert two.tau2 == near(one.tau2)
    assert two.se == near(one.se)


@settings(deadline=None)
@given(effects, intervals)
def test_a_study_is_two_copies_of_half_its_weight(rows, interval):
    y, v = split(rows)
    one = pool(y, v, method="ee", interval="wald")
    two = pool(np.repeat(y, 2), np.repeat(2 * v, 2), method="ee", interval="wald")
    assert two.estimate == near(one.estimate)
    assert two.se == near(one.se)


@settings(deadline=None)
@given(effects, methods, intervals)
def test_what_always_holds(rows, method, interval):
    y, v = split(rows)
    found = pool(y, v, method=method, interval=interval)
    spread = found.heterogeneity
    assert y.min() - 1e-9 <= found.estimate <= y.max() + 1e-9
    assert found.tau2 >= 0 and 0 <= spread.i2 < 100 and spread.h2 >= 0
    assert 0 <= spread.p <= 1
    assert found.ci_low <= found.estimate <= found.ci_high
    assert found.weights.sum() == pytest.approx(100)
    assert ("two-studies" in found.warnings) == (found.k == 2)
    assert (found.prediction_low is None) == (method == "ee" or found.k < 3)
    if found.prediction_low is not None:
        assert found.prediction_low <= found.ci_low + 1e-9
        assert found.prediction_high >= found.ci_high - 1e-9
    if interval == "hartung-knapp":
        assert found.se >= found.wald.se * (1 - 1e-9)
        assert found.se >= found.untruncated.se * (1 - 1e-9)
    if spread.high is not None:
        assert spread.low <= spread.high


@settings(deadline=None)
@given(effects, methods)
def test_studies_that_agree_have_no_spread(rows, method):
    _, v = split(rows)
    found = pool(np.full(len(v), 3.3), v, method=method)
    assert found.tau2 == 0
    assert found.estimate == pytest.approx(3.3)
    assert found.se > 0


@settings(deadline=None)
@given(effects, st.data())
def test_gaps_are_counted_and_never_take_part(rows, data):
    y, v = split(rows)
    gaps = np.array(data.draw(st.lists(st.booleans(), min_size=len(y), max_size=len(y))))
    assume(not gaps.all())
    holed = np.where(gaps, math.nan, y)
    found = pool(holed, v)
    assert (found.k, found.n_missing) == (int((~gaps).sum()), int(gaps.sum()))
    whole = pool(y[~gaps], v[~gaps])
    assert (found.estimate, found.se) == (whole.estimate, whole.se)
    plain = pool_unweighted(holed)
    assert plain.n_missing == int(gaps.sum())
    assert plain.estimate == pytest.approx(y[~gaps].mean())


@settings(deadline=None)
@given(effects, st.data())
def test_a_further_gap_never_lowers_what_is_missing(rows, data):
    y, v = split(rows)
    order = data.draw(st.permutations(range(len(y))))
    counted = 0
    for place in order[:-1]:
        y[place] = math.nan
        found = pool(y, v)
        assert found.n_missing == counted + 1 == pool_unweighted(y).n_missing
        counted = found.n_missing


@settings(deadline=None)
@given(effects, methods, st.sampled_from([100.0, 1000.0]))
def test_intervals_and_predictions_keep_to_the_scale(rows, method, scale):
    y, v = split(rows)
    one, two = pool(y, v, method=method), pool(scale * y, scale**2 * v, method=method)
    for name in ("ci_low", "ci_high", "prediction_low", "prediction_high"):
        if getattr(one, name) is None:
            assert getattr(two, name) is None
        else:
            assert getattr(two, name) / scale == near(getattr(one, name))
    assert two.warnings == one.warnings
    assert two.heterogeneity.q == near(one.heterogeneity.q)


@settings(deadline=None)
@given(effects.filter(lambda rows: len(rows) == 2), methods)
def test_two_studies_say_so_and_predict_nothing(rows, method):
    found = pool(*split(rows), method=method)
    assert "two-studies" in found.warnings
    assert found.prediction_low is None and found.df == 1
    assert found.wald.high - found.wald.low <= found.ci_high - found.ci_low


regressions = st.lists(
    st.tuples(
        st.floats(-5, 5).map(lambda value: round(value, 3)),
        st.floats(0.01, 2).map(lambda value: round(value, 4)),
        st.integers(-20, 20).map(float),
    ),
    min_size=5,
    max_size=20,
).filter(lambda rows: len({row[2] for row in rows}) > 2)


@settings(deadline=None)
@given(regressions, methods, st.floats(-50, 50), st.integers(-100, 100))
def test_shifts_leave_the_slope_of_a_regression(rows, method, shift, origin):
    y, v, x = (np.array(column) for column in zip(*rows, strict=True))
    one = meta_regression(y, v, x[:, None], ["x"], method=method)
    two = meta_regression(y + shift, v, x[:, None] + origin, ["x"], method=method)
    slopes = [model.coefficients[1] for model in (one, two)]
    assert slopes[1].estimate == pytest.approx(slopes[0].estimate, rel=1e-4, abs=1e-6)
    assert slopes[1].se == pytest.approx(slopes[0].se, rel=1e-4, abs=1e-6)
    assert two.centre.estimate - shift == pytest.approx(one.centre.estimate, rel=1e-4, abs=1e-5)
    assert two.heterogeneity.tau2 == pytest.approx(one.heterogeneity.tau2, rel=1e-3, abs=1e-6)
