"""The evidence map as a drawing: one mark per cell, whose area counts places and whose shape shows
the direction.

The page is a table of HTML with one `mark` per cell; `draw` draws the whole map for a file of its
own. Lengths are units of the SVG drawing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

#: The side of the square around a mark.
SIDE = 48
#: The number of places from which on marks do not grow, the largest radius, and the smallest that
#: fits a number.
_FULL, _RADIUS, _LEAST = 20, 20.0, 9.0
_NAME, _GROUP, _HEAD, _LINE, _MARGIN = 290, 34, 150, 38, 16
#: The key below the map: width of an entry, entries per line.
_ENTRY, _ENTRIES = 320, 3
_LONGEST = 38
#: Direction and certainty as styles.
SHAPES = {"+": "d-good", "±": "d-mixed", "-": "d-bad"}
FILLS = {"not-graded": "c0", "very-low": "c1", "low": "c2", "moderate": "c3", "high": "c3"}

#: How sure it is, in the key: no mark has this shape.
SWATCH = "M3 15h42v18h-42z"


@lru_cache(maxsize=512)
def mark(places: int, direction: str) -> str:
    """The path of a mark: a circle is better, a diamond mixed, a triangle pointing down worse, a
    square unclear."""
    radius = max(_LEAST, _RADIUS * math.sqrt(min(places, _FULL) / _FULL))
    if direction == "+":
        return f"M24 {24 - radius:.1f}a{radius:.1f} {radius:.1f} 0 1 1-.01 0z"
    if direction == "±":
        half = min(23.0, radius * math.sqrt(math.pi / 2))
        return f"M24 {24 - half:.1f} {24 + half:.1f} 24 24 {24 + half:.1f} {24 - half:.1f} 24z"
    if direction == "-":
        side = min(46.0, radius * 2.694)
        height = side * math.sqrt(3) / 2
        bottom = min(47.0, 24 + height * 2 / 3)
        return f"M24 {bottom:.1f} {24 - side / 2:.1f} {bottom - height:.1f}h{side:.1f}z"
    half = radius * math.sqrt(math.pi) / 2
    return f"M{24 - half:.1f} {24 - half:.1f}h{2 * half:.1f}v{2 * half:.1f}h{-2 * half:.1f}z"


@dataclass(frozen=True)
class MapMark:
    """A mark of the drawing. Without a path: an evidence gap."""

    column: int
    path: str
    shape: str
    fill: str
    number: str
    title: str
    has_harm: bool = False

    @property
    def x(self) -> int:
        """Its left edge."""
        return _NAME + self.column * SIDE


@dataclass(frozen=True)
class MapLine:
    """A row: the heading of a group, or a solution with its marks."""

    label: str
    marks: tuple[MapMark, ...] = ()
    is_group: bool = False


@dataclass(frozen=True)
class PlacedLine:
    """A row and its position."""

    line: MapLine
    y: int
    middle: int
    label: str


@dataclass(frozen=True)
class KeyEntry:
    """A mark of the key, its meaning, and the positions of both."""

    shape: str
    fill: str
    path: str
    words: str
    x: int
    y: int


@dataclass(frozen=True)
class EvidenceMapDrawing:
    """The whole map; `columns` are the centre of each and its heading, `key` explains the marks."""

    width: int
    height: int
    head: int
    columns: tuple[tuple[int, str], ...]
    lines: tuple[PlacedLine, ...]
    key: tuple[KeyEntry, ...]

    @property
    def line(self) -> int:
        """Height of a row."""
        return _LINE


def draw(
    columns: Sequence[str], lines: Sequence[MapLine], key: Sequence[tuple[str, str, str, str]]
) -> EvidenceMapDrawing:
    """Draw `lines` below the headings of `columns`, and below them the `key`.

    An entry of the key is shape, fill, path and text.
    """
    y = _HEAD
    placed = []
    for line in lines:
        height = _GROUP if line.is_group else _LINE
        label = line.label
        if len(label) > _LONGEST:
            label = label[: _LONGEST - 1].rstrip() + "…"
        placed.append(PlacedLine(line, y, y + height // 2, label))
        y += height
    return EvidenceMapDrawing(
        width=_NAME + len(columns) * SIDE + 110,
        height=y + 2 * _MARGIN + math.ceil(len(key) / _ENTRIES) * _GROUP,
        head=_HEAD,
        columns=tuple((_NAME + at * SIDE + SIDE // 2, name) for at, name in enumerate(columns)),
        lines=tuple(placed),
        key=tuple(
            KeyEntry(
                *entry,
                x=_MARGIN + at % _ENTRIES * _ENTRY,
                y=y + _MARGIN + at // _ENTRIES * _GROUP,
            )
            for at, entry in enumerate(key)
        ),
    )
