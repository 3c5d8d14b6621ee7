"""The drawings that pages hold; a built-in library, so no page needs to load it.

`docs/reference/components.md` shows each with its parameters and an example.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import template
from django.utils.translation import gettext, pgettext

from alliance.charts.chain import ChainDrawing
from alliance.charts.forest import Forest
from alliance.charts.map import PointMap
from alliance.charts.series import Chart
from alliance.web import formatting
from alliance.web.templatetags.components import query_with

register = template.Library()


@register.inclusion_tag("web/charts/forest.html")
def forest(plot: Forest, id: str = "forest") -> dict[str, Any]:
    """A forest plot made by `alliance.charts.forest.draw`. `id` must be unique on the page."""
    return {"plot": plot, "id": id, "layouts": (plot.wide, plot.narrow)}


@register.inclusion_tag("web/charts/chain.html")
def chain_chart(drawing: ChainDrawing, id: str = "chain") -> dict[str, Any]:
    """A tree made by `alliance.charts.chain.draw`; a list beside it must hold the same links."""
    return {"drawing": drawing, "id": id}


@register.inclusion_tag("web/charts/map.html", takes_context=True)
def point_map(
    context: template.Context,
    chart: PointMap,
    id: str = "map",
    parameter: str = "map",
) -> dict[str, Any]:
    """A map made by `alliance.charts.map.draw`; the list beside it must hold the same links.

    `parameter` is the part of the query in which the view reads the choice of the other view.
    """
    other = query_with(context, parameter, chart.other_view) if chart.other_view else ""
    return {"chart": chart, "id": id, "other_href": other}


@register.inclusion_tag("web/charts/series.html")
def series(plot: Chart, id: str = "series") -> dict[str, Any]:
    """A chart made by `alliance.charts.series`. `id` must be unique on the page."""
    return {
        "plot": plot,
        "id": id,
        "drawings": (plot.wide, plot.narrow),
        "rows": [(label, _cells(values)) for label, values in plot.rows],
    }


def _cells(values: Sequence[object]) -> list[str]:
    """The values of a row; beside an interval they are estimates."""
    estimated = any(isinstance(value, tuple) for value in values)
    return [
        _cell(value, formatting.estimate if estimated else formatting.significant)
        for value in values
    ]


def _cell(value: object, write: Callable[[float], str]) -> str:
    """A value of a chart in the table beside it; an interval by both of its ends."""
    if isinstance(value, tuple):
        if None in value:
            return gettext("not known")
        low, high = (write(end) for end in value)
        return f"{low} {pgettext('range', 'to')} {high}"
    if isinstance(value, int | float):
        return write(value)
    return gettext("no data")
