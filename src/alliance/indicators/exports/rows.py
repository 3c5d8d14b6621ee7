"""Figures as flat rows, the common source of all downloads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from alliance.indicators.enums import Status
from alliance.indicators.models import Indicator, Observation
from alliance.indicators.privacy import hidden_figures
from alliance.indicators.values import VersionLine, observations_at, versions_at
from alliance.network.models import City

CHUNK = 5_000


@dataclass(frozen=True)
class FigureQuery:
    """Selects figures known at `moment` (None for now), of all or some indicators, cities and
    years.

    `read_at` is the date of knowledge if `moment` is None.
    """

    read_at: dt.datetime
    moment: dt.datetime | None = None
    indicators: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    first_year: int | None = None
    last_year: int | None = None

    @property
    def as_of(self) -> dt.datetime:
        return (self.moment or self.read_at).replace(microsecond=0)


@dataclass(frozen=True)
class FigureRow:
    """A figure with all its attributes. None and "" mean "not recorded"."""

    city: str
    city_name: str
    country: str
    indicator: str
    indicator_name: str
    definition: str
    definition_version: int
    boundary: str
    sex: str
    age: str
    income: str
    area: str
    period: str
    value: float | None
    unit: str
    status: str
    standard_error: float | None
    quality: str
    declared_grade: str
    method_class: str
    method: str
    source: str
    source_url: str
    publisher: str
    licence: str
    recorded_at: dt.datetime
    as_of: dt.datetime
    # Decimals shown to readers.
    decimals: int


#: The columns of a table of figures, in order.
COLUMNS: tuple[str, ...] = tuple(
    name for name in FigureRow.__dataclass_fields__ if name != "decimals"
)


def figures(query: FigureQuery) -> QuerySet[Observation]:
    """The observations of a query, in the order of the downloads."""
    rows = observations_at(query.moment).select_related("series", "source")
    if query.indicators:
        rows = rows.filter(series__definition__indicator__code__in=query.indicators)
    if query.cities:
        rows = rows.filter(series__city__public_id__in=query.cities)
    if query.first_year is not None:
        rows = rows.filter(year__gte=query.first_year)
    if query.last_year is not None:
        rows = rows.filter(year__lte=query.last_year)
    return rows.order_by("series_id", "period")


def figure_rows(query: FigureQuery, language: str = "en") -> Iterator[FigureRow]:
    """The rows of a query, read in chunks, with names in `language` if translated."""
    versions = versions_at(query.moment)
    cities = {city.pk: city for city in City.objects.all()}
    hidden = hidden_figures(query.moment)
    for row in figures(query).iterator(chunk_size=CHUNK):
        line = versions.get(row.series.definition_id)
        if line is not None:
            shown = _without_few(row, hidden)
            yield _row(shown, line, cities[row.series.city_id], query.as_of, language)


def _without_few(row: Observation, hidden: frozenset[int]) -> Observation:
    """The figure as published: suppressed if it counts too few people."""
    if row.pk in hidden:
        row.value, row.standard_error, row.status = None, None, Status.SUPPRESSED
    return row


def rows_of(
    observations: Sequence[Observation], query: FigureQuery, language: str
) -> list[FigureRow]:
    """The rows of observations that were already read, such as those of a page."""
    definitions = {row.series.definition_id for row in observations}
    versions = versions_at(query.moment, definitions)
    wanted = {row.series.city_id for row in observations}
    hidden = hidden_figures(query.moment, definitions, wanted)
    cities = {city.pk: city for city in City.objects.filter(pk__in=wanted)}
    return [
        _row(_without_few(row, hidden), versions[row.series.definition_id],
             cities[row.series.city_id], query.as_of, language)
        for row in observations
        if row.series.definition_id in versions
    ]  # fmt: skip


def name_in(record: City | Indicator, language: str) -> str:
    """The name of a record in `language`, else its default name."""
    return {"fr": record.name_fr, "sv": record.name_sv}.get(language, "") or record.name


def unit_label_in(line: VersionLine, language: str) -> str:
    """The unit label of a definition in `language`."""
    version = line.version
    words = {"fr": version.unit_label_fr, "sv": version.unit_label_sv}.get(language, "")
    return words or version.unit_label


def _row(
    row: Observation, line: VersionLine, city: City, as_of: dt.datetime, language: str
) -> FigureRow:
    series, version = row.series, line.version
    indicator = version.definition.indicator
    source = row.source
    return FigureRow(
        city=city.public_id,
        city_name=name_in(city, language),
        country=city.country,
        indicator=indicator.code,
        indicator_name=name_in(indicator, language),
        definition=version.definition.key,
        definition_version=row.definition_number,
        boundary=series.boundary,
        sex=series.sex,
        age=series.age,
        income=series.income,
        area=series.area,
        period=row.period,
        value=row.value,
        unit=unit_label_in(line, language),
        status=row.status,
        standard_error=row.standard_error,
        quality=row.quality,
        declared_grade=version.grade,
        method_class=version.method_class,
        method=row.method,
        source=source.title if source else "",
        source_url=source.url if source else "",
        publisher=(source.publisher if source else "") or version.publisher,
        licence=(source.licence if source else "") or version.licence,
        recorded_at=row.recorded_at,
        as_of=as_of,
        decimals=version.decimals,
    )
