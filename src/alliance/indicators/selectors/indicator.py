"""The page of an indicator."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from alliance.indicators.enums import IndicatorDirection
from alliance.indicators.errors import interval_of
from alliance.indicators.models import (
    Indicator,
    IndicatorGroup,
    IndicatorMeasure,
    Series,
)
from alliance.indicators.privacy import EVERYBODY, hidden_figures
from alliance.indicators.selectors.access import release_at
from alliance.indicators.selectors.city_strips import figure_text
from alliance.indicators.selectors.city_table import (
    DefinitionStrips,
    Multiple,
    city_table,
    scores_of,
)
from alliance.indicators.selectors.definitions import DefinitionShown, definitions_of
from alliance.indicators.selectors.profile import FigureShown
from alliance.indicators.selectors.revisions import revisions_of
from alliance.indicators.targets import in_order, siblings_of, targets_at
from alliance.indicators.values import latest, observations_at
from alliance.network.localise import local_field
from alliance.network.models import City


def indicator_page(
    indicator: Indicator,
    language: str,
    number: int = 1,
    moment: dt.datetime | None = None,
) -> dict[str, Any]:
    """The context of the page of `indicator` as known at `moment`, in at most sixteen queries.

    `groups` lead from the root of the tree to it. With several definitions, nothing is ranked
    across them.
    """
    definitions = definitions_of([indicator.pk], moment).get(indicator.pk, ())
    release = release_at(moment)
    scores = scores_of(release, indicator)
    targets = in_order(targets_at(moment).filter(indicator=indicator))
    table = city_table(definitions, scores, language, number, moment, targets)
    members = list(City.objects.filter(is_member=True).order_by("name"))
    with_figures = {row.city for part in table.shown for row in part.rows}
    by_group, n_groups = group_rows(definitions, moment)
    measures = list(IndicatorMeasure.objects.filter(indicator=indicator))
    return {
        "indicator": indicator,
        "groups": [local_field(group, "name", language) for group in _way(indicator)],
        "definitions": definitions,
        "several": len(table.shown) > 1,
        "release": release,
        "table": table,
        "by_group": by_group,
        "n_groups": n_groups,
        "measures": measures,
        "effects_query": urlencode([("measure", measure.measure) for measure in measures]),
        "lead": lead_text(table.shown, members, language),
        "has_others": table.n_cities > len(with_figures)
        or not all(row.is_member for part in table.shown for row in part.rows),
        "has_interval": any(part.has_interval for part in table.shown),
        "has_goal": any(part.has_goal for part in table.shown),
        # The definition that the page explains beside the strips.
        "main": [part.definition for part in table.shown[:1]] or list(definitions[:1]),
        "missing": [city for city in members if city.pk not in with_figures],
        "targets": targets,
        "siblings": siblings_of(definition.pk for definition in definitions),
        "revisions": revisions_of([definition.pk for definition in definitions], moment),
    }


def lead_text(parts: Sequence[DefinitionStrips], members: Sequence[City], language: str) -> str:
    """How many members have a figure, the best and the last of them, and how many changed."""
    texts = []
    for part in parts:
        version = part.definition.version
        own = [row for row in part.rows if row.is_member and row.figure]
        figures = [row.figure for row in own if row.figure and row.figure.value is not None]
        if not figures:
            continue
        best, last = (figure_text(figure, language) for figure in (figures[0], figures[-1]))
        names = {"best": own[0].name, "last": own[-1].name, "first": best, "value": last}
        counts = {"n": len(figures), "all": len(members), "years": part.years}
        if len(figures) == 1:
            text = _("%(best)s had %(first)s in %(years)s; no other member has a figure.")
        elif version.direction == IndicatorDirection.CONTEXT:
            text = _("%(n)s of %(all)s members have a figure (%(years)s).")
        else:
            text = _(
                "%(n)s of %(all)s members have a figure (%(years)s): from %(best)s with %(first)s "
                "to %(last)s with %(value)s."
            )
        texts.append(text % {**names, **counts})
        since = _since(part.multiples)
        if since:
            texts.append(since)
    return " ".join(texts)


def _since(multiples: Sequence[Multiple]) -> str:
    """How many members have clearly risen or fallen since their first year."""
    signs = Counter(multiple.change.sign for multiple in multiples)
    if len(multiples) < 2 or signs[None]:
        return ""
    counts = (
        (_("up in %(n)s"), signs[1]),
        (_("down in %(n)s"), signs[-1]),
        (_("no clear change in %(n)s"), signs[0]),
    )
    year = min(multiple.change.first.year for multiple in multiples)
    words = ", ".join(text % {"n": n} for text, n in counts if n)
    return _("Since %(year)s: %(changes)s.") % {"year": year, "changes": words}


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
