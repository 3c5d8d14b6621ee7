"""Synthetic control: a weighted mean of other units as the comparison for the unit with the
pilot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from alliance.analysis.errors import MethodError
from alliance.analysis.pilots.panel import Panel
from alliance.analysis.pilots.permutation import assignments
from alliance.analysis.pilots.result import (
    DEFAULT_LEVEL,
    NO_INTERVAL,
    NOT_KNOWN,
    Bools,
    Evaluation,
    Floats,
    check_level,
)
from alliance.analysis.pilots.simplex import nearest_mixture
from alliance.analysis.pilots.synthetic_did import synthetic_did

MIN_DONORS = 5
#: Fewer times before the start give a warning.
SHORT_BEFORE = 5
#: The largest acceptable error before the start, relative to the spread of the treated unit.
POOR_FIT = 0.25
#: A unit is flagged as extreme at the start beyond this many standard deviations from its mean.
EXTREME = 1.5
#: A smaller error before the start, relative to the outcome, counts as none.
EXACT = 1e-8


@dataclass(frozen=True)
class Predictors:
    """The predictors to match: ``values`` (N, k), ``weights`` (k,), ``names`` (k,)."""

    names: tuple[str, ...]
    values: Floats
    weights: Floats


def synthetic_control(
    panel: Panel,
    treated: Bools,
    start: int,
    *,
    predictors: Predictors | None = None,
    level: float = DEFAULT_LEVEL,
    seed: int = 1,
) -> Evaluation:
    """The mean gap after the start between a unit and its mixture of donors.

    By default the mixture fits every outcome before the start, all with the same weight; that
    makes the weights unique wherever the fit is not perfect. p compares the ratio of the errors
    after and before with that of every donor, treated in its place; the interval holds the
    constant effects that this test does not reject. There is no standard error. Several treated
    units get a mixture each; their gaps are averaged and compared with sets of donors.

    Args:
        panel: outcomes, N units by T times. Donors with gaps are left out and counted.
        treated: shape (N,).
        start: place of the first treated time.
        predictors: matched instead of the outcomes before the start, each divided by its standard
            deviation over all units (ddof 1) and weighted.
        level: level of the interval.
        seed: start of the random numbers, where there are too many sets of donors.

    Raises:
        MethodError: ``bad-start``, ``no-treated``, ``missing-outcome`` of a treated unit,
            ``missing-predictor``, ``too-few-donors``, ``too-short``, ``bad-parameter``.

    Source: Abadie, Diamond and Hainmueller 2010, Journal of the American Statistical Association
    105; Firpo and Possebom 2018 for the interval.
    """
    check_level(level)
    if not 1 <= start < len(panel.times.values):
        raise MethodError("bad-start", "there must be times before and after the start", "start")
    if start < 2:
        raise MethodError("too-short", "synthetic control needs two times before", "start")
    task, warnings = _task(panel, treated, start, predictors)
    fits = [task.fit(unit, task.donors) for unit in task.treated]
    gaps = np.mean([gap for gap, _ in fits], axis=0)
    weights = np.mean([weight for _, weight in fits], axis=0)
    estimate = float(gaps[start:].mean())
    before, after = _rms(gaps[:start]), _rms(gaps[start:])

    pools = [np.setdiff1d(task.donors, [donor]) for donor in task.donors]
    placebo_gaps = np.array(
        [task.fit(int(d), pool)[0] for d, pool in zip(task.donors, pools, strict=True)]
    )
    test = _placebo(gaps, placebo_gaps, len(task.treated), start, level, seed)
    warnings += test.warnings
    own = task.y[task.treated].mean(axis=0)
    spread = float(own[:start].std(ddof=1))
    if before > POOR_FIT * spread:
        warnings.append("poor-fit")
    if start < SHORT_BEFORE:
        warnings.append(f"short-before:{start}")
    relative = own[:start] - task.y[task.donors, :start].mean(axis=0)
    own_spread = float(relative.std(ddof=1))
    if own_spread > 0 and abs(relative[-1] - relative.mean()) > EXTREME * own_spread:
        warnings.append("selected-on-extreme")

    names, labels = np.array(panel.units), panel.times.labels
    used = np.argsort(-weights)
    details: dict[str, Any] = {
        "weights": {str(names[j]): float(weights[j]) for j in used if weights[j] > 1e-6},
        "gaps": dict(zip(labels, gaps.tolist(), strict=True)),
        "actual": dict(zip(labels, own.tolist(), strict=True)),
        "synthetic": dict(zip(labels, (own - gaps).tolist(), strict=True)),
        "rmspe_before": before,
        "rmspe_after": after,
        "fit": before / spread if spread > 0 else NOT_KNOWN,
        "placebo": test.payload,
        "placebo_gaps": {
            str(names[d]): row for d, row in zip(task.donors, placebo_gaps, strict=True)
        },
        "leave_one_out": {
            str(names[j]): task.without(int(j)) for j in task.donors if weights[j] > 1e-6
        },
        "in_time": _in_time(task, labels),
        "synthetic_did": synthetic_did(task.y[task.places], task.sides, start),
        "specification": "outcomes before the start" if predictors is None else "predictors",
        "predictors": task.names,
        "n_treated": len(task.treated),
        "n_donors": len(task.donors),
        "n_dropped": task.n_dropped,
    }
    return Evaluation(
        design="synthetic-control",
        estimate=estimate,
        se=NOT_KNOWN,
        ci=test.ci,
        p=test.p,
        n=len(task.treated) + len(task.donors),
        details=details,
        warnings=tuple(warnings),
        level=level,
    )


@dataclass(frozen=True)
class _Task:
    """Outcomes (N, T) and predictors (k, N); treated units and donors by index."""

    y: Floats
    matched: Floats
    names: tuple[str, ...]
    treated: np.ndarray
    donors: np.ndarray
    start: int
    n_dropped: int

    @property
    def places(self) -> np.ndarray:
        """Treated units, then donors."""
        return np.concatenate([self.treated, self.donors])

    @property
    def sides(self) -> Bools:
        """Whether each of the places is treated."""
        return np.arange(len(self.places)) < len(self.treated)

    def fit(self, unit: int, donors: np.ndarray) -> tuple[Floats, Floats]:
        """The gap at each time (T,) and the weight of each unit of the panel."""
        chosen = nearest_mixture(self.matched[:, unit], self.matched[:, donors])
        weights = np.zeros(self.matched.shape[1])
        weights[donors] = chosen
        return self.y[unit] - chosen @ self.y[donors], weights

    def without(self, donor: int) -> float:
        """The effect without one donor."""
        pool = np.setdiff1d(self.donors, [donor])
        gaps = np.mean([self.fit(unit, pool)[0] for unit in self.treated], axis=0)
        return float(gaps[self.start :].mean())


def _task(
    panel: Panel, treated: Bools, start: int, predictors: Predictors | None
) -> tuple[_Task, list[str]]:
    own = np.flatnonzero(treated)
    if not own.size:
        raise MethodError("no-treated", "there is no treated unit", "treated")
    for unit in own:
        if np.isnan(panel.outcome[unit]).any():
            raise MethodError(
                "missing-outcome",
                f"the treated unit {panel.units[unit]} has a time without outcome",
                "outcome",
            )
    usable: Bools = np.logical_not(np.isnan(panel.outcome).any(axis=1))
    warnings: list[str] = []
    names: tuple[str, ...] = ()
    if predictors is None:
        matched = panel.outcome[:, :start].T
    else:
        known = ~np.isnan(predictors.values)
        if not known[own].all():
            name = predictors.names[int(np.flatnonzero(~known[own].all(axis=0))[0])]
            raise MethodError("missing-predictor", "not known of the treated unit", name)
        usable &= known.all(axis=1)
        matched, names, constant = _scaled(predictors, usable)
        warnings += [f"constant-predictor:{name}" for name in constant]
    donors = np.flatnonzero(usable & ~treated)
    dropped = int((~usable & ~treated).sum())
    if dropped:
        warnings.append(f"donors-dropped:{dropped}")
    if donors.size < MIN_DONORS:
        raise MethodError(
            "too-few-donors", f"{donors.size} donors with all data, fewer than {MIN_DONORS}", "data"
        )
    return _Task(panel.outcome, matched, names, own, donors, start, dropped), warnings


def _scaled(predictors: Predictors, usable: Bools) -> tuple[Floats, tuple[str, ...], list[str]]:
    """Predictors divided by their spread over the usable units and weighted, (k, N)."""
    weights = predictors.weights
    if (weights < 0).any() or not np.isfinite(weights).all() or weights.sum() <= 0:
        raise MethodError("bad-parameter", "weights must not be negative", "predictor weights")
    spread = predictors.values[usable].std(axis=0, ddof=1)
    varies = spread > 0
    if not varies.any():
        raise MethodError("no-data", "no predictor differs between units", "predictors")
    names = np.array(predictors.names)
    scaled = predictors.values[:, varies] / spread[varies] * np.sqrt(weights[varies])
    return scaled.T, tuple(names[varies].tolist()), names[~varies].tolist()


@dataclass(frozen=True)
class _Placebo:
    p: float
    ci: tuple[float, float]
    payload: dict[str, Any]
    warnings: tuple[str, ...]


def _placebo(
    gaps: Floats, donor_gaps: Floats, n_treated: int, start: int, level: float, seed: int
) -> _Placebo:
    """The rank of the treated among donors, or sets of donors, treated in their place."""
    if n_treated > 1:
        sets, _ = assignments(len(donor_gaps), n_treated, seed=seed)
        donor_gaps = sets @ donor_gaps / n_treated
    before = np.sqrt(np.square(donor_gaps[:, :start]).mean(axis=1))
    after = np.sqrt(np.square(donor_gaps[:, start:]).mean(axis=1))
    own_before, own_after = _rms(gaps[:start]), _rms(gaps[start:])
    warnings = []
    size = max(float(np.abs(gaps).max()), float(np.abs(donor_gaps).max()), 1e-300)
    if own_before <= EXACT * size:
        # Division by zero: compare the errors after the start themselves.
        warnings.append("perfect-fit")
        statistic, own, unit = after, own_after, 1.0
    else:
        with np.errstate(divide="ignore", invalid="ignore"):
            # A donor that the others reproduce without error ranks first.
            statistic = np.where(before > EXACT * size, after / before, np.inf)
        own, unit = own_after / own_before, own_before
    count = len(statistic)
    rank = 1 + int((statistic >= own * (1 - 1e-12)).sum())
    smallest = 1 / (1 + count)
    alpha = 1 - level
    # The m-th largest placebo is the largest ratio that is not rejected.
    m = int(np.floor(alpha * (1 + count) + 1e-9))
    ci = NO_INTERVAL
    if m < 1:
        warnings.append(f"cannot-reach-level:{count}")
    else:
        limit = float(np.sort(statistic)[-m]) * unit
        room = limit**2 - float(gaps[start:].var())
        if not np.isfinite(limit):
            warnings.append("unbounded-interval")
        elif room >= 0:
            middle, half = float(gaps[start:].mean()), float(np.sqrt(room))
            ci = (middle - half, middle + half)
        else:
            warnings.append("no-constant-effect")
    details: dict[str, Any] = {
        "ratio": own,
        "rank": rank,
        "units": count + 1,
        # If no p could have been small in any case, this one has no meaning.
        "p": rank / (1 + count) if m >= 1 else NOT_KNOWN,
        "smallest_p": smallest,
        "statistic": "rmspe after" if "perfect-fit" in warnings else "rmspe after / before",
    }
    return _Placebo(details["p"], ci, details, tuple(warnings))


def _in_time(task: _Task, labels: Sequence[str]) -> dict[str, Any] | None:
    """The effect of a placebo start halfway through the time before the true one.

    Only outcomes are matched; None if fewer than three times would remain before it.
    """
    middle = task.start // 2
    if middle < 3:
        return None
    shorter = replace(task, matched=task.y[:, :middle].T)
    gaps = np.mean([shorter.fit(unit, task.donors)[0] for unit in task.treated], axis=0)
    return {"start": labels[middle], "estimate": float(gaps[middle : task.start].mean())}


def _rms(values: Floats) -> float:
    return float(np.sqrt(np.square(values).mean()))
