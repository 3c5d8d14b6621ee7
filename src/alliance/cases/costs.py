"""Costs of cases in one currency and price year, total and per inhabitant."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance.analysis.prices import (
    ConvertedCost,
    CostPerInhabitant,
    NotComparable,
    convert_cost,
    cost_per_inhabitant,
)
from alliance.cases.enums import CostKind
from alliance.cases.models import CaseStudy
from alliance.core.prices import default_price_year, load_price_table

#: Amounts that are not what the case cost, or not the whole of it.
NOT_COMPARED = frozenset({CostKind.HANDED_OUT, CostKind.LOSS, CostKind.PARTIAL})


class CostBand(models.TextChoices):
    """Total cost in the target currency and price year; a case without a cost is in no band."""

    UNDER_100K = "under-100k", _("under 100,000")
    TO_1M = "100k-1m", _("100,000 to 1 million")
    TO_10M = "1m-10m", _("1 to 10 million")
    TO_100M = "10m-100m", _("10 to 100 million")
    OVER_100M = "over-100m", _("over 100 million")


_UPPER_BOUNDS = (
    (1e5, CostBand.UNDER_100K),
    (1e6, CostBand.TO_1M),
    (1e7, CostBand.TO_10M),
    (1e8, CostBand.TO_100M),
)


def target() -> tuple[str, int]:
    """The currency and price year that this installation compares costs in."""
    return settings.TARGET_CURRENCY, settings.TARGET_PRICE_YEAR or default_price_year()


def comparable_cost(case: CaseStudy) -> ConvertedCost | NotComparable:
    """The total cost in the target currency and price year, or the field that prevents it.

    An amount that is not what the case cost is never compared.
    """
    if case.cost_kind in NOT_COMPARED:
        kind = CostKind(case.cost_kind)
        return NotComparable(
            f"a cost, not a {kind.value} amount", "cost-kind", {"kind": kind.value}
        )
    currency, year = target()
    return convert_cost(
        case.cost_minor,
        case.cost_currency or None,
        case.cost_price_year,
        case.country,
        to_currency=currency,
        to_year=year,
        table=load_price_table(),
    )


def comparable_cost_per_inhabitant(case: CaseStudy) -> CostPerInhabitant | NotComparable:
    """The total cost divided by the recorded population of the case's city; of a part of a city no
    population is recorded."""
    population = case.city.population if case.city and not case.is_part_of_city else None
    return cost_per_inhabitant(comparable_cost(case), population)


def cost_band(case: CaseStudy) -> CostBand | None:
    """The band of the converted total cost, None where it cannot be told."""
    cost = comparable_cost(case)
    if isinstance(cost, NotComparable):
        return None
    for bound, band in _UPPER_BOUNDS:
        if cost.value < bound:
            return band
    return CostBand.OVER_100M
