"""The parts of a brief. All texts are ready to print, in the language of the brief."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from alliance.knowledge.selectors.case_list import Localised

NOTHING = Localised("")


@dataclass(frozen=True)
class Mark:
    """An outcome as code (for its shape and colour) and label."""

    code: str
    word: str


@dataclass(frozen=True)
class KeyFigure:
    """A key figure at the top. `missing`: the value is a text such as "not recorded".

    `most` above 0 draws `points` of `most` as bars beside the value.
    """

    label: str
    value: str
    note: Localised = NOTHING
    missing: bool = False
    points: int = 0
    most: int = 0


@dataclass(frozen=True)
class Tick:
    """A tick at a share (0 to 1) of the axis; the label may be empty."""

    at: float
    label: str
    zero: bool


@dataclass(frozen=True)
class Row:
    """A result. `at`, `low`, `high` and `mean*` are shares of the axis, None if not drawn.

    `kind` is "effect", or "summary" with the median at `at`, the mean with its interval, and the
    prediction interval from `low` to `high`. `clipped` is -1 or 1 if the dot is beyond that end of
    the axis. `source` is the number of the source, 0 for none. `priority` decides which rows are
    left out last if the page is full, smallest first.
    """

    label: Localised
    part: Localised
    value: str
    interval: str
    basis: str
    kind: str = "effect"
    at: float | None = None
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    mean_low: float | None = None
    mean_high: float | None = None
    filled: bool = True
    clipped: int = 0
    source: int = 0
    priority: int = 0


@dataclass(frozen=True)
class Chart:
    """Results in the same unit on an axis; without ticks they are listed, not drawn.

    `optional`: may be left out completely if the page is full.
    """

    title: str
    unit: str
    rows: tuple[Row, ...]
    optional: bool = False
    ticks: tuple[Tick, ...] = ()
    caption: tuple[str, ...] = ()
    left_out: int = 0


@dataclass(frozen=True)
class Passage:
    """A text with its heading. `optional`: may be left out if the page is full.

    `first`: comes before the results.
    """

    key: str
    title: str
    body: Localised
    tone: str = "plain"
    note: str = ""
    missing: bool = False
    optional: bool = False
    first: bool = False
    shortened: bool = False


@dataclass(frozen=True)
class Line:
    """A line of a box. `mark` is an outcome code, "+1", "−1", "0", "?" or empty."""

    text: Localised
    mark: str = ""
    label: str = ""
    note: str = ""
    missing: bool = False
    source: int = 0


@dataclass(frozen=True)
class Box:
    """A short list, with the number of omitted lines.

    `wide` boxes are below the results, others beside them. `empty` is the text without lines.
    """

    key: str
    title: str
    lines: tuple[Line, ...]
    empty: str = ""
    note: str = ""
    wide: bool = False
    left_out: int = 0


@dataclass(frozen=True)
class SourceLine:
    """A numbered source. `url` contains only characters of an address, and is printed
    completely."""

    number: int
    title: Localised
    url: str
    kind: str = ""
    seen: Localised = NOTHING


@dataclass(frozen=True)
class Brief:
    """A page about a case or a solution before typesetting.

    `made_of` is the time of the newest version that it is based on, and the date of the document.
    `sources_apart`: the sources are on additional pages.
    """

    kind: str
    public_id: str
    language: str
    document_title: str
    network: str
    kicker: str
    outcome: Mark | None
    facts: tuple[Localised, ...]
    heading: Localised
    lead: Localised
    figures: tuple[KeyFigure, ...]
    charts: tuple[Chart, ...]
    passages: tuple[Passage, ...]
    boxes: tuple[Box, ...]
    sources: tuple[SourceLine, ...]
    foot: tuple[str, ...]
    address: str
    words: dict[str, str]
    made_of: dt.datetime
    # Titles of omitted sections, which are listed at the foot.
    left_out: tuple[str, ...] = ()
    sources_left_out: int = 0
    sources_apart: bool = False
