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

    Those that would give one away go with them, that of everybody in a city too where it is needed.
    What is hidden by now stays so at earlier moments: with the figures known before and after, it
    could be worked out. One query where nothing is counted by groups.
    """
    known, hidden = _read(moment, definitions, cities)
    if moment is not None and known:
        known_now, hidden_now = _read(None, definitions, cities)
        kept = {known_now[pk] for pk in hidden_now}
        hidden |= {pk for pk, figure in known.items() if figure in kept}
    return frozenset(hidden)


def _read(
    moment: dt.datetime | None,
    definitions: Collection[int] | None,
    cities: Collection[int] | None,
) -> tuple[dict[int, tuple[int, str]], set[int]]:
    """Series and period of what is counted by groups, by primary key; and what of it is hidden."""
    groups = Series.objects.filter(definition__versions__scale=Scale.COUNT).exclude(EVERYBODY)
    if definitions is not None:
        groups = groups.filter(definition__in=definitions)
    if cities is not None:
        groups = groups.filter(city__in=cities)
    divided = set(groups.values_list("definition", "city"))
    if not divided:
        return {}, set()
    counted = {
        definition
        for definition, line in versions_at(moment, {one for one, _ in divided}).items()
        if line.version.scale == Scale.COUNT
    }
    known: dict[int, tuple[int, str]] = {}
    tables: dict[tuple[object, ...], dict[Cell, Observation]] = defaultdict(dict)
    for row in observations_at(moment).filter(
        series__definition__in=counted,
        series__city__in={city for _, city in divided},
        value__isnull=False,
    ):
        one = row.series
        known[row.pk] = (one.pk, row.period)
        table = (one.definition_id, one.city_id, one.boundary, row.period)
        tables[table][tuple(getattr(one, name) for name in _DIMENSIONS)] = row
    return known, {pk for table in tables.values() for pk in _hidden(table)}


def _hidden(table: Mapping[Cell, Observation]) -> Iterator[int]:
    """The figures of one city and period that are hidden.

    What counts everybody alone is no count of a trait, and a table of nothing else hides nothing.
    """
    if all(set(cell) == {TOTAL} for cell in table):
        return
    values = {cell: float(row.value or 0) for cell, row in table.items()}
    counts = {cell: value for cell, value in values.items() if value >= 0 and value.is_integer()}
    hidden = hidden_cells(counts, floor=settings.PRIVACY_FLOOR)
    for cell, row in table.items():
        # A count that is no whole number, such as a mean of several years, stands in no sum.
        if cell in hidden or is_small(values[cell], settings.PRIVACY_FLOOR):
            yield row.pk
