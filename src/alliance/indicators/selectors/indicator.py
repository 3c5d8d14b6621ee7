"""The page of an indicator."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from alliance.indicators.errors import interval_of
from alliance.indicators.guard import Clause
from alliance.indicators.models import (
    Indicator,
    IndicatorGroup,
    IndicatorMeasure,
    Series,
)
from alliance.indicators.privacy import EVERYBODY, hidden_figures
from alliance.indicators.selectors.access import release_at
from alliance.indicators.selectors.city_table import city_table, most_moved, scores_of
from alliance.indicators.selectors.definitions import DefinitionShown, definitions_of
from alliance.indicators.selectors.profile import FigureShown
from alliance.indicators.selectors.revisions import revisions_of
from alliance.indicators.targets import in_order, siblings_of, targets_at
from alliance.indicators.values import latest, observations_at
from alliance.network.localise import local_field


def indicator_page(
    indicator: Indicator,
    language: str,
    number: int = 1,
    moment: dt.datetime | None = None,
    *,
    city_href: str,
    view: str | None = None,
) -> dict[str, Any]:
    """The context of the page of `indicator` as known at `moment`, in at most fifteen queries.

    `groups` lead from the root of the tree to it; `moved` are the cities that certainly moved, each
    with its score. With several definitions, nothing is ranked across them.
    """
    definitions = definitions_of([indicator.pk], moment).get(indicator.pk, ())
    release = release_at(moment)
    scores = scores_of(release, indicator)
    table = city_table(
        definitions, scores, language, number, moment, city_href=city_href, view=view
    )
    by_group, n_groups = group_rows(definitions, moment)
    measures = list(IndicatorMeasure.objects.filter(indicator=indicator))
    return {
        "indicator": indicator,
        "groups": [local_field(group, "name", language) for group in _way(indicator)],
        "definitions": definitions,
        "several": len(definitions) > 1,
        "differences": list(_differences(definitions)),
        "release": release,
        "table": table,
        "by_group": by_group,
        "n_groups": n_groups,
        "measures": measures,
        "effects_query": urlencode([("measure", measure.measure) for measure in measures]),
        "moved": most_moved(scores),
        "targets": in_order(targets_at(moment).filter(indicator=indicator)),
        "siblings": siblings_of(definition.pk for definition in definitions),
        "revisions": revisions_of([definition.pk for definition in definitions], moment),
    }


def _way(indicator: Indicator) -> list[IndicatorGroup]:
    """The groups above an indicator, the outermost first; one query if it has a parent."""
    group = indicator.group
    if group is None:
        return []
    if group.parent_id is None:
        return [group]
    known = {
        indicator_group.pk: indicator_group for indicator_group in IndicatorGroup.objects.all()
    }
    way = [group]
    while way[-1].parent_id is not None and len(way) <= len(known):
        way.append(known[way[-1].parent_id])
    return way[::-1]


def _differences(definitions: tuple[DefinitionShown, ...]) -> Iterator[Clause]:
    """Clauses that make figures under these definitions incomparable."""
    if len(definitions) > 1:
        yield Clause.DEFINITION
    if any(
        definition.version.direction != other.version.direction
        for definition, other in pairwise(definitions)
    ):
        yield Clause.DIRECTION


SHOWN = 60
#: The newest figure of a group of people or area. It is None if it counts too few people to be
#: shown, or would reveal such a count; only the period is shown then.
GroupRow = tuple[Series, str, FigureShown | None]


def group_rows(
    definitions: Sequence[DefinitionShown], moment: dt.datetime | None
) -> tuple[list[GroupRow], int]:
    """The first rows by city, and the total number of series. At most six queries."""
    shown = {definition.pk: definition.version for definition in definitions}
    series = Series.objects.filter(definition__in=list(shown)).exclude(EVERYBODY)
    n = series.count()
    if not n:
        return [], 0
    first = list(
        series.select_related("city").order_by("city__name", "sex", "age", "income", "area")[:SHOWN]
    )
    newest = latest(
        observations_at(moment).filter(series__in=[group_series.pk for group_series in first])
    )
    hidden = hidden_figures(moment, list(shown), {group_series.city_id for group_series in first})
    rows: list[GroupRow] = []
    for group_series in first:
        if (row := newest.get(group_series.pk)) is not None:
            version = shown[group_series.definition_id]
            low, high = interval_of(row, version)
            values = (row.value, low, high, row.period, row.status, group_series.boundary, version)
            rows.append(
                (group_series, row.period, None if row.pk in hidden else FigureShown(*values))
            )
    return rows, n
