"""The cities of an indicator on one axis a definition, the best first, and since when."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

from django.core.paginator import Page, Paginator
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.charts.strip import (
    GOAL,
    MEMBER,
    OTHER,
    PEER,
    Mark,
    Scale,
    Strip,
    TrendLine,
    apart,
    scale_for,
)
from alliance.indicators.enums import IndicatorDirection, NodeKind
from alliance.indicators.messages import clause_text
from alliance.indicators.models import Indicator, Release, Score, Series, Target
from alliance.indicators.models.observations import TOTAL
from alliance.indicators.selectors.changes import Change, change_of
from alliance.indicators.selectors.definitions import DefinitionShown
from alliance.indicators.selectors.profile import FigureShown, ScoreShown
from alliance.indicators.selectors.strips import (
    doubt_of,
    is_share,
    scale_of,
    value_text,
    with_unit,
    years_of,
)
from alliance.indicators.selectors.time_series import CitySeries, lines_of_definitions
from alliance.indicators.values import VersionLine
from alliance.web import formatting
from alliance.web.paging import page_of

ROWS_PER_PAGE = 40
#: With more cities, the others are folded, where members have figures.
MOST_ROWS = 16


@dataclass
class CityRow:
    """A line of figures of a city. `score` is set if the release uses this line.

    `line` is read only for the rows that a page shows.
    """

    city: int
    definition: DefinitionShown
    boundary: str
    public_id: str
    name: str
    country: str
    is_member: bool
    score: ScoreShown | None
    line: CitySeries | None = None
    strip: Strip | None = None

    @cached_property
    def figure(self) -> FigureShown | None:
        """The figure in the release, or else the newest figure."""
        return FigureShown.of(self.score, self.line, self.boundary, self.definition.version)

    @property
    def clause(self) -> str | Promise:
        """Why it has a figure but no rank."""
        return clause_text(self.score.not_ranked) if self.score else ""


class Multiple(NamedTuple):
    """A member's figures over the years, with the first and the last one in words."""

    row: CityRow
    change: Change
    line: TrendLine
    first: tuple[str, str]
    last: tuple[str, str]
    words: str


@dataclass(frozen=True)
class DefinitionStrips:
    """The cities of a definition on one axis, and its members over the years on another."""

    definition: DefinitionShown
    ticks: Sequence[tuple[float, str]]
    rows: Sequence[CityRow]
    years: str
    #: Why figures among these have no rank.
    reasons: Sequence[str | Promise]
    multiples: Sequence[Multiple]
    #: The ends of the axis of the multiples.
    axis: tuple[str, str]

    @property
    def is_ranked(self) -> bool:
        return any(row.score and row.score.rank is not None for row in self.rows)

    @property
    def is_too_uncertain(self) -> bool:
        """Whether every city could have the same rank."""
        scores = [row.score for row in self.rows if row.score and row.score.rank is not None]
        ends = [(score.rank or 0, score.rank_high or 0) for score in scores]
        return len(ends) > 1 and max(ends)[0] <= min(high for _rank, high in ends)

    @property
    def has_goal(self) -> bool:
        return any(mark.shape is GOAL for mark in self.marks)

    @property
    def has_interval(self) -> bool:
        return any(mark.low is not None for mark in self.marks)

    @property
    def marks(self) -> list[Mark]:
        """The marks of all rows."""
        return [mark for row in self.rows if row.strip for mark in row.strip.marks]


@dataclass(frozen=True)
class CityTable:
    """The strips of members, or of all cities where they are few; the others are folded.

    `is_complete`: the folded strips have a page of all cities, not only those of other definitions.
    """

    shown: Sequence[DefinitionStrips]
    folded: Sequence[DefinitionStrips]
    is_complete: bool
    page: Page[CityRow]
    n_cities: int


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
    scores: Mapping[int, ScoreShown],
    language: str,
    number: int,
    moment: dt.datetime | None,
    targets: Sequence[Target] = (),
) -> CityTable:
    """The cities of these definitions, in two queries. Raises Http404 for a missing page."""
    entries = _rows(definitions, scores, language)
    page = page_of(Paginator(entries, ROWS_PER_PAGE), number)
    members = [row for row in entries if row.is_member]
    is_folded = bool(members) and len(entries) > MOST_ROWS
    wanted = [*page, *members]
    lines = lines_of_definitions(
        {row.definition.pk for row in wanted}, moment, cities={row.city for row in wanted}
    )
    known = {(line.city, line.definition, line.boundary): line for line in lines}
    for row in wanted:
        row.line = known.get((row.city, row.definition.pk, row.boundary))
    others: dict[int, list[float]] = defaultdict(list)
    if is_folded:
        for row in entries:
            if not row.is_member and row.score and row.score.value is not None:
                others[row.definition.pk].append(row.score.value)
    parts = _strips(definitions, members if is_folded else page, targets, language, others)
    # Definitions that the release does not rank, such as an older edition, are folded.
    current = [part for part in parts if part.is_ranked] or parts
    past = [part for part in parts if part not in current]
    return CityTable(
        shown=current,
        folded=_strips(definitions, page, targets, language) if is_folded else past,
        is_complete=is_folded,
        page=page,
        n_cities=len({entry.city for entry in entries}),
    )


def _rows(
    definitions: Sequence[DefinitionShown], scores: Mapping[int, ScoreShown], language: str
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
            "city__country", "city__is_member",
        )
    )  # fmt: skip
    rows = []
    for city, pk, boundary, public_id, own, english, country, is_member in series_rows:
        definition, score = shown[pk], scores.get(city)
        used = (score.definition_key, score.boundary) if score else None
        if used != (definition.key, boundary):
            score = None
        rows.append(
            CityRow(
                city, definition, boundary, public_id, own or english, country, is_member, score
            )
        )

    def place_of(row: CityRow) -> tuple[int, tuple[bool, float, str, str]]:
        return order[row.definition.pk], _best_first(row, row.score.value if row.score else None)

    return sorted(rows, key=place_of)


def _best_first(row: CityRow, value: float | None) -> tuple[bool, float, str, str]:
    lower = row.definition.version.direction == IndicatorDirection.LOWER
    best = 0.0 if value is None else value if lower else -value
    return value is None, best, row.name.casefold(), row.boundary


def _strips(
    definitions: Sequence[DefinitionShown],
    rows: Iterable[CityRow],
    targets: Sequence[Target],
    language: str,
    others: Mapping[int, Sequence[float]] = MappingProxyType({}),
) -> list[DefinitionStrips]:
    """The strips of each definition with rows; `others` are values of cities without a row."""
    parts = []
    for definition in definitions:
        own = [row for row in rows if row.definition is definition and row.figure]
        own.sort(key=lambda row: _best_first(row, row.figure.value if row.figure else None))
        if own:
            goals = [target for target in targets if target.definition_id == definition.pk]
            beside = others.get(definition.pk, ())
            parts.append(_of_definition(definition, own, goals, language, beside))
    return parts


def _of_definition(
    definition: DefinitionShown,
    rows: list[CityRow],
    targets: Sequence[Target],
    language: str,
    others: Sequence[float],
) -> DefinitionStrips:
    version = definition.version
    goals = {row.city: _goal(row, targets) for row in rows}
    numbers: list[float | None] = [*goals.values(), *others]
    for row in rows:
        if row.figure is not None:
            ends = doubt_of(version, row.figure.low, row.figure.high)
            numbers += [row.figure.value, *ends]
    values = [number for number in numbers if number is not None]
    scale = scale_of(version, values or [0.0, 1.0])
    # Copies, because a row may stand on two axes: among members, and among all cities.
    beside = apart(others, scale)
    rows = [replace(row, strip=_strip(row, goals[row.city], scale, beside)) for row in rows]
    multiples = _multiples(definition, rows, goals, language)
    axis = multiples[0].line.scale if multiples else scale
    return DefinitionStrips(
        definition=definition,
        ticks=_ticks(scale, definition, language),
        rows=rows,
        years=years_of(row.figure.period for row in rows if row.figure),
        reasons=list(Counter(row.clause for row in rows if row.clause)),
        multiples=multiples,
        axis=(formatting.number(axis.low), with_unit(version, language, axis.high)),
    )


def _goal(row: CityRow, targets: Sequence[Target]) -> float | None:
    """The first target with a value that applies to the city of a row."""
    for target in targets:
        is_own = target.city_id == row.city
        is_shared = target.city_id is None and target.country in ("", row.country)
        if target.value is not None and (is_own or is_shared):
            return target.value
    return None


def _strip(row: CityRow, goal: float | None, scale: Scale, others: Sequence[float]) -> Strip:
    figure = row.figure
    marks = [Mark(value, OTHER) for value in others]
    marks += [] if goal is None else [Mark(goal, GOAL)]
    if figure is not None and figure.value is not None:
        ends = doubt_of(figure.version, figure.low, figure.high)
        marks.append(Mark(figure.value, MEMBER if row.is_member else PEER, *ends))
    return Strip(scale, marks)


def _ticks(
    scale: Scale, definition: DefinitionShown, language: str
) -> tuple[tuple[float, str], ...]:
    left, right = scale.ends
    middle = (left + right) / 2
    return (
        (scale.at(left), formatting.number(left)),
        (scale.at(middle), formatting.number(round(middle, 6))),
        (scale.at(right), with_unit(definition.version, language, right)),
    )


def _multiples(
    definition: DefinitionShown,
    rows: Sequence[CityRow],
    goals: Mapping[int, float | None],
    language: str,
) -> list[Multiple]:
    """The members with several figures that compare, all on the same axes."""
    version = definition.version
    known = VersionLine(version, definition.comparable_since)
    changes = [
        (row, change)
        for row in sorted(rows, key=lambda row: row.name.casefold())
        if row.is_member and row.line and (change := change_of(row.line, known))
    ]
    if not changes:
        return []
    points = [point for _row, change in changes for point in change.points]
    years = min(point.year for point in points), max(point.year for point in points)
    values = [0.0, *(point.value or 0.0 for point in points)]
    whole = Scale(0.0, 100.0)
    scale = whole if is_share(version) else scale_for(values, is_share=False, is_turned=False)
    multiples = []
    for row, change in changes:
        line = TrendLine(
            [(float(point.year), point.value or 0.0) for point in change.points],
            years,
            scale,
            goals[row.city],
        )
        first, last = (
            (_value(point.value, row, language), point.period)
            for point in (change.first, change.last)
        )
        multiples.append(Multiple(row, change, line, first, last, since_text(change, row)))
    return multiples


def _value(value: float | None, row: CityRow, language: str) -> str:
    figure = row.figure
    low, high = (figure.low, figure.high) if figure else (None, None)
    return value_text(row.definition.version, language, value or 0.0, low, high)


def since_text(change: Change, row: CityRow) -> str:
    """How much a series changed, if that is clear."""
    first, last = change.first.value or 0.0, change.last.value or 0.0
    n = change.last.year - change.first.year
    years = ngettext("%(n)s year", "%(n)s years", n) % {"n": n}
    if change.sign is None:
        return _("in prices of each year")
    if change.sign == 0:
        return _("no clear change in %(years)s") % {"years": years}
    if is_share(row.definition.version):
        points = formatting.number(last - first, 0, signed=True)
        return _("%(points)s points in %(years)s") % {"points": points, "years": years}
    if first <= 0 or last <= 0:
        return (_("up in %(years)s") if change.sign > 0 else _("down in %(years)s")) % {
            "years": years
        }
    share = f"{formatting.number(100 * (last / first - 1), 0, signed=True)}{formatting.NBSP}%"
    return _("%(share)s in %(years)s") % {"share": share, "years": years}
