"""Further scales of the Handbook for one indicator, for comparison and for teaching.

Source: OECD and JRC, Handbook on Constructing Composite Indicators (2008), step 5 and table 15.
Each takes the values of one indicator, shape (n,), more is better; NaN stays NaN.
"""

import numpy as np

from alliance.analysis.composite.framework import Floats
from alliance.analysis.errors import MethodError

#: What a value can be compared with.
POINTS = ("mean", "best", "worst")
#: Upper ends of the bands, in per cent of the units, and the score of each band.
BAND_ENDS = (5.0, 15.0, 35.0, 65.0, 85.0, 95.0)
BAND_SCORES = (0.0, 20.0, 40.0, 50.0, 60.0, 80.0, 100.0)


def rank_score(values: Floats) -> Floats:
    """1 for the smallest value up to n; ties share their smallest rank."""
    known = values[~np.isnan(values)]
    smaller = np.searchsorted(np.sort(known), values, side="left")
    return np.where(np.isnan(values), np.nan, smaller + 1.0)


def ratio_to(values: Floats, point: str) -> Floats:
    """Value divided by the mean, the best or the worst value of the sample.

    NaN where that point is zero.

    Raises:
        MethodError: ``unknown-choice``.
    """
    base = _point(values, point)
    return values / base if base else np.full(values.shape, np.nan)


def difference_to(values: Floats, point: str) -> Floats:
    """Distance from the mean, the best or the worst value of the sample, as a share of it.

    Raises:
        MethodError: ``unknown-choice``.
    """
    return ratio_to(values, point) - 1


def above_or_below_mean(values: Floats, *, band: float = 0.2) -> Floats:
    """1 above (1 + band) times the mean, -1 below (1 - band) times it, 0 between.

    Raises:
        MethodError: ``bad-band``.
    """
    if not band >= 0:
        raise MethodError("bad-band", "must be 0 or more", "band")
    ratio = ratio_to(values, "mean")
    sides = (ratio > 1 + band).astype(float) - (ratio < 1 - band)
    return np.where(np.isnan(ratio), np.nan, sides)


def percentile(values: Floats) -> Floats:
    """Rank from the bottom in per cent of the known values; 100 for the greatest.

    Unlike the percentile rank, the smallest value of n has 100 / n.
    """
    return 100 * rank_score(values) / np.count_nonzero(~np.isnan(values))


def categorical(values: Floats) -> Floats:
    """0, 20, 40, 50, 60, 80 or 100 by the percentile: bands end at 5, 15, 35, 65, 85 and 95."""
    place = percentile(values)
    bands = np.digitize(np.nan_to_num(place), BAND_ENDS)
    return np.where(np.isnan(place), np.nan, np.asarray(BAND_SCORES)[bands])


def _point(values: Floats, point: str) -> float:
    if point not in POINTS:
        raise MethodError("unknown-choice", f"{point!r} is none of {', '.join(POINTS)}", "point")
    known = values[~np.isnan(values)]
    if not known.size:
        return 0.0
    return float({"mean": known.mean(), "best": known.max(), "worst": known.min()}[point])
