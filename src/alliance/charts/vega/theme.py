"""The look of Vega charts: the tokens of the style sheet, once for each theme."""

from __future__ import annotations

from typing import Any

THEMES = ("light", "dark")

#: As in `alliance.css`; the series are told apart by shape and dash as well as by colour.
_TOKENS = {
    "light": {
        "ink": "#1b211d",
        "soft": "#55605a",
        "line": "#dbd7c9",
        "mark": "#0f5b46",
        "wash": "#c9dfd5",
    },
    "dark": {
        "ink": "#ecebe4",
        "soft": "#adb6b0",
        "line": "#37413b",
        "mark": "#7fd1ae",
        "wash": "#2c4a3d",
    },
}
#: Colours that people with any kind of colour blindness tell apart (Okabe and Ito), dark enough on
#: paper and bright enough on a dark page.
_SERIES = {
    "light": [
        "#0f5b46",
        "#a63a1e",
        "#0b5a7a",
        "#845d00",
        "#8a3f73",
        "#4a4f55",
        "#1a7fb0",
        "#6b6b00",
    ],
    "dark": [
        "#7fd1ae",
        "#f2967a",
        "#8cc8e6",
        "#e3b64d",
        "#e0a5cd",
        "#c3c8cd",
        "#56b4e9",
        "#d7d76a",
    ],
}
_FONT = 'system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif'

#: How numbers are written in a chart, as d3 takes it.
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
