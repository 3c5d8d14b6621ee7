"""Revisions of figures: what was said before, what is said now, who changed it, when and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import EmptyPage, Page, Paginator
from django.db.models import Q, QuerySet

from alliance.core.errors import NotFound
from alliance.indicators.models import Observation
from alliance.indicators.values import versions_at
from alliance.network.localise import Localised, local_field, localised_field

PER_PAGE = 50


@dataclass(frozen=True)
class Revision:
    """One figure that was replaced. `after` is None where the new one has no value.

    `who` is the organisation that brought the new figure, else how it came in.
    """

    id: int
    at: dt.datetime
    indicator_id: str
    indicator: str
    city_id: str
    city: str
    period: str
    unit: Localised
    decimals: int
    before: float | None
    before_status: str
    after: float | None
    after_status: str
    who: str
    kind: str
    reason: str


def revised(moment: dt.datetime | None) -> QuerySet[Observation]:
    """Figures that had been replaced by `moment`, the latest replaced first."""
    rows = Observation.objects.filter(superseded_at__isnull=False)
    if moment is not None:
        rows = rows.filter(superseded_at__lte=moment)
    return rows.order_by("-superseded_at", "-id")


def revisions(rows: Sequence[Observation], language: str) -> tuple[Revision, ...]:
    """What replaced each of these figures, in two queries.

    `rows` come with series, city, definition and indicator; see `with_names`.
    """
    wanted = Q(pk__in=[])
    for row in rows:
        wanted |= Q(series=row.series_id, period=row.period, recorded_at=row.superseded_at)
    followers = {
        (row.series_id, row.period, row.recorded_at): row
        for row in Observation.objects.filter(wanted).select_related("batch__organisation")
    }
    lines = versions_at(None, {row.series.definition_id for row in rows})
    found = []
    for row in rows:
        if row.superseded_at is None:
            continue
        after = followers.get((row.series_id, row.period, row.superseded_at))
        if after is None:
            continue
        definition, batch = row.series.definition, after.batch
        version = lines[row.series.definition_id].version
        organisation = batch.organisation
        found.append(
            Revision(
                id=row.pk,
                at=row.superseded_at,
                indicator_id=definition.indicator.public_id,
                indicator=local_field(definition.indicator, "name", language),
                city_id=row.series.city.public_id,
                city=local_field(row.series.city, "name", language),
                period=row.period,
                unit=localised_field(version, "unit_label", language),
                decimals=version.decimals,
                before=row.value,
                before_status=row.status,
                after=after.value,
                after_status=after.status,
                who=local_field(organisation, "name", language) if organisation else "",
                kind=batch.kind,
                reason=batch.reason,
            )
        )
    return tuple(found)


def with_names(rows: QuerySet[Observation]) -> QuerySet[Observation]:
    """With what a revision names, in the same query."""
    return rows.select_related("series__city", "series__definition__indicator")


def revision_page(
    language: str, number: int, moment: dt.datetime | None
) -> tuple[Page[Observation], tuple[Revision, ...]]:
    """Page `number` of all revisions, newest first. Raises NotFound for one that is not there."""
    try:
        page = Paginator(with_names(revised(moment)), PER_PAGE).page(number)
    except EmptyPage as error:
        raise NotFound("page", str(number)) from error
    return page, revisions(list(page), language)


def revisions_of(
    definitions: Sequence[int], language: str, moment: dt.datetime | None, limit: int = 20
) -> tuple[Revision, ...]:
    """The latest revisions of figures by these definitions."""
    rows = with_names(revised(moment).filter(series__definition__in=definitions))[:limit]
    return revisions(list(rows), language)
