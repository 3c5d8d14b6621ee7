"""Steps before scaling: ratios, and imputation of gaps."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from alliance.analysis.composite.framework import Bools, Floats
from alliance.analysis.errors import MethodError


def divide(values: Floats, denominators: Floats) -> Floats:
    """Values by their denominator; NaN where that is missing, zero or negative.

    Both have the same shape or can be broadcast to one.
    """
    usable = np.where(denominators > 0, denominators, np.nan)
    return np.asarray(values / usable, dtype=float)


@dataclass(frozen=True)
class Imputed:
    """``values`` (n, Q), imputed where ``filled`` is true.

    ``spread`` (n, Q) is the standard deviation (divisor k - 1) of the known values behind a filled
    cell, NaN elsewhere or if a single value was known.
    """

    values: Floats
    filled: Bools
    spread: Floats


def fill_from_group(values: Floats, groups: Sequence[str], *, by: str) -> Imputed:
    """Fills gaps with the mean or the median of the unit's group.

    Args:
        values: shape (n, Q), NaN missing.
        groups: n names; a unit with an empty name has no group, and its gaps remain.
        by: ``group-mean`` or ``group-median``.

    A gap remains if no unit of the group has a value.

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
