"""Sample size, power and minimum detectable effect.

Standard errors of every design have the form ``sd · sqrt(factor)``: `variance_factor` gives the
factor of one comparison of two arms after the start.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy.special import nctdtr, ndtr, ndtri, stdtrit

from alliance.analysis.errors import MethodError

MAX_N = 1e9
MIN_CLUSTERS = 4
#: From this total number of clusters on the normal approximation is sufficient.
MANY_CLUSTERS = 40


def power_of_means(
    n: float, delta: float, sd: float, *, alpha: float = 0.05, sides: int = 2, paired: bool = False
) -> float:
    """Power of a t test with ``n`` units in each arm (``paired``: n pairs, sd of changes).

    ``delta`` and ``sd`` in the unit of the outcome. Noncentral t, the tail beyond the other side
    left out, as in R's power.t.test.

    Raises:
        MethodError: ``bad-parameter`` for n < 2, delta 0, sd <= 0, alpha outside of (0, 1).
    """
    _check(delta=delta, sd=sd, alpha=alpha, sides=sides)
    if not n >= 2:
        raise MethodError("bad-parameter", "two units an arm are the least", "n")
    return _power(n, abs(delta) / sd, alpha, sides, paired)


def n_of_means(
    delta: float,
    sd: float,
    power: float,
    *,
    alpha: float = 0.05,
    sides: int = 2,
    paired: bool = False,
) -> float:
    """Units in each arm for this power, not rounded; at least 2. Errors as `power_of_means`."""
    _check(delta=delta, sd=sd, alpha=alpha, sides=sides, power=power)
    return _solve(lambda n: _power(n, abs(delta) / sd, alpha, sides, paired), power, 2.0, MAX_N)


def mde_of_means(
    n: float,
    sd: float,
    power: float,
    *,
    alpha: float = 0.05,
    sides: int = 2,
    paired: bool = False,
) -> float:
    """The smallest effect found with this power, in the unit of ``sd``; errors as above."""
    _check(sd=sd, alpha=alpha, sides=sides, power=power)
    if not n >= 2:
        raise MethodError("bad-parameter", "two units an arm are the least", "n")
    return sd * _solve(lambda d: _power(n, d, alpha, sides, paired), power, 1e-9, 1e6)


def power_of_proportions(
    n: float, p1: float, p2: float, *, alpha: float = 0.05, sides: int = 2
) -> float:
    """Power to tell two shares apart with ``n`` in each arm; normal, pooled null (R's formula).

    Raises:
        MethodError: ``bad-parameter`` unless the shares differ and lie between 0 and 1.
    """
    _check(alpha=alpha, sides=sides)
    if not (0 < p1 < 1 and 0 < p2 < 1) or p1 == p2:
        raise MethodError("bad-parameter", "shares must differ and lie between 0 and 1", "p1, p2")
    z = -ndtri(alpha / sides)
    null = math.sqrt((p1 + p2) * (1 - (p1 + p2) / 2))
    spread = math.sqrt(p1 * (1 - p1) + p2 * (1 - p2))
    return float(ndtr((math.sqrt(n) * abs(p1 - p2) - z * null) / spread))


def n_of_proportions(
    p1: float, p2: float, power: float, *, alpha: float = 0.05, sides: int = 2
) -> float:
    """Units in each arm for this power, not rounded; errors as `power_of_proportions`."""
    _check(alpha=alpha, sides=sides, power=power)
    return _solve(
        lambda n: power_of_proportions(n, p1, p2, alpha=alpha, sides=sides), power, 1.0, MAX_N
    )


def mde_of_proportions(
    n: float, p1: float, power: float, *, alpha: float = 0.05, sides: int = 2
) -> float:
    """The smallest step from the share ``p1`` found with this power: up, or down where there is
    no room; NaN where neither is found. Errors as `power_of_proportions`."""
    _check(alpha=alpha, sides=sides, power=power)
    if not 0 < p1 < 1 or not n > 0:
        raise MethodError("bad-parameter", "the share must lie between 0 and 1", "p1")
    for way, room in ((1, 1 - p1), (-1, p1)):

        def reached(step: float, way: int = way) -> float:
            return power_of_proportions(n, p1, p1 + way * step, alpha=alpha, sides=sides)

        low, high = 1e-6 * room, (1 - 1e-6) * room
        if reached(high) >= power:
            return way * _root(lambda step: reached(step) - power, low, high)
    return math.nan


def design_effect(size: float, icc: float, cv: float = 0.0) -> float:
    """By how much clusters of ``size`` units inflate the variance: 1 + ((cv² + 1) size - 1) icc.

    Args:
        icc: correlation within clusters, 0 to 1; cv: coefficient of variation of the sizes.

    Source: Eldridge, Ashby and Kerry 2006.
    """
    if size < 1 or not 0 <= icc <= 1 or cv < 0:
        raise MethodError("bad-parameter", "size, icc or cv is out of range", "clusters")
    return 1 + ((cv**2 + 1) * size - 1) * icc


def variance_factor(
    design: str, *, correlation: float = 0.0, before: int = 1, after: int = 1
) -> float:
    """The variance of the estimate against one comparison after the start (factor 1).

    Args:
        design: ``post`` (means of the times after), ``ancova`` (with the mean before as
            covariate) or ``did`` (change since before).
        correlation: of any two times of a unit, 0 to below 1.
        before: times before the start; after: times after it.

    Source: Frison and Pocock 1992; McKenzie 2012.
    """
    r = correlation
    if not 0 <= r < 1 or before < 1 or after < 1:
        raise MethodError("bad-parameter", "correlation or times out of range", "correlation")
    post = (1 + (after - 1) * r) / after
    if design == "post":
        return post
    if design == "ancova":
        return post - before * r**2 / (1 + (before - 1) * r)
    if design == "did":
        return (1 - r) * (1 / before + 1 / after)
    raise MethodError("bad-parameter", f"unknown design {design}", "design")


def round_up(n: float) -> int:
    """The next whole number, tolerating rounding errors."""
    return math.ceil(n - 1e-9)


def _power(n: float, d: float, alpha: float, sides: int, paired: bool) -> float:
    df = n - 1 if paired else 2 * (n - 1)
    shift = d * math.sqrt(n if paired else n / 2)
    power = float(1 - nctdtr(df, shift, -stdtrit(df, alpha / sides)))
    # In the extremes the noncentral t is NaN; the normal is exact enough there.
    if math.isnan(power):
        power = float(ndtr(shift + ndtri(alpha / sides)))
    return power


def _solve(power_at: Callable[[float], float], power: float, low: float, high: float) -> float:
    """Where the increasing ``power_at`` reaches ``power``; ``low`` if it already exceeds it
    there."""
    if power_at(low) >= power:
        return low
    end = max(2 * low, 1e-3)
    while power_at(end) < power:
        end *= 2
        if end > high:
            raise MethodError("bad-parameter", "no size reaches this power", "power")
    return _root(lambda x: power_at(x) - power, max(low, end / 2), end, xtol=1e-9)


def _root(function: Callable[[float], float], low: float, high: float, **options: float) -> float:
    # Loading it takes longer than everything else that a page needs of this module.
    from scipy.optimize import brentq

    root: float = brentq(function, low, high, **options)
    return root


def _check(
    *,
    delta: float | None = None,
    sd: float | None = None,
    alpha: float,
    sides: int,
    power: float | None = None,
) -> None:
    faults = {
        "delta": delta is not None and (delta == 0 or not np.isfinite(delta)),
        "sd": sd is not None and not (sd > 0 and np.isfinite(sd)),
        "alpha": not 0 < alpha < 1,
        "sides": sides not in (1, 2),
        "power": power is not None and not alpha < power < 1,
    }
    for name, wrong in faults.items():
        if wrong:
            raise MethodError("bad-parameter", f"{name} is out of range", name)
