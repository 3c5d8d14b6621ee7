"""Statistical disclosure control: hides small counts of people in pages and downloads."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from django.conf import settings
from django.db.models import Q, QuerySet

from alliance.analysis.small_counts import TOTAL, Cell, hidden_cells, is_small
from alliance.indicators.enums import Scale
from alliance.indicators.models import DefinitionVersion, Observation, Series
from alliance.indicators.values import observations_at, versions_at

#: The figures of a definition, city and period, by group.
_Table = dict[Cell, Observation]
_DIMENSIONS = ("sex", "age", "income", "area")
#: Series about the whole population of a city.
EVERYBODY = Q(sex=TOTAL, age=TOTAL, income=TOTAL, area=TOTAL)


def hidden_figures(
    moment: dt.datetime | None,
    definitions: Collection[int] | None = None,
    cities: Collection[int] | None = None,
) -> frozenset[int]:
    """The primary keys of figures known at `moment` that count too few people to be shown.

    For all definitions and cities, or only those with the given primary keys.

    Figures that would reveal a hidden figure are hidden too, if needed also a city's total. Figures
    hidden now stay hidden at earlier moments, since they could be derived from the figures known
    before and after. One query if there are no series of groups.
    """
    known, hidden = _read(moment, definitions, cities)
    if moment is not None and known:
        known_now, hidden_now = _read(None, definitions, cities)
        suppressed = {known_now[pk] for pk in hidden_now}
        hidden |= {pk for pk, figure in known.items() if figure in suppressed}
    return frozenset(hidden)


def series_of_hidden_totals(definitions: Collection[int] | None = None) -> frozenset[int]:
    """The series of city totals with a figure that is hidden now; see `hidden_figures`."""
    known, hidden = _read(None, definitions, None)
    figures = (known[pk] for pk in hidden)
    return frozenset(series for series, _period, is_total in figures if is_total)


def of_groups() -> QuerySet[Series]:
    """The series about people with a trait, in which some figures may be hidden."""
    in_groups = ~EVERYBODY
    return Series.objects.filter(
        Q(definition__versions__scale=Scale.COUNT)
        & (in_groups | Q(definition__versions__counts_trait=True))
        | Q(definition__versions__scale=Scale.SHARE)
        & Q(definition__indicator__denominator__isnull=False)
        & in_groups
    )


def _read(
    moment: dt.datetime | None,
    definitions: Collection[int] | None,
    cities: Collection[int] | None,
) -> tuple[dict[int, tuple[int, str, bool]], set[int]]:
    """Series, period and whether it is a total, for figures about groups; and the hidden figures.

    Both by the primary key of the figure.
    """
    groups = of_groups()
    if definitions is not None:
        groups = groups.filter(definition__in=definitions)
    if cities is not None:
        groups = groups.filter(city__in=cities)
    divided = set(groups.values_list("definition", "city"))
    if not divided:
        return {}, set()
    versions = {
        definition: line.version
        for definition, line in versions_at(moment, {pk for pk, _ in divided}).items()
        if line.version.scale in {Scale.COUNT, Scale.SHARE}
    }
    where = {city for _, city in divided}
    known: dict[int, tuple[int, str, bool]] = {}
    tables: dict[tuple[int, int, str, str], _Table] = defaultdict(dict)
    for row in observations_at(moment).filter(
        series__definition__in=versions, series__city__in=where, value__isnull=False
    ):
        series = row.series
        cell = _cell(series)
        known[row.pk] = (series.pk, row.period, set(cell) == {TOTAL})
        tables[series.definition_id, series.city_id, series.boundary, row.period][cell] = row
    bases = _bases(moment, versions.values(), where)
    hidden: set[int] = set()
    for (definition, city, _boundary, period), table in tables.items():
        version = versions[definition]
        if version.scale == Scale.COUNT:
            hidden.update(_hidden(table, counts_trait=version.counts_trait))
        else:
            of = {cell: bases.get((definition, city, period, cell)) for cell in table}
            hidden.update(_hidden_shares(table, of, 100 if version.unit == "percent" else None))
    return known, hidden


def _cell(series: Series) -> Cell:
    return tuple(getattr(series, name) for name in _DIMENSIONS)


def _bases(
    moment: dt.datetime | None, versions: Iterable[DefinitionVersion], cities: Collection[int]
) -> dict[tuple[int, int, str, Cell], float]:
    """The number of people behind each share, by definition of the share, city, period and
    group."""
    shares = [version for version in versions if version.scale == Scale.SHARE]
    of: dict[int, list[int]] = defaultdict(list)
    for version in shares:
        of[version.definition.indicator.denominator_id or 0].append(version.definition_id)
    if not shares:
        return {}
    rows = observations_at(moment).filter(
        series__definition__indicator__in=of,
        series__definition__versions__scale=Scale.COUNT,
        series__city__in=cities,
        value__isnull=False,
    )
    return {
        (share, row.series.city_id, row.period, _cell(row.series)): float(row.value or 0)
        for row in rows.select_related("series__definition").distinct()
        for share in of[row.series.definition.indicator_id]
    }


def _hidden(table: _Table, *, counts_trait: bool) -> Iterator[int]:
    """The hidden figures of a city and period.

    A count of the whole population is not sensitive, unless its definition says so.
    """
    if not counts_trait and all(set(cell) == {TOTAL} for cell in table):
        return
    values = {cell: float(row.value or 0) for cell, row in table.items()}
    counts = {cell: value for cell, value in values.items() if value >= 0 and value.is_integer()}
    hidden = hidden_cells(counts, floor=settings.PRIVACY_FLOOR)
    for cell, row in table.items():
        # A count that is not a whole number, such as a mean of several years, is not part of a sum.
        if cell in hidden or is_small(values[cell], settings.PRIVACY_FLOOR):
            yield row.pk


def _hidden_shares(
    table: _Table, bases: Mapping[Cell, float | None], whole: int | None
) -> Iterator[int]:
    """The shares that reveal few people: of a small group, or few inside or outside of the share.

    If a single group is hidden and the total is shown, the smallest other group is hidden too.
    `bases` are the numbers of people in each group, None if unknown. `whole` is the value that
    stands for all of them, None if the unit does not say.
    """
    hidden = set()
    for cell, row in table.items():
        people = bases[cell]
        if people is None or set(cell) == {TOTAL}:
            continue
        having = people if whole is None else round(people * float(row.value or 0) / whole)
        if any(is_small(n, settings.PRIVACY_FLOOR) for n in (people, having, people - having)):
            hidden.add(cell)
    for at in range(len(_DIMENSIONS)):
        lines: dict[Cell, list[Cell]] = defaultdict(list)
        for cell in table:
            if cell[at] != TOTAL:
                lines[*cell[:at], TOTAL, *cell[at + 1 :]].append(cell)
        for total, parts in lines.items():
            shown = [cell for cell in parts if cell not in hidden]
            if total in table and shown and len(parts) - len(shown) == 1:
                hidden.add(min(shown, key=lambda cell: (bases[cell] or 0, repr(cell))))
    yield from (table[cell].pk for cell in hidden)
