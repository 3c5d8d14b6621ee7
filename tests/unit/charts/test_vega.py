"""Vega-Lite descriptions: valid by the schema, and showing what they are given."""

from __future__ import annotations

import json

import altair as alt
import pytest
from jsonschema.exceptions import ValidationError

from alliance.charts.vega import (
    THEMES,
    TimePoint,
    TimeSeries,
    VegaChart,
    over_time,
    theme_config,
)


def shown(value: float) -> str:
    return f"{value:.1f}"


def series(*lines: TimeSeries, target: float | None = None) -> VegaChart:
    return over_time(
        "series", title="Over time", summary="Up.", series=lines, unit="%", period_title="Period",
        name_title="City", flag_title="Status", shown=shown, language="sv", target=target,
    )  # fmt: skip


LUND = TimeSeries(
    "Lund",
    (
        TimePoint("2015", 2015, 10.0),
        TimePoint("2017", 2017, 12.0, low=11.0, high=13.0, flag="estimated"),
        TimePoint("2019", 2019, 30.0, is_break=True, flag="break in the series"),
        TimePoint("2021", 2021, 31.0),
    ),
)
UMEA = TimeSeries("Umeå", (TimePoint("2015", 2015, 5.0), TimePoint("2021", 2021, 6.0)))


@pytest.mark.parametrize(
    "chart",
    [
        series(LUND),
        series(LUND, UMEA, target=40.0),
        series(TimeSeries("One year", (TimePoint("2020", 2020, 1.0),))),
    ],
)
def test_every_description_is_valid_by_the_schema_of_vega_lite(chart: VegaChart) -> None:
    for theme in THEMES:
        alt.LayerChart.from_dict({**chart.spec, "config": theme_config(theme)}, validate=True)
    alt.LayerChart.from_dict(chart.payload["spec"], validate=True)


def test_a_wrong_description_would_be_refused() -> None:
    wrong = {**series(LUND).spec, "layer": [{"mark": "no-such-mark"}]}
    with pytest.raises(ValidationError):
        alt.LayerChart.from_dict(wrong, validate=True)


def test_a_line_stops_at_a_break_and_begins_anew_behind_it() -> None:
    rows = series(LUND).spec["data"]["values"]
    assert [row["part"] for row in rows] == ["Lund 0", "Lund 0", "Lund 1", "Lund 1"]
    assert [row["broken"] for row in rows] == [False, False, True, False]


def test_figures_with_a_flag_are_hollow_and_the_others_filled() -> None:
    points = [
        (layer["transform"][0]["filter"], layer["mark"]["filled"])
        for layer in series(LUND).spec["layer"]
        if layer["mark"]["type"] == "point"
    ]
    assert points == [("datum.flag == ''", True), ("datum.flag != ''", False)]
    only_filled = [
        layer["mark"]["filled"]
        for layer in series(UMEA).spec["layer"]
        if layer["mark"]["type"] == "point"
    ]
    assert only_filled == [True]


def test_the_table_says_the_same_as_the_lines() -> None:
    chart = series(LUND, UMEA)
    assert chart.columns == ("Period", "Lund", "Umeå")
    assert chart.rows == (
        ("2015", "10.0", "5.0"),
        ("2017", "12.0 (estimated)", "–"),
        ("2019", "30.0 (break in the series)", "–"),
        ("2021", "31.0", "6.0"),
    )


def test_what_a_page_holds_of_a_chart_is_small() -> None:
    assert len(json.dumps(series(UMEA).payload)) < 12_000
