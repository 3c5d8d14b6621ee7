"""Who is exposed to what: means of areas, and the gaps between groups with their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from alliance.analysis.equity.values import (
    DEFAULT_LEVEL,
    DRAWS,
    FEW_UNITS,
    NO_INTERVAL,
    NOT_KNOWN,
    VERSION,
    Floats,
    Interval,
    Measure,
    as_array,
    as_weights,
    bootstrap,
    check_counts,
    check_coverage,
    check_draws,
    check_level,
    percentile_interval,
    redrawn,
    sample_of,
)
from alliance.analysis.errors import MethodError

#: The reference of a group: everybody who is not in it.
EVERYONE_ELSE = ""
#: Half of a 90 % interval of a normal distribution, in standard errors.
_MARGIN = 1.645


def weighted_mean(
    values: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    unit: str = "",
    draws: int = 0,
    seed: int = 1,
    level: float = DEFAULT_LEVEL,
) -> Measure:
    """sum w x / sum w over units with a value and with weight, in the unit of the values.

    Args:
        values: shape (n,), NaN is missing; weights: people, shape (n,).
        draws: draws of the bootstrap over units; 0 gives no interval.

    Raises:
        MethodError: as `sample_of`.

    Source: EJAM, aggregation of block groups to sites.
    """
    sample = sample_of(values, weights)

    def of(p: Floats) -> Floats:
        return p @ sample.x

    interval, warnings = bootstrap(sample.w, of, draws=draws, seed=seed, level=level)
    return sample.measure(
        "mean", sample.mean, unit, interval=interval, method="weighted-mean", warnings=warnings
    )


def ratio_of_sums(
    numerator: ArrayLike,
    denominator: ArrayLike,
    share: ArrayLike | None = None,
    *,
    draws: int = 0,
    seed: int = 1,
    level: float = DEFAULT_LEVEL,
) -> Measure:
    """A share of people, 0 to 1: sum numerator · share / sum denominator · share.

    Each indicator with its own denominator: people below the poverty line by those for whom
    poverty is known, not by all. What is 0 of 0 is missing.

    Args:
        numerator: counts, shape (n,); denominator: counts, shape (n,); NaN is missing.
        share: how much of each unit belongs to the place, shape (n,); None takes all of it.

    Raises:
        MethodError: ``bad-ratio`` for a numerator above its denominator or below 0; else as
            `sample_of`.

    Source: EJAM, as `weighted_mean`.
    """
    over = as_array(numerator, "numerator")
    under = as_array(denominator, "denominator", shape=(len(over),))
    parts = as_weights(share, len(over), "share")
    bad = np.flatnonzero((over > under) | (over < 0) | (under < 0))
    if bad.size:
        message = f"{over[bad[0]]:g} of {under[bad[0]]:g} is no share"
        raise MethodError("bad-ratio", message, f"numerator[{bad[0]}]")
    # What is not known of the denominator has no weight that could be missing.
    weights = np.where(np.isnan(under), 0.0, under) * parts
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.where(under > 0, over / under, np.nan)
    sample = sample_of(ratios, weights, where="numerator")

    def of(p: Floats) -> Floats:
        return p @ sample.x

    interval, warnings = bootstrap(sample.w, of, draws=draws, seed=seed, level=level)
    return sample.measure(
        "ratio", sample.mean, "", interval=interval, method="ratio-of-sums", warnings=warnings
    )


@dataclass(frozen=True)
class GroupExposure:
    """What the areas of one group carry, and the gap to its reference.

    ``mean``, ``reference_mean`` and ``difference`` are in the unit of the values; ``ratio`` is a
    pure number, NaN unless the mean of the reference is above 0. ``people`` counts members in
    areas with a value, ``n_missing`` areas without a value or without a count of the group.
    """

    group: str
    people: float
    mean: float
    mean_interval: Interval
    reference: str
    reference_mean: float
    difference: float
    difference_interval: Interval
    ratio: float
    ratio_interval: Interval
    n: int
    n_missing: int


@dataclass(frozen=True)
class Exposures:
    """Exposure by group, all in ``unit``. It is ecological: all people of an area get its value."""

    groups: tuple[GroupExposure, ...]
    overall: Measure
    unit: str
    level: float
    warnings: tuple[str, ...]
    method: str = "group-exposure"
    version: str = VERSION
    ecological: bool = True


def group_exposure(
    values: ArrayLike,
    counts: ArrayLike,
    groups: Sequence[str],
    *,
    population: ArrayLike | None = None,
    reference: str = EVERYONE_ELSE,
    margins: ArrayLike | None = None,
    unit: str = "",
    draws: int = DRAWS,
    seed: int = 1,
    level: float = DEFAULT_LEVEL,
) -> Exposures:
    """m_g = sum n_ig x_i / sum n_ig, with difference from and ratio to a reference.

    Areas are drawn anew for the intervals. Where counts carry margins of error, each draw also
    takes other counts, from a normal distribution with the standard error margin / 1.645 and not
    below 0.

    Args:
        values: exposure of areas, shape (n,); NaN is missing.
        counts: people by area and group, shape (n, g); NaN is not known and leaves the area out
            for this group, groups may overlap.
        groups: names, g of them.
        population: all people by area, shape (n,); None if the groups make up everybody.
        reference: a group's name; `EVERYONE_ELSE` compares with those who are not in the group,
            never with all, who contain it.
        margins: 90 % margins of error of the counts, shape (n, g), 0 or more; NaN is none.
        draws: 0 gives no intervals.

    Raises:
        MethodError: as `sample_of`; ``bad-weight`` for a negative count or margin, ``bad-ratio``
            for more members than people, ``unknown-group``, ``no-population`` for an empty group.
    """
    check_level(level)
    check_draws(draws)
    x = as_array(values, "values")
    names = list(groups)
    people = as_array(counts, "counts", shape=(len(x), len(names)))
    check_counts(people, "counts")
    errors = np.zeros_like(people)
    if margins is not None:
        errors = as_array(margins, "margins", shape=people.shape)
        check_counts(errors, "margins")
        errors = np.nan_to_num(errors) / _MARGIN
    if reference != EVERYONE_ELSE and reference not in names:
        raise MethodError("unknown-group", f"{reference!r} is no group", "reference")
    whole = np.nansum(people, axis=1) if population is None else population
    everybody = as_weights(whole, len(x), "population")
    above = np.argwhere(people > everybody[:, None] * (1 + 1e-9))
    if above.size:
        row, column = above[0]
        message = f"{people[row, column]:g} members of {everybody[row]:g} people"
        raise MethodError("bad-ratio", message, f"counts[{row}, {column}]")
    overall = weighted_mean(x, everybody, unit=unit)
    rest_of = names.index(reference) if reference != EVERYONE_ELSE else None
    pairs: list[_Pair] = []
    gaps: list[int] = []
    warnings = list(overall.warnings)
    for at, name in enumerate(names):
        known = ~np.isnan(x) & ~np.isnan(people[:, at])
        if rest_of is not None:
            known &= ~np.isnan(people[:, rest_of])
        own = np.nan_to_num(people[:, at])
        if own.sum() == 0:
            raise MethodError("no-population", "nobody belongs to this group", f"groups[{name!r}]")
        missing = float(own[~known].sum() / own.sum())
        if check_coverage(missing, f"groups[{name!r}]"):
            warnings.append(f"coverage:{name}")
        # Most tables have no gaps, and copies of large ones take time.
        there = slice(None) if known.all() else known
        pair = _Pair(
            x[there],
            own[there],
            errors[there, at],
            everybody[there] if rest_of is None else people[there, rest_of],
            None if rest_of is None else errors[there, rest_of],
            rest_of == at,
        )
        pairs.append(pair)
        gaps.append(int((~known).sum()))
    drawn = _draw(pairs, draws, seed)
    found = [
        pair.exposure(name, reference, missing, means, level)
        for pair, name, missing, means in zip(pairs, names, gaps, drawn, strict=True)
    ]
    warnings += [f"ratio-undefined:{each.group}" for each in found if np.isnan(each.ratio)]
    if draws and min(each.n for each in found) < FEW_UNITS:
        warnings.append("few-units")
    return Exposures(tuple(found), overall, unit, level, tuple(warnings))


def _draw(pairs: Sequence[_Pair], draws: int, seed: int) -> list[Floats]:
    """Means of every pair when areas are drawn anew, each of shape (2, draws).

    Pairs of as many areas share their draws, which take longer than the means.
    """
    found: list[list[Floats]] = [[np.empty((2, 0))] for _ in pairs]
    random = [np.random.default_rng([seed, at]) for at in range(len(pairs))]
    for n in {len(pair.x) for pair in pairs}:
        for block in redrawn(n, draws, seed):
            for at, pair in enumerate(pairs):
                if len(pair.x) == n:
                    found[at].append(np.stack(pair.means(block, random[at])))
    return [np.concatenate(each, axis=1) for each in found]


@dataclass(frozen=True)
class _Pair:
    """A group and its reference over the areas where both are known, all of shape (n,).

    Without ``other_errors`` the reference is who of ``other`` is not in the group.
    """

    x: Floats
    own: Floats
    own_errors: Floats
    other: Floats
    other_errors: Floats | None
    same: bool

    def exposure(
        self, group: str, reference: str, missing: int, drawn: Floats, level: float
    ) -> GroupExposure:
        """With the means of group and reference that were drawn, shape (2, draws)."""
        mean, rest = (float(each[0]) for each in self.means(np.ones((1, len(self.x))), None))
        intervals = [NO_INTERVAL] * 3
        if drawn.size:
            with np.errstate(divide="ignore", invalid="ignore"):
                ratios = np.where(drawn[1] > 0, drawn[0] / drawn[1], np.nan)
            figures = (drawn[0], drawn[0] - drawn[1], ratios)
            intervals = [percentile_interval(each, level) for each in figures]
        return GroupExposure(
            group=group,
            people=float(self.own.sum()),
            mean=mean,
            mean_interval=intervals[0],
            reference=reference,
            reference_mean=rest,
            difference=mean - rest,
            difference_interval=intervals[1],
            ratio=mean / rest if rest > 0 else NOT_KNOWN,
            ratio_interval=intervals[2] if rest > 0 else NO_INTERVAL,
            n=int((self.own > 0).sum()),
            n_missing=missing,
        )

    def means(self, times: Floats, random: np.random.Generator | None) -> tuple[Floats, Floats]:
        """Means of group and reference for rows of how often each area is drawn."""
        own = _drawn(self.own, self.own_errors, len(times), random)
        if self.same:
            other = own
        elif self.other_errors is None:
            other = np.maximum(self.other - own, 0.0)
        else:
            other = _drawn(self.other, self.other_errors, len(times), random)
        return self._mean(times, own), self._mean(times, other)

    def _mean(self, times: Floats, people: Floats) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            if people.ndim == 1:
                return (times @ (people * self.x)) / (times @ people)
            weighted = times * people
            return (weighted @ self.x) / weighted.sum(axis=1)


def _drawn(people: Floats, errors: Floats, rows: int, random: np.random.Generator | None) -> Floats:
    """Other counts that the margins allow, shape (rows, n); the counts themselves without any."""
    if random is None or not errors.any():
        return people
    return np.maximum(0.0, people + errors * random.standard_normal((rows, len(people))))
