"""Counts of few people, which are hidden wherever figures of groups are shown or downloaded."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from django.conf import settings
from django.db.models import Q

from alliance.analysis.small_counts import TOTAL, Cell, hidden_cells, is_small
from alliance.indicators.enums import Scale
from alliance.indicators.models import Observation, Series
from alliance.indicators.values import observations_at, versions_at

_DIMENSIONS = ("sex", "age", "income", "area")
#: Series about everybody in a whole city.
EVERYBODY = Q(sex=TOTAL, age=TOTAL, income=TOTAL, area=TOTAL)


def hidden_figures(
    moment: dt.datetime | None,
    definitions: Collection[int] | None = None,
    cities: Collection[int] | None = None,
) -> frozenset[int]:
    """The primary keys of figures known at `moment` that count too few people to be shown.

    Of all definitions and cities, or of those alone that are named by their primary keys.

    Those that would give one away go with them. What counts everybody in a city stays: it is no
    count of a trait. Two queries where nothing is counted by groups.
    """
    counted = [
        definition
        for definition, line in versions_at(moment, definitions).items()
        if line.version.scale == Scale.COUNT
    ]
    groups = Series.objects.filter(definition__in=counted).exclude(EVERYBODY)
    if cities is not None:
        groups = groups.filter(city__in=cities)
    divided = set(groups.values_list("definition", "city"))
    if not divided:
        return frozenset()
    tables: dict[tuple[object, ...], dict[Cell, Observation]] = defaultdict(dict)
    for row in observations_at(moment).filter(
        series__definition__in={definition for definition, _ in divided},
        series__city__in={city for _, city in divided},
        value__isnull=False,
    ):
        one = row.series
        table = (one.definition_id, one.city_id, one.boundary, row.period)
        tables[table][tuple(getattr(one, name) for name in _DIMENSIONS)] = row
    return frozenset(pk for table in tables.values() for pk in _hidden(table))


def _hidden(table: Mapping[Cell, Observation]) -> Iterator[int]:
    """The figures of one city and period that are hidden, but for that of everybody."""
    values = {cell: float(row.value or 0) for cell, row in table.items()}
    counts = {cell: value for cell, value in values.items() if value >= 0 and value.is_integer()}
    hidden = hidden_cells(counts, floor=settings.PRIVACY_FLOOR)
    for cell, row in table.items():
        # A count that is no whole number, such as a mean of several years, stands in no sum.
        if (cell in hidden or is_small(values[cell], settings.PRIVACY_FLOOR)) and set(cell) != {
            TOTAL
        }:
            yield row.pk
