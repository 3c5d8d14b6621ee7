"""Figures of reports as complete SVG texts: the same drawing on a page of HTML and in a PDF.

Texts have the colour of the surrounding text (`currentColor`), so that a figure is readable on dark
pages too. Colour is never the only signal: every bar has its number, every dot its value.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from alliance.charts.forest import Forest
from alliance.charts.scale import make_axis
from alliance.charts.wrap import text_width, wrap

WIDTH = 680
_LABEL, _ROW, _BAR, _LEAST, _TEXT, _SMALL, _SMALLEST = 250, 30, 18, 10.0, 14.0, 12.5, 10.0
_FACE = "Source Sans Pro, Source Sans 3, system-ui, sans-serif"
#: The fill of each part of a bar, and the colour of its number, by code.
TONES = {
    "worked": ("#00675b", "#ffffff"),
    "reported": ("#cfe6e0", "#14242b"),
    "mixed": ("#e3c777", "#14242b"),
    "did-not-work": ("#a1350f", "#ffffff"),
    "plain": ("#0c5a6e", "#ffffff"),
    "open": ("#d2dad8", "#14242b"),
}
_DOT = "#0c7f9a"


def _svg(width: float, height: float, title: str, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img"'
        f' aria-label={quoteattr(title)} font-family="{_FACE}" font-size="{_TEXT:g}">'
        + "".join(parts)
        + "</svg>"
    )


def _words(x: float, y: float, text: str, **attributes: str) -> str:
    all_attributes = {"fill": "currentColor"} | {
        name.replace("_", "-"): value for name, value in attributes.items()
    }
    markup = "".join(f" {name}={quoteattr(value)}" for name, value in all_attributes.items())
    return f'<text x="{x:.1f}" y="{y:.1f}"{markup}>{escape(text)}</text>'


def _label(text: str, y: float, *, width: float = _LABEL - 12) -> str:
    """The name of a row: on one line, or smaller on two or three, so that it is complete."""
    for size, most in ((_TEXT, 1), (_SMALL, 2), (_SMALLEST, 3)):
        lines = wrap(text, width, size, lines=most)
        if " ".join(lines).split() == text.split():
            break
    first = y + 4.5 - (len(lines) - 1) * size / 2
    return "".join(
        _words(0, first + size * place, line, font_size=f"{size:g}")
        for place, line in enumerate(lines)
    )


def bars(
    rows: Sequence[tuple[str, Sequence[int]]], kinds: Sequence[tuple[str, str]], *, title: str
) -> str:
    """Counts as stacked bars: `rows` are label and one count for each of `kinds`, which are a code
    of `TONES` and its label in the key above. Kinds without any count are omitted."""
    used = [place for place in range(len(kinds)) if any(counts[place] for _name, counts in rows)]
    kinds = [kinds[place] for place in used]
    rows = [(name, [counts[place] for place in used]) for name, counts in rows]
    parts, x = [], 0.0
    for code, word in kinds:
        fill, _ink = TONES[code]
        parts.append(f'<rect x="{x:.1f}" y="3" width="14" height="14" rx="2" fill="{fill}"/>')
        parts.append(_words(x + 20, 15, word))
        x += 20 + text_width(word, _TEXT) * 1.08 + 24
    most = max((sum(counts) for _name, counts in rows), default=0) or 1
    unit = (WIDTH - _LABEL - 40 - _LEAST * len(kinds)) / most
    for place, (name, counts) in enumerate(rows):
        y = 46.0 + place * _ROW
        parts.append(_label(name, y))
        x = float(_LABEL)
        for (code, _word), n in zip(kinds, counts, strict=True):
            if not n:
                continue
            fill, ink = TONES[code]
            # So that the number of the smallest part fits into it.
            wide = max(n * unit, text_width(str(n), _SMALL) + _LEAST / 2)
            parts.append(
                f'<rect x="{x:.1f}" y="{y - _BAR / 2:.1f}" width="{max(wide - 1.5, 1):.1f}"'
                f' height="{_BAR}" fill="{fill}"/>'
            )
            middle = x + (wide - 1.5) / 2
            parts.append(
                _words(
                    middle, y + 4.5, str(n), fill=ink, text_anchor="middle",
                    font_size=f"{_SMALL:g}",
                )
            )  # fmt: skip
            x += wide
        parts.append(_words(x + 6, y + 5, str(sum(counts)), font_weight="600"))
    return _svg(WIDTH, 46 + len(rows) * _ROW - 8, title, parts)


def forest(plot: Forest, values: Sequence[str], *, title: str, mean: str = "") -> str:
    """A forest plot; `values` are the printed values of its rows, `mean` that of the summary."""
    left, right = _LABEL + 10.0, WIDTH - 130.0

    def at(value: float) -> float:
        axis = plot.axis
        share = (value - axis.low) / ((axis.high - axis.low) or 1)
        return left + (right - left) * min(max(share, 0.0), 1.0)

    n = len(plot.marks) + bool(mean)
    bottom = 18.0 + n * _ROW
    parts = []
    for tick in plot.ticks:
        x = at(tick.value)
        dash = ' stroke-width="1.5"' if tick.value == 0 else ' stroke-opacity=".25"'
        parts.append(f'<path d="M{x:.1f} 6V{bottom:.1f}" stroke="currentColor"{dash}/>')
        if tick.is_labelled:
            tick_label = f"{tick.value:g}".replace("-", "−")
            parts.append(
                _words(x, bottom + 15, tick_label, text_anchor="middle", font_size=f"{_SMALL:g}")
            )
    for place, (mark, value) in enumerate(zip(plot.marks, values, strict=True)):
        row, y = mark.row, 18.0 + place * _ROW
        parts.append(_label(f"{row.label}, {row.sublabel}" if row.sublabel else row.label, y))
        if row.low is not None and row.high is not None:
            parts.append(
                f'<line x1="{at(row.low):.1f}" x2="{at(row.high):.1f}" y1="{y:.1f}" y2="{y:.1f}"'
                f' stroke="{_DOT}" stroke-width="3"/>'
            )
        fill = _DOT if row.filled else "none"
        x = at(row.value)
        if mark.clipped:
            tip, back = x, x - mark.clipped * 11
            parts.append(f'<path d="M{tip:.1f} {y:.1f}L{back:.1f} {y - 6:.1f}v12z" fill="{_DOT}"/>')
        else:
            parts.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{fill}" stroke="{_DOT}"'
                ' stroke-width="2"/>'
            )
        parts.append(_words(WIDTH, y + 5, value, text_anchor="end", font_weight="600"))
    if mean and plot.summary is not None:
        y, summary = 18.0 + len(plot.marks) * _ROW, plot.summary
        middle = summary.mean if summary.mean is not None else summary.median
        if summary.pi_low is not None and summary.pi_high is not None:
            parts.append(
                f'<line x1="{at(summary.pi_low):.1f}" x2="{at(summary.pi_high):.1f}" y1="{y:.1f}"'
                f' y2="{y:.1f}" stroke="currentColor" stroke-opacity=".28" stroke-width="10"/>'
            )
        if middle is not None:
            x = at(middle)
            parts.append(
                f'<path d="M{x - 8:.1f} {y:.1f}L{x:.1f} {y - 7:.1f} {x + 8:.1f} {y:.1f}'
                f' {x:.1f} {y + 7:.1f}z" fill="currentColor"/>'
            )
        label, _line, value = mean.partition("\n")
        parts.append(_label(label, y))
        parts.append(_words(WIDTH, y + 5, value, text_anchor="end", font_weight="600"))
    return _svg(WIDTH, bottom + 22, title, parts)


def series(
    points: Sequence[tuple[str, float]], *, title: str, last: str, target: float | None = None
) -> str:
    """A line over periods; its last point has the label `last`, a dashed line is the target."""
    width, height, left, right, top, low = 340.0, 130.0, 8.0, 96.0, 16.0, 26.0
    known = [value for _period, value in points] + ([target] if target is not None else [])
    axis = make_axis(known)
    least, most = min(known), max(known)
    if least >= 0 and least > 0.5 * most:
        # Small variations far above zero would be a flat line.
        span = (most - least) or abs(most) or 1.0
        floor, ceiling = least - 0.25 * span, most + 0.25 * span
    else:
        floor, ceiling = axis.low, axis.high

    def y_of(value: float) -> float:
        return top + (height - top - low) * (1 - (value - floor) / ((ceiling - floor) or 1))

    step = (width - left - right) / max(len(points) - 1, 1)
    spots = [(left + step * place, y_of(value)) for place, (_at, value) in enumerate(points)]
    base = height - low + 6
    parts = [
        f'<line x1="{left}" x2="{width - right:.1f}" y1="{base:.1f}" y2="{base:.1f}"'
        ' stroke="currentColor" stroke-opacity=".35"/>'
    ]
    if target is not None:
        parts.append(
            f'<line x1="{left}" x2="{width - right:.1f}" y1="{y_of(target):.1f}"'
            f' y2="{y_of(target):.1f}" stroke="currentColor" stroke-dasharray="5 4"/>'
        )
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in spots)
    parts.append(f'<path d="M{path}" fill="none" stroke="{_DOT}" stroke-width="2.5"/>')
    parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{_DOT}"/>' for x, y in spots]
    x, y = spots[-1]
    parts.append(_words(x + 9, y + 5, last, font_weight="600"))
    ends = [(left, points[0][0], "start"), (width - right, points[-1][0], "end")]
    for x, period, anchor in ends[: 1 if len(points) == 1 else 2]:
        parts.append(_words(x, height - 4, period, text_anchor=anchor, font_size=f"{_SMALL:g}"))
    return _svg(width, height, title, parts)
