"""Every error and warning of pilots is reached by the shortest call that gives it."""

from collections.abc import Callable

import numpy as np
import pytest

from alliance.analysis import pilots
from alliance.analysis.pilots import (
    Evaluation,
    Predictors,
    Request,
    allocate_randomly,
    analyse,
    before_after,
    did,
    its,
    panel_from,
    plan,
    plan_shares,
    randomised,
    simplex,
    spread,
    staggered,
    synthetic_control,
)
from alliance.analysis.pilots.cells import numbers
from alliance.analysis.pilots.codes import ERRORS, WARNINGS
from tests.unit.analysis.code_lists import raised_in, words_in
from tests.unit.analysis.pilots.helpers import codes, noise, panel_of, refused, times_of

#: Texts that are written like codes and are names of something else.
OTHER_WORDS = {
    "before-after", "in-turn", "synthetic-control", "log-rate", "first-treated", "not-yet",
    "lin-ancova",
    "cluster-robust", "wild-cluster-bootstrap",
    # Sentences.
    "cannot-be-told", "cannot-reach", "changed-higher", "changed-lower", "effect-higher",
    "effect-lower",
    "few-units", "jump-higher", "jump-lower", "left-out", "no-effect", "no-effect-rate",
    "no-range", "no-test", "not-nothing", "range-rate", "rate-higher", "rate-lower",
}  # fmt: skip

ARM = np.arange(12) < 6
ONE = np.arange(12) == 0
RANDOM = np.random.default_rng(8)
SERIES = RANDOM.normal(size=24)
INF = np.inf


def table(**columns: str) -> dict[str, list[str]]:
    return {name: cells.split(",") for name, cells in columns.items()}


def asked(design: str, columns: dict[str, list[str]], **options: str) -> Evaluation:
    return analyse(columns, Request(design, outcome="y", **options))


TWO = table(u="a,a,b,b", t="1,2,1,2", y="1,2,3,5", d="1,1,0,0", s="0,1,0,0")
NAMES = {"unit": "u", "time": "t"}


def walk(n: int = 12, n_times: int = 8, seed: int = 0) -> np.ndarray:
    return noise(n, n_times, seed)


def holed(place: tuple[int, int]) -> np.ndarray:
    y = walk()
    y[place] = np.nan
    return y


def matched(values: np.ndarray) -> Predictors:
    names = tuple(f"x{column}" for column in range(values.shape[1]))
    return Predictors(names, values, np.ones(values.shape[1]))


def never_optimal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simplex, "TOLERANCE", -1.0)
    synthetic_control(panel_of(walk()), ONE, 5)


ERROR_CASES: dict[str, Callable[[], object]] = {
    "bad-count": lambda: its(-np.ones(24), times_of(24), 12, counts=True),
    "bad-number": lambda: numbers(["1", "many"], "y"),
    "bad-offset": lambda: its(
        np.ones(24), times_of(24), 12, counts=True, population=np.zeros(24)
    ),
    "bad-parameter": lambda: plan("randomised", sd=1, delta=0),
    "bad-start": lambda: did(panel_of(walk()), ARM, 0),
    "bad-time": lambda: panel_from(["a", "a"], ["2020", "2020-05"], [1, 2]),
    "bad-treatment": lambda: asked("did", {**TWO, "d": ["2"] * 4}, **NAMES, treated="d"),
    "duplicate-key": lambda: panel_from(["a", "a"], ["1", "1.0"], [1, 2]),
    "empty-key": lambda: panel_from(["a", " "], ["1", "1"], [1, 2]),
    "few-units-in-blocks": lambda: allocate_randomly(["a", "b", "c"], seed=1, n_blocks=2),
    "infinite-value": lambda: numbers(["inf"], "y"),
    "irregular-time": lambda: its(
        SERIES, panel_from(["a"] * 24, [str(t + (t > 9)) for t in range(24)], SERIES)[0].times, 12
    ),
    "missing-column": lambda: asked("did", TWO, unit="city", time="t"),
    "missing-covariate": lambda: randomised(
        walk()[:, 0], ARM, covariates=np.full((12, 1), np.nan)
    ),
    "missing-option": lambda: asked("did", TWO, unit="u"),
    "missing-outcome": lambda: synthetic_control(panel_of(holed((0, 1))), ONE, 5),
    "missing-predictor": lambda: synthetic_control(
        panel_of(walk()), ONE, 5, predictors=matched(np.full((12, 1), np.nan))
    ),
    "mixed-cluster": lambda: did(panel_of(walk()), ARM, 4, clusters=np.zeros(12)),
    "no-control": lambda: did(panel_of(walk()), np.ones(12, dtype=bool), 4),
    "no-data": lambda: panel_from([], [], []),
    "no-fit": lambda: its(
        np.repeat([0.0, 5.0], 12), times_of(24), 12, counts=True
    ),
    "no-spread": lambda: spread(panel_of(np.ones((3, 4)))),
    "no-treated": lambda: staggered(panel_of(walk()), np.full(12, INF)),
    "one-cluster": lambda: staggered(
        panel_of(walk()), np.repeat([3.0, INF], 6), clusters=np.zeros(12)
    ),
    "several-units": lambda: asked("its", TWO, **NAMES, start="2"),
    "singular": lambda: randomised(
        walk()[:, 0], ARM, covariates=np.ones((12, 1))
    ),
    "staggered-start": lambda: asked(
        "did", table(u="a,a,a,b,b,b", t="1,2,3,1,2,3", y="1,2,3,4,5,6", d="0,1,1,0,0,1"),
        **NAMES, treated="d",
    ),
    "start-conflict": lambda: asked(
        "did", table(u="a,a,a,b,b,b", t="1,2,3,1,2,3", y="1,2,3,4,5,6", d="0,1,1,0,0,0"),
        **NAMES, treated="d", start="3",
    ),
    "too-few": lambda: randomised(np.arange(3.0), np.array([True, False, False])),
    "too-few-donors": lambda: synthetic_control(panel_of(walk(5)), np.arange(5) == 0, 5),
    "too-short": lambda: its(SERIES[:9], times_of(9), 6),
    "treat-not-absorbing": lambda: asked(
        "did", {**TWO, "d": ["1", "0", "0", "0"]}, **NAMES, treated="d"
    ),
    "unknown-design": lambda: asked("guess", TWO),
    "unknown-unit": lambda: asked(
        "its", TWO, **NAMES, treated="a", start="2", control="nowhere"
    ),
    "unpaired": lambda: before_after(np.array([1.0, np.nan]), np.array([np.nan, 1.0])),
    "varies-in-unit": lambda: asked(
        "did", {**TWO, "c": ["1", "2", "3", "3"]}, **NAMES, treated="d", cluster="c"
    ),
    "wrong-shape": lambda: before_after(np.ones(3), np.ones(2)),
}  # fmt: skip


def mixture(n: int = 12, n_times: int = 14, error: float = 0.05) -> np.ndarray:
    """The first unit is a mixture of others, with some error."""
    random = np.random.default_rng(5)
    y = random.normal(size=(n, n_times)).cumsum(axis=1)
    y[0] = y[1:4].mean(axis=0) + error * random.normal(size=n_times)
    return y


def jumped(y: np.ndarray, jumps: np.ndarray) -> np.ndarray:
    y[0, -len(jumps) :] += jumps
    return y


def all_exact() -> np.ndarray:
    """Every unit but the first is there twice: the placebos fit without error."""
    y = np.random.default_rng(2).normal(size=(21, 10)).cumsum(axis=1)
    y[0] += 3
    return np.vstack([y, y[1:]])


def drifting() -> np.ndarray:
    y = walk(40, 8)
    y[:20] += 2.0 * np.arange(8)
    return y


WAVES = np.sin(np.arange(40) / 3) * 5
FIRST = np.repeat([3.0, INF], 6)
WARNING_CASES: dict[str, Callable[[], object]] = {
    "always-treated": lambda: staggered(panel_of(walk()), np.repeat([0.0, 3.0, INF], 4)),
    "approximated-by-did": lambda: plan("staggered", sd=1, delta=1, correlation=0.5),
    "autocorrelation": lambda: its(WAVES, times_of(40), 20),
    "cannot-reach-level": lambda: synthetic_control(panel_of(walk()), ONE, 5),
    "cells-without-data": lambda: staggered(
        panel_of(walk()), np.repeat([3.0, 5.0], 6), control="not-yet"
    ),
    "constant-predictor": lambda: synthetic_control(
        panel_of(walk()), ONE, 5, predictors=matched(np.column_stack([np.ones(12), walk()[:, 0]]))
    ),
    "differential-attrition": lambda: randomised(np.where(ONE, np.nan, walk()[:, 0]), ARM),
    "donors-dropped": lambda: synthetic_control(panel_of(holed((3, 1))), ONE, 5),
    "few-clusters-not-corrected": lambda: plan_shares(0.4, 0.6, cluster_size=20, icc=0.02),
    "few-clusters-on-a-side": lambda: did(panel_of(walk()), np.arange(12) < 3, 4),
    "influential": lambda: its(
        SERIES + 90 * (np.arange(24) == 12), times_of(24), 12
    ),
    "no-comparison": lambda: before_after(walk()[:, 0], walk()[:, 1]),
    "no-constant-effect": lambda: synthetic_control(
        panel_of(jumped(mixture(42), np.array([9.0, -9.0, 9.0, -9.0]))), np.arange(42) == 0, 10
    ),
    "no-pretest": lambda: did(panel_of(walk()), ARM, 1),
    "one-cluster": lambda: did(panel_of(walk()), ONE, 4),
    "overdispersed": lambda: its(
        np.where(np.arange(40) % 2, 90.0, 10.0), times_of(40), 20, counts=True
    ),
    "perfect-fit": lambda: synthetic_control(panel_of(mixture(error=0.0)), ONE, 10),
    "poor-fit": lambda: synthetic_control(
        panel_of(np.vstack([20 + 9 * RANDOM.normal(size=8), walk()])), np.arange(13) == 0, 5
    ),
    "selected-on-extreme": lambda: synthetic_control(
        panel_of(walk() + 9.0 * np.outer(ONE, np.arange(8) == 4)), ONE, 5
    ),
    "short-after": lambda: its(SERIES, times_of(24), 18),
    "short-before": lambda: its(SERIES, times_of(24), 6),
    "single-unit-group": lambda: staggered(panel_of(walk()), np.where(ONE, 3.0, INF)),
    "small-group": lambda: staggered(panel_of(walk()), np.repeat([3.0, INF], [3, 9])),
    "too-few-clusters": lambda: plan("randomised", sd=1, delta=3, cluster_size=20, icc=0.01),
    "trends-differ-before": lambda: did(panel_of(drifting()), np.arange(40) < 20, 4),
    "twfe-negative-weights": lambda: staggered(
        panel_of(walk(n_times=10)), np.repeat([1.0, 8.0, INF], [6, 5, 1])
    ),
    "unbalanced": lambda: did(panel_of(holed((3, 1))), ARM, 4),
    "unbounded-interval": lambda: synthetic_control(
        panel_of(all_exact()), np.arange(41) == 0, 7
    ),
    "unpaired": lambda: before_after(np.array([1, 2, np.nan]), np.array([2.0, 4, 3])),
    "zero-variance": lambda: randomised(ARM.astype(float), ARM),
}  # fmt: skip


@pytest.mark.parametrize("code", sorted(ERRORS - {"no-optimum"}))
def test_every_error_is_reached(code):
    with refused(code) as caught:
        ERROR_CASES[code]()
    assert caught.value.message


def test_weights_that_are_not_the_best_are_refused(monkeypatch):
    with refused("no-optimum"):
        never_optimal(monkeypatch)


@pytest.mark.parametrize("code", sorted(WARNINGS))
def test_every_warning_is_reached(code):
    found = WARNING_CASES[code]()
    assert code in codes(found)
    assert codes(found) <= WARNINGS


def test_the_lists_are_whole():
    assert set(ERROR_CASES) == ERRORS - {"no-optimum"}
    assert set(WARNING_CASES) == WARNINGS
    assert raised_in(pilots) <= ERRORS
    assert words_in(pilots) <= ERRORS | WARNINGS | OTHER_WORDS
