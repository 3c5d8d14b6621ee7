"""Figures for parts of a city and groups of its people: sex, age, income, area."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from alliance.indicators.enums import Scale
from alliance.indicators.models import Observation, Series
from alliance.indicators.models.observations import TOTAL
from alliance.indicators.ordering import interval
from alliance.indicators.selectors.definitions import DefinitionShown
from alliance.indicators.selectors.profile import FigureShown
from alliance.indicators.selectors.words import told
from alliance.indicators.values import latest, observations_at

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
        city=told(series.city, "name", language),
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
