"""The tag of line and point charts; a built-in library, as the other components."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext, pgettext

from alliance.charts.series import Chart
from alliance.web import formatting

register = template.Library()


@register.inclusion_tag("web/charts/series.html")
def series(plot: Chart, id: str = "series") -> dict[str, Any]:
    """A chart made by `alliance.charts.series`. `id` must be unique on the page."""
    return {
        "plot": plot,
        "id": id,
        "drawings": (plot.wide, plot.narrow),
        "rows": [(label, [_cell(value) for value in values]) for label, values in plot.rows],
    }


def _cell(value: object) -> str:
    """A value of a chart in the table beside it; an interval by both of its ends."""
    if isinstance(value, tuple):
        if None in value:
            return gettext("not known")
        low, high = (formatting.significant(end) for end in value)
        return f"{low} {pgettext('range', 'to')} {high}"
    if isinstance(value, int | float):
        return formatting.significant(value)
    return gettext("no data")
