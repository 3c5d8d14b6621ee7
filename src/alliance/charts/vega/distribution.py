"""A histogram, with some units marked by name below the bars."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from alliance.charts.scale import nice_step
from alliance.charts.vega.chart import SCHEMA, WIDTH, VegaChart

HEIGHT = 180
MOST_BINS = 20
MOST_NAMED = 40


@dataclass(frozen=True)
class Bin:
    """A range of values, including its lower end and excluding its upper end, except the last."""

    low: float
    high: float
    n: int


def bins_of(values: Sequence[float]) -> tuple[Bin, ...]:
    """Ranges of equal width over all values: as many as the square root of their number, 5 to 20.

    Equal values are one range of width 0. Raises ValueError without any value.
    """
    if not len(values):
        raise ValueError("a distribution needs a value")
    array = np.asarray(values, dtype=float)
    if array.min() == array.max():
        return (Bin(float(array[0]), float(array[0]), array.size),)
    wanted = int(np.clip(np.ceil(np.sqrt(array.size)), 5, MOST_BINS))
    counts, edges = np.histogram(array, bins=wanted)
    return tuple(
        Bin(float(low), float(high), int(n))
        for low, high, n in zip(edges[:-1], edges[1:], counts, strict=True)
    )


def distribution(
    id: str,
    *,
    title: str,
    summary: str,
    values: Sequence[float],
    named: Sequence[tuple[str, float]],
    unit: str,
    y_title: str,
    name_title: str,
    shown: Callable[[float], str],
    language: str,
) -> VegaChart:
    """The chart of `values`; of `named` units (name, value) the first `MOST_NAMED` get a mark.

    `shown` writes a value as the page does, for table and tooltip.
    """
    bins = bins_of(values)
    width = (max(values) - min(values)) or 1.0
    drawn = [
        {
            "low": interval.low,
            "high": interval.high if interval.high > interval.low else interval.low + width / 20,
            "n": interval.n,
        }
        for interval in bins
    ]
    x = {"type": "quantitative", "title": unit, "scale": {"zero": False, "nice": True}}
    counts = {"format": "d", "values": _whole(max(interval.n for interval in bins))}
    marks = [
        {"name": name, "value": value, "shown": shown(value)} for name, value in named[:MOST_NAMED]
    ]
    layers: list[dict[str, Any]] = [
        {
            "data": {"values": drawn},
            "mark": {"type": "rect", "stroke": "transparent"},
            "encoding": {
                "x": {"field": "low", **x},
                "x2": {"field": "high"},
                "y2": {"datum": 0},
                "y": {
                    "field": "n",
                    "type": "quantitative",
                    "title": y_title,
                    "axis": counts,
                },
            },
        }
    ]
    if marks:
        layers.append(
            {
                "data": {"values": marks},
                "mark": {"type": "tick", "thickness": 2, "size": 26, "yOffset": -13},
                "encoding": {
                    "x": {"field": "value", **x},
                    "y": {"datum": 0, "type": "quantitative", "axis": counts},
                    "tooltip": [
                        {"field": "name", "type": "nominal", "title": name_title},
                        {"field": "shown", "type": "nominal", "title": unit},
                    ],
                },
            }
        )
    return VegaChart(
        id=id,
        title=title,
        summary=summary,
        spec={"$schema": SCHEMA, "width": WIDTH, "height": HEIGHT, "layer": layers},
        columns=(unit, y_title),
        rows=tuple(
            (f"{shown(interval.low)} – {shown(interval.high)}", str(interval.n))
            for interval in bins
        ),
        language=language,
        height=HEIGHT,
    )


def _whole(most: int) -> list[int]:
    """About five round whole numbers from 0 to at least `most`."""
    step = max(1, round(nice_step(most, 4)))
    return list(range(0, most + step, step))
