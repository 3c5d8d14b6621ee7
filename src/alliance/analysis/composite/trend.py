"""How a score moves over the years, and whether that is fast enough for its target.

Bands follow the trend arrows of the SDG Index (Sustainable Development Solutions Network); the
interval and the label ``unclear`` are added here.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtri, stdtrit

from alliance.analysis.composite.framework import Floats
from alliance.analysis.errors import MethodError

METHOD = "composite-trend"
VERSION = "1"

MIN_YEARS = 3
MIN_SPAN = 3
#: Fewer years give a very wide interval.
ENOUGH_YEARS = 5
LEVEL = 0.9
#: Points a year that are rounding, not a difference.
ROUNDING = 1e-9
#: Slope over needed slope at which a band ends, and the bands, worst first.
BAND_ENDS = (0.0, 0.5, 1.0)
BANDS = ("falling", "stagnating", "moderate", "on-track")


@dataclass(frozen=True)
class Trend:
    """The trend of one series of scores.

    ``slope`` is in points of the score a year, with ``low`` and ``high`` at ``level`` (None: too
    few data). ``needed`` is the slope that reaches the target in the target year, ``ratio`` the
    slope over it (None without a target year to come, or once the target is reached). ``label``:
    ``on-track`` (ratio of 1 and more), ``moderate`` (0.5 to 1), ``stagnating`` (0 to 0.5),
    ``falling`` (below 0), ``maintained`` (good enough and not falling), ``unclear`` (the interval
    reaches over more than one boundary between bands), ``no-target``, ``too-few-data``.
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
    """Slope of scores over the last years, with an interval, against the slope that is needed.

    Args:
        years: T years, each once, in any order.
        scores: (T,) scores before clipping, so that a city beyond a bound still moves; NaN is
            missing.
        target_year: when the target shall be reached; None for no such year.
        target: the score to reach.
        good: the score from which holding on is enough; None for the target itself.
        window: how many years back from the last known one to look, 5 to 8.
        breaks: years in which a new series starts. Nothing before the last of them counts: there
            is no trend over a break.
        estimator: ``ols`` (least squares; interval by Student's t with n - 2 degrees of freedom)
            or ``theil-sen`` (median of the slopes between pairs; interval after Sen).

    A trend needs 3 years with a score that span 3 years or more.

    Warnings: ``series-break`` (earlier years left out), ``few-years`` (3 or 4: a wide interval),
    ``no-spread`` (all on one line: an interval of width 0).

    Raises:
        MethodError: ``wrong-shape``, ``duplicate-year``, ``bad-window``, ``unknown-choice``.

    Source: P. K. Sen, Estimates of the regression coefficient based on Kendall's tau, JASA 63
    (1968).
    """
    if estimator not in ("ols", "theil-sen"):
        raise MethodError("unknown-choice", f"{estimator!r} is no estimator", "estimator")
    if window < MIN_YEARS:
        raise MethodError("bad-window", "must be 3 or more", "window")
    moments = np.asarray(years, dtype=int)
    values = np.asarray(scores, dtype=float)
    if moments.ndim != 1 or values.shape != moments.shape:
        raise MethodError("wrong-shape", "there must be one score for each year", "scores")
    if len(set(years)) < len(years):
        raise MethodError("duplicate-year", "a year stands there twice", "years")
    order = np.argsort(moments)
    moments, values = moments[order], values[order]
    known = ~np.isnan(values)
    n_missing = int(np.count_nonzero(~known))
    x, y = moments[known], values[known]
    warnings = []
    past = [year for year in breaks if x.size and year <= x[-1]]
    if past and (x < max(past)).any():
        warnings.append("series-break")
        y, x = y[x >= max(past)], x[x >= max(past)]
    if x.size:
        inside = x > x[-1] - window
        x, y = x[inside], y[inside]
    result = Trend(
        label="too-few-data",
        slope=None,
        low=None,
        high=None,
        needed=None,
        ratio=None,
        score_now=float(y[-1]) if x.size else None,
        first_year=int(x[0]) if x.size else None,
        last_year=int(x[-1]) if x.size else None,
        n=int(x.size),
        n_missing=n_missing,
        estimator=estimator,
        warnings=tuple(warnings),
    )
    if x.size < MIN_YEARS or x[-1] - x[0] < MIN_SPAN:
        return result
    fit = _least_squares if estimator == "ols" else _theil_sen
    slope, low, high = fit(x.astype(float), y)
    if x.size < ENOUGH_YEARS:
        warnings.append("few-years")
    if high - low < ROUNDING:
        low = high = slope
        warnings.append("no-spread")
    needed = ratio = None
    if target_year is not None and target_year > x[-1] and y[-1] < target:
        needed = (target - float(y[-1])) / (target_year - int(x[-1]))
        ratio = slope / needed
    return replace(
        result,
        label=_label(slope, low, high, needed, float(y[-1]), target if good is None else good),
        slope=slope,
        low=low,
        high=high,
        needed=needed,
        ratio=ratio,
        warnings=tuple(warnings),
    )


def _label(
    slope: float, low: float, high: float, needed: float | None, now: float, good: float
) -> str:
    if now >= good and slope > -ROUNDING:
        return "maintained"
    if needed is None:
        return "falling" if now >= good else "no-target"
    ratios = np.array([low, slope, high]) / needed
    bands = np.searchsorted(np.array(BAND_ENDS) - ROUNDING, ratios, side="right")
    if bands[2] - bands[0] > 1:
        return "unclear"
    return BANDS[int(bands[1])]


def _least_squares(x: Floats, y: Floats) -> tuple[float, float, float]:
    deviation = x - x.mean()
    squares = float(deviation @ deviation)
    slope = float(deviation @ (y - y.mean())) / squares
    rest = y - y.mean() - slope * deviation
    error = math.sqrt(float(rest @ rest) / (x.size - 2) / squares)
    half = float(stdtrit(x.size - 2, 0.5 + LEVEL / 2)) * error
    return slope, slope - half, slope + half


def _theil_sen(x: Floats, y: Floats) -> tuple[float, float, float]:
    first, second = np.triu_indices(x.size, k=1)
    slopes = np.sort((y[second] - y[first]) / (x[second] - x[first]))
    n = x.size
    _, ties = np.unique(y, return_counts=True)
    variance = (n * (n - 1) * (2 * n + 5) - np.sum(ties * (ties - 1) * (2 * ties + 5))) / 18
    reach = float(ndtri(0.5 + LEVEL / 2)) * math.sqrt(variance)
    lower = max(0, round((slopes.size - reach) / 2))
    upper = min(slopes.size - 1, round((slopes.size + reach) / 2))
    return float(np.median(slopes)), float(slopes[lower]), float(slopes[upper])
