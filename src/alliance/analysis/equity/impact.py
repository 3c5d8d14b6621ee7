"""Who gains and who pays when an action changes what people are exposed to or pay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from alliance.analysis.equity.inequality import (
    DIRECTIONS,
    EPSILON,
    concentration,
    kakwani,
    kolm_pollak,
    pooled_kappa,
)
from alliance.analysis.equity.values import (
    NOT_KNOWN,
    VERSION,
    Floats,
    Ints,
    Measure,
    as_array,
    as_weights,
    mid_ranks,
    sample_of,
)
from alliance.analysis.errors import MethodError

QUINTILES = 5


@dataclass(frozen=True)
class GroupImpact:
    """The impact of an action on a group or income quintile.

    ``effect`` is the mean of after minus before, in the unit of the values. ``population_share``
    and ``benefit_share`` are shares of 1: of the people, and of all gains (losses not subtracted),
    NaN if nobody gains. ``loss_share`` likewise. ``cost`` is money per person, NaN without costs.
    """

    name: str
    people: float
    effect: float
    population_share: float
    benefit_share: float
    loss_share: float
    losers: float
    losers_share: float
    cost: float


@dataclass(frozen=True)
class Impact:
    """Distributional impact of an action, with effects in ``unit``.

    ``gains`` and ``losses`` are sums over people, 0 or more. ``benefit_concentration`` is None if
    some lose (``mixed-signs``) or nobody gains. ``ede_change`` = ``mean_change`` + ``index_change``
    (for a burden; for a good the mean minus the index), with the same ``kappa``, that of before.
    ``losers`` are the people whose loss is above the tolerance.
    """

    groups: tuple[GroupImpact, ...]
    quintiles: tuple[GroupImpact, ...]
    effect: Measure
    gains: float
    losses: float
    benefit_concentration: Measure | None
    kakwani: Measure | None
    mean_change: float
    index_change: float
    ede_change: float
    kappa: float
    losers: float
    losers_share: float
    unit: str
    warnings: tuple[str, ...] = ()
    method: str = "distributional-impact"
    version: str = VERSION


def income_quintiles(income: ArrayLike, weights: ArrayLike | None = None) -> Ints:
    """The income quintile of each unit by people, 1 (poorest) to 5, shape (n,).

    By the weighted mid-rank, so that units with the same income stay together; 0 for units without
    an income or without weight.

    Raises:
        MethodError: ``too-few-units`` under five different incomes; as `sample_of`.
    """
    sample = sample_of(income, weights, where="income")
    if len(np.unique(sample.x)) < QUINTILES:
        raise MethodError("too-few-units", "five different incomes are needed", "income")
    quintiles = np.zeros(len(sample.used), dtype=np.int64)
    ranks = mid_ranks(sample.x, sample.p)
    quintiles[sample.used] = np.minimum(QUINTILES, 1 + np.floor(QUINTILES * ranks + 1e-12))
    return quintiles


def distributional_impact(
    before: ArrayLike,
    after: ArrayLike,
    counts: ArrayLike,
    groups: Sequence[str],
    *,
    direction: str,
    population: ArrayLike | None = None,
    income: ArrayLike | None = None,
    costs: ArrayLike | None = None,
    epsilon: float = EPSILON,
    kappa: float | None = None,
    tolerance: float = 0.0,
    unit: str = "",
) -> Impact:
    """Effects, gains and losses of an action by group and by income quintile.

    A gain is less of a burden or more of a good.

    Args:
        before: shape (n,), NaN is missing; after: shape (n,).
        counts: people by unit and group, shape (n, g), 0 or more; groups may overlap.
        groups: names, g of them.
        direction: of `DIRECTIONS`: what ``before`` and ``after`` measure.
        population: all people, shape (n,); None if the groups include everybody.
        income: of units, shape (n,), for quintiles, concentration and Kakwani's index.
        costs: money per person of each unit, shape (n,).
        epsilon, kappa: as `kolm_pollak`; the default kappa is that of before.
        tolerance: the loss that does not count yet, in the unit, 0 or more.

    Raises:
        MethodError: as `sample_of`, `pooled_kappa`, `income_quintiles`, `concentration`;
            ``bad-parameter`` for a negative tolerance, ``unknown-choice``, ``bad-weight``.
    """
    if direction not in DIRECTIONS:
        raise MethodError("unknown-choice", f"{direction!r} is not of {DIRECTIONS}", "direction")
    if not tolerance >= 0:
        raise MethodError("bad-parameter", "the tolerance is 0 or more", "tolerance")
    x = as_array(before, "before")
    y = as_array(after, "after", shape=(len(x),))
    people = as_array(counts, "counts", shape=(len(x), len(groups)))
    members = [as_weights(people[:, at], len(x), f"counts[{name!r}]")
               for at, name in enumerate(groups)]  # fmt: skip
    whole = people.sum(axis=1) if population is None else population
    everybody = as_weights(whole, len(x), "population")
    paid = None if costs is None else as_array(costs, "costs", shape=(len(x),))
    effects = y - x
    sample = sample_of(effects, everybody, where="effects")
    benefit = -effects if direction == "burden" else effects
    table = _Table(effects, benefit, everybody, sample.used, paid, tolerance)
    fifths: tuple[GroupImpact, ...] = ()
    share, kakwani_index = None, None
    warnings = list(sample.warnings)
    gained = np.where(sample.used, np.nan_to_num(benefit), 0.0)
    mixed = bool((gained < 0).any() and (gained > 0).any())
    if mixed:
        warnings.append("mixed-signs")
    if income is not None:
        standing = as_array(income, "income", shape=(len(x),))
        fifth = income_quintiles(standing, everybody)
        fifths = tuple(
            table.impact(str(at), np.where(fifth == at, everybody, 0.0))
            for at in range(1, QUINTILES + 1)
            # An income shared by very many leaves a quintile without anybody.
            if everybody[sample.used & (fifth == at)].any()
        )
        if (gained >= 0).all() and gained.any():
            share = benefit_concentration(benefit, standing, everybody)
        if paid is not None:
            kakwani_index = kakwani(paid, standing, everybody)
    used = np.where(sample.used, everybody, 0.0)
    for each in (x, y):
        # If everything is 0 before, only the kappa of after is defined.
        if not kappa:
            kappa = pooled_kappa(each[sample.used], sample.w, epsilon=epsilon)
    first, second = (
        kolm_pollak(
            each[sample.used], sample.w, direction=direction, kappa=kappa or None, unit=unit
        )
        for each in (x, y)
    )
    lost = float(used[sample.used] @ (-benefit[sample.used] > tolerance))
    return Impact(
        groups=tuple(table.impact(name, own) for name, own in zip(groups, members, strict=True)),
        quintiles=fifths,
        effect=sample.measure("effect", sample.mean, unit, method="weighted-mean"),
        gains=float(used @ np.maximum(gained, 0.0)),
        losses=float(used @ np.maximum(-gained, 0.0)),
        benefit_concentration=share,
        kakwani=kakwani_index,
        mean_change=second.details["mean"] - first.details["mean"],
        index_change=second.details["index"] - first.details["index"],
        ede_change=second.value - first.value,
        kappa=kappa or 0.0,
        losers=lost,
        losers_share=lost / float(sample.w.sum()),
        unit=unit,
        warnings=tuple(warnings),
    )


def benefit_concentration(
    benefits: ArrayLike, income: ArrayLike, weights: ArrayLike | None = None
) -> Measure:
    """The `concentration` of gains, if nobody loses.

    Raises:
        MethodError: ``mixed-signs`` if some lose: gains and losses must then be reported
    separately.
    """
    gains = as_array(benefits, "benefits")
    if (gains < 0).any():
        raise MethodError("mixed-signs", "some lose: report gains and losses apart", "benefits")
    return concentration(gains, income, weights)


@dataclass(frozen=True)
class _Table:
    """Arrays of shape (n,); ``used`` are units with an effect and with people."""

    effects: Floats
    benefit: Floats
    everybody: Floats
    used: np.ndarray
    costs: Floats | None
    tolerance: float

    def impact(self, name: str, people: Floats) -> GroupImpact:
        """The impact on the members of a group, shape (n,)."""
        own = people[self.used]
        total = float(own.sum())
        if total == 0:
            raise MethodError("no-population", "nobody belongs to this group", f"groups[{name!r}]")
        benefit, all_people = self.benefit[self.used], self.everybody[self.used]
        lost = float(own @ (-benefit > self.tolerance))
        return GroupImpact(
            name=name,
            people=total,
            effect=float(own @ self.effects[self.used]) / total,
            population_share=total / float(all_people.sum()),
            benefit_share=_share(own, all_people, np.maximum(benefit, 0.0)),
            loss_share=_share(own, all_people, np.maximum(-benefit, 0.0)),
            losers=lost,
            losers_share=lost / total,
            cost=self._cost(people),
        )

    def _cost(self, people: Floats) -> float:
        if self.costs is None:
            return NOT_KNOWN
        known = ~np.isnan(self.costs)
        weight = float(people[known].sum())
        return float(people[known] @ self.costs[known]) / weight if weight else NOT_KNOWN


def _share(own: Floats, everybody: Floats, amounts: Floats) -> float:
    whole = float(everybody @ amounts)
    return float(own @ amounts) / whole if whole > 0 else NOT_KNOWN
