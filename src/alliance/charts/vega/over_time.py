"""Time series by year: breaks are visible, flagged values hollow, intervals are bands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from alliance.charts.vega.chart import SCHEMA, WIDTH, VegaChart

HEIGHT = 260
#: Readers cannot distinguish more lines than this.
MOST_SERIES = 8
#: Overlapping bands hide each other.
MOST_BANDS = 2


@dataclass(frozen=True)
class TimePoint:
    """The value of a period. `flag` is the label of a status other than normal, else empty."""

    period: str
    year: float
    value: float
    low: float | None = None
    high: float | None = None
    flag: str = ""
    is_break: bool = False


@dataclass(frozen=True)
class TimeSeries:
    """A named line."""

    name: str
    points: tuple[TimePoint, ...]


def over_time(
    id: str,
    *,
    title: str,
    summary: str,
    series: Sequence[TimeSeries],
    unit: str,
    period_title: str,
    name_title: str,
    flag_title: str,
    shown: Callable[[float], str],
    language: str,
    target: float | None = None,
) -> VegaChart:
    """The chart of the first `MOST_SERIES` lines, with a dashed line at `target` if there is one.

    A line stops at a break and starts again after it, with a dashed rule between.
    """
    lines = list(series)[:MOST_SERIES]
    names = [line.name for line in lines]
    rows = [row for line in lines for row in _rows(line, shown)]
    years = [point.year for line in lines for point in line.points]
    x: dict[str, Any] = {
        "field": "year",
        "type": "quantitative",
        "title": None,
        "scale": {"zero": False, "nice": False, "padding": 12},
        "axis": {"format": "d", "tickMinStep": 1, "grid": False},
    }
    if years and min(years) == max(years):
        x["scale"] = {"domain": [min(years) - 1, max(years) + 1]}
    y: dict[str, Any] = {
        "field": "value",
        "type": "quantitative",
        "title": unit,
        "scale": {"zero": False},
    }
    color = {
        "field": "name",
        "type": "nominal",
        "title": None,
        "scale": {"domain": names},
        "legend": {"orient": "bottom", "columns": 3} if len(names) > 1 else None,
    }
    layers: list[dict[str, Any]] = []
    if any(row["low"] is not None for row in rows) and len(lines) <= MOST_BANDS:
        layers.append(
            {
                "transform": [{"filter": "datum.low != null"}],
                "mark": {"type": "area", "opacity": 0.18},
                "encoding": {
                    "x": x,
                    "y": {**y, "field": "low"},
                    "y2": {"field": "high"},
                    "color": color,
                    "detail": {"field": "part", "type": "nominal"},
                },
            }
        )
    layers += [
        {
            "mark": {"type": "line", "strokeWidth": 2},
            "encoding": {
                "x": x,
                "y": y,
                "color": color,
                "strokeDash": {
                    "field": "name",
                    "type": "nominal",
                    "title": None,
                    "scale": {"domain": names},
                    "legend": color["legend"],
                },
                "detail": {"field": "part", "type": "nominal"},
            },
        },
        *(
            {
                "transform": [{"filter": f"datum.flag {sign} ''"}],
                "mark": {"type": "point", "filled": filled, "size": 46, "opacity": 1},
                "encoding": {
                    "x": x,
                    "y": y,
                    "color": color,
                    "tooltip": [
                        {"field": "name", "type": "nominal", "title": name_title},
                        {"field": "period", "type": "nominal", "title": period_title},
                        {"field": "shown", "type": "nominal", "title": unit},
                        {"field": "flag", "type": "nominal", "title": flag_title},
                    ],
                },
            }
            for sign, filled in (("==", True), ("!=", False))
            # A layer without a point would give Vega an axis without ends.
            if any((row["flag"] == "") is filled for row in rows)
        ),
    ]
    if any(row["broken"] for row in rows):
        layers.append(
            {
                "transform": [{"filter": "datum.broken"}],
                "mark": {"type": "rule", "strokeDash": [3, 3]},
                "encoding": {"x": x},
            }
        )
    if target is not None:
        layers.append(
            {
                "data": {"values": [{"value": target}]},
                "mark": {"type": "rule", "strokeDash": [8, 4]},
                "encoding": {"y": y},
            }
        )
    return VegaChart(
        id=id,
        title=title,
        summary=summary,
        spec={
            "$schema": SCHEMA,
            "width": WIDTH,
            "height": HEIGHT,
            "data": {"values": rows},
            "layer": layers,
        },
        columns=(period_title, *names),
        rows=_table(lines, shown),
        language=language,
        height=HEIGHT,
    )


def _rows(line: TimeSeries, shown: Callable[[float], str]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    part = 0
    for point in line.points:
        part += point.is_break and bool(rows)
        rows.append(
            {
                "name": line.name,
                "part": f"{line.name} {part}",
                "period": point.period,
                "year": point.year,
                "value": point.value,
                "low": point.low,
                "high": point.high,
                "flag": point.flag,
                "broken": point.is_break and len(rows) > 0,
                "shown": shown(point.value),
            }
        )
    return rows


def _table(
    lines: Sequence[TimeSeries], shown: Callable[[float], str]
) -> tuple[tuple[str, ...], ...]:
    cells = {
        (line.name, point.period): shown(point.value) + (f" ({point.flag})" if point.flag else "")
        for line in lines
        for point in line.points
    }
    periods = sorted({period for _name, period in cells})
    return tuple(
        (period, *(cells.get((line.name, period), "–") for line in lines)) for period in periods
    )
