"""Geometry of a forest plot: where each row, line and letter stands.

Lengths are units of the SVG drawing, and texts of coordinates are ready for an attribute.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from alliance.charts.scale import Axis, is_known
from alliance.charts.wrap import wrap


@dataclass(frozen=True)
class ForestRow:
    """The effect in one place, in the unit of the plot.

    `low` and `high` bound the published interval, None where none was published. `design` is the
    word shown for how the effect was found. `filled` is True for a measured effect and False for
    a modelled one. `sublabel` is in the language of the page. `part` says in words of the record
    for what the effect holds, and `lang_attr` is their language where it is not the page's.
    """

    label: str
    sublabel: str
    value: float
    low: float | None
    high: float | None
    design: str
    href: str = ""
    filled: bool = True
    part: str = ""
    lang_attr: str = ""


@dataclass(frozen=True)
class ForestSummary:
    """What the rows say together; each figure is None where it cannot be given.

    `ci` bounds the mean over places, `pi` the effect to be expected in one more place. `weighted`:
    more precise rows count more in the mean; else each counts once.
    """

    mean: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    pi_low: float | None = None
    pi_high: float | None = None
    median: float | None = None
    weighted: bool = False

    @property
    def figures(self) -> tuple[float | None, ...]:
        """All that is to have room on the axis."""
        return (
            self.mean, self.ci_low, self.ci_high, self.pi_low, self.pi_high, self.median,
        )  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One line of text, its baseline, and its language where that is not the page's."""

    text: str
    y: str
    lang_attr: str = ""


@dataclass(frozen=True)
class Tick:
    """A value on the axis: its position, and the path of the line it draws through the rows."""

    x: str
    value: float
    line: str
    is_zero: bool


@dataclass(frozen=True)
class Mark:
    """A drawn row. `clipped` is -1 or 1 where the dot lies beyond that end of the axis."""

    row: ForestRow
    top: str
    middle: str
    bottom: str
    label: tuple[Line, ...]
    sublabel: tuple[Line, ...]
    value_y: str
    x: str
    clipped: int
    #: Path of the dot, or of the arrow of a clipped one.
    shape: str
    whisker: str

    @property
    def has_interval(self) -> bool:
        """Whether an interval was published for the row."""
        return is_known(self.row.low) and is_known(self.row.high)


@dataclass(frozen=True)
class SummaryMark:
    """The drawn summary: a diamond over the interval of the mean, and a bar for the next place."""

    middle: str
    label_y: str
    value_y: str
    diamond: str
    dot: str
    bar: str
    median: str


@dataclass(frozen=True)
class Layout:
    """One drawing of the plot, for wide or narrow containers."""

    code: str
    width: int
    height: int
    left: str
    right: str
    tick_y: str
    side_y: str
    label_x: str
    value_x: str
    separator_y: str
    ticks: tuple[Tick, ...]
    marks: tuple[Mark, ...]
    summary: SummaryMark | None


@dataclass(frozen=True)
class Style:
    """Measures of a layout. Text sizes must match the style sheet."""

    code: str
    width: int
    plot_left: float
    plot_right: float
    label_width: float
    sublabel_width: float
    label_x: float
    value_x: float
    #: From the top of a row to the first baseline, between lines, and below the last one.
    lead: float
    label_step: float
    sublabel_step: float
    #: Height given to the dot below the text; 0 where it stands beside the text.
    below: float
    pad: float
    text_size: float


WIDE = Style(
    code="wide",
    width=760,
    plot_left=262,
    plot_right=612,
    label_width=240,
    sublabel_width=240,
    label_x=0,
    value_x=626,
    lead=15,
    label_step=18,
    sublabel_step=17,
    below=0,
    pad=9,
    text_size=15,
)
NARROW = replace(
    WIDE,
    code="narrow",
    width=320,
    plot_left=16,
    plot_right=300,
    label_width=208,
    sublabel_width=310,
    value_x=320,
    below=22,
    pad=10,
)


def _number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".") if value % 1 else str(int(value))


#: Free space above the first row, for its focus ring.
_TOP = 2.0


def _dot(x: float, y: float, radius: float = 6) -> str:
    r = _number(radius)
    d = _number(2 * radius)
    return f"M{_number(x - radius)} {_number(y)}a{r} {r} 0 1 0 {d} 0a{r} {r} 0 1 0-{d} 0z"


def _arrow(x: float, y: float, side: int) -> str:
    back = x - side * 11
    return f"M{_number(x)} {_number(y)}L{_number(back)} {_number(y - 7)}V{_number(y + 7)}z"


def _whisker(row: ForestRow, axis: Axis, style: Style, y: float) -> str:
    """Path of the interval: a line with an end stroke, or none where the interval goes on."""
    if row.low is None or row.high is None or not (is_known(row.low) and is_known(row.high)):
        return ""
    (low, low_side), (high, high_side) = (_x(v, axis, style) for v in (row.low, row.high))
    if low_side and low_side == high_side:
        return ""
    ends = [f"M{_number(low)} {_number(y)}H{_number(high)}"]
    for x, side in ((low, low_side), (high, high_side)):
        if side:
            tip = _number(x - side * 5)
            ends.append(f"M{tip} {_number(y - 4)}L{_number(x)} {_number(y)}L{tip} {_number(y + 4)}")
        else:
            ends.append(f"M{_number(x)} {_number(y - 4)}v8")
    return "".join(ends)


def _x(value: float, axis: Axis, style: Style) -> tuple[float, int]:
    """Position of a value, and the side (-1 or 1) on which it leaves the axis, else 0."""
    share = (value - axis.low) / (axis.high - axis.low)
    side = -1 if share < 0 else 1 if share > 1 else 0
    share = min(max(share, 0.0), 1.0)
    return style.plot_left + share * (style.plot_right - style.plot_left), side


def _below(row: ForestRow) -> list[tuple[str, str]]:
    """What stands below the label: texts with their language, on lines of their own where it is
    another than the page's."""
    if row.lang_attr and row.part:
        texts = [(row.sublabel, ""), (row.part, row.lang_attr)]
    else:
        texts = [(", ".join(one for one in (row.sublabel, row.part) if one), "")]
    return [(words, lang_attr) for words, lang_attr in texts if words]


def _mark(row: ForestRow, top: float, axis: Axis, style: Style) -> tuple[Mark, float]:
    label = wrap(row.label, style.label_width, style.text_size, lines=2)
    baseline = top + style.pad + style.lead
    first = baseline
    label_lines, sublabel_lines = [], []
    for i, text in enumerate(label):
        baseline += style.label_step if i else 0
        label_lines.append(Line(text, _number(baseline)))
    for words, lang_attr in _below(row):
        for text in wrap(words, style.sublabel_width, 14, lines=2):
            baseline += style.sublabel_step
            sublabel_lines.append(Line(text, _number(baseline), lang_attr))
    text_bottom = baseline + 4
    bottom = text_bottom + style.below + style.pad
    middle = text_bottom + style.below / 2 + 3 if style.below else (top + bottom) / 2
    x, side = _x(row.value, axis, style)
    mark = Mark(
        row=row,
        top=_number(top),
        middle=_number(middle),
        bottom=_number(bottom),
        label=tuple(label_lines),
        sublabel=tuple(sublabel_lines),
        value_y=_number(first if style.below else middle + 5),
        x=_number(x),
        clipped=side,
        shape=_arrow(x, middle, side) if side else _dot(x, middle),
        whisker=_whisker(row, axis, style, middle),
    )
    return mark, bottom


def _summary_mark(
    summary: ForestSummary, top: float, axis: Axis, style: Style
) -> tuple[SummaryMark, float]:
    baseline = top + style.pad + style.lead
    bottom = baseline + 8 + style.below + style.pad
    middle = baseline + 4 + style.below / 2 + 3 if style.below else (top + bottom) / 2
    y = _number(middle)

    def at(value: float) -> str:
        return _number(_x(value, axis, style)[0])

    diamond = dot = bar = median = ""
    if summary.mean is not None:
        x, side = _x(summary.mean, axis, style)
        if side:
            dot = _arrow(x, middle, side)
        elif summary.ci_low is not None and summary.ci_high is not None:
            diamond = (
                f"M{at(summary.ci_low)} {y}L{at(summary.mean)} {_number(middle - 7)}"
                f"L{at(summary.ci_high)} {y}L{at(summary.mean)} {_number(middle + 7)}z"
            )
        else:
            dot = _dot(x, middle, 4)
    if summary.pi_low is not None and summary.pi_high is not None:
        bar = f"M{at(summary.pi_low)} {y}H{at(summary.pi_high)}"
    if summary.median is not None:
        median = f"M{at(summary.median)} {_number(middle - 10)}v20"
    mark = SummaryMark(
        middle=y,
        label_y=_number(baseline if style.below else middle + 5),
        value_y=_number(baseline if style.below else middle + 5),
        diamond=diamond,
        dot=dot,
        bar=bar,
        median=median,
    )
    return mark, bottom


def lay_out(
    rows: Sequence[ForestRow], summary: ForestSummary | None, axis: Axis, style: Style
) -> Layout:
    """The drawing of `rows` on `axis`, top to bottom, with the summary below them."""
    y = _TOP
    marks, strips = [], []
    for row in rows:
        mark, y = _mark(row, y, axis, style)
        marks.append(mark)
        strips.append(y)
    separator = y
    summary_mark = None
    if summary is not None and (summary.mean is not None or summary.median is not None):
        summary_mark, y = _summary_mark(summary, y + 4, axis, style)
        strips.append(y)
    bottom = y + 4

    def line(x: float) -> str:
        if not style.below:
            return f"M{_number(x)} {_number(_TOP)}V{_number(bottom)}"
        # Where dots stand below their labels, lines leave the labels free.
        pieces = [
            f"M{_number(x)} {_number(end - style.below - style.pad)}V{_number(end)}"
            for end in strips[:-1]
        ]
        last = strips[-1] - style.below - style.pad
        return "".join([*pieces, f"M{_number(x)} {_number(last)}V{_number(bottom)}"])

    positions = [(value, _x(value, axis, style)[0]) for value in axis.ticks]
    return Layout(
        code=style.code,
        width=style.width,
        height=round(bottom + 44),
        left=_number(style.plot_left),
        right=_number(style.plot_right),
        tick_y=_number(bottom + 17),
        side_y=_number(bottom + 37),
        label_x=_number(style.label_x),
        value_x=_number(style.value_x),
        separator_y=_number(separator),
        ticks=tuple(Tick(_number(x), value, line(x), value == 0) for value, x in positions),
        marks=tuple(marks),
        summary=summary_mark,
    )
