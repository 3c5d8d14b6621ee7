"""The trend of a score over the years, and whether it is fast enough for its target.

Bands follow the trend arrows of the SDG Index (Sustainable Development Solutions Network); the
interval and the label ``unclear`` are added here.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri, stdtrit

from alliance.analysis.composite.framework import Bools, Floats, Ints
from alliance.analysis.errors import MethodError

METHOD = "composite-trend"
VERSION = "1"

MIN_YEARS = 3
MIN_SPAN = 3
#: Fewer years give a very wide interval.
ENOUGH_YEARS = 5
LEVEL = 0.9
#: Slopes up to this many points a year are rounding errors.
ROUNDING = 1e-9
#: The ratios of slope to needed slope that separate the bands, and the bands, worst first.
BAND_ENDS = (0.0, 0.5, 1.0)
BANDS = ("falling", "stagnating", "moderate", "on-track")
_ENDS = [end - ROUNDING for end in BAND_ENDS]
#: Earlier than any year.
_NEVER = -(10**6)


@dataclass(frozen=True)
class Trend:
    """The trend of a series of scores.

    ``slope`` is in points of the score a year, with ``low`` and ``high`` at ``level`` (None: too
    few data). ``needed`` is the slope that reaches the target in the target year, ``ratio`` the
    slope divided by it (None without a future target year, or once the target is reached).
    ``label``: ``on-track`` (ratio of 1 or more), ``moderate`` (0.5 to 1), ``stagnating`` (0 to
    0.5), ``falling`` (below 0), ``maintained`` (good enough and not falling), ``unclear`` (the
    interval includes more than one boundary between bands), ``no-target``, ``too-few-data``.
    """

    label: str
    slope: float | None
    low: float | None
    high: float | None
    needed: float | None
    ratio: float | None
    score_now: float | None
    first_year: int | None
    last_year: int | None
    n: int
    n_missing: int
    estimator: str
    warnings: tuple[str, ...]
    level: float = LEVEL
    method: str = METHOD
    version: str = VERSION


def trend(
    years: Sequence[int],
    scores: Floats,
    *,
    target_year: int | None = None,
    target: float = 100.0,
    good: float | None = None,
    window: int = 8,
    breaks: Sequence[int] = (),
    estimator: str = "ols",
) -> Trend:
    """Slope of scores over the last years, with an interval, compared with the slope needed.

    Args:
        years: T distinct years, in any order.
        scores: (T,) scores before clipping, so that a city beyond a bound can still move; NaN is
            missing.
        target_year: the year of the target; None without one.
        target: the score to reach.
        good: the score that only has to be maintained; None for the target itself.
        window: how many years before the last known one to include, 5 to 8.
        breaks: years in which a new series starts. Earlier years are ignored: there is no trend
            across a break.
        estimator: ``ols`` (least squares; interval by Student's t with n - 2 degrees of freedom)
            or ``theil-sen`` (median of the slopes between pairs; interval by Sen's method).

    A trend needs 3 years with a score that span 3 years or more.

    Warnings: ``series-break`` (earlier years ignored), ``few-years`` (3 or 4: a wide interval),
    ``no-spread`` (all on one line: an interval of width 0).

    Raises:
        MethodError: ``wrong-shape``, ``duplicate-year``, ``bad-window``, ``unknown-choice``.

    Source: P. K. Sen, Estimates of the regression coefficient based on Kendall's tau, JASA 63
    (1968).
    """
    return trends(
        years,
        np.asarray(scores, dtype=float)[np.newaxis],
        target_years=[target_year],
        targets=[target],
        good=good,
        window=window,
        breaks=[breaks],
        estimator=estimator,
    )[0]


def trends(
    years: Sequence[int] | Ints,
    scores: Floats,
    *,
    target_years: Sequence[int | None],
    targets: Sequence[float] | Floats,
    good: float | None = None,
    window: int = 8,
    breaks: Sequence[Sequence[int]],
    estimator: str = "ols",
) -> list[Trend]:
    """The `trend` of each of n series over the same T years.

    Args:
        scores: (n, T). ``target_years``, ``targets`` (NaN for none) and ``breaks`` have n entries,
            one for each series; the others are as in `trend`.

    Raises:
        MethodError: as `trend`.
    """
    if estimator not in ("ols", "theil-sen"):
        raise MethodError("unknown-choice", f"{estimator!r} is no estimator", "estimator")
    if window < MIN_YEARS:
        raise MethodError("bad-window", "must be 3 or more", "window")
    moments = np.asarray(years, dtype=int)
    if moments.ndim != 1 or scores.shape[1:] != moments.shape:
        raise MethodError("wrong-shape", "there must be one score for each year", "scores")
    order = np.argsort(moments)
    moments, scores = moments[order], scores[:, order]
    if (moments[1:] == moments[:-1]).any():
        raise MethodError("duplicate-year", "a year stands there twice", "years")
    known = ~np.isnan(scores)
    last = np.where(known, moments, _NEVER).max(axis=1, initial=_NEVER)
    since = np.array(
        [
            max((year for year in own if year <= end), default=_NEVER)
            for own, end in zip(breaks, last, strict=True)
        ]
    )
    is_cut = np.asarray((known & (moments < since[:, np.newaxis])).any(axis=1))
    inside = known & (moments >= np.maximum(since, last - window + 1)[:, np.newaxis])
    counts = np.count_nonzero(inside, axis=1)
    first = np.where(inside, moments, -_NEVER).min(axis=1, initial=-_NEVER)
    now = np.where(moments == last[:, np.newaxis], scores, 0.0).sum(axis=1)
    enough = (counts >= MIN_YEARS) & (last - first >= MIN_SPAN)
    fit = _least_squares if estimator == "ols" else _theil_sen
    fits = np.zeros((counts.size, 3))
    if enough.any():
        fits[enough] = fit(moments.astype(float), scores[enough], inside[enough])
    result = []
    for row, n in enumerate(counts.tolist()):
        warnings = ["series-break"] if is_cut[row] else []
        label, slope, low, high, needed, ratio = "too-few-data", None, None, None, None, None
        if enough[row]:
            slope, low, high = fits[row].tolist()
            if n < ENOUGH_YEARS:
                warnings.append("few-years")
            if high - low < ROUNDING:
                low = high = slope
                warnings.append("no-spread")
            score, target, year = float(now[row]), float(targets[row]), target_years[row]
            if year is not None and year > last[row] and score < target:
                needed = (target - score) / (year - int(last[row]))
                ratio = slope / needed
            label = _label(slope, low, high, needed, score, target if good is None else good)
        result.append(
            Trend(
                label=label,
                slope=slope,
                low=low,
                high=high,
                needed=needed,
                ratio=ratio,
                score_now=float(now[row]) if n else None,
                first_year=int(first[row]) if n else None,
                last_year=int(last[row]) if n else None,
                n=n,
                n_missing=moments.size - int(np.count_nonzero(known[row])),
                estimator=estimator,
                warnings=tuple(warnings),
            )
        )
    return result


def _label(
    slope: float, low: float, high: float, needed: float | None, now: float, good: float
) -> str:
    if now >= good and slope > -ROUNDING:
        return "maintained"
    if needed is None:
        return "falling" if now >= good else "no-target"
    worst, middle, best = (bisect_right(_ENDS, rate / needed) for rate in (low, slope, high))
    return "unclear" if best - worst > 1 else BANDS[middle]


def _least_squares(years: Floats, scores: Floats, inside: Bools) -> Floats:
    """Slope, low and high end of each series, (n, 3), over the years ``inside`` (n, T)."""

    def total(parts: Floats) -> Floats:
        # Summed year by year, so that a sum does not depend on neighbouring values.
        return np.asarray(np.cumsum(np.where(inside, parts, 0.0), axis=1)[:, -1:])

    n = np.count_nonzero(inside, axis=1)[:, np.newaxis]
    x = years - total(np.broadcast_to(years, scores.shape)) / n
    y = scores - total(scores) / n
    squares = total(x * x)
    slope = total(x * y) / squares
    error = np.sqrt(total((y - slope * x) ** 2) / (n - 2) / squares)
    half = stdtrit(n - 2, 0.5 + LEVEL / 2) * error
    return np.hstack([slope, slope - half, slope + half])


def _theil_sen(years: Floats, scores: Floats, inside: Bools) -> Floats:
    """Like `_least_squares`, by Theil-Sen."""
    ends = np.empty((scores.shape[0], 3))
    for row, own in enumerate(inside):
        x, y = years[own], scores[row, own]
        n = x.size
        first, second = np.triu_indices(n, k=1)
        slopes = np.sort((y[second] - y[first]) / (x[second] - x[first]))
        _, tie_sizes = np.unique(y, return_counts=True)
        variance = (
            n * (n - 1) * (2 * n + 5) - np.sum(tie_sizes * (tie_sizes - 1) * (2 * tie_sizes + 5))
        ) / 18
        reach = float(ndtri(0.5 + LEVEL / 2)) * math.sqrt(variance)
        lower = max(0, round((slopes.size - reach) / 2))
        upper = min(slopes.size - 1, round((slopes.size + reach) / 2))
        ends[row] = np.median(slopes), slopes[lower], slopes[upper]
    return ends
