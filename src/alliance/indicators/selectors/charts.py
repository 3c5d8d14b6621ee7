"""The chart of an indicator that readers explore: its time series."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from django.utils.translation import gettext as _

from alliance.charts.vega import TimePoint, TimeSeries, VegaChart, over_time
from alliance.indicators.enums import Status
from alliance.indicators.errors import interval_of
from alliance.indicators.models import DefinitionVersion
from alliance.indicators.selectors.city_table import DefinitionStrips
from alliance.indicators.selectors.time_series import Line
from alliance.network.localise import local_field
from alliance.web import formatting

#: Lines of the chart: the first cities that have a series.
LINES = 6


def _writer(decimals: int) -> Callable[[float], str]:
    return lambda value: formatting.number(value, decimals)


def indicator_charts(parts: Iterable[DefinitionStrips], language: str) -> tuple[VegaChart, ...]:
    """The time series of each definition, to explore by hand."""
    charts = []
    for number, part in enumerate(parts, start=1):
        lines = [(row.name, row.line) for row in part.rows if row.line is not None]
        version = part.definition.version
        chart = series_chart(f"series-{number}", lines[:LINES], version, language)
        if chart is not None:
            charts.append(chart)
    return tuple(charts)


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
