"""What must hold for every pilot, whatever the figures."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance.analysis.errors import MethodError
from alliance.analysis.pilots import (
    Panel,
    Times,
    before_after,
    did,
    its,
    panel_from,
    randomised,
    staggered,
    synthetic_control,
)
from alliance.analysis.pilots import power as sizes
from alliance.analysis.pilots.simplex import nearest_mixture
from tests.conftest import RUNS_ALL

seeds = st.integers(0, 10_000)
scales = st.sampled_from([1e-3, 0.5, 100.0, 1e3, 1e4])
shifts = st.integers(-1000, 1000).map(float)


def panel(seed: int, n: int, n_times: int) -> Panel:
    random = np.random.default_rng(seed)
    y = random.normal(size=(n, 1)) + random.normal(size=(n, n_times)).cumsum(axis=1)
    return of(y)


def of(y: np.ndarray, origin: float = 0.0) -> Panel:
    values = origin + np.arange(y.shape[1])
    times = Times(values, tuple(str(int(value)) for value in values))
    return Panel(tuple(f"u{place}" for place in range(len(y))), times, y)


def same(found, other, scale: float = 1.0) -> None:
    tolerance = 1e-6 * scale * max(1.0, abs(found.estimate))
    assert other.estimate == pytest.approx(scale * found.estimate, rel=1e-6, abs=tolerance)
    assert other.se == pytest.approx(scale * found.se, rel=1e-5, abs=tolerance, nan_ok=True)
    assert other.p == pytest.approx(found.p, abs=1e-6, nan_ok=True)


@settings(deadline=None, max_examples=25 if RUNS_ALL else 8)
@given(seeds, scales, shifts)
def test_every_design_keeps_to_the_scale_and_ignores_a_shift(seed, scale, shift):
    made = panel(seed, 16, 12)
    changed = of(scale * made.outcome + shift)
    sides, first = np.arange(16) < 6, np.array([4.0] * 4 + [7.0] * 4 + [np.inf] * 8)
    one = np.arange(16) == 0
    for run in (
        lambda p: did(p, sides, 6),
        lambda p: staggered(p, first, draws=0),
        lambda p: synthetic_control(p, one, 8),
        lambda p: its(p.outcome[0], p.times, 6),
        lambda p: randomised(p.outcome[:, 0], sides),
        lambda p: before_after(p.outcome[:, 0], p.outcome[:, 1]),
    ):
        same(run(made), run(changed), scale)


@settings(deadline=None, max_examples=25 if RUNS_ALL else 8)
@given(seeds, st.permutations(range(15)))
def test_the_order_of_units_does_not_matter(seed, order):
    made = panel(seed, 15, 9)
    moved = of(made.outcome[order])
    sides, first = np.arange(15) < 5, np.array([3.0] * 4 + [5.0] * 4 + [np.inf] * 7)
    # Weights of the bootstrap go to units in their order: p may move, the rest may not.
    found, other = did(made, sides, 4), did(moved, sides[order], 4)
    assert (other.estimate, other.se) == pytest.approx((found.estimate, found.se))
    same(staggered(made, first, draws=0), staggered(moved, first[order], draws=0))
    one = np.arange(15) == 0
    same(synthetic_control(made, one, 6), synthetic_control(moved, one[order], 6))


@settings(deadline=None, max_examples=25 if RUNS_ALL else 8)
@given(seeds, shifts)
def test_the_origin_of_time_leaves_jump_and_slope(seed, origin):
    y = panel(seed, 1, 24).outcome
    found, moved = (its(y[0], of(y, start).times, 12) for start in (0.0, origin))
    for key in ("level", "slope", "level_se", "slope_se"):
        assert moved.details[key] == pytest.approx(found.details[key])


@settings(deadline=None, max_examples=25 if RUNS_ALL else 8)
@given(seeds, st.lists(st.tuples(st.integers(0, 11), st.integers(0, 5)), max_size=8, unique=True))
def test_what_is_missing_is_counted(seed, gaps):
    made = panel(seed, 12, 6)
    for place in gaps:
        made.outcome[place] = np.nan
    holes = {unit for unit, _ in gaps}
    try:
        found = did(made, np.arange(12) < 6, 3)
    except MethodError as error:
        assert error.code in ("no-data", "no-treated", "no-control")
        return
    assert found.n == 12 - len(holes)
    assert found.details["n_dropped"] == len(holes)


@settings(deadline=None, max_examples=50)
@given(seeds, st.integers(1, 12), st.integers(2, 20))
def test_weights_are_a_mixture(seed, k, donors):
    random = np.random.default_rng(seed)
    weights = nearest_mixture(random.normal(size=k), random.normal(size=(k, donors)))
    assert (weights >= 0).all()
    assert weights.sum() == pytest.approx(1)


@settings(deadline=None, max_examples=30)
@given(st.floats(0.05, 3), st.floats(0.1, 10), st.floats(0.2, 0.99), st.sampled_from([1, 2]))
def test_units_needed_reach_the_power(delta, sd, power, sides):
    n = sizes.round_up(sizes.n_of_means(delta, sd, power, sides=sides))
    assert sizes.power_of_means(n, delta, sd, sides=sides) >= power - 1e-6
    if n > 2:
        assert sizes.power_of_means(n - 1, delta, sd, sides=sides) <= power + 1e-6
    assert sizes.mde_of_means(n, sd, power, sides=sides) <= delta * (1 + 1e-6)


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 5), st.integers(1, 6), st.randoms())
def test_rows_may_come_in_any_order(n, n_times, random):
    rows = [(f"u{u}", str(t), u * 10.0 + t) for u in range(n) for t in range(n_times)]
    random.shuffle(rows)
    made, cells = panel_from(*zip(*rows, strict=True))
    for unit, name in enumerate(made.units):
        for time, label in enumerate(made.times.labels):
            assert rows[cells[unit, time]][:2] == (name, label)
            assert made.outcome[unit, time] == int(name[1:]) * 10 + int(label)


@settings(deadline=None, max_examples=20)
@given(seeds, st.sampled_from([0.01, 100.0, 1000.0]))
def test_synthetic_control_and_its_relatives_keep_to_the_scale(seed, scale):
    made = panel(seed, 14, 12)
    one = np.arange(14) == 0
    found, other = (synthetic_control(of(by * made.outcome), one, 8) for by in (1.0, scale))
    assert other.details["synthetic_did"] == pytest.approx(
        scale * found.details["synthetic_did"], rel=1e-5, abs=1e-6 * scale
    )
    for key in ("gaps", "placebo_gaps", "leave_one_out"):
        for name, value in found.details[key].items():
            near = pytest.approx(scale * np.array(value), rel=1e-5, abs=1e-6 * scale)
            assert np.array(other.details[key][name]) == near
    assert other.details["weights"].keys() == found.details["weights"].keys()
    for name, weight in found.details["weights"].items():
        assert other.details["weights"][name] == pytest.approx(weight, abs=1e-5)
    assert other.ci == pytest.approx(scale * np.array(found.ci), rel=1e-5, nan_ok=True)


@settings(deadline=None, max_examples=20)
@given(seeds, scales)
def test_intervals_keep_to_the_scale(seed, scale):
    made = panel(seed, 16, 12)
    sides, first = np.arange(16) < 6, np.array([4.0] * 4 + [7.0] * 4 + [np.inf] * 8)
    for run in (
        lambda p: did(p, sides, 6),
        lambda p: staggered(p, first, draws=0),
        lambda p: its(p.outcome[0], p.times, 6),
        lambda p: its(p.outcome[0], p.times, 6, errors="classic"),
        lambda p: randomised(p.outcome[:, 5], sides, covariates=p.outcome[:, :1]),
    ):
        found, other = run(made), run(of(scale * made.outcome))
        assert other.ci == pytest.approx(scale * np.array(found.ci), rel=1e-5)


@settings(deadline=None, max_examples=20)
@given(seeds, st.randoms())
def test_more_gaps_never_lower_what_is_missing(seed, random):
    y = panel(seed, 14, 6).outcome
    places = [(unit, time) for unit in range(14) for time in range(6)]
    random.shuffle(places)
    one, first = np.arange(14) == 0, np.array([2.0] * 5 + [np.inf] * 9)
    before = [0, 0, 0, 0]
    for place in places[:12]:
        y[place] = np.nan
        counted = list(before)
        runs = (
            lambda: did(of(y), np.arange(14) < 7, 3).details["n_dropped"],
            lambda: staggered(of(y), first, draws=0).details["n_dropped"],
            lambda: synthetic_control(of(y), one, 3).details["n_dropped"],
            lambda: randomised(y[:, 2], np.arange(14) < 7).details["n_missing"],
        )
        for number, run in enumerate(runs):
            try:
                counted[number] = run()
            except MethodError as error:
                assert error.code.startswith(("no-", "missing-", "too-few"))
        assert all(new >= old for new, old in zip(counted, before, strict=True))
        before = counted


@settings(deadline=None, max_examples=20)
@given(seeds)
def test_every_unit_twice_leaves_the_effect(seed):
    made = panel(seed, 10, 8)
    twice = of(np.repeat(made.outcome, 2, axis=0))
    sides, first = np.arange(10) < 4, np.array([3.0] * 3 + [5.0] * 3 + [np.inf] * 4)
    pairs = np.repeat(np.arange(10), 2)
    found, other = did(made, sides, 4), did(twice, sides[pairs], 4, clusters=pairs)
    assert other.estimate == pytest.approx(found.estimate)
    # A copy in the same cluster tells nothing new.
    assert other.details["p_permutation"] == pytest.approx(found.details["p_permutation"])
    found, other = (
        staggered(made, first, draws=0),
        staggered(twice, first[pairs], clusters=pairs, draws=0),
    )
    assert (other.estimate, other.se) == pytest.approx((found.estimate, found.se))
    assert other.ci == pytest.approx(found.ci)
