"""Outliers: a test by skewness and kurtosis, winsorising, and a logarithm if that fails.

Source: OECD and JRC, Handbook on Constructing Composite Indicators (2008), step 4, as implemented
by the R package COINr (`Treat`); the logarithm of a series with a long lower tail is mirrored, so
that it shortens the tail instead of stretching it.
"""

import math
from dataclasses import dataclass

import numpy as np

from alliance.analysis.composite.framework import Bools, Floats
from alliance.analysis.errors import MethodError

MAX_SKEWNESS = 2.0
MAX_KURTOSIS = 3.5
#: Distance of the logarithm from zero, as a share of the range.
LOG_OFFSET = 0.01


@dataclass(frozen=True)
class Treated:
    """A treated series.

    ``values`` (n,) replaces the series; ``touched`` marks each changed cell; ``slope`` (n,) is the
    derivative of the treatment at each cell, for the propagation of errors. ``step`` is ``none``,
    ``winsorised`` or ``log``; ``n_winsorised`` counts cells. Skewness and kurtosis, before and
    after, are None if undefined. ``note`` is a code or empty: ``too-few-values`` (under 4),
    ``constant``, ``would-flatten`` (winsorising would leave a single value; the series is
    unchanged), ``still-skewed``.
    """

    values: Floats
    touched: Bools
    slope: Floats
    step: str
    n_winsorised: int
    skewness: float | None
    kurtosis: float | None
    skewness_after: float | None
    kurtosis_after: float | None
    note: str = ""


def skewness(values: Floats) -> float:
    """Sample skewness G1 of the known values, NaN for fewer than 3 or for equal ones."""
    return _shape(values[~np.isnan(values)])[0]


def kurtosis(values: Floats) -> float:
    """Sample excess kurtosis G2 of the known values, NaN for fewer than 4 or for equal ones."""
    return _shape(values[~np.isnan(values)])[1]


def passes(skew: float, kurt: float) -> bool:
    """Whether |skewness| < 2 or kurtosis < 3.5. False if neither is defined."""
    return abs(skew) < MAX_SKEWNESS or kurt < MAX_KURTOSIS


def treat(values: Floats, *, winmax: int = 5) -> Treated:
    """Winsorise a series until it passes, at most ``winmax`` cells; else take its logarithm.

    Each step sets all cells equal to the greatest value to the next lower one (skewness of 0 or
    more) or all cells equal to the smallest value to the next higher one. The count is the number
    of cells in the latest high step plus that in the latest low step: cells of earlier steps are
    tied with them by then. Tied cells are changed together, so the count may pass ``winmax``.

    Args:
        values: shape (n,), NaN missing, any unit.

    Raises:
        MethodError: ``bad-winmax``.
    """
    if winmax < 1:
        raise MethodError("bad-winmax", "must be 1 or more", "winmax")
    known = values[~np.isnan(values)]
    before = _shape(known)
    note = ""
    if known.size < 4:
        note = "too-few-values"
    elif known.min() == known.max():
        note = "constant"
    if note or passes(*before):
        return _result(values, values, "none", 0, before, note)

    current, shape = known.copy(), before
    n_high = n_low = 0
    while not passes(*shape) and n_high + n_low < winmax:
        if shape[0] >= 0:
            extreme = current == current.max()
            current[extreme] = current[~extreme].max()
            n_high = int(np.count_nonzero(extreme))
        else:
            extreme = current == current.min()
            current[extreme] = current[~extreme].min()
            n_low = int(np.count_nonzero(extreme))
        if current.min() == current.max():
            return _result(values, values, "none", 0, before, "would-flatten")
        shape = _shape(current)
    if passes(*shape):
        winsorised = values.copy()
        winsorised[~np.isnan(values)] = current
        return _result(values, winsorised, "winsorised", n_high + n_low, before)
    logged, slope = _logarithm(values, upwards=before[0] >= 0)
    note = "" if passes(*_shape(logged[~np.isnan(logged)])) else "still-skewed"
    return _result(values, logged, "log", 0, before, note, slope)


def _logarithm(values: Floats, *, upwards: bool) -> tuple[Floats, Floats]:
    """log(x - min + a), or its mirror image -log(max + a - x), with a = 0.01 (max - min)."""
    least, most = np.nanmin(values), np.nanmax(values)
    offset = LOG_OFFSET * (most - least)
    if upwards:
        distance = values - least + offset
        return np.log(distance), 1 / distance
    distance = most + offset - values
    return -np.log(distance), 1 / distance


def _shape(known: Floats) -> tuple[float, float]:
    """Skewness and kurtosis, NaN if undefined."""
    n = known.size
    if n < 3 or known.min() == known.max():
        return math.nan, math.nan
    deviation = known - known.mean()
    # Powers of the raw deviations could under- or overflow; powers of ratios cannot.
    deviation /= max(deviation.max(), -deviation.min())
    squares = deviation * deviation
    second = float(squares.sum())
    skew = math.sqrt(n) * float(squares @ deviation) / second**1.5
    skew *= math.sqrt(n * (n - 1)) / (n - 2)
    if n < 4:
        return skew, math.nan
    ratio = n * float(squares @ squares) / second**2
    return skew, ((n + 1) * (ratio - 3) + 6) * (n - 1) / ((n - 2) * (n - 3))


def _result(
    values: Floats,
    treated: Floats,
    step: str,
    n_winsorised: int,
    before: tuple[float, float],
    note: str = "",
    slope: Floats | None = None,
) -> Treated:
    present = ~np.isnan(values)
    after = before if treated is values else _shape(treated[present])
    return Treated(
        values=treated,
        touched=present & (treated != values),
        slope=np.ones_like(values) if slope is None else slope,
        step=step,
        n_winsorised=n_winsorised,
        skewness=_known(before[0]),
        kurtosis=_known(before[1]),
        skewness_after=_known(after[0]),
        kurtosis_after=_known(after[1]),
        note=note,
    )


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
