"""Percentiles of areas, and the environmental justice index that is based on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from alliance.analysis.equity.values import (
    FEW_UNITS,
    VERSION,
    Bools,
    Floats,
    as_array,
    average_ranks,
    sample_of,
)
from alliance.analysis.errors import MethodError

#: The percentile methods, with the largest score of each and what the score is a share of.
METHODS = {
    "strict-floor": (100, "neighbourhoods"),
    "rank-avg": (1, "neighbourhoods"),
    "pop": (100, "residents"),
}


@dataclass(frozen=True)
class Percentiles:
    """Scores of shape (n,), NaN without a value, from 0 to ``most``.

    ``of`` is what a score is a share of: neighbourhoods or residents; ``reference`` names the place
    within which they are compared, with ``n_reference`` units that have a value.
    """

    scores: Floats
    most: int
    method: str
    of: str
    reference: str
    n_reference: int
    n_missing: int
    warnings: tuple[str, ...] = ()
    version: str = VERSION


def percentiles(
    values: ArrayLike,
    *,
    method: str,
    reference: str,
    weights: ArrayLike | None = None,
    reverse: bool = False,
) -> Percentiles:
    """The percentile of each unit among all of them.

    ``strict-floor`` (EJScreen): floor(100 · share of units with a lower value). ``rank-avg``
    (CEJST): average rank / n, with the mean for ties. ``pop``: floor(100 · share of residents in
    units with a lower value). They differ, and must not be mixed in a list.

    Args:
        values: shape (n,), NaN is missing and not part of n.
        method: of `METHODS`.
        reference: the name of the place that the units make up: city, region, nation.
        weights: residents, shape (n,), only for ``pop``.
        reverse: low values get high scores; the ranks of -x, not 100 minus the score.

    Raises:
        MethodError: ``unknown-choice``, ``bad-parameter`` (no name, missing or unexpected
            weights), ``too-few-units`` under 20 with a value; as `sample_of` for ``pop``.
    """
    if method not in METHODS:
        raise MethodError("unknown-choice", f"{method!r} is not of {[*METHODS]}", "method")
    if not reference.strip():
        raise MethodError("bad-parameter", "the reference has to be named", "reference")
    if (method == "pop") != (weights is not None):
        raise MethodError("bad-parameter", "residents are for method pop, and needed", "weights")
    x = as_array(values, "values")
    known = ~np.isnan(x)
    n = int(known.sum())
    if n < FEW_UNITS:
        raise MethodError("too-few-units", f"{n} units with a value of {FEW_UNITS}", "values")
    ranked = -x[known] if reverse else x[known]
    scores = np.full(len(x), np.nan)
    warnings: tuple[str, ...] = ()
    if method == "rank-avg":
        scores[known] = average_ranks(ranked) / n
    elif method == "strict-floor":
        below = np.searchsorted(np.sort(ranked), ranked, side="left")
        # Integer arithmetic: 100 · 29 / 100 as a float would be below 29.
        scores[known] = 100 * below // n
    else:
        sample = sample_of(x, weights)
        warnings = sample.warnings
        theirs = -sample.x if reverse else sample.x
        order = np.argsort(theirs, kind="stable")
        total = np.r_[0.0, np.cumsum(sample.w[order])]
        below = total[np.searchsorted(theirs[order], ranked, side="left")]
        scores[known] = np.floor(100 * below / total[-1] + 1e-9)
    most, of = METHODS[method]
    return Percentiles(scores, most, method, of, reference, n, len(x) - n, warnings)


def table_percentiles(values: ArrayLike, cuts: ArrayLike, *, reference: str) -> Percentiles:
    """Percentiles from a published table: the largest one whose cut is not above the value.

    If the value equals a cut that several percentiles share, the lowest of them.

    Args:
        values: shape (n,), NaN is missing.
        cuts: the value at each percentile 0, 1, … 100, ascending, shape (101,).

    Raises:
        MethodError: ``wrong-shape``, ``bad-parameter`` for decreasing cuts, ``units-mismatch`` if
            only one of the two is in shares of 1.

    Source: EJAM, lookup of percentiles in EJScreen.
    """
    if not reference.strip():
        raise MethodError("bad-parameter", "the reference has to be named", "reference")
    x = as_array(values, "values")
    table = as_array(cuts, "cuts", shape=(101,))
    if np.isnan(table).any() or (np.diff(table) < 0).any():
        raise MethodError("bad-parameter", "the cuts have to rise", "cuts")
    known = ~np.isnan(x)
    scores = np.full(len(x), np.nan)
    warnings: tuple[str, ...] = ()
    if known.any():
        own, theirs = float(x[known].max()), float(table[-1])
        shares = x[known].min() >= 0 and 0 < own <= 1
        if (shares and theirs > 1) or (own > 1 and 0 < theirs <= 1):
            message = f"values up to {own:g}, but a table up to {theirs:g}"
            raise MethodError("units-mismatch", message, "values")
        below = np.searchsorted(table, x[known], side="left")
        exact = table[np.minimum(below, 100)] == x[known]
        at = np.where(exact, below, below - 1)
        under = int((at < 0).sum())
        warnings = (f"below-table:{under}",) if under else ()
        scores[known] = np.clip(at, 0, 100)
    missing = int((~known).sum())
    return Percentiles(scores, 100, "table", "neighbourhoods", reference, 101, missing, warnings)


@dataclass(frozen=True)
class DemographicIndex:
    """Index of shape (n,), 0 for the least; NaN if missing.

    ``z`` are the components in standard deviations, shape (n, k); ``n_components`` of shape (n,) is
    the number of components in each index.
    """

    index: Floats
    z: Floats
    n_components: Floats
    names: tuple[str, ...]
    n_missing: int
    warnings: tuple[str, ...] = ()
    version: str = VERSION


def demographic_index(
    components: ArrayLike,
    names: Sequence[str],
    *,
    reference: Bools | None = None,
    min_components: int | None = None,
) -> DemographicIndex:
    """The mean of z-scores, minus its minimum whatever the sign of that.

    EJScreen 2.3 uses low income and people of colour; its supplemental index low income, limited
    English, less than high school, low life expectancy, disability.

    Args:
        components: shape (n, k); NaN is missing.
        names: k of them.
        reference: the units for mean and standard deviation (divisor n), shape (n,).
        min_components: the minimum number of components in an index; None for all.

    Raises:
        MethodError: ``zero-variance`` with the name of the component, ``too-few-units`` for a
            component known for under two units, ``bad-parameter``; as `as_array`.
    """
    table = as_array(components, "components", shape=(None, len(names)))
    needed = len(names) if min_components is None else min_components
    if not 1 <= needed <= len(names):
        message = f"between 1 and {len(names)} components"
        raise MethodError("bad-parameter", message, "min_components")
    among = np.ones(len(table), dtype=bool) if reference is None else np.asarray(reference, bool)
    if among.shape != (len(table),):
        raise MethodError("wrong-shape", f"{among.shape} instead of {(len(table),)}", "reference")
    z = np.empty_like(table)
    for at, name in enumerate(names):
        own = table[among, at]
        own = own[~np.isnan(own)]
        if len(own) < 2:
            raise MethodError("too-few-units", "two units or more", f"components[{name!r}]")
        if own.min() == own.max():
            raise MethodError("zero-variance", "all units are the same", f"components[{name!r}]")
        z[:, at] = (table[:, at] - own.mean()) / own.std()
    counted = (~np.isnan(z)).sum(axis=1)
    index = np.full(len(z), np.nan)
    enough = counted >= needed
    index[enough] = np.nansum(z[enough], axis=1) / counted[enough]
    if enough.any():
        index -= np.nanmin(index)
    fewer = int((enough & (counted < len(names))).sum())
    warnings = (f"few-components:{fewer}",) if fewer else ()
    missing = int((~enough).sum())
    return DemographicIndex(index, z, counted.astype(float), tuple(names), missing, warnings)


@dataclass(frozen=True)
class JusticeIndex:
    """The environmental justice index with both of its factors, all of shape (n,).

    The ``percentiles`` of the index are shown; ``index`` itself has no meaningful unit. A 0 in one
    factor hides the other, so both are listed beside it.
    """

    percentiles: Percentiles
    index: Floats
    demographic: Floats
    burden: Floats
    version: str = VERSION


def justice_index(demographic: ArrayLike, burden: ArrayLike, *, reference: str) -> JusticeIndex:
    """Demographic index times percentile of the burden (0 to 100), and its percentile.

    Args:
        demographic: 0 or more, shape (n,); burden: percentiles from 0 to 100, shape (n,). NaN in
            one is NaN in the index, never 0.

    Raises:
        MethodError: ``negative-values``, ``out-of-bounds`` for a percentile outside of 0 to 100,
            as `percentiles`.

    Source: EJScreen technical documentation 2.3.
    """
    people = as_array(demographic, "demographic")
    score = as_array(burden, "burden", shape=(len(people),))
    if (people < 0).any():
        raise MethodError("negative-values", "the demographic index starts at 0", "demographic")
    if (score < 0).any() or (score > 100).any():
        raise MethodError("out-of-bounds", "a percentile lies between 0 and 100", "burden")
    index = people * score
    standing = percentiles(index, method="strict-floor", reference=reference)
    return JusticeIndex(standing, index, people, score)
