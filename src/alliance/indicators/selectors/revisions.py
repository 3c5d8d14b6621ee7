"""Revisions of figures: the old and new value, who changed it, when and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet

from alliance.indicators.models import DefinitionVersion, Indicator, Observation
from alliance.indicators.privacy import EVERYBODY, of_groups, series_of_hidden_totals
from alliance.indicators.values import versions_at
from alliance.network.models import City, Organisation
from alliance.web.paging import page_of

PER_PAGE = 50


@dataclass(frozen=True)
class Revision:
    """A superseded figure and the one that supersedes it, in the unit of `version`."""

    before: Observation
    after: Observation
    version: DefinitionVersion

    @property
    def at(self) -> dt.datetime:
        """The time of the revision."""
        return self.after.recorded_at

    @property
    def city(self) -> City:
        return self.before.series.city

    @property
    def indicator(self) -> Indicator:
        return self.before.series.definition.indicator

    @property
    def who(self) -> Organisation | None:
        """The organisation that submitted the new figure."""
        return self.after.batch.organisation


def revised(
    moment: dt.datetime | None, definitions: Sequence[int] | None = None
) -> QuerySet[Observation]:
    """Figures superseded by `moment`, the latest revision first.

    Of all definitions, or only those with the given primary keys.
    """
    # Figures about groups and hidden totals are left out: their former values also reveal few
    # people.
    rows = Observation.objects.filter(superseded_at__isnull=False)
    if moment is not None:
        rows = rows.filter(superseded_at__lte=moment)
    if definitions is not None:
        rows = rows.filter(series__definition__in=definitions)
        if not rows.exists():
            return rows.none()
    rows = rows.exclude(series__in=of_groups().exclude(EVERYBODY))
    rows = rows.exclude(series__in=series_of_hidden_totals(definitions))
    return rows.order_by("-superseded_at", "-id")


def revisions(rows: Sequence[Observation]) -> tuple[Revision, ...]:
    """The revisions of these figures, in two queries.

    `rows` have series, city, definition and indicator; see `with_names`.
    """
    wanted = Q(pk__in=[])
    for row in rows:
        wanted |= Q(series=row.series_id, period=row.period, recorded_at=row.superseded_at)
    followers = {
        (row.series_id, row.period, row.recorded_at): row
        for row in Observation.objects.filter(wanted).select_related("batch__organisation")
    }
    lines = versions_at(None, {row.series.definition_id for row in rows})
    return tuple(
        Revision(row, after, lines[row.series.definition_id].version)
        for row in rows
        if row.superseded_at is not None
        and (after := followers.get((row.series_id, row.period, row.superseded_at))) is not None
    )


def with_names(rows: QuerySet[Observation]) -> QuerySet[Observation]:
    """The figures with the related records that a revision names, in the same query."""
    return rows.select_related("series__city", "series__definition__indicator")


def revision_page(
    number: int, moment: dt.datetime | None
) -> tuple[Page[Observation], tuple[Revision, ...]]:
    """Page `number` of all revisions, newest first. Raises Http404 for a missing page."""
    page = page_of(Paginator(with_names(revised(moment)), PER_PAGE), number)
    return page, revisions(list(page))


def revisions_of(
    definitions: Sequence[int], moment: dt.datetime | None, limit: int = 20
) -> tuple[Revision, ...]:
    """The latest revisions of figures under these definitions."""
    rows = with_names(revised(moment, definitions))[:limit]
    return revisions(list(rows))
