"""Charts of the pages: distribution and time series of an indicator, cities side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from statistics import median

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.charts.vega import TimePoint, TimeSeries, VegaChart, distribution, over_time
from alliance.indicators.enums import Status
from alliance.indicators.errors import interval_of
from alliance.indicators.models import DefinitionVersion, Target
from alliance.indicators.selectors.city_table import CityTable
from alliance.indicators.selectors.definitions import DefinitionShown
from alliance.indicators.selectors.time_series import Line
from alliance.indicators.values import VersionLine
from alliance.network.localise import local_field
from alliance.web import formatting

#: Lines in the chart of an indicator: the first cities of its table that have a series.
LINES = 6
#: With fewer values the distribution is shown as a list.
FEWEST_VALUES = 5


def _writer(decimals: int) -> Callable[[float], str]:
    return lambda value: formatting.number(value, decimals)


def indicator_charts(
    definitions: Sequence[DefinitionShown],
    table: CityTable,
    language: str,
    targets: Sequence[Target] = (),
) -> tuple[VegaChart, ...]:
    """The distribution and time series of each definition with enough data.

    The first of `targets` that applies to all cities is drawn beside the series.
    """
    charts = []
    shared = {
        shared_target.definition_id: shared_target.value
        for shared_target in reversed(targets)
        if shared_target.value is not None
        and shared_target.city_id is None
        and not shared_target.country
    }
    members = {row.name for row in table.page if row.is_member}
    for number, definition in enumerate(definitions, start=1):
        label = local_field(definition.version, "unit_label", language) + (
            f" ({definition.key})" if len(definitions) > 1 else ""
        )
        values = table.values.get(definition.key, ())
        if len(values) >= FEWEST_VALUES:
            charts.append(_distribution(number, definition, label, values, members, language))
        lines = [
            (row.name, row.line)
            for row in table.page
            if row.definition is definition and row.line is not None and row.spark is not None
        ]
        target = shared.get(definition.pk)
        chart = series_chart(
            f"series-{number}", lines[:LINES], definition.version, language, target
        )
        if chart is not None:
            charts.append(chart)
    return tuple(charts)


def _distribution(
    number: int,
    definition_shown: DefinitionShown,
    label: str,
    values: Sequence[tuple[str, float]],
    members: set[str],
    language: str,
) -> VegaChart:
    shown = _writer(definition_shown.version.decimals)
    figures = [value for _name, value in values]
    summary = ngettext(
        "%(n)s city: from %(least)s to %(most)s, median %(middle)s.",
        "%(n)s cities: from %(least)s to %(most)s, median %(middle)s.",
        len(figures),
    ) % {
        "n": len(figures),
        "least": shown(min(figures)),
        "most": shown(max(figures)),
        "middle": shown(median(figures)),
    }
    named = [row for row in values if row[0] in members] or list(values)
    return distribution(
        f"spread-{number}",
        title=_("Distribution of cities"),
        summary=summary,
        values=figures,
        named=named,
        unit=label,
        y_title=_("cities"),
        name_title=_("City"),
        shown=shown,
        language=language,
    )


def series_chart(
    id: str,
    lines: Sequence[tuple[str, Line]],
    version: DefinitionVersion,
    language: str,
    target: float | None = None,
) -> VegaChart | None:
    """Named lines of a definition over the years; None if no line has two figures."""
    shown = _writer(version.decimals)
    series = [TimeSeries(name, _points(line, version)) for name, line in lines]
    series = [time_series for time_series in series if len(time_series.points) > 1]
    if not series:
        return None
    return over_time(
        id,
        title=_("Over time"),
        summary=" ".join(_series_summary(time_series, shown) for time_series in series),
        series=series,
        unit=local_field(version, "unit_label", language),
        period_title=_("Period"),
        name_title=_("City"),
        flag_title=_("Status"),
        shown=shown,
        language=language,
        target=target,
    )


def _points(line: Line, version: DefinitionVersion) -> tuple[TimePoint, ...]:
    return tuple(
        TimePoint(
            period=point.period,
            year=_place(point.period, point.year),
            value=point.value,
            low=low,
            high=high,
            flag="" if point.status == Status.NORMAL else str(Status(point.status).label),
            is_break=point.is_break,
        )
        for point in line.points
        for low, high in [interval_of(point, version)]
        if point.value is not None
    )


def _place(period: str, year: int) -> float:
    """The position of a period on the axis of years: a quarter or a month at its part of the
    year."""
    rest = period[5:]
    if rest.startswith("Q"):
        return year + (int(rest[1]) - 1) / 4
    if rest.startswith("S"):
        return year + (int(rest[1]) - 1) / 2
    return year + (int(rest) - 1) / 12 if rest else float(year)


def _series_summary(series: TimeSeries, shown: Callable[[float], str]) -> str:
    first, last = series.points[0], series.points[-1]
    text = _("%(city)s: %(first)s in %(start)s, %(last)s in %(end)s.") % {
        "city": series.name,
        "first": shown(first.value),
        "start": first.period,
        "last": shown(last.value),
        "end": last.period,
    }
    breaks = [point.period for point in series.points[1:] if point.is_break]
    if breaks:
        text += " " + _("Break in the series in %(periods)s.") % {"periods": ", ".join(breaks)}
    return text


def comparison_charts(
    lines: Sequence[tuple[str, Line]],
    versions: dict[int, VersionLine],
    language: str,
) -> tuple[VegaChart, ...]:
    """The lines of compared cities, with a chart for each definition."""
    groups: dict[int, list[tuple[str, Line]]] = defaultdict(list)
    for name, line in lines:
        groups[line.definition].append((name, line))
    charts = []
    for number, (definition, group) in enumerate(sorted(groups.items()), start=1):
        version = versions[definition].version
        chart = series_chart(f"series-{number}", group, version, language)
        if chart is not None:
            charts.append(chart)
    return tuple(charts)
