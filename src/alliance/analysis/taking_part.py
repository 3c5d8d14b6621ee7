"""Participants compared with the census: shares with intervals, and weights by its margins.

Source: Wilson 1927 (interval of a share); Deming and Stephan 1940 (raking); Kish 1965, Survey
Sampling (effective number of people with unequal weights). Small counts are hidden by
`alliance.analysis.small_counts`.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from alliance.analysis.errors import MethodError

VERSION = "1"
#: The largest weight of a person, in means.
CAP = 5.0
_ROUNDS, _CLOSE = 500, 1e-10


@dataclass(frozen=True)
class Share:
    """A share from 0 to 1 with its interval; ``difference``: to the census in the same unit."""

    value: float
    low: float
    high: float
    n: int
    census: float | None = None

    @property
    def difference(self) -> float | None:
        return None if self.census is None else self.value - self.census

    @property
    def differs(self) -> bool:
        """Whether the census lies outside the interval."""
        return self.census is not None and not self.low <= self.census <= self.high


@dataclass(frozen=True)
class Raked:
    """Weights of n people, of mean 1 among those with all traits known, 0 for others.

    ``effective_n``: how many people of equal weight would say as much. ``off``: the largest
    distance of a weighted share from its margin. ``warnings``: ``not-converged``, ``capped``,
    ``empty-category:TRAIT:CATEGORY`` (in the census, but nobody took part).
    """

    weights: NDArray[np.float64]
    effective_n: float
    n: int
    n_missing: int
    off: float
    warnings: tuple[str, ...]
    method: str = "raking"
    version: str = VERSION


def wilson(hits: int, n: int, *, level: float = 0.95, census: float | None = None) -> Share:
    """The share of ``hits`` of ``n`` with its Wilson interval.

    Raises:
        MethodError: ``no-data`` for n of 0, ``bad-count`` for hits outside 0 to n,
            ``bad-parameter`` for a level outside 0 to 1.
    """
    if n <= 0:
        raise MethodError("no-data", "a share of nobody", "n")
    if not 0 <= hits <= n:
        raise MethodError("bad-count", f"{hits} is not from 0 to {n}", "hits")
    if not 0 < level < 1:
        raise MethodError("bad-parameter", f"{level} is not between 0 and 1", "level")
    z2 = float(ndtri((1 + level) / 2)) ** 2
    share = hits / n
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = np.sqrt(z2 * share * (1 - share) / n + z2**2 / (4 * n**2)) / (1 + z2 / n)
    # Exactly 0 and 1 if nobody or everybody did.
    low = 0.0 if hits == 0 else float(middle - half)
    high = 1.0 if hits == n else float(middle + half)
    return Share(share, low, high, n, census)


def rake(
    traits: Mapping[str, Sequence[Hashable | None]],
    margins: Mapping[str, Mapping[str, float]],
    *,
    cap: float = CAP,
) -> Raked:
    """Weights by which the shares of people come to those of the census, trait by trait.

    Args:
        traits: the category of each of n people, None where not known; those are left out.
        margins: shares of each category, adding up to 1 within 1e-6. Categories that nobody has
            are left out and the others scaled up.
        cap: most that a person counts, in means.

    Raises:
        MethodError: ``no-data`` without anybody whose traits are all known, ``unknown-category``,
            ``wrong-shape``, ``bad-parameter``, ``bad-margin``.
    """
    if cap < 1:
        raise MethodError("bad-parameter", f"{cap} is less than 1", "cap")
    lengths = {len(column) for column in traits.values()}
    if len(lengths) != 1 or set(traits) != set(margins):
        raise MethodError("wrong-shape", "one category a person and one margin a trait", "traits")
    n = lengths.pop()
    known = np.ones(n, bool)
    for column in traits.values():
        known &= np.array([category is not None for category in column], bool)
    if not known.any():
        raise MethodError("no-data", "nobody told all traits", "traits")
    warnings: list[str] = []
    targets: list[tuple[NDArray[np.int64], NDArray[np.float64]]] = []
    for trait, column in traits.items():
        margin = margins[trait]
        if abs(sum(margin.values()) - 1) > 1e-6 or min(margin.values()) < 0:
            raise MethodError("bad-margin", "shares are 0 or more and add up to 1", trait)
        order = {category: at for at, category in enumerate(margin)}
        mine = [category for category, there in zip(column, known, strict=True) if there]
        for category in mine:
            if category not in order or not margin[str(category)]:
                raise MethodError("unknown-category", f"{category!r} is not in the census", trait)
        place = np.array([order[str(category)] for category in mine])
        there = np.bincount(place, minlength=len(margin)) > 0
        warnings += [
            f"empty-category:{trait}:{category}"
            for category, at in order.items()
            if not there[at] and margin[category]
        ]
        share = np.where(there, np.array(list(margin.values())), 0)
        targets.append((place, share / share.sum()))

    weights = np.ones(int(known.sum()))
    for _ in range(_ROUNDS):
        before = weights
        for place, share in targets:
            now = np.bincount(place, weights=weights, minlength=len(share)) / weights.sum()
            weights = weights * np.divide(share, now, out=np.ones_like(share), where=now > 0)[place]
        weights = np.minimum(weights / weights.mean(), cap)
        if np.abs(weights - before).max() < _CLOSE:
            break
    else:
        warnings.append("not-converged")
    # The excess over the cap is spread over all others below it.
    for _ in range(_ROUNDS):
        weights = np.minimum(weights / weights.mean(), cap)
        if abs(weights.mean() - 1) < _CLOSE:
            break
    if weights.max() >= cap * (1 - 1e-9):
        warnings.append("capped")
    off = max(
        float(np.abs(np.bincount(p, weights=weights, minlength=len(s)) / weights.sum() - s).max())
        for p, s in targets
    )
    whole = np.zeros(n)
    whole[known] = weights
    effective = float(weights.sum() ** 2 / np.square(weights).sum())
    return Raked(whole, effective, len(weights), n - len(weights), off, tuple(warnings))
