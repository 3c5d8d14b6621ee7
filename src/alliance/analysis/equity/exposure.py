"""Exposure of groups: means of areas, and gaps between groups with their intervals."""

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
    Bools,
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

#: The reference of a group: everybody outside of it.
EVERYONE_ELSE = ""
#: Half the width of a 90 % interval of a normal distribution, in standard errors.
_MARGIN = 1.645
#: Areas summed at a time: blocks that fit into the processor cache take a third of the time.
_ROWS = 20_000


def weighted_mean(
    values: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    unit: str = "",
    draws: int = 0,
    seed: int = 1,
    level: float = DEFAULT_LEVEL,
) -> Measure:
    """sum w x / sum w over units with a value and weight, in the unit of the values.

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

    Each indicator has its own denominator: people below the poverty line are divided by those with
    known poverty status, not by all. 0 of 0 is missing.

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
    # An unknown denominator has no weight that could be missing.
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
    """The exposure of a group, and the gap to its reference.

    ``mean``, ``reference_mean`` and ``difference`` are in the unit of the values; ``ratio`` is
    dimensionless, NaN unless the mean of the reference is above 0. ``people`` counts members in
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

    Intervals come from a bootstrap over areas. If counts have margins of error, each draw also
    perturbs them by a normal distribution with the standard error margin / 1.645, not below 0.

    Args:
        values: exposure of areas, shape (n,); NaN is missing.
        counts: people by area and group, shape (n, g); NaN is unknown and excludes the area for
            this group; groups may overlap.
        groups: names, g of them.
        population: all people by area, shape (n,); None if the groups include everybody.
        reference: a group's name; `EVERYONE_ELSE` compares with those outside of the group, never
            with all, which would include it.
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
    if reference != EVERYONE_ELSE and reference not in names:
        raise MethodError("unknown-group", f"{reference!r} is no group", "reference")
    compared = names.index(reference) if reference != EVERYONE_ELSE else None
    known = ~np.isnan(people)
    own = people if known.all() else np.where(known, people, 0.0)
    whole = own.sum(axis=1) if population is None else population
    everybody = as_weights(whole, len(x), "population")
    above = own > everybody[:, None] * (1 + 1e-9)
    if above.any():
        row, column = np.argwhere(above)[0]
        message = f"{own[row, column]:g} members of {everybody[row]:g} people"
        raise MethodError("bad-ratio", message, f"counts[{row}, {column}]")
    overall = weighted_mean(x, everybody, unit=unit)
    known &= ~np.isnan(x)[:, None]
    if compared is not None:
        known &= known[:, [compared]]
    warnings = list(overall.warnings)
    members = own.sum(axis=0)
    if not known.all():
        own = np.where(known, own, 0.0)
    counted = own.sum(axis=0)
    for name, all_members, used in zip(names, members, counted, strict=True):
        if all_members == 0:
            raise MethodError("no-population", "nobody belongs to this group", f"groups[{name!r}]")
        if check_coverage(float(1 - used / all_members), f"groups[{name!r}]"):
            warnings.append(f"coverage:{name}")
    errors = None
    if margins is not None:
        errors = as_array(margins, "margins", shape=people.shape)
        check_counts(errors, "margins")
        errors = np.where(known, np.nan_to_num(errors) / _MARGIN, 0.0)
    areas = _Areas(np.nan_to_num(x), own, everybody, known, errors, compared)
    means = areas.means_of_all()
    inhabited, valued = (np.count_nonzero(each, axis=0) for each in (own, known))
    drawn = _draw(areas, draws, seed)
    exposures = []
    for at, name in enumerate(names):
        mean, rest = (float(each) for each in means[:, at])
        # Resampling a single area gives no variation, and so no interval.
        intervals = _intervals(drawn[:, :, at][:, : draws if inhabited[at] > 1 else 0], level)
        exposures.append(
            GroupExposure(
                group=name,
                people=float(counted[at]),
                mean=mean,
                mean_interval=intervals[0],
                reference=reference,
                reference_mean=rest,
                difference=mean - rest,
                difference_interval=intervals[1],
                ratio=mean / rest if rest > 0 else NOT_KNOWN,
                ratio_interval=intervals[2] if rest > 0 else NO_INTERVAL,
                n=int(inhabited[at]),
                n_missing=len(x) - int(valued[at]),
            )
        )
    warnings += [f"ratio-undefined:{each.group}" for each in exposures if np.isnan(each.ratio)]
    if draws and min(each.n for each in exposures) < FEW_UNITS:
        warnings.append("few-units")
    return Exposures(tuple(exposures), overall, unit, level, tuple(warnings))


def _intervals(drawn: Floats, level: float) -> list[Interval]:
    """Intervals of a mean, its difference and its ratio, from means of group and reference (2,
    draws)."""
    if not drawn.size:
        return [NO_INTERVAL] * 3
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.where(drawn[1] > 0, drawn[0] / drawn[1], np.nan)
    figures = (drawn[0], drawn[0] - drawn[1], ratios)
    return [percentile_interval(each, level) for each in figures]


def _draw(areas: _Areas, draws: int, seed: int) -> Floats:
    """Means of bootstrap samples of areas, shape (2, draws, g)."""
    groups = areas.own.shape[1]
    random = [np.random.default_rng([seed, at]) for at in range(groups)]
    means = [np.empty((2, 0, groups))]
    for block in redrawn(len(areas.x), draws, seed):
        means.append(areas.means(block, random))
    return np.concatenate(means, axis=1)


@dataclass(frozen=True)
class _Areas:
    """Values and people of n areas in g groups; unknown counts of a group are 0 people.

    ``own``, ``known`` and ``errors`` have shape (n, g), ``x`` and ``everybody`` (n,). ``compared``
    is the index of the reference group; None for people outside of the group.
    """

    x: Floats
    own: Floats
    everybody: Floats
    known: Bools
    errors: Floats | None
    compared: int | None

    def means_of_all(self) -> Floats:
        """Means of groups and references with each area once, shape (2, g)."""
        sums = np.zeros((4, self.own.shape[1]))
        for start in range(0, len(self.x), _ROWS):
            rows = slice(start, start + _ROWS)
            own, others = self.own[rows], self.others(rows)
            ones = np.ones(len(own))
            sums += [self.x[rows] @ own, ones @ own, self.x[rows] @ others, ones @ others]
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(sums[[0, 2]] / sums[[1, 3]])

    def means(self, times: Floats, random: Sequence[np.random.Generator]) -> Floats:
        """Means of groups and references in bootstrap samples of areas, shape (2, some, g).

        Args:
            times: how often each area is sampled, shape (some, n).
            random: a generator by group, for counts with errors.
        """
        if self.errors is None:
            both = (self.own, self.others(slice(None)))
            with np.errstate(divide="ignore", invalid="ignore"):
                return np.stack(
                    [(times @ (each * self.x[:, None])) / (times @ each) for each in both]
                )
        drawn = [self._drawn(times, at, each) for at, each in enumerate(random)]
        return np.moveaxis(np.array(drawn), 0, 2)

    def others(self, rows: slice) -> Floats:
        """The people with whom a group is compared, by area and group."""
        own, known = self.own[rows], self.known[rows]
        if self.compared is not None:
            return np.where(known, own[:, [self.compared]], 0.0)
        return np.where(known, np.maximum(self.everybody[rows, None] - own, 0.0), 0.0)

    def _drawn(self, times: Floats, at: int, random: np.random.Generator) -> tuple[Floats, Floats]:
        """Means of a group and its reference with perturbed counts."""
        assert self.errors is not None
        own = _drawn(self.own[:, at], self.errors[:, at], len(times), random)
        if self.compared is None:
            other = np.where(self.known[:, at], np.maximum(self.everybody - own, 0.0), 0.0)
        elif self.compared == at:
            other = own
        else:
            errors = np.where(self.known[:, at], self.errors[:, self.compared], 0.0)
            people = np.where(self.known[:, at], self.own[:, self.compared], 0.0)
            other = _drawn(people, errors, len(times), random)
        return self._mean(times, own), self._mean(times, other)

    def _mean(self, times: Floats, people: Floats) -> Floats:
        weighted = times * people
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray((weighted @ self.x) / weighted.sum(axis=1))


def _drawn(people: Floats, errors: Floats, rows: int, random: np.random.Generator) -> Floats:
    """Counts perturbed by their errors, shape (rows, n); unchanged without errors."""
    if not errors.any():
        return people
    return np.maximum(0.0, people + errors * random.standard_normal((rows, len(people))))
