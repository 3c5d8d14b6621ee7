"""Staggered starts: effects of each group at each time, after Callaway and Sant'Anna.

Units that start at different times are never compared with units that started before them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from alliance.analysis.errors import MethodError
from alliance.analysis.pilots.aggregates import Aggregate, Cells, all_aggregates, bands
from alliance.analysis.pilots.panel import Panel
from alliance.analysis.pilots.pretest import before_start
from alliance.analysis.pilots.regression import numbered
from alliance.analysis.pilots.result import (
    DEFAULT_LEVEL,
    NOT_KNOWN,
    Evaluation,
    Floats,
    Ints,
    check_level,
    inference_details,
)


@dataclass(frozen=True)
class TwoWay:
    """Coefficient and CR1 standard error; ``negative_weight``: sum of the weights below zero that
    it gives to effects of treated units, as a positive number (they sum to 1 with the others)."""

    estimate: float
    se: float
    negative_weight: float


def two_way(y: Floats, first: Floats, members: Ints | None = None) -> TwoWay:
    """Regress the outcome on treatment with effects of unit and time, in a balanced panel.

    Args:
        y: shape (N, T); first: place of the first treated time (N,), infinity for never.
        members: cluster of each unit, from 0; by default units are clusters.

    Effects of units are nested in clusters and not counted as coefficients.
    Source: Goodman-Bacon 2021; de Chaisemartin and D'Haultfoeuille 2020 for the weights.
    """
    n, n_times = y.shape
    status = (np.arange(n_times) >= first[:, None]).astype(float)

    def within(table: Floats) -> Floats:
        rows, columns = table.mean(axis=1, keepdims=True), table.mean(axis=0, keepdims=True)
        return table - rows - columns + table.mean()

    left = within(status)
    power = float(np.square(left).sum())
    if power < 1e-12:
        return TwoWay(NOT_KNOWN, NOT_KNOWN, 0.0)
    estimate = float((left * y).sum() / power)
    residuals = within(y) - estimate * left
    scores = (left * residuals).sum(axis=1)
    if members is not None:
        scores = np.bincount(members, weights=scores)
    count = len(scores)
    observations, coefficients = n * n_times, n_times + 1
    factor = count / (count - 1) * (observations - 1) / (observations - coefficients)
    se = float(np.sqrt(factor * np.square(scores).sum()) / power) if count > 1 else NOT_KNOWN
    weights = left[status == 1] / power
    return TwoWay(estimate, se, float(-weights[weights < 0].sum()))


Control = Literal["never", "not-yet"]
#: Smaller groups give a warning.
SMALL_GROUP = 5


def staggered(
    panel: Panel,
    first: Floats,
    *,
    control: Control = "never",
    clusters: np.ndarray | None = None,
    draws: int = 999,
    level: float = DEFAULT_LEVEL,
    seed: int = 1,
) -> Evaluation:
    """ATT(g, t) of every group and time, and their means; the estimate is the ``simple`` one.

    ATT(g, t) is the change of group g since its last time untreated, less that of the comparison
    units. Before the start the base is the time before. Standard errors come from influence
    functions, with the estimation of the weights; uniform bands from a multiplier bootstrap.
    Intervals allow for groups of few units (`aggregates.Strata`); the normal one stands in details
    under ``classic``. Units with gaps and units treated from the first time on are left out and
    counted.

    Args:
        panel: outcomes, N units by T times.
        first: place of the first treated time of each unit, shape (N,); infinity for never.
        control: compare with units never treated, or with those not treated by then.
        clusters: label of the cluster of each unit, shape (N,); by default units are clusters.
        draws: draws of the bootstrap for the uniform bands; 0 for none.
        level: level of intervals and bands.
        seed: start of the random numbers.

    Raises:
        MethodError: ``bad-parameter``, ``no-data``, ``no-treated``, ``no-control``,
            ``one-cluster``.

    Source: Callaway and Sant'Anna 2021, Journal of Econometrics 225.
    """
    check_level(level)
    if draws < 0 or control not in ("never", "not-yet"):
        raise MethodError("bad-parameter", "unknown control or negative draws", "control")
    sample = _sample(panel, first, control)
    warnings = list(sample.warnings)
    members = None if clusters is None else numbered(clusters[sample.usable_indices])
    if members is not None and members.max() == 0:
        raise MethodError("one-cluster", "all units are in one cluster", "clusters")

    cells, absent = _cells(sample, control)
    scores = _summed(cells.influence, members)
    aggregates = all_aggregates(cells, members, level)
    simple = aggregates["simple"]
    pretest = _pretest(cells, scores, members)
    if pretest is None:
        warnings.append("no-pretest")
    elif pretest["p"] < 1 - level:
        warnings.append("trends-differ-before")
    if absent:
        warnings.append(f"cells-without-data:{len(absent)}")
    dynamic = aggregates["dynamic"]
    critical = bands(dynamic, draws=draws, level=level, seed=seed)
    both_ways = two_way(sample.y, sample.first, members)
    after = cells.time >= cells.group
    if both_ways.negative_weight > 0 and np.ptp(cells.att[after]) > 0:
        warnings.append("twfe-negative-weights")
    labels = panel.times.labels
    details: dict[str, Any] = {
        "control": control,
        "att_gt": _nested(cells, cells.att, labels),
        "att_gt_se": _nested(cells, cells.se(scores), labels),
        "aggregates": {name: _as_dict(part, name, labels) for name, part in aggregates.items()},
        "classic": inference_details(simple.estimate, simple.se, level),
        "event_study": [
            {
                "event": int(event),
                "estimate": att,
                "se": se,
                "ci": ci,
                "band": (att - critical * se, att + critical * se),
            }
            for event, att, se, ci in zip(
                dynamic.labels,
                dynamic.parts.tolist(),
                dynamic.part_se.tolist(),
                dynamic.part_ci.tolist(),
                strict=True,
            )
        ],
        "band_factor": critical,
        "bootstrap_draws": draws,
        "pretest": pretest,
        "twfe": {
            "estimate": both_ways.estimate,
            "se": both_ways.se,
            "negative_weight": both_ways.negative_weight,
        },
        "cells_without_data": [[labels[g], labels[t]] for g, t in absent],
        "n_by_group": {labels[g]: n for g, n in sample.sizes.items()},
        "n_never_treated": int(np.isinf(sample.first).sum()),
        "n_dropped": sample.n_gaps,
        "n_always_treated": sample.n_always,
    }
    return Evaluation(
        design="staggered",
        estimate=simple.estimate,
        se=simple.se,
        ci=simple.ci,
        p=simple.p,
        n=len(sample.first),
        details=details,
        warnings=tuple(warnings),
        level=level,
    )


@dataclass(frozen=True)
class _Sample:
    y: Floats
    first: Floats
    usable_indices: Ints
    sizes: dict[int, int]
    n_gaps: int
    n_always: int
    labels: tuple[str, ...]

    @property
    def warnings(self) -> tuple[str, ...]:
        codes = []
        if self.n_gaps:
            codes.append(f"unbalanced:{self.n_gaps}")
        if self.n_always:
            codes.append(f"always-treated:{self.n_always}")
        for group, size in self.sizes.items():
            if size < SMALL_GROUP:
                kind = "single-unit-group" if size == 1 else "small-group"
                codes.append(f"{kind}:{self.labels[group]}")
        return tuple(codes)


def _sample(panel: Panel, first: Floats, control: Control) -> _Sample:
    full, complete = panel.balanced()
    # A start after the last time counts as never treated.
    begins = np.where(first >= len(panel.times.values), np.inf, first)
    usable = complete & (begins > 0)
    y, begins = panel.outcome[usable], begins[usable]
    groups = np.unique(begins[np.isfinite(begins)]).astype(int)
    if not groups.size:
        raise MethodError(
            "no-treated", "no unit with complete outcomes starts within the times", "first-treated"
        )
    never = np.isinf(begins).any()
    if not never and (control == "never" or len(groups) < 2):
        hint = "; try the units not yet treated" if len(groups) > 1 else ""
        raise MethodError("no-control", f"there is no unit never treated{hint}", "first-treated")
    return _Sample(
        y=y,
        first=begins,
        usable_indices=np.flatnonzero(usable),
        sizes={int(g): int((begins == g).sum()) for g in groups},
        n_gaps=full.n_dropped,
        n_always=int((complete & (first <= 0)).sum()),
        labels=panel.times.labels,
    )


def _cells(sample: _Sample, control: Control) -> tuple[Cells, list[tuple[int, int]]]:
    """Every ATT(g, t) with its influence function; and the cells without a comparison group."""
    y, first = sample.y, sample.first
    n, n_times = y.shape
    groups, times, estimates, influences, absent = [], [], [], [], []
    never = np.isinf(first)
    for g, size in sample.sizes.items():
        own = np.flatnonzero(first == g)
        for t in range(1, n_times):
            base = g - 1 if t >= g else t - 1
            others = never if control == "never" else (first > max(t, base)) & (first != g)
            against = np.flatnonzero(others)
            if not against.size:
                absent.append((g, t))
                continue
            change = y[own, t] - y[own, base]
            compared = y[against, t] - y[against, base]
            influence = np.zeros(n)
            influence[own] = (change - change.mean()) * (n / size)
            influence[against] = (compared.mean() - compared) * (n / against.size)
            groups.append(g)
            times.append(t)
            estimates.append(float(change.mean() - compared.mean()))
            influences.append(influence)
    if not any(t >= g for g, t in zip(groups, times, strict=True)):
        raise MethodError("no-control", "nothing to compare any treated group with", "data")
    cells = Cells(
        group=np.array(groups),
        time=np.array(times),
        att=np.array(estimates),
        influence=np.array(influences).T,
        first=first,
    )
    return cells, absent


def _summed(influence: Floats, members: Ints | None) -> Floats:
    """Influence summed by cluster, shape (G, cells)."""
    if members is None:
        return influence
    sums = np.zeros((int(members.max()) + 1, influence.shape[1]))
    np.add.at(sums, members, influence)
    return sums


def _pretest(cells: Cells, scores: Floats, members: Ints | None) -> dict[str, Any] | None:
    """Whether all effects before the start are zero together; groups of one unit are excluded."""
    before = (cells.time < cells.group) & (cells.sizes > 1)
    return before_start(
        cells.att[before],
        scores[:, before],
        cells.first,
        members,
        events=(cells.time - cells.group)[before],
        weights=cells.sizes[before].astype(float),
        of="cells",
    )


def _nested(cells: Cells, values: Floats, labels: tuple[str, ...]) -> dict[str, dict[str, float]]:
    table: dict[str, dict[str, float]] = {}
    for g, t, value in zip(cells.group.tolist(), cells.time.tolist(), values, strict=True):
        table.setdefault(labels[g], {})[labels[t]] = float(value)
    return table


def _as_dict(part: Aggregate, name: str, labels: tuple[str, ...]) -> dict[str, Any]:
    figures: dict[str, Any] = {"att": part.estimate, "se": part.se, "ci": part.ci}
    if name == "simple":
        return figures
    by = {"dynamic": "by_event", "group": "by_group", "calendar": "by_time"}[name]
    keys = [str(int(k)) if name == "dynamic" else labels[int(k)] for k in part.labels]
    figures[by] = dict(zip(keys, part.parts.tolist(), strict=True))
    figures[f"{by}_se"] = dict(zip(keys, part.part_se.tolist(), strict=True))
    figures[f"{by}_ci"] = dict(zip(keys, part.part_ci.tolist(), strict=True))
    return figures
