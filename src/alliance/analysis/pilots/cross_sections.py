"""Difference-in-differences of repeated cross-sections, in which other people are asked each
time."""

from __future__ import annotations

from typing import Any

import numpy as np

from alliance.analysis.errors import MethodError
from alliance.analysis.pilots.regression import least_squares, numbered
from alliance.analysis.pilots.result import (
    DEFAULT_LEVEL,
    NO_INTERVAL,
    NOT_KNOWN,
    Bools,
    Evaluation,
    Floats,
    check_level,
    inference_details,
    interval,
    p_value,
)

CELLS = ("treated_before", "treated_after", "control_before", "control_after")


def did_of_cross_sections(
    outcome: Floats,
    treated: Bools,
    after: Bools,
    *,
    clusters: np.ndarray | None = None,
    level: float = DEFAULT_LEVEL,
) -> Evaluation:
    """(treated after - treated before) - (others after - others before), over rows.

    Rows are not followed over time, so that nothing is known of single changes. Errors are CR2 by
    cluster, without clusters HC2, read against a t with Satterthwaite's degrees of freedom however
    few clusters there are; CR1 stands in details under ``classic``. With one cluster on a side
    there is no standard error.

    Args:
        outcome: shape (n,); rows without one are left out and counted.
        treated: whether the row is of the side with the pilot, before it too, shape (n,).
        after: whether it is of the time after the start, shape (n,).
        clusters: label of the place of each row, shape (n,).
        level: level of the interval.

    Raises:
        MethodError: ``no-treated``, ``no-control``, ``bad-start`` where a side has no row at a
            time, ``too-few`` with fewer than six rows, ``mixed-cluster``, ``bad-parameter``.

    Source: Bertrand, Duflo and Mullainathan 2004; Bell and McCaffrey 2002.
    """
    check_level(level)
    known = ~np.isnan(outcome)
    y, sides, later = outcome[known], treated[known], after[known]
    for mask, code in ((sides, "no-treated"), (~sides, "no-control")):
        if not mask.any():
            raise MethodError(code, "no row with an outcome is on this side", "treated")
        if not (mask & later).any() or not (mask & ~later).any():
            raise MethodError("bad-start", "a side has no row before, or none after", "start")
    if len(y) < 6:
        raise MethodError("too-few", "six rows are the least", "data")
    groups = (sides & ~later, sides & later, ~sides & ~later, ~sides & later)
    means = {name: float(y[cell].mean()) for name, cell in zip(CELLS, groups, strict=True)}
    counts = {name: int(cell.sum()) for name, cell in zip(CELLS, groups, strict=True)}
    design = np.column_stack([np.ones(len(y)), sides, later, sides & later]).astype(float)
    fit = least_squares(design, y)
    members = np.arange(len(y)) if clusters is None else numbered(clusters[known])
    share = np.bincount(members, weights=sides) / np.bincount(members)
    if ((share > 0) & (share < 1)).any():
        raise MethodError("mixed-cluster", "a cluster is on both sides", "clusters")
    fewest = int(min((share == 1).sum(), (share == 0).sum()))
    estimate = float(fit.coefficients[3])
    se, ci, p = NOT_KNOWN, NO_INTERVAL, NOT_KNOWN
    warnings = [f"unbalanced:{int((~known).sum())}"] if not known.all() else []
    details: dict[str, Any] = {"means": means, "n_by_cell": counts, "inference": "none"}
    if fewest < 2:
        warnings.append("one-cluster")
    else:
        reduced, df = fit.bias_reduced(members, np.array([0.0, 0, 0, 1]))
        if reduced <= 1e-14 * max(1.0, float(np.abs(y).max())):
            warnings.append("zero-variance")
        else:
            se, ci, p = (
                reduced,
                interval(estimate, reduced, level, df),
                p_value(estimate, reduced, df),
            )
            plain = float(np.sqrt(fit.clustered(members)[3, 3]))
            details["inference"] = "hc2" if clusters is None else "cr2"
            details["df"] = df
            details["classic"] = inference_details(estimate, plain, level, int(members.max()))
    return Evaluation(
        design="did",
        estimate=estimate,
        se=se,
        ci=ci,
        p=p,
        n=len(y),
        details={
            **details,
            "cross_sections": True,
            "n_missing": int((~known).sum()),
            "n_clusters": None if clusters is None else int(members.max()) + 1,
        },
        warnings=tuple(warnings),
        level=level,
    )
