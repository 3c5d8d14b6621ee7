"""Reads a definition by its recipe, and reduces the response to new and changed figures."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from alliance.indicators.connectors.asked import with_defaults
from alliance.indicators.connectors.asking import Asker
from alliance.indicators.connectors.publishers import PUBLISHERS
from alliance.indicators.connectors.query import COLUMNS, Fetched, Query
from alliance.indicators.enums import CodeScheme, Status
from alliance.indicators.importing.options import Options
from alliance.indicators.models import CityCode, Recipe, Series
from alliance.indicators.values import observations_at, totals, versions_at
from alliance.network.models import City

Cells = dict[str, str]


def query_of(fields: Mapping[str, Any]) -> Query:
    """Restores a stored query."""
    filters = {name: tuple(values) for name, values in fields.get("filters", {}).items()}
    lists = {name: tuple(fields.get(name, ())) for name in ("codes", "added")}
    return Query(**{**fields, **lists, "filters": filters})


def read_recipe(
    recipe: Recipe,
    *,
    asker: Asker | None = None,
    report: Callable[[str], object] = lambda text: None,
) -> tuple[Fetched, Options]:
    """Queries the publisher and drops figures that are already recorded; the file may become empty.

    Raises InvalidData, PublisherSilent.
    """
    connector = PUBLISHERS[recipe.publisher]
    query = query_of(recipe.query)
    ids = set(City.objects.values_list("public_id", flat=True))
    shared = {
        code: [city for city in cities if city in ids] for code, cities in recipe.cities.items()
    }
    if shared:
        query = replace(query, codes=tuple(code for code, cities in shared.items() if cities))
    query, options = with_defaults(recipe.publisher, query, Options.of_json(recipe.options))
    asker = asker or Asker(connector.name, report=report)
    fetched = connector.fetch(asker, query)
    rows = list(_cells(fetched))
    if recipe.per:
        below = query_of({**recipe.query, **recipe.per})
        rows = list(
            _divided(rows, _cells(connector.fetch(asker, replace(below, codes=query.codes))))
        )
    rows = [_scaled(row, recipe.factor) for row in _named(rows, options, shared)]
    new_rows = list(_new(recipe, rows, options.boundary))
    version = versions_at(None, [recipe.definition_id])[recipe.definition_id].version
    return replace(fetched, content=_csv(new_rows) if new_rows else b""), replace(
        options.or_as_defined(version),
        definition=recipe.definition.key,
        indicator=recipe.definition.indicator.code,
        scheme=CodeScheme.ALLIANCE,
        source_title=options.source_title or fetched.title[:300],
        source_url=options.source_url or fetched.url[:500],
    )


def _cells(fetched: Fetched) -> Iterator[Cells]:
    yield from csv.DictReader(io.StringIO(fetched.content.decode()))


def _csv(rows: list[Cells]) -> bytes:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, (*COLUMNS, "boundary"))
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode()


def _divided(rows: list[Cells], below: Iterator[Cells]) -> Iterator[Cells]:
    """Divides each row by that of the same city, period and group; missing without a divisor."""
    key = ("city", "period", "sex", "age")
    divisors = {tuple(row[name] for name in key): row["value"] for row in below}
    for row in rows:
        divisor = float(divisors.get(tuple(row[name] for name in key)) or 0)
        if row["value"] and divisor:
            yield {**row, "value": repr(float(row["value"]) / divisor)}
        else:
            yield {**row, "value": "", "status": Status.MISSING.value}


def _scaled(row: Cells, factor: float) -> Cells:
    if factor == 1.0 or not row["value"]:
        return row
    return {**row, "value": repr(float(row["value"]) * factor)}


def _named(rows: list[Cells], options: Options, shared: Mapping[str, list[str]]) -> Iterator[Cells]:
    """The rows with the ids of cities; a region shared by several cities gives a row for each."""
    codes = CityCode.objects.filter(scheme=options.scheme)
    ids = {code: [city] for code, city in codes.values_list("code", "city__public_id")}
    ids.update(shared)
    for row in rows:
        for city in ids.get(row["city"], ()):
            yield {**row, "city": city}


def _new(recipe: Recipe, rows: list[Cells], boundary: str) -> Iterator[Cells]:
    """Rows that differ from the recorded figures, each with the area of the city's series.

    Values are equal if readers see no difference, at the decimals of the definition.
    """
    definition = recipe.definition
    decimals = versions_at(None, [definition.pk])[definition.pk].version.decimals
    areas: dict[str, list[str]] = defaultdict(list)
    series = Series.objects.filter(definition=definition)
    for city, area in series.values_list("city__public_id", "boundary").distinct():
        areas[city].append(area)
    known = {
        (row.series.city.public_id, row.series.boundary, row.period): row.value
        for row in totals(observations_at(None))
        .filter(series__definition=definition)
        .select_related("series__city")
    }
    for row in rows:
        own = areas.get(row["city"], ())
        area = own[0] if len(own) == 1 else boundary
        value = float(row["value"]) if row["value"] else None
        key = (row["city"], area, row["period"])
        if row["sex"] == "_T":
            if value is None and key not in known:
                continue
            if key in known and _same(known[key], value, decimals):
                continue
        yield {**row, "boundary": area}


def _same(value: float | None, other: float | None, decimals: int) -> bool:
    if value is None or other is None:
        return value is other
    return abs(value - other) < 0.5 * 10.0**-decimals
