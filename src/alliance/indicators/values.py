"""Figures and definitions as known at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, QuerySet

from alliance.indicators.as_of import known_at
from alliance.indicators.enums import SiblingVerdict
from alliance.indicators.models import DefinitionVersion, Observation, Sibling
from alliance.indicators.models.observations import TOTAL


@dataclass(frozen=True)
class VersionLine:
    """The version of a definition in force at a time.

    `comparable_since` is the number of the first version whose figures compare with this one's;
    `within_country` whether they are known not to compare across countries.
    """

    version: DefinitionVersion
    comparable_since: int
    within_country: bool = False


def versions_at(
    moment: dt.datetime | None,
    definitions: Collection[int] | None = None,
    *,
    with_indicator: bool = True,
) -> dict[int, VersionLine]:
    """The version of each definition in force at `moment`, by the definition's primary key.

    `with_indicator`: also fetches the indicator of the definition.
    """
    if definitions is not None and not definitions:
        return {}
    apart = Sibling.objects.filter(
        left=OuterRef("definition"), right=F("left"), verdict=SiblingVerdict.NOT_COMPARABLE
    )
    rows = (
        DefinitionVersion.objects.select_related(
            "definition__indicator" if with_indicator else "definition"
        )
        .annotate(within_country=Exists(apart))
        .order_by("number")
    )
    if definitions is not None:
        rows = rows.filter(definition__in=definitions)
    if moment is not None:
        rows = rows.filter(recorded_at__lte=moment)
    lines: dict[int, VersionLine] = {}
    for row in rows:
        before = lines.get(row.definition_id)
        since = row.number if row.breaks_comparison or before is None else before.comparable_since
        lines[row.definition_id] = VersionLine(row, since, row.within_country)
    return lines


def observations_at(moment: dt.datetime | None) -> QuerySet[Observation]:
    """All observations in force at `moment`, with their series."""
    return Observation.objects.filter(known_at(moment)).select_related("series")


def totals(rows: QuerySet[Observation]) -> QuerySet[Observation]:
    """Observations of the whole population of whole cities."""
    return rows.filter(
        series__sex=TOTAL, series__age=TOTAL, series__income=TOTAL, series__area=TOTAL
    )


def latest(rows: Iterable[Observation]) -> dict[int, Observation]:
    """The newest observation of each series, by the series' primary key."""
    newest: dict[int, Observation] = {}
    for row in rows:
        known = newest.get(row.series_id)
        if known is None or row.period > known.period:
            newest[row.series_id] = row
    return newest
