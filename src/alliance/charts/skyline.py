"""The skyline: a tower for each subject, a window for each case, lit if it worked.

Lengths are units of the SVG drawing, and coordinates are formatted texts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

#: The distance between windows, the side of a window, and the distance between towers.
_PITCH, _SIDE, _STREET = 12, 8, 11
#: The maximum number of windows of the highest tower; beyond it, each window represents several
#: cases.
_MOST_WINDOWS = 160
_HEADROOM, _FOOT = 18, 72
#: Columns of a tower that stands alone, at least and at most.
_WIDE = 5, 12
#: From the ground up: what worked below, what did not on top.
ORDER = ("worked", "reported", "mixed", "did-not-work")


@dataclass(frozen=True)
class Subject:
    """What a tower stands for: the number of its cases by outcome, an icon, and a short name."""

    label: str
    icon: str
    counts: Mapping[str, int]
    short: str = ""

    @property
    def total(self) -> int:
        """The number of cases with a known outcome."""
        return sum(self.counts.get(outcome, 0) for outcome in ORDER)


@dataclass(frozen=True)
class Tower:
    """A drawn subject; `windows` are the paths of its windows by outcome."""

    subject: Subject
    x: int
    y: int
    width: int
    height: int
    windows: tuple[tuple[str, str], ...]

    @property
    def middle(self) -> float:
        """The position of its number and its icon."""
        return self.x + self.width / 2


@dataclass(frozen=True)
class Skyline:
    """`subjects` in the given order; a window represents `per_window` cases."""

    width: int
    height: int
    ground: int
    per_window: int
    towers: tuple[Tower, ...]
    subjects: tuple[Subject, ...]


def _windows(subject: Subject, per_window: int) -> list[str]:
    """The outcome of each window, from bottom to top; at least one if there is a case."""
    return [
        outcome
        for outcome in ORDER
        for _ in range(math.ceil(subject.counts.get(outcome, 0) / per_window))
    ]


def _shape(outcome: str, x: int, y: int) -> str:
    if outcome == "worked":
        return f"M{x} {y}h8v8h-8z"
    outline = f"M{x + 1} {y + 1}h6v6h-6z"
    if outcome == "mixed":
        return f"{outline}m0 3h6v3h-6z"
    return outline if outcome == "reported" else f"{outline}l6 6"


def _highest_in_the_middle(subjects: Sequence[Subject]) -> list[Subject]:
    ordered = sorted(subjects, key=lambda subject: subject.total)
    return ordered[::2] + ordered[1::2][::-1]


def _columns(windows: int, *, is_wide: bool) -> int:
    if is_wide:
        return min(max(_WIDE[0], math.ceil(windows / 3)), _WIDE[1])
    return max(3, math.ceil(math.sqrt(windows / 3.2)))


def draw(subjects: Sequence[Subject], *, is_wide: bool = False) -> Skyline | None:
    """The skyline of `subjects`, those without cases left out; None where none has any.

    `is_wide`: towers wider than high, for one that stands alone.
    """
    built = [subject for subject in subjects if subject.total]
    if not built:
        return None
    per_window = math.ceil(max(subject.total for subject in built) / _MOST_WINDOWS)
    plans = []
    for subject in _highest_in_the_middle(built):
        windows = _windows(subject, per_window)
        columns = _columns(len(windows), is_wide=is_wide)
        plans.append((subject, windows, columns, math.ceil(len(windows) / columns)))
    ground = _HEADROOM + max(rows for *_, rows in plans) * _PITCH + _STREET
    towers, x = [], 0
    for subject, windows, columns, rows in plans:
        left = x + _STREET // 2
        paths: dict[str, str] = {}
        for number, outcome in enumerate(windows):
            row, column = divmod(number, columns)
            at = (left + 4 + column * _PITCH, ground - (row + 1) * _PITCH - 2)
            paths[outcome] = paths.get(outcome, "") + _shape(outcome, *at)
        width, height = columns * _PITCH + 4, rows * _PITCH + 6
        towers.append(Tower(subject, left, ground - height, width, height, tuple(paths.items())))
        x = left + width + _STREET // 2
    return Skyline(x, ground + _FOOT, ground, per_window, tuple(towers), tuple(subjects))
