"""Similarity of a place to the studied places, for exploration only.

Sources: Gower 1971; Ledoit and Wolf 2004 (shrunk covariance); Kish 1965 (effective number).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alliance.analysis.errors import MethodError
from alliance.analysis.evidence.checks import as_vector, check_estimates
from alliance.analysis.evidence.linear import Floats

MIN_EFFECTIVE_STUDIES = 3.0


@dataclass(frozen=True, eq=False)
class Likeness:
    """Distances of k studied places from one, shape (k,), NaN if they share no known fact.

    ``order``: the rows by distance. ``shared``: the number of facts compared. ``missing``: unknown
    facts of the place, each of which could change the result.
    """

    distances: Floats
    order: tuple[int, ...]
    shared: tuple[int, ...]
    missing: tuple[str, ...]
    method: str


@dataclass(frozen=True, eq=False)
class SimilarStudies:
    """Weights of studies by similarity, adding up to 1, and the effective number of studies."""

    weights: Floats
    effective_studies: float
    estimate: float
    warnings: tuple[str, ...]


def shrunk_covariance(values: ArrayLike) -> tuple[Floats, float]:
    """Ledoit and Wolf's covariance (m, m) of rows (k, m), and the share of shrinkage, 0..1.

    The sample covariance (divisor k) is shrunk towards a multiple of the identity, more so with few
    rows, so that it can be inverted.

    Raises:
        MethodError: ``no-studies`` (no row), ``wrong-shape``, ``not-a-number``.
    """
    x = _matrix(values, "values")
    if not len(x):
        raise MethodError("no-studies", "there is no row", "values")
    if not np.isfinite(x).all():
        raise MethodError("not-a-number", "all values must be known", "values")
    k, m = x.shape
    x = x - x.mean(axis=0)
    sample = x.T @ x / k
    mean = float(np.trace(sample)) / m
    target = mean * np.eye(m)
    distance = float(((sample - target) ** 2).sum())
    squares = x**2
    noise = float((squares.T @ squares / k - sample**2).sum()) / k
    share = 1.0 if distance == 0 else min(1.0, max(0.0, noise / distance))
    return np.asarray((1 - share) * sample + share * target), share


def mahalanobis(studies: ArrayLike, place: ArrayLike, names: tuple[str, ...]) -> Likeness:
    """Distance in standard deviations, with correlated facts counted once.

    Args:
        studies: facts of the studied places, shape (k, m); a place with an unknown fact gets NaN.
        place: the facts of the place, shape (m,); all must be known.
        names: of the facts, m.

    Raises:
        MethodError: ``missing-moderator`` (use `gower`), ``zero-variance`` (a fact is the same
            everywhere), ``no-studies`` (under 2 places with all facts), ``wrong-shape``,
            ``not-a-number``, ``infinite-value``.
    """
    x, own = _facts(studies, place, names)
    if np.isnan(own).any():
        unknown = names[int(np.argmax(np.isnan(own)))]
        raise MethodError("missing-moderator", f"{unknown!r} of the place is not known", "place")
    known: NDArray[np.bool_] = ~np.any(np.isnan(x), axis=1)
    if known.sum() < 2:
        raise MethodError("no-studies", "two places with all facts are needed", "studies")
    centre, scale = x[known].mean(axis=0), x[known].std(axis=0)
    if (scale == 0).any():
        same = names[int(np.argmax(scale == 0))]
        raise MethodError("zero-variance", f"{same!r} is the same in all places", "studies")
    scaled = (x - centre) / scale
    covariance, _ = shrunk_covariance(scaled[known])
    away = scaled - (own - centre) / scale
    distances = np.full(len(x), np.nan)
    solved = np.linalg.solve(covariance, away[known].T).T
    distances[known] = np.sqrt((away[known] * solved).sum(axis=1))
    shared = tuple(len(names) if is_known else 0 for is_known in known)
    return Likeness(distances, _order(distances), shared, (), "mahalanobis")


def gower(
    studies: ArrayLike,
    place: ArrayLike,
    names: tuple[str, ...],
    *,
    categorical: tuple[str, ...] = (),
) -> Likeness:
    """Mean difference over the facts known of both, each between 0 and 1.

    Numbers differ by their distance over the range of all places, this one included; codes in
    ``categorical`` by 0 or 1. Arguments as `mahalanobis`, but unknown facts are left out.

    Raises:
        MethodError: ``wrong-shape``, ``not-a-number``, ``infinite-value``, ``no-studies``.
    """
    x, own = _facts(studies, place, names)
    if not len(x):
        raise MethodError("no-studies", "there is no studied place", "studies")
    differences = np.abs(x - own)
    for column, name in enumerate(names):
        if name in categorical:
            unknown = np.isnan(differences[:, column])
            differences[:, column] = np.where(unknown, np.nan, differences[:, column] > 0)
            continue
        values = np.append(x[:, column], own[column])
        values = values[~np.isnan(values)]
        width = float(np.ptp(values)) if values.size else 0.0
        if width > 0:
            differences[:, column] /= width
    known = ~np.isnan(differences)
    shared = known.sum(axis=1)
    total = np.where(known, differences, 0).sum(axis=1)
    distances = np.where(shared > 0, total / np.maximum(shared, 1), np.nan)
    missing = tuple(name for name, fact in zip(names, own, strict=True) if math.isnan(fact))
    return Likeness(
        distances, _order(distances), tuple(int(count) for count in shared), missing, "gower"
    )


def weigh_by_likeness(
    estimates: ArrayLike, variances: ArrayLike, distances: ArrayLike, *, bandwidth: float
) -> SimilarStudies:
    """An exploratory mean of the studies that gives similar places more weight.

    Weights are exp(-(distance / bandwidth)² / 2) / variance. The warnings always include
    ``exploratory``, because the weight of similarity is arbitrary until it is shown to predict.

    Args:
        estimates, variances, distances: shape (k,); a NaN distance excludes the study.
        bandwidth: distance at which the weight has fallen to 0.61.

    Raises:
        MethodError: ``too-few-similar`` if the effective number of studies is under 3 (Kish: (sum
            w)² / sum w²), ``bad-parameter``, ``bad-variance``, ``wrong-shape``.
    """
    y = as_vector(estimates, "estimates")
    v = as_vector(variances, "variances", len(y))
    away = as_vector(distances, "distances", len(y))
    if not 0 < bandwidth < math.inf:
        raise MethodError("bad-parameter", "the bandwidth is above 0", "bandwidth")
    if not (np.isfinite(v) & (v > 0)).all():
        raise MethodError("bad-variance", "a variance is a finite number above 0", "variances")
    used = ~(np.isnan(away) | np.isnan(y))
    weights = np.zeros(len(y))
    weights[used] = np.exp(-((away[used] / bandwidth) ** 2) / 2) / v[used]
    total = float(weights.sum())
    effective = total**2 / float(weights @ weights) if total > 0 else 0.0
    if effective < MIN_EFFECTIVE_STUDIES - 1e-9:
        raise MethodError(
            "too-few-similar",
            f"the studies are worth {effective:.1f} from a place like this; 3 are needed",
            "distances",
        )
    weights /= total
    return SimilarStudies(weights, effective, float(weights[used] @ y[used]), ("exploratory",))


def _matrix(values: ArrayLike, name: str) -> Floats:
    try:
        matrix = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise MethodError("not-a-number", "all facts must be numbers", name) from None
    if matrix.ndim != 2:
        raise MethodError("wrong-shape", f"{matrix.ndim} dimensions instead of 2", name)
    if np.isinf(matrix).any():
        raise MethodError("infinite-value", "a fact must be finite", name)
    return matrix


def _facts(studies: ArrayLike, place: ArrayLike, names: tuple[str, ...]) -> tuple[Floats, Floats]:
    x, own = _matrix(studies, "studies"), as_vector(place, "place", len(names))
    check_estimates(own, "place")
    if x.shape[1] != len(names):
        raise MethodError("wrong-shape", f"{x.shape[1]} facts, {len(names)} names", "studies")
    return x, own


def _order(distances: Floats) -> tuple[int, ...]:
    by_distance = np.argsort(distances, kind="stable")
    return tuple(int(row) for row in by_distance if not math.isnan(distances[row]))
