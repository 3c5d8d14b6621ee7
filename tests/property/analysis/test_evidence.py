"""What must hold of pooling whatever the data are."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from alliance.analysis.evidence import METHODS, pool, pool_unweighted
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
