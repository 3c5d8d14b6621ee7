"""The theme of Vega charts: the tokens of the style sheet for each theme."""

from __future__ import annotations

from typing import Any

THEMES = ("light", "dark")

#: As in `alliance.css`; series are distinguished by shape and dash as well as by colour.
_TOKENS = {
    "light": {
        "ink": "#14242b",
        "soft": "#475960",
        "line": "#d2dad8",
        "mark": "#0c5a6e",
        "wash": "#c4dbe0",
    },
    "dark": {
        "ink": "#edf2ef",
        "soft": "#aebfc4",
        "line": "#304850",
        "mark": "#7fcbe0",
        "wash": "#2a4a55",
    },
}
#: Colours that people with any kind of colour blindness can distinguish (after Okabe and Ito), dark
#: enough on paper and bright enough on a dark page.
_SERIES = {
    "light": [
        "#0c5a6e",
        "#a1350f",
        "#4a5fc1",
        "#845d00",
        "#8a3f73",
        "#4a4f55",
        "#00806f",
        "#6b6b00",
    ],
    "dark": [
        "#7fcbe0",
        "#ff9d78",
        "#9aa7ff",
        "#f3c55c",
        "#e0a5cd",
        "#c3c8cd",
        "#6fd6be",
        "#d7d76a",
    ],
}
_FONT = (
    'Seravek, "Segoe UI", "Noto Sans", "Open Sans", Ubuntu, Cantarell, Roboto, '
    '"DejaVu Sans Condensed", "Liberation Sans", sans-serif'
)

#: Number formats in a chart, as d3 expects them.
LOCALES: dict[str, dict[str, Any]] = {
    "en": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["", ""]},
    "fr": {"decimal": ",", "thousands": "\u202f", "grouping": [3], "currency": ["", ""]},
    "sv": {"decimal": ",", "thousands": "\u00a0", "grouping": [3], "currency": ["", ""]},
}


def theme_config(theme: str) -> dict[str, Any]:
    """The `config` of a chart in one of THEMES. Raises KeyError for another."""
    tokens = _TOKENS[theme]
    axis = {
        "labelColor": tokens["soft"],
        "titleColor": tokens["soft"],
        "gridColor": tokens["line"],
        "domainColor": tokens["soft"],
        "tickColor": tokens["soft"],
        "labelFontSize": 13,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
    }
    return {
        "background": "transparent",
        "font": _FONT,
        "axis": axis,
        "legend": {
            "labelColor": tokens["ink"],
            "titleColor": tokens["soft"],
            "labelFontSize": 13,
            "titleFontSize": 13,
            "symbolStrokeWidth": 2,
        },
        "view": {"stroke": "transparent"},
        "range": {"category": _SERIES[theme]},
        "mark": {"color": tokens["mark"]},
        "rect": {"color": tokens["wash"]},
        "tick": {"color": tokens["mark"]},
        "rule": {"color": tokens["soft"]},
        "text": {"color": tokens["ink"]},
    }
