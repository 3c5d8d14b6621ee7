"""Difference-in-differences with one start."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from alliance.analysis.errors import MethodError
from alliance.analysis.pilots.panel import Panel
from alliance.analysis.pilots.permutation import difference_p, smallest_p
from alliance.analysis.pilots.pretest import before_start
from alliance.analysis.pilots.regression import Fit, least_squares, numbered
from alliance.analysis.pilots.result import (
    DEFAULT_LEVEL,
    NO_INTERVAL,
    NOT_KNOWN,
    Bools,
    Evaluation,
    Floats,
    Ints,
    check_level,
    inference_details,
    interval,
    p_value,
)

#: Below this number of clusters p and interval come from the wild cluster bootstrap.
FEW_CLUSTERS = 30
#: Fewer treated or untreated clusters than this make every standard error doubtful.
FEW_ON_A_SIDE = 5
#: Webb's six points.
WEBB = np.sqrt(np.array([0.5, 1.0, 1.5]))
WEBB.setflags(write=False)
DRAWS = 1_999


def did(
    panel: Panel,
    treated: Bools,
    start: int,
    *,
    clusters: np.ndarray | None = None,
    level: float = DEFAULT_LEVEL,
    seed: int = 1,
) -> Evaluation:
    """(treated after - treated before) - (others after - others before).

    Units without an outcome at every time are left out and counted. The standard error is clustered
    (CR1; unit effects, being nested in clusters, are not counted as coefficients). p and interval
    come from CR2 with Satterthwaite's degrees of freedom, under 30 clusters from the wild cluster
    bootstrap with Webb's weights and the null imposed; what CR1 alone would give stands in details
    under ``classic``. With one cluster on a side there is no standard error; p is then that of the
    permutation test, and missing where no outcome could bring it below the level. Leads are tested
    jointly, and details tell how far the interval widens if trends part after the start by as much
    as their largest step before it.

    Args:
        panel: outcomes, N units by T times.
        treated: shape (N,), the same at all times.
        start: place of the first time after the start, from 1 to T - 1.
        clusters: label of the cluster of each unit, shape (N,); by default units are clusters.
        level: level of the intervals.
        seed: start of the random numbers.

    Raises:
        MethodError: ``bad-start``, ``no-data``, ``no-treated``, ``no-control``, ``mixed-cluster``,
            ``bad-parameter``.

    Source: Bertrand, Duflo and Mullainathan 2004; Cameron, Gelbach and Miller 2008; Webb 2014;
    Rambachan and Roth 2023.
    """
    check_level(level)
    if not 1 <= start < len(panel.times.values):
        raise MethodError("bad-start", "there must be times before and after the start", "start")
    full, complete = panel.balanced()
    sides = treated[complete]
    if not sides.any():
        raise MethodError("no-treated", "no treated unit has complete outcomes", "treated")
    if sides.all():
        raise MethodError("no-control", "no untreated unit has complete outcomes", "treated")
    members = numbered(np.arange(len(sides)) if clusters is None else clusters[complete])
    _check_clusters(members, sides)
    warnings = [f"unbalanced:{full.n_dropped}"] if full.n_dropped else []

    y = full.outcome
    change = y[:, start:].mean(axis=1) - y[:, :start].mean(axis=1)
    inference = _two_groups(change, sides, members, y.shape[1], level, seed)
    warnings += inference.warnings
    permuted, exact = difference_p(*_collapsed(change, sides, members), seed=seed)
    without_se = np.isnan(inference.se)
    leads, pretest, bound = _event_study(y, sides, members, start, level)
    details: dict[str, Any] = {
        "means": {
            "treated_before": y[sides, :start].mean(),
            "treated_after": y[sides, start:].mean(),
            "control_before": y[~sides, :start].mean(),
            "control_after": y[~sides, start:].mean(),
        },
        "n_treated": int(sides.sum()),
        "n_control": int((~sides).sum()),
        "n_dropped": full.n_dropped,
        "n_clusters": int(members.max()) + 1,
        "inference": inference.method,
        "classic": inference_details(inference.estimate, inference.se, level, members.max()),
        "p_permutation": permuted,
        "permutation_exact": exact,
        "event_study": [
            {"time": full.times.labels[place], **lead} for place, lead in leads.items()
        ],
        "pretest": pretest,
    }
    if pretest is None:
        warnings.append("no-pretest")
    elif pretest["p"] < 1 - level:
        warnings.append("trends-differ-before")
    if bound is not None:
        details["bound_if_trends_part"] = bound
    on_side = _collapsed(change, sides, members)[1]
    count, chosen = len(on_side), int(on_side.sum())
    if without_se and smallest_p(count, chosen) > 1 - level:
        # One of all possible choices of as many clusters is the actual one.
        warnings.append(f"cannot-reach-level:{math.comb(count, chosen) - 1}")
        permuted = details["p_permutation"] = NOT_KNOWN
    return Evaluation(
        design="did",
        estimate=inference.estimate,
        se=inference.se,
        ci=inference.ci,
        p=permuted if without_se else inference.p,
        n=len(sides),
        details=details,
        warnings=tuple(warnings),
        level=level,
    )


@dataclass(frozen=True)
class _Inference:
    estimate: float
    se: float
    ci: tuple[float, float]
    p: float
    method: str
    warnings: tuple[str, ...]


def _check_clusters(members: Ints, sides: Bools) -> None:
    share = np.bincount(members, weights=sides) / np.bincount(members)
    if ((share > 0) & (share < 1)).any():
        raise MethodError(
            "mixed-cluster", "a cluster holds treated and untreated units", "clusters"
        )


def _collapsed(change: Floats, sides: Bools, members: Ints) -> tuple[Floats, Bools]:
    """The mean change of each cluster and its side, shapes (G,)."""
    sizes = np.bincount(members)
    return np.bincount(members, weights=change) / sizes, np.bincount(members, weights=sides) > 0


def _two_groups(
    change: Floats, sides: Bools, members: Ints, n_times: int, level: float, seed: int
) -> _Inference:
    """The difference of mean changes with its uncertainty."""
    design = np.column_stack([np.ones(len(sides)), sides.astype(float)])
    if len(sides) == 2:
        estimate = float(change[sides][0] - change[~sides][0])
        return _Inference(
            estimate, NOT_KNOWN, NO_INTERVAL, NOT_KNOWN, "permutation", ("one-cluster",)
        )
    fit = least_squares(design, change)
    estimate = float(fit.coefficients[1])
    _, of_cluster = _collapsed(change, sides, members)
    count = len(of_cluster)
    fewest = int(min(of_cluster.sum(), (~of_cluster).sum()))
    if fewest < 2:
        return _Inference(
            estimate, NOT_KNOWN, NO_INTERVAL, NOT_KNOWN, "permutation", ("one-cluster",)
        )
    # In the long form n is units by times, and the coefficients are times and the effect.
    n, k = len(sides) * n_times, n_times + 1
    factor = (n - 1) / (n - k) * (len(sides) - 2) / (len(sides) - 1)
    se = float(np.sqrt(factor * fit.clustered(members)[1, 1]))
    warnings = (f"few-clusters-on-a-side:{fewest}",) if fewest < FEW_ON_A_SIDE else ()
    if se <= 1e-14 * max(1.0, float(np.abs(change).max())):
        return _Inference(
            estimate, NOT_KNOWN, NO_INTERVAL, NOT_KNOWN, "permutation", ("zero-variance",)
        )
    if count >= FEW_CLUSTERS:
        reduced, df = fit.bias_reduced(members, np.array([0.0, 1.0]))
        ci = interval(estimate, reduced, level, df)
        p = p_value(estimate, reduced, df)
        return _Inference(estimate, se, ci, p, "cluster-robust", warnings)
    bootstrap = _WildBootstrap(fit, members, seed)
    half = interval(0.0, se, level, count - 1)[1]
    ci = bootstrap.interval(estimate, half, 1 - level)
    return _Inference(estimate, se, ci, bootstrap.p(0.0), "wild-cluster-bootstrap", warnings)


class _WildBootstrap:
    """Wild cluster bootstrap of the second coefficient, with fixed weights.

    Weights are the same within a cluster, so only sums by cluster are needed.
    """

    def __init__(self, fit: Fit, members: Ints, seed: int) -> None:
        random = np.random.default_rng(seed)
        count = int(members.max()) + 1
        signs = random.choice([-1.0, 1.0], size=(DRAWS, count))
        self.weights = signs * random.choice(WEBB, size=(DRAWS, count))
        row = fit.design @ fit.bread[1]
        onto = np.zeros((count, len(members)))
        onto[members, np.arange(len(members))] = 1
        outcome = fit.design @ fit.coefficients + fit.residuals
        # With the null b imposed the residuals are those of the outcome less b times the sides'.
        parts = [values - values.mean() for values in (outcome, fit.design[:, 1])]
        self.pulled = [onto @ (row * part) for part in parts]
        self.moved = [onto @ (fit.design * part[:, None]) @ fit.bread for part in parts]
        self.taken = onto @ (row[:, None] * fit.design)

    def p(self, null: float) -> float:
        """p of the hypothesis that the effect is ``null``."""
        pulled = self.pulled[0] - null * self.pulled[1]
        moved = self.moved[0] - null * self.moved[1]
        t = abs(self._t(np.ones((1, len(pulled))), pulled, moved)[0])
        draws = np.abs(self._t(self.weights, pulled, moved))
        return float((1 + (draws >= t * (1 - 1e-12)).sum()) / (1 + DRAWS))

    def interval(self, estimate: float, half: float, alpha: float) -> tuple[float, float]:
        """The values that are not rejected; NaN for an end that no width reaches."""
        return tuple(  # type: ignore[return-value]
            self._end(estimate, direction * half, alpha) for direction in (-1, 1)
        )

    def _end(self, estimate: float, step: float, alpha: float) -> float:
        outside = step
        for _ in range(12):
            if self.p(estimate + outside) <= alpha:
                break
            outside *= 2
        else:
            return NOT_KNOWN
        inside = 0.0
        for _ in range(30):
            middle = (inside + outside) / 2
            if self.p(estimate + middle) > alpha:
                inside = middle
            else:
                outside = middle
        return estimate + inside

    def _t(self, weights: Floats, pulled: Floats, moved: Floats) -> Floats:
        """t of each row of weights, (draws, G); the common factor of the errors cancels out."""
        coefficients = weights @ moved
        variance = np.square(weights * pulled - coefficients @ self.taken.T).sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(variance > 0, coefficients[:, 1] / np.sqrt(variance), 0.0)


def _event_study(
    y: Floats, sides: Bools, members: Ints, start: int, level: float
) -> tuple[dict[int, dict[str, Any]], dict[str, Any] | None, dict[str, Any] | None]:
    """The difference at each time against the last before the start, with its joint pre-test.

    Also the interval of the mean effect if, after the start, trends part at each step by as much
    as at their largest step before it.
    """
    steps = y - y[:, [start - 1]]
    gaps = steps[sides].mean(axis=0) - steps[~sides].mean(axis=0)
    influence = np.where(
        sides[:, None],
        (steps - steps[sides].mean(axis=0)) / sides.sum(),
        -(steps - steps[~sides].mean(axis=0)) / (~sides).sum(),
    )
    count = int(members.max()) + 1
    sums = np.zeros((count, y.shape[1]))
    np.add.at(sums, members, influence)
    covariance = sums.T @ sums * count / (count - 1)
    _, of_cluster = _collapsed(steps[:, 0], sides, members)
    enough = min(of_cluster.sum(), (~of_cluster).sum()) >= 2
    leads: dict[int, dict[str, Any]] = {}
    for place in range(y.shape[1]):
        if place == start - 1:
            continue
        se = float(np.sqrt(covariance[place, place])) if enough else NOT_KNOWN
        leads[place] = {
            "event": place - start,
            "estimate": float(gaps[place]),
            "se": se,
            "ci": interval(float(gaps[place]), se, level, count - 1),
        }
    if start < 2:
        return leads, None, None
    pretest = before_start(
        np.diff(gaps[:start]),
        np.diff(sums[:, :start]) * len(sides),
        np.where(sides, float(start), np.inf),
        members,
        events=np.arange(1 - start, 0),
        weights=np.ones(start - 1),
        of="steps",
    )
    after = y.shape[1] - start
    # Relative to the last time before, so that only steps after it add to the error.
    mean = float(gaps[start:].mean())
    error = float(np.sqrt(covariance[start:, start:].mean())) if enough else 0.0
    drift = float(np.abs(np.diff(gaps[:start])).max()) * (after + 1) / 2
    low, high = interval(mean, error, level, count - 1)
    return leads, pretest, {"m": 1, "low": low - drift, "high": high + drift}
