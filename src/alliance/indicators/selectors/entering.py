"""Queries for the pages of data entry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max

from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.core.ids import get_by_public_id
from alliance.indicators import rules
from alliance.indicators.connectors import PUBLISHERS
from alliance.indicators.enums import Boundary
from alliance.indicators.models import (
    Definition,
    DefinitionVersion,
    FigureFile,
    Indicator,
    Observation,
    PublisherReading,
    Series,
)
from alliance.indicators.models.observations import TOTAL
from alliance.indicators.recording.figure_faults import ANYWHERE
from alliance.indicators.selectors.access import get_city_for
from alliance.network.models import City, Organisation

#: The number of recorded periods in the form, newest first, and of empty rows below them.
SHOWN, EMPTY = 10, 3
MOST_FILES = 10


def get_figure_file_for(actor: Actor, public_id: str) -> FigureFile:
    """A file before import, for its uploader and the secretariat. Raises NotFound."""
    rows = FigureFile.objects.select_related("organisation", "batch")
    figure_file = get_by_public_id(rows, "file", public_id)
    if not rules.may_enter_for(actor, figure_file.organisation):
        raise NotFound("file", public_id)
    own = actor.user is not None and figure_file.uploaded_by_id == actor.user.pk
    if not own and not rules.may_enter_all(actor):
        raise NotFound("file", public_id)
    return figure_file


def get_city_to_enter(actor: Actor, public_id: str) -> City:
    """The city, if the actor may enter figures of it. Raises NotFound."""
    city = get_city_for(actor, public_id)
    if not rules.may_enter_figures(actor, city):
        raise NotFound("city", public_id)
    return city


def get_team_to_enter(public_id: str) -> Organisation:
    """The organisation with its city; the service checks who may enter figures for it.

    Raises NotFound.
    """
    rows = Organisation.objects.select_related("city")
    return get_by_public_id(rows, "organisation", public_id)


def start_page(actor: Actor) -> dict[str, Any]:
    """The cities that figures may be entered for, and the person's latest uploaded files. 3
    queries.

    The cities of the actor's teams; for the secretariat, all member cities.
    """
    may_all = rules.may_enter_all(actor)
    if may_all:
        cities = list(City.objects.filter(is_member=True).order_by("name"))
    else:
        cities = [team.city for team in rules.entering_teams(actor) if team.city]
    files = FigureFile.objects.filter(uploaded_by=actor.user)[:MOST_FILES]
    return {"cities": cities, "files": files, "may_all": may_all}


def scopes_of(city: City) -> tuple[str, ...]:
    """The scopes of definitions that include a city."""
    return (*ANYWHERE, city.country)


def indicators_of(city: City) -> list[tuple[Indicator, int, str]]:
    """Indicators whose scope includes the city, in the order of the catalogue. 2 queries.

    Each with the number of recorded figures of the city, and the newest period.
    """
    known = (
        Observation.objects.filter(series__city=city, superseded_at=None)
        .values("series__definition__indicator_id")
        .annotate(n=Count("id"), newest=Max("period"))
    )
    by_indicator = {
        row["series__definition__indicator_id"]: (row["n"], row["newest"]) for row in known
    }
    indicators = (
        Indicator.objects.select_related("group")
        .filter(definitions__versions__scope__in=scopes_of(city))
        .distinct()
        .order_by("group__position", "position", "code")
    )
    return [(indicator, *by_indicator.get(indicator.pk, (0, ""))) for indicator in indicators]


@dataclass(frozen=True)
class EntryPage:
    """The input of the form: a city, a definition with its current version, an area, recorded
    figures."""

    city: City
    indicator: Indicator
    definitions: Sequence[Definition]
    version: DefinitionVersion
    boundary: str
    known: Sequence[Observation]

    @property
    def definition(self) -> Definition:
        return self.version.definition


def entry_page(city: City, indicator: Indicator, *, key: str = "", boundary: str = "") -> EntryPage:
    """The input of the form; `key` and `boundary` select, by default those of the city's figures.

    Raises NotFound. 4 queries.
    """
    definitions = list(indicator.definitions.filter(versions__scope__in=scopes_of(city)).distinct())
    series = list(
        Series.objects.filter(
            city=city,
            definition__in=definitions,
            **dict.fromkeys(("sex", "age", "income", "area"), TOTAL),
        )
    )
    used = Counter(record.definition_id for record in series)
    chosen = next((definition for definition in definitions if definition.key == key), None)
    if chosen is None and (key or not definitions):
        raise NotFound("definition", key)
    if chosen is None:
        chosen = max(definitions, key=lambda definition: used[definition.pk])
    if boundary not in Boundary.values:
        boundary = next(
            (record.boundary for record in series if record.definition_id == chosen.pk), ""
        )
        boundary = boundary or (
            Boundary.COMMUNE.value if city.country == "FR" else Boundary.MUNICIPALITY.value
        )
    rows = Observation.objects.filter(
        series__in=[
            record.pk
            for record in series
            if record.definition_id == chosen.pk and record.boundary == boundary
        ],
        superseded_at=None,
    ).select_related("source")
    version = chosen.versions.select_related("definition").order_by("number").last()
    assert version is not None  # only definitions that have one were chosen from
    known = sorted(rows.order_by("-period")[:SHOWN], key=lambda row: row.period)
    return EntryPage(city, indicator, definitions, version, boundary, known)


READINGS_SHOWN = 30


def get_reading_for(actor: Actor, public_id: str, action: str = "read") -> PublisherReading:
    """The query to a publisher with this id, for the secretariat. Raises NotFound."""
    if action != "read":
        raise ValueError(f"no rule covers {action!r}")
    if not rules.may_enter_all(actor):
        raise NotFound("page", public_id)
    rows = PublisherReading.objects.select_related("figure_file")
    return get_by_public_id(rows, "page", public_id)


def reading_lines() -> list[tuple[PublisherReading, str]]:
    """The newest queries, each with the name of its publisher. One query."""
    return [
        (row, PUBLISHERS[row.publisher].name)
        for row in PublisherReading.objects.all()[:READINGS_SHOWN]
    ]
