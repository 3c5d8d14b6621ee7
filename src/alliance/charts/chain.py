"""A chain of adoptions as an indented tree: each record is a row, below and to the right of its
origin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alliance.charts.marks import MARKS, outcome_code
from alliance.charts.wrap import wrap

WIDTH = 420
ROW = 34
_LEFT, _TOP = 10, 17
_WIDEST_STEP = 26.0
#: The deepest record still has this much room for its label.
_LABEL_ROOM = 190
_TEXT = 14


@dataclass(frozen=True)
class ChainNode:
    """A record of the tree. `parent` is the id of its origin, empty for the first.

    `language` is that of the label if it is not the page's.
    """

    id: str
    parent: str
    depth: int
    label: str
    outcome: str
    href: str
    language: str = ""


@dataclass(frozen=True)
class ChainMark:
    """A record as drawn, in units of the drawing."""

    x: float
    y: float
    label: str
    label_x: float
    outcome: str
    shape: str
    href: str
    language: str


@dataclass(frozen=True)
class ChainDrawing:
    """The drawing: marks in the given order, and an elbow from each origin to each adoption."""

    width: int
    height: int
    marks: tuple[ChainMark, ...]
    links: tuple[str, ...]


def draw(nodes: Sequence[ChainNode]) -> ChainDrawing:
    """Draw a tree in pre-order: each record after its origin, before its origin's next.

    A record whose origin is not among those before it gets no line.
    """
    deepest = max((node.depth for node in nodes), default=0)
    step = min(_WIDEST_STEP, (WIDTH - _LEFT - _LABEL_ROOM) / max(deepest, 1))
    marks: list[ChainMark] = []
    links: list[str] = []
    placed: dict[str, tuple[float, float]] = {}
    for row, node in enumerate(nodes):
        x, y = round(_LEFT + node.depth * step, 1), float(_TOP + row * ROW)
        placed[node.id] = (x, y)
        if node.parent in placed:
            from_x, from_y = placed[node.parent]
            links.append(f"M{from_x:g} {from_y + 9:g}V{y:g}H{x - 9:g}")
        code = outcome_code(node.outcome)
        label_x = x + 13
        (label,) = wrap(node.label, WIDTH - label_x, _TEXT, lines=1) or ("",)
        marks.append(ChainMark(x, y, label, label_x, code, MARKS[code], node.href, node.language))
    return ChainDrawing(WIDTH, max(len(nodes), 1) * ROW, tuple(marks), tuple(links))
