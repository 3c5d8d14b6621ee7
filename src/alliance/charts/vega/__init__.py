"""Charts that readers explore by hand: data in, a Vega-Lite description out.

A `VegaChart` is drawn in the page by Vega, for readers who ask for it; its table says the same.
Colours are no part of the description; a theme gives them.
"""

from alliance.charts.vega.chart import VegaChart
from alliance.charts.vega.over_time import TimePoint, TimeSeries, over_time
from alliance.charts.vega.theme import LOCALES, THEMES, theme_config

__all__ = [
    "LOCALES",
    "THEMES",
    "TimePoint",
    "TimeSeries",
    "VegaChart",
    "over_time",
    "theme_config",
]
