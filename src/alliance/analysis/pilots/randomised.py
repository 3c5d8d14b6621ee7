"""Randomised pilots: two arms, with covariates, in clusters, by permutation."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import Any

import numpy as np

from alliance.analysis.errors import MethodError
from alliance.analysis.pilots.permutation import difference_p, smallest_p
from alliance.analysis.pilots.regression import least_squares, numbered
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

#: Under this number of clusters the means of clusters are analysed.
FEW_CLUSTERS = 40
#: Points of attrition between the arms that get a warning.
ATTRITION = 0.05


def randomised(
    outcome: Floats,
    treated: Bools,
    *,
    covariates: Floats | None = None,
    clusters: np.ndarray | None = None,
    level: float = DEFAULT_LEVEL,
    seed: int = 1,
) -> Evaluation:
    """Treated less control as assigned (intention to treat).

    Without covariates the difference in means by Welch's t; with them Lin's regression, covariates
    centred and crossed with the arm, HC2 errors. Where clusters were drawn: with fewer than 40 the
    means of clusters are analysed in the same way, else units with cluster-robust errors (CR2).
    HC2 and CR2 are read against a t with Satterthwaite's degrees of freedom; what n - k, or CR1 and
    one less than the clusters, would give stands in details under ``classic``.
    p of the permutation test over units, or over clusters, stands beside, and takes the place of p
    where no arm varies.

    Args:
        outcome: shape (n,); units without an outcome are left out and counted by arm.
        treated: as assigned, shape (n,).
        covariates: measured before the start, shape (n, k).
        clusters: label of the cluster drawn, shape (n,).
        level: level of the intervals.
        seed: start of the random numbers.

    Raises:
        MethodError: ``no-treated``, ``no-control``, ``one-cluster``, ``too-few``,
            ``mixed-cluster``, ``missing-covariate``, ``singular``, ``bad-parameter``.

    Source: Lin 2013, Annals of Applied Statistics 7; Welch 1947; Donner and Klar 2000.
    """
    check_level(level)
    known = ~np.isnan(outcome)
    for arm, code in ((treated, "no-treated"), (~treated, "no-control")):
        if not (arm & known).any():
            raise MethodError(code, "nobody with an outcome is in this arm", "treated")
    y, sides = outcome[known], treated[known]
    x = _covariates(covariates, known)
    warnings, missing = _attrition(treated, known)
    details: dict[str, Any] = {
        "estimand": "intention to treat",
        "mean_treated": y[sides].mean(),
        "mean_control": y[~sides].mean(),
        "n_treated": int(sides.sum()),
        "n_control": int((~sides).sum()),
        **missing,
    }
    members: Ints | None = None
    if clusters is not None:
        members = numbered(clusters[known])
        by_cluster = _cluster_means(y, sides, x, members)
        details["n_clusters"] = len(by_cluster[0])
        collapse = len(by_cluster[0]) < FEW_CLUSTERS
        permuted, exact = difference_p(by_cluster[0], by_cluster[1], seed=seed)
        if collapse:
            y, sides, x = by_cluster
            members = None
    else:
        permuted, exact = difference_p(y, sides, seed=seed)
    fewest = int(min(sides.sum(), (~sides).sum()))
    if fewest < 2:
        code = "one-cluster" if clusters is not None else "too-few"
        raise MethodError(code, "each arm needs two", "treated")
    details |= {"p_permutation": permuted, "permutation_exact": exact}
    comparison = _compare(y, sides, x, members)
    estimate, se, df = comparison.estimate, comparison.se, comparison.df
    details |= {"method": comparison.method, "df": df}
    if not se > 1e-14 * max(1.0, float(np.abs(y).max())):
        warnings.append("zero-variance")
        se, ci, p = NOT_KNOWN, NO_INTERVAL, permuted
        count, chosen = len(sides), int(sides.sum())
        if members is None and smallest_p(count, chosen) > 1 - level:
            warnings.append(f"cannot-reach-level:{comb(count, chosen) - 1}")
            p = details["p_permutation"] = NOT_KNOWN
    else:
        ci, p = interval(estimate, se, level, df), p_value(estimate, se, df)
        details["t"] = estimate / se
        details["classic"] = inference_details(
            estimate, comparison.plain_se, level, comparison.plain_df
        )
    return Evaluation(
        design="randomised",
        estimate=estimate,
        se=se,
        ci=ci,
        p=p,
        n=int(known.sum()),
        details=details,
        warnings=tuple(warnings),
        level=level,
    )


def _covariates(covariates: Floats | None, known: Bools) -> Floats | None:
    if covariates is None or covariates.shape[1] == 0:
        return None
    if np.isnan(covariates[known]).any():
        count = int(np.isnan(covariates[known]).any(axis=1).sum())
        raise MethodError("missing-covariate", f"not known of {count} units", "covariates")
    return covariates[known]


def _attrition(treated: Bools, known: Bools) -> tuple[list[str], dict[str, Any]]:
    shares = [float((~known)[arm].mean()) for arm in (treated, ~treated)]
    warnings = []
    if abs(shares[0] - shares[1]) > ATTRITION:
        warnings.append("differential-attrition")
    return warnings, {
        "n_missing": int((~known).sum()),
        "attrition_treated": shares[0],
        "attrition_control": shares[1],
    }


def _cluster_means(
    y: Floats, sides: Bools, x: Floats | None, members: Ints
) -> tuple[Floats, Bools, Floats | None]:
    sizes = np.bincount(members).astype(float)
    share = np.bincount(members, weights=sides) / sizes
    if ((share > 0) & (share < 1)).any():
        raise MethodError("mixed-cluster", "a cluster holds both arms", "clusters")
    means = np.bincount(members, weights=y) / sizes
    if x is None:
        return means, share == 1, None
    columns = [np.bincount(members, weights=column) / sizes for column in x.T]
    return means, share == 1, np.column_stack(columns)


@dataclass(frozen=True)
class _Comparison:
    """``se`` and ``df`` make the interval; ``plain_se`` and ``plain_df`` are those of textbooks."""

    estimate: float
    se: float
    df: float
    method: str
    plain_se: float
    plain_df: float


def _compare(y: Floats, sides: Bools, x: Floats | None, members: Ints | None) -> _Comparison:
    if x is None and members is None:
        a, b = y[sides], y[~sides]
        parts = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
        total = float(sum(parts))
        df = (
            total**2 / (parts[0] ** 2 / (len(a) - 1) + parts[1] ** 2 / (len(b) - 1))
            if total > 0
            else NOT_KNOWN
        )
        se = float(np.sqrt(total))
        return _Comparison(float(a.mean() - b.mean()), se, float(df), "welch", se, float(df))
    columns = [np.ones(len(y)), sides.astype(float)]
    if x is not None:
        centred = x - x.mean(axis=0)
        columns += [*centred.T, *(centred * sides[:, None]).T]
    fit = least_squares(np.column_stack(columns), y)
    name = "difference" if x is None else "lin-ancova"
    estimate, term = float(fit.coefficients[1]), np.eye(len(columns))[1]
    if members is None:
        se, df = fit.bias_reduced(np.arange(len(y)), term)
        return _Comparison(estimate, se, df, f"{name}-hc2", se, fit.df)
    se, df = fit.bias_reduced(members, term)
    plain = float(np.sqrt(fit.clustered(members)[1, 1]))
    return _Comparison(estimate, se, df, f"{name}-cr2", plain, int(members.max()))
