"""Before any scaling: which value speaks for a year, ratios, and gaps that are filled."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from alliance.analysis.composite.framework import Bools, Floats, Ints
from alliance.analysis.errors import MethodError

#: Observation status codes of SDMX that can speak for a year: normal, estimated, provisional,
#: first value of a new series.
USABLE_STATUS = ("A", "E", "P", "B")
MAX_AGE = 3
MAX_GAP = 3


@dataclass(frozen=True)
class Chosen:
    """The value of each series for one year, and its age in years (0 for the year itself).

    ``values`` and ``age`` have the shape of the series; ``age`` is -1 where there is no value.
    """

    values: Floats
    age: Ints

    @property
    def carried(self) -> Bools:
        """Where an older value stands in for the year."""
        return self.age > 0


def choose_year(
    values: Floats,
    years: Sequence[int],
    year: int,
    *,
    status: np.ndarray | None = None,
    max_age: int = MAX_AGE,
) -> Chosen:
    """For each series the value of a year, else the latest of the years just before it.

    Args:
        values: shape (..., T), NaN missing.
        years: the T years, each once, in any order.
        year: the year asked for. A later value never stands in for it.
        status: SDMX status codes in the shape of ``values``; missing (M), forecast (F) and any
            other code that is not in `USABLE_STATUS` or empty is not used.
        max_age: how many years a value may be old.

    Raises:
        MethodError: ``wrong-shape``, ``duplicate-year``, ``bad-age``.
    """
    moments = np.asarray(years, dtype=int)
    series = np.array(values, dtype=float)
    if moments.ndim != 1 or series.shape[-1:] != moments.shape:
        raise MethodError("wrong-shape", "there must be one value for each year", "values")
    if len(set(years)) < len(years):
        raise MethodError("duplicate-year", "a year stands there twice", "years")
    if max_age < 0:
        raise MethodError("bad-age", "must be 0 or more", "max_age")
    if status is not None:
        if status.shape != series.shape:
            raise MethodError("wrong-shape", "there must be one status for each value", "status")
        series[~np.isin(status, (*USABLE_STATUS, ""))] = np.nan
    chosen = np.full(series.shape[:-1], np.nan)
    age = np.full(series.shape[:-1], -1, dtype=np.intp)
    for place in np.argsort(-moments):
        years_old = year - int(moments[place])
        if not 0 <= years_old <= max_age:
            continue
        take = (age < 0) & ~np.isnan(series[..., place])
        chosen[take] = series[..., place][take]
        age[take] = years_old
    return Chosen(chosen, age)


def divide(values: Floats, denominators: Floats) -> Floats:
    """Values by their denominator; NaN where that is missing, zero or negative.

    Both have the same shape or can be broadcast to one.
    """
    usable = np.where(denominators > 0, denominators, np.nan)
    return np.asarray(values / usable, dtype=float)


def fill_in_time(values: Floats, years: Sequence[int], *, max_gap: int = MAX_GAP) -> Floats:
    """Fill gaps inside one series on the straight line between the values on either side.

    A gap is filled when at most ``max_gap`` years lie between two known years, the ends not
    counted. A series with one single value is taken as constant for as long. Nothing is filled
    before the first or after the last value of a longer series.

    Args:
        values: shape (T,), NaN missing.
        years: the T years, growing.

    Raises:
        MethodError: ``wrong-shape``, ``years-not-growing``.
    """
    moments = np.asarray(years, dtype=float)
    series = np.array(values, dtype=float)
    if series.ndim != 1 or series.shape != moments.shape:
        raise MethodError("wrong-shape", "there must be one value for each year", "values")
    if np.any(np.diff(moments) <= 0):
        raise MethodError("years-not-growing", "years must grow and stand there once", "years")
    known = np.flatnonzero(~np.isnan(series))
    if known.size == 1:
        near = np.abs(moments - moments[known[0]]) <= max_gap
        return np.where(near, series[known[0]], np.nan)
    for left, right in pairwise(known):
        inside = slice(left + 1, right)
        if moments[right] - moments[left] - 1 <= max_gap:
            share = (moments[inside] - moments[left]) / (moments[right] - moments[left])
            series[inside] = series[left] + share * (series[right] - series[left])
    return series


@dataclass(frozen=True)
class Imputed:
    """``values`` (n, Q) with gaps filled where ``filled`` says so.

    ``spread`` (n, Q) is the standard deviation (divisor k - 1) of the known values a filled cell
    stands for, NaN elsewhere or where one single value was known.
    """

    values: Floats
    filled: Bools
    spread: Floats


def fill_from_group(values: Floats, groups: Sequence[str], *, by: str) -> Imputed:
    """Fill gaps with the mean or the median of the unit's group.

    Args:
        values: shape (n, Q), NaN missing.
        groups: n names; a unit with an empty name belongs to no group, and its gaps stay.
        by: ``group-mean`` or ``group-median``.

    A gap stays where no unit of the group has a value.

    Raises:
        MethodError: ``wrong-shape``, ``unknown-choice``.
    """
    if by not in ("group-mean", "group-median"):
        raise MethodError("unknown-choice", f"{by!r} is no way to fill gaps", "by")
    if len(groups) != values.shape[0]:
        raise MethodError("wrong-shape", "there must be one group for each unit", "groups")
    filled_values = np.array(values, dtype=float)
    filled = np.zeros(values.shape, dtype=bool)
    spread = np.full(values.shape, np.nan)
    names = np.asarray(groups)
    for name in dict.fromkeys(groups):
        if not name:
            continue
        members = np.flatnonzero(names == name)
        for column in range(values.shape[1]):
            own = values[members, column]
            gap = np.isnan(own)
            known = own[~gap]
            if not gap.any() or not known.size:
                continue
            centre = known.mean() if by == "group-mean" else np.median(known)
            filled_values[members[gap], column] = centre
            filled[members[gap], column] = True
            if known.size > 1:
                spread[members[gap], column] = known.std(ddof=1)
    return Imputed(filled_values, filled, spread)
