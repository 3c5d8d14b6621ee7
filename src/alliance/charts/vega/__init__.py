"""Interactive charts: data in, a Vega-Lite specification out.

A `VegaChart` is drawn twice: on the server to SVG, for readers without scripts and for paper, and
in the page by Vega itself. Colours are not part of the specification; they come from a theme.
"""

from alliance.charts.vega.chart import VegaChart
from alliance.charts.vega.distribution import Bin, distribution
from alliance.charts.vega.over_time import TimePoint, TimeSeries, over_time
from alliance.charts.vega.theme import LOCALES, THEMES, theme_config

__all__ = [
    "LOCALES",
    "THEMES",
    "Bin",
    "TimePoint",
    "TimeSeries",
    "VegaChart",
    "distribution",
    "over_time",
    "theme_config",
]
