"""The cities of an indicator with their newest figure and rank, in pages."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from django.core.paginator import Page, Paginator
from django.utils.functional import Promise

from alliance.charts.map import MapPoint, PointMap, draw_some
from alliance.charts.sparkline import Sparkline
from alliance.indicators.enums import NodeKind, PeerStanding
from alliance.indicators.messages import clause_text
from alliance.indicators.models import Indicator, Release, Score, Series
from alliance.indicators.models.observations import TOTAL
from alliance.indicators.selectors.definitions import DefinitionShown
from alliance.indicators.selectors.profile import FigureShown, ScoreShown
from alliance.indicators.selectors.time_series import Line, lines_of_definitions, sparkline
from alliance.network.models import City
from alliance.web.paging import page_of

ROWS_PER_PAGE = 40
#: Marks of outcomes are reused for standings; other standings get the mark of unknown.
MAP_MARKS: dict[str, str] = {
    PeerStanding.LEADING: "worked",
    PeerStanding.TYPICAL: "mixed",
    PeerStanding.MUST_DO_MORE: "did-not-work",
}


@dataclass
class CityRow:
    """A line of figures of a city. `score` is set if the release uses this line.

    `line` is read only for the rows of the shown page.
    """

    city: int
    definition: DefinitionShown
    boundary: str
    public_id: str
    name: str
    is_member: bool
    latitude: float | None
    longitude: float | None
    score: ScoreShown | None
    line: Line | None = None

    @cached_property
    def figure(self) -> FigureShown | None:
        """The figure in the release, or else the newest figure."""
        return FigureShown.of(self.score, self.line, self.boundary, self.definition.version)

    @cached_property
    def spark(self) -> Sparkline | None:
        return sparkline(self.line) if self.line else None

    @property
    def clause(self) -> str | Promise:
        """Why it has a figure but no rank."""
        return clause_text(self.score.not_ranked) if self.score else ""


@dataclass(frozen=True)
class CityTable:
    """A page of cities, grouped by definition, ranked ones first.

    `values` has all figures of the release by definition key, for the distribution.
    """

    page: Page[CityRow]
    n_cities: int
    map: PointMap
    values: dict[str, tuple[tuple[str, float], ...]]


def scores_of(release: Release | None, indicator: Indicator) -> dict[int, ScoreShown]:
    """The scores of an indicator by city, in one query."""
    if release is None:
        return {}
    rows = Score.objects.filter(release=release, node=indicator.code, kind=NodeKind.INDICATOR)
    # A row for each city of the network: a thousand instances would take half of the page's time.
    records = rows.order_by().values_list(*ScoreShown._fields)
    return {score.city_id: score for score in map(ScoreShown._make, records)}


def city_table(
    definitions: Sequence[DefinitionShown],
    scores: dict[int, ScoreShown],
    language: str,
    number: int,
    moment: dt.datetime | None,
    *,
    city_href: str,
    view: str | None = None,
) -> CityTable:
    """Page `number` of the cities of these definitions, in two queries.

    `city_href` is the address of a city with `{}` for its id. Raises Http404 for a missing page.
    """
    entries = _rows(definitions, scores, language)
    pages = Paginator(entries, ROWS_PER_PAGE)
    page = page_of(pages, number)
    lines = lines_of_definitions(
        {row.definition.pk for row in page}, moment, cities={row.city for row in page}
    )
    known = {(line.city, line.definition, line.boundary): line for line in lines}
    for row in page:
        row.line = known.get((row.city, row.definition.pk, row.boundary))
    return CityTable(
        page=page,
        n_cities=len({entry.city for entry in entries}),
        map=_map(entries, city_href, view),
        values=_values(entries),
    )


def _rows(
    definitions: Sequence[DefinitionShown], scores: dict[int, ScoreShown], language: str
) -> list[CityRow]:
    shown = {definition.pk: definition for definition in definitions}
    order = {definition.pk: place for place, definition in enumerate(definitions)}
    name = f"city__name_{language}" if language != "en" else "city__name"
    series_rows = (
        Series.objects.filter(
            definition__in=list(order), sex=TOTAL, age=TOTAL, income=TOTAL, area=TOTAL
        )
        .order_by()
        .values_list(
            "city_id", "definition_id", "boundary", "city__public_id", name, "city__name",
            "city__is_member", "city__latitude", "city__longitude",
        )
    )  # fmt: skip
    rows = []
    for city, pk, boundary, public_id, own, english, is_member, latitude, longitude in series_rows:
        definition, score = shown[pk], scores.get(city)
        told_of = (score.definition_key, score.boundary) if score else None
        if told_of != (definition.key, boundary):
            score = None
        rows.append(
            CityRow(
                city, definition, boundary, public_id, own or english,
                is_member, latitude, longitude, score,
            )
        )  # fmt: skip

    def place_of(city_row: CityRow) -> tuple[int, int, bool, int, int, str, str]:
        set_, rank, last = (
            (city_row.score.ranked_set or 0, city_row.score.rank, city_row.score.rank_high)
            if city_row.score
            else (0, None, None)
        )
        place = (order[city_row.definition.pk], set_, rank is None, rank or 0, last or 0)
        return *place, city_row.name.casefold(), city_row.boundary

    return sorted(rows, key=place_of)


def _map(entries: Iterable[CityRow], city_href: str, view: str | None) -> PointMap:
    seen: dict[int, CityRow] = {}
    for entry in entries:
        if entry.city not in seen or (seen[entry.city].score is None and entry.score is not None):
            seen[entry.city] = entry
    cities = list(seen.values())

    def point(place: int) -> MapPoint:
        city = cities[place]
        return MapPoint(
            id=city.public_id,
            label=city.name,
            lat=city.latitude,
            lon=city.longitude,
            outcome=MAP_MARKS.get(city.score.standing, "") if city.score else "",
            href=city_href.format(city.public_id),
        )

    # None of a city without coordinates becomes NaN.
    degrees = np.array([(city.latitude, city.longitude) for city in cities], float).reshape(-1, 2)
    return draw_some(degrees[:, 0], degrees[:, 1], point, view=view)


def _values(entries: Iterable[CityRow]) -> dict[str, tuple[tuple[str, float], ...]]:
    values: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for entry in entries:
        if entry.score is not None and entry.score.value is not None:
            values[entry.score.definition_key].append((entry.name, entry.score.value))
    return {key: tuple(sorted(rows, key=lambda row: row[1])) for key, rows in values.items()}


def most_moved(scores: dict[int, ScoreShown], limit: int = 5) -> list[tuple[City, ScoreShown]]:
    """The cities whose score certainly rose fastest: the whole 90 % interval of the slope is above
    0."""
    rising = [
        score
        for score in scores.values()
        if score.slope is not None and score.slope_low is not None and score.slope_low > 0
    ]
    rising.sort(key=lambda score: (-(score.slope or 0.0), score.city_id))
    cities = City.objects.in_bulk([score.city_id for score in rising[:limit]])
    return [(cities[score.city_id], score) for score in rising[:limit]]
