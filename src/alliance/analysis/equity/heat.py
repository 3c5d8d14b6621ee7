"""A heat vulnerability index of equal weights, and its sensitivity to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from alliance.analysis.equity.values import (
    NOT_KNOWN,
    VERSION,
    Bools,
    Floats,
    as_array,
    average_ranks,
)
from alliance.analysis.errors import MethodError

#: In the last domain more is better, so its ranks are reversed.
DOMAINS = ("exposure", "sensitivity", "adaptive-capacity")
REVERSED = "adaptive-capacity"
#: The share of a domain's indicators that must be known.
_ENOUGH = 2 / 3
DRAWS = 500


@dataclass(frozen=True)
class HeatVulnerability:
    """Relative vulnerability of units, not an absolute risk.

    ``index`` and ``domains`` are between 0 (least) and 1, NaN if missing; ``quintile`` from 1 to 5
    (most vulnerable), 0 if missing. ``stable`` is the share of units that are in or out of the top
    fifth under all random weights; ``stable_units`` which, shape (n,). ``without`` is Spearman's
    rank correlation of the index with the one that leaves an indicator out, by its name.
    ``validated`` is whether the index was compared with local deaths or illness.
    """

    index: Floats
    quintile: Floats
    domains: Mapping[str, Floats]
    stable: float
    stable_units: Bools
    without: Mapping[str, float]
    draws: int
    n: int
    n_missing: int
    warnings: tuple[str, ...] = ()
    method: str = "equal-weights"
    version: str = VERSION
    validated: bool = False


def heat_vulnerability(
    indicators: ArrayLike,
    names: Sequence[str],
    domains: Sequence[str],
    *,
    draws: int = DRAWS,
    seed: int = 1,
) -> HeatVulnerability:
    """Each indicator as rank (R - 1)/(n - 1), domains as their means, the index as the mean of
    domains.

    A domain with under two thirds of its indicators is missing, and then so is the index.

    Args:
        indicators: shape (n, k), high for more of what the name says; NaN is missing.
        names: k of them; domains: the domain of each, of `DOMAINS`, all three at least once.
        draws: random weights of the domains, Dirichlet(1).

    Raises:
        MethodError: ``too-few-units`` under two with a value in an indicator or in the index,
            ``unknown-choice``, ``bad-parameter``; as `as_array`.

    Source: Conlon et al. 2020, Environmental Health Perspectives 128; Bao, Li and Yu 2015.
    """
    table = as_array(indicators, "indicators", shape=(None, len(names)))
    if len(domains) != len(names):
        raise MethodError("wrong-shape", f"{len(domains)} instead of {len(names)}", "domains")
    for at, domain in enumerate(domains):
        if domain not in DOMAINS:
            raise MethodError("unknown-choice", f"{domain!r} is not of {DOMAINS}", f"domains[{at}]")
    if set(domains) != set(DOMAINS):
        raise MethodError("bad-parameter", "every domain needs an indicator", "domains")
    if draws < 1:
        raise MethodError("bad-parameter", "1 draw or more", "draws")
    ranks = np.empty_like(table)
    warnings = []
    for at, name in enumerate(names):
        ranks[:, at], tied = _scaled(table[:, at], name)
        if domains[at] == REVERSED:
            ranks[:, at] = 1 - ranks[:, at]
        if tied:
            warnings.append(f"zero-variance:{name}")
    parts = _domains(ranks, domains, _ENOUGH)
    index = parts.mean(axis=1)
    known = ~np.isnan(index)
    n = int(known.sum())
    if n < 2:
        raise MethodError("too-few-units", f"{n} units with an index", "indicators")
    top = _top(index[known])
    weights = np.random.default_rng(seed).dirichlet(np.ones(len(DOMAINS)), draws)
    same = np.ones(n, dtype=bool)
    for row in weights:
        same &= _top(parts[known] @ row) == top
    stable = np.zeros(len(index), dtype=bool)
    stable[known] = same
    quintile = np.zeros(len(index))
    quintile[known] = _quintile(index[known])
    return HeatVulnerability(
        index=index,
        quintile=quintile,
        domains={name: parts[:, at] for at, name in enumerate(DOMAINS)},
        stable=float(same.mean()),
        stable_units=stable,
        without={name: _without(ranks, domains, at, index) for at, name in enumerate(names)},
        draws=draws,
        n=n,
        n_missing=len(index) - n,
        warnings=tuple(warnings),
    )


def _scaled(values: Floats, name: str) -> tuple[Floats, bool]:
    """Ranks from 0 to 1, and whether all units are tied, at 0.5."""
    known = ~np.isnan(values)
    n = int(known.sum())
    if n < 2:
        raise MethodError("too-few-units", f"{n} units with a value", f"indicators[{name!r}]")
    ranks = np.full(len(values), np.nan)
    ranks[known] = (average_ranks(values[known]) - 1) / (n - 1)
    return ranks, values[known].min() == values[known].max()


def _domains(ranks: Floats, domains: Sequence[str], enough: float) -> Floats:
    """Means by domain, shape (n, 3), NaN if too few indicators are known."""
    parts = np.full((len(ranks), len(DOMAINS)), np.nan)
    for at, domain in enumerate(DOMAINS):
        own = ranks[:, [each == domain for each in domains]]
        if not own.shape[1]:
            continue
        there = (~np.isnan(own)).sum(axis=1)
        full = there >= max(enough * own.shape[1] - 1e-9, 1)
        parts[full, at] = np.nansum(own[full], axis=1) / there[full]
    return parts


def _quintile(index: Floats) -> Floats:
    """Quintiles from 1 to 5 by average rank, with ties together."""
    # Sums of the same numbers in another order differ in the last digits.
    ranks = average_ranks(np.round(index, 12))
    return np.minimum(5, 1 + np.floor(5 * (ranks - 1) / len(index) + 1e-9))


def _top(index: Floats) -> Bools:
    return _quintile(index) == 5


def _without(ranks: Floats, domains: Sequence[str], at: int, index: Floats) -> float:
    """Rank correlation without an indicator, or without its domain if it is the only one in it."""
    others = [other for other in range(len(domains)) if other != at]
    left = [domains[other] for other in others]
    parts = _domains(ranks[:, others], left, _ENOUGH)
    other = parts[:, [name in left for name in DOMAINS]].mean(axis=1)
    both = ~np.isnan(index) & ~np.isnan(other)
    if both.sum() < 2:
        return NOT_KNOWN
    first, second = (average_ranks(np.round(each[both], 12)) for each in (index, other))
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return NOT_KNOWN
    return float(np.corrcoef(first, second)[0, 1])
