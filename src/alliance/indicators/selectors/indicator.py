"""All that the page of an indicator shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import urlencode

from django.db.models import Q

from alliance.core.audit import Actor
from alliance.indicators.enums import Scale
from alliance.indicators.guard import Clause
from alliance.indicators.models import (
    Indicator,
    IndicatorGroup,
    IndicatorMeasure,
    Observation,
    Release,
    Score,
    Series,
)
from alliance.indicators.models.observations import TOTAL
from alliance.indicators.ordering import interval
from alliance.indicators.selectors.city_table import CityTable, city_table, most_moved, scores_of
from alliance.indicators.selectors.definitions import DefinitionShown, definitions_of
from alliance.indicators.selectors.profile import FigureShown
from alliance.indicators.selectors.published import release_at
from alliance.indicators.selectors.revisions import Revision, revisions_of
from alliance.indicators.values import latest, observations_at
from alliance.network.localise import Localised, local_field, localised_field


@dataclass(frozen=True)
class Moved:
    """A city that surely moved, with its score."""

    public_id: str
    name: str
    score: Score


@dataclass(frozen=True)
class MeasureLink:
    """A measure of effects in the knowledge base that acts on the indicator."""

    slug: str
    name: Localised
    note: str


@dataclass(frozen=True)
class IndicatorPage:
    """The page of an indicator. `groups` lead from the root of the tree to it."""

    public_id: str
    code: str
    name: str
    groups: tuple[str, ...]
    denominator: Indicator | None
    denominator_name: str
    definitions: tuple[DefinitionShown, ...]
    differences: tuple[Clause, ...]
    release: Release | None
    table: CityTable
    by_group: tuple[GroupRow, ...]
    n_groups: int
    measures: tuple[MeasureLink, ...]
    moved: tuple[Moved, ...]
    revisions: tuple[Revision, ...]

    @property
    def effects_query(self) -> str:
        """The part of the finder's address that names the measures acting on the indicator."""
        return urlencode([("measure", measure.slug) for measure in self.measures])

    @property
    def several(self) -> bool:
        """Whether it is defined in more than one way: then nothing is ranked across them."""
        return len(self.definitions) > 1


def indicator_page(
    actor: Actor | None,
    indicator: Indicator,
    language: str,
    number: int = 1,
    moment: dt.datetime | None = None,
    *,
    city_href: str,
    view: str | None = None,
) -> IndicatorPage:
    """What the page of `indicator` shows as known at `moment`, in at most thirteen queries."""
    definitions = definitions_of([indicator.pk], language, moment).get(indicator.pk, ())
    release = release_at(moment)
    scores = scores_of(release, indicator)
    table = city_table(
        definitions, scores, language, number, moment, city_href=city_href, view=view
    )
    by_group, n_groups = group_rows(definitions, language, moment)
    return IndicatorPage(
        public_id=indicator.public_id,
        code=indicator.code,
        name=local_field(indicator, "name", language),
        groups=tuple(local_field(group, "name", language) for group in _way(indicator)),
        denominator=indicator.denominator,
        denominator_name=local_field(indicator.denominator, "name", language)
        if indicator.denominator
        else "",
        definitions=definitions,
        differences=tuple(_differences(definitions)),
        release=release,
        table=table,
        by_group=by_group,
        n_groups=n_groups,
        measures=tuple(
            MeasureLink(one.measure, localised_field(one, "name", language), one.note)
            for one in IndicatorMeasure.objects.filter(indicator=indicator)
        ),
        moved=tuple(
            Moved(city.public_id, local_field(city, "name", language), score)
            for city, score in most_moved(scores, language)
        ),
        revisions=revisions_of([one.pk for one in definitions], language, moment),
    )


def _way(indicator: Indicator) -> list[IndicatorGroup]:
    """The groups above an indicator, the outermost first; one query where it has a parent."""
    group = indicator.group
    if group is None:
        return []
    if group.parent_id is None:
        return [group]
    known = {one.pk: one for one in IndicatorGroup.objects.all()}
    way = [group]
    while way[-1].parent_id is not None and len(way) <= len(known):
        way.append(known[way[-1].parent_id])
    return way[::-1]


def _differences(definitions: tuple[DefinitionShown, ...]) -> Iterator[Clause]:
    """What keeps figures by these definitions apart."""
    if len(definitions) > 1:
        yield Clause.DEFINITION
    if any(
        one.version.direction != other.version.direction for one, other in pairwise(definitions)
    ):
        yield Clause.DIRECTION


SHOWN = 60
#: Counts of people below this are not shown: they could be recognised.
FEWEST = 5
DIMENSIONS = ("sex", "age", "income", "area")


@dataclass(frozen=True)
class GroupRow:
    """The newest figure of one group. Codes are the publisher's; an empty one means everybody.

    `hidden`: a count of fewer than five people, which is not told.
    """

    city_id: str
    city: str
    sex: str
    age: str
    income: str
    area: str
    figure: FigureShown
    hidden: bool


def group_rows(
    definitions: Sequence[DefinitionShown], language: str, moment: dt.datetime | None
) -> tuple[tuple[GroupRow, ...], int]:
    """The first rows by city, and how many series there are in all. Three queries."""
    shown = {one.pk: one for one in definitions}
    total = Q(sex=TOTAL, age=TOTAL, income=TOTAL, area=TOTAL)
    series = Series.objects.filter(definition__in=list(shown)).exclude(total)
    n = series.count()
    if not n:
        return (), 0
    first = list(
        series.select_related("city").order_by("city__name", "sex", "age", "income", "area")[:SHOWN]
    )
    newest = latest(observations_at(moment).filter(series__in=[one.pk for one in first]))
    rows = []
    for one in first:
        row = newest.get(one.pk)
        if row is not None:
            rows.append(_row(one, row, shown[one.definition_id], language))
    return tuple(rows), n


def _row(series: Series, row: Observation, definition: DefinitionShown, language: str) -> GroupRow:
    is_count = definition.version.scale == Scale.COUNT
    hidden = is_count and row.value is not None and row.value < FEWEST
    low, high = interval(row.value, row.standard_error, row.quality)
    return GroupRow(
        city_id=series.city.public_id,
        city=local_field(series.city, "name", language),
        **{name: _code(getattr(series, name)) for name in DIMENSIONS},
        figure=FigureShown(
            value=None if hidden else row.value,
            low=None if hidden else low,
            high=None if hidden else high,
            unit=definition.unit,
            decimals=definition.version.decimals,
            period=row.period,
            status=row.status,
            boundary=series.boundary,
            definition=definition.key,
        ),
        hidden=hidden,
    )


def _code(code: str) -> str:
    return "" if code == TOTAL else code
