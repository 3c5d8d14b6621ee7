"""The charts of pages; a built-in library, so no page needs to load it.

`docs/reference/components.md` shows each with its parameters and an example.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import template
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from alliance.charts.chain import ChainDrawing
from alliance.charts.forest import Forest, Mark, SummaryMark
from alliance.charts.map import Mark as Point
from alliance.charts.map import PointMap
from alliance.charts.marks import MARKS, outcome_code
from alliance.charts.series import Chart
from alliance.charts.skyline import ORDER, Skyline, Subject
from alliance.charts.skyline import draw as draw_skyline
from alliance.charts.strip import PEER, SHAPES, Shape, Strip, TrendLine
from alliance.web import formatting
from alliance.web.templatetags.components import outcome_word, query_with

register = template.Library()


@register.inclusion_tag("web/charts/forest.html")
def forest(
    plot: Forest,
    id: str = "forest",
    of_results: bool = False,
    told_in_label: bool = False,
    signs_said: bool = False,
    title_lang: str = "",
    line: str = "",
    is_brief: bool = False,
) -> dict[str, Any]:
    """A forest plot made by `alliance.charts.forest.draw`. `id` must be unique on the page.

    `of_results`: its rows are results of one case or measure, not places, and say in their own
    words how each was found. `told_in_label`: the labels are in the language of their row.
    `signs_said`: the drawing before it explains the same signs, so that it needs no caption.
    `title_lang`: the language of title and unit, where that is not the page's. `line`: what its
    lines are, where they are no plain confidence intervals. `is_brief`: the text around it sums up
    the results.
    """
    # A symbol follows every value, the name of a longer unit is in the title.
    sign = plot.unit_symbol if len(plot.unit_symbol) <= (3 if of_results else 8) else ""
    return {
        "plot": plot,
        "id": id,
        "sign": sign,
        "of_results": of_results,
        "told_in_label": told_in_label,
        "signs_said": signs_said,
        "title_lang": title_lang,
        "line": line,
        "is_brief": is_brief,
    }


@register.simple_tag
def strip(mark: Mark | SummaryMark, zero: str) -> SafeString:
    """The marks of one row of a forest plot on its axis; a page contains dozens."""
    x, interval, expected = mark.x, mark.interval, None
    parts = [
        '<line class="ax" x1="1%" x2="99%" y1="50%" y2="50%"/>',
        f'<line class="zero" x1="{zero}" x2="{zero}" y1="8%" y2="92%"/>',
    ]
    if isinstance(mark, SummaryMark):
        expected, shape = mark.expected, _at(x, "mean", "M-9 0 0-7 9 0 0 7z")
    else:
        css = "dot" if mark.row.filled else "dot open"
        shape = f'<circle class="{css}" cx="{x}" cy="50%" r="6"/>'
        if mark.range is not None:
            start, end = mark.range.start, mark.range.end
            parts.append(f'<line class="ci" x1="{start}" x2="{end}" y1="50%" y2="50%"/>')
            shape = "".join(
                f'<circle class="{css}" cx="{at}" cy="50%" r="4"/>' for at in (start, end)
            )
    for line, css in ((expected, "pi"), (interval, "ci")):
        if line is not None:
            ends = f'x1="{line.start}" x2="{line.end}"'
            parts.append(f'<line class="{css}" {ends} y1="50%" y2="50%"/>')
    if interval is not None and interval.goes_on_below:
        parts.append(_at(interval.start, "tip", "M0 0 6-5V5z"))
    if interval is not None and interval.goes_on_above:
        parts.append(_at(interval.end, "tip", "M0 0-6-5V5z"))
    if mark.clipped:
        shape = _at(x, "arrow", "M0 0-11-7V7z" if mark.clipped > 0 else "M0 0 11-7V7z")
    # Positions on the axis are numbers that the chart has formatted.
    return SafeString(f'<svg class="strip" aria-hidden="true">{"".join(parts)}{shape}</svg>')


def _at(x: str, css: str, path: str) -> str:
    return f'<svg x="{x}" y="50%" overflow="visible"><path class="{css}" d="{path}"/></svg>'


@register.simple_tag
def dots(row: Strip) -> SafeString:
    """The marks of a row on an axis of its own; the cells beside it say the same in words."""
    parts = [] if row.in_lanes else ['<line class="ax" x1="1%" x2="99%" y1="50%" y2="50%"/>']
    for lane, mark in enumerate(row.marks):
        y = f"{100 * (lane + 0.5) / len(row.marks) if row.in_lanes else 50:.0f}%"
        if row.in_lanes:
            parts.append(f'<line class="lane" x1="1%" x2="99%" y1="{y}" y2="{y}"/>')
        if mark.low is not None and mark.high is not None:
            start, end = sorted((row.scale.at(mark.low), row.scale.at(mark.high)))
            css = "ci faint" if mark.shape is PEER else "ci"
            ends = f'x1="{start:.1f}%" x2="{end:.1f}%"'
            parts.append(f'<line class="{css}" {ends} y1="{y}" y2="{y}"/>')
        place = f'x="{row.scale.at(mark.value):.1f}%" y="{y}" overflow="visible"'
        parts.append(f'<svg {place}><path class="{mark.shape.css}" d="{mark.shape.path}"/></svg>')
    css = f"strip lanes of{len(row.marks)}" if row.in_lanes else "strip"
    return SafeString(f'<svg class="{css}" aria-hidden="true">{"".join(parts)}</svg>')


@register.simple_tag
def axis_head(title: str, ticks: Sequence[tuple[float, str]]) -> SafeString:
    """The axis in the head of a table of strips: texts at percentages of its width."""
    anchors = ["start", *["middle"] * (len(ticks) - 2), "end"]
    texts = format_html_join(
        "",
        '<text x="{}%" y="85%" text-anchor="{}">{}</text>',
        ((f"{x:.1f}", anchor, text) for (x, text), anchor in zip(ticks, anchors, strict=True)),
    )
    return format_html(
        '<svg class="strip" role="img" aria-label="{0}"><title>{0}</title>{1}</svg>', title, texts
    )


@register.simple_tag
def strip_ends(ends: tuple[str, str] | None) -> SafeString:
    """The ends of a row that has an axis of its own."""
    if ends is None:
        return SafeString("")
    spans = format_html_join("", "<span>{}</span>", ((end,) for end in ends))
    return format_html('<span class="ends" aria-hidden="true">{}</span>', spans)


@register.simple_tag
def key_mark(shape: Shape | str) -> SafeString:
    """A mark of a strip, or "interval", as a key shows it; the word stands beside it."""
    if shape == "interval":
        drawn, box = '<path class="ci" d="M1 9H29"/>', 'class="w" viewBox="0 0 30 18"'
    else:
        of = SHAPES[shape] if isinstance(shape, str) and shape in SHAPES else shape
        assert isinstance(of, Shape)
        drawn, box = f'<path class="{of.css}" d="{of.path}"/>', 'viewBox="-9 -9 18 18"'
    return SafeString(f'<svg {box} aria-hidden="true">{drawn}</svg>')


@register.simple_tag
def trend_line(line: TrendLine, big: bool = False) -> SafeString:
    """Values over the years on their whole axis; the words beside it give its ends."""
    height = 60 if big else 40
    target = ""
    if line.target is not None:
        target = f'<path class="target" d="M0 {line.height_of(line.target, height):.1f}H100"/>'
    return SafeString(
        f'<svg class="tline{" big" if big else ""}" viewBox="0 0 100 {height}"'
        ' preserveAspectRatio="none" aria-hidden="true">'
        f'<path class="frame" d="M0 2H100M0 {height - 2}H100"/>{target}'
        f'<polyline class="line" points="{line.points_in(height)}"/></svg>'
    )


@register.inclusion_tag("web/charts/chain.html")
def chain_chart(drawing: ChainDrawing, id: str = "chain") -> dict[str, Any]:
    """A tree made by `alliance.charts.chain.draw`; a list next to it must have the same links."""
    return {"drawing": drawing, "id": id}


@register.simple_tag
def map_shape(code: str) -> SafeString:
    """A mark as on maps, for their keys; its word is next to it."""
    return format_html(
        '<svg class="mark" viewBox="-6 -6 12 12" aria-hidden="true">'
        '<path class="shape" fill-rule="evenodd" d="{}"/></svg>',
        MARKS[outcome_code(code)],
    )


@register.simple_tag
def map_mark(code: str) -> SafeString:
    """An outcome as on the map, with its word: the key of the map."""
    return format_html(
        '<span class="outcome {}">{}{}</span>', code, map_shape(code), outcome_word(code)
    )


@register.simple_tag
def city_marks(chart: PointMap, meanings: Mapping[str, str]) -> SafeString:
    """The marks of a map of cities as links; `meanings` explains each outcome in words."""
    words = {code: f" ({text})" for code, text in meanings.items() if text}
    return format_html_join(
        "\n",
        '<g class="point {}" transform="translate({} {})"><a href="{}" aria-label="{}{}">'
        '<circle class="hit" r="10"/><path class="shape" fill-rule="evenodd" d="{}"/>'
        '<text aria-hidden="true" x="{}" y="{}" text-anchor="{}">{}</text></a></g>',
        (
            (
                mark.outcome, mark.x, mark.y, mark.href, mark.label, words.get(mark.outcome, ""),
                mark.shape, mark.label_x, mark.label_y, mark.label_anchor, mark.label,
            )
            for mark in chart.marks
        ),
    )  # fmt: skip


@register.simple_tag
def point_marks(chart: PointMap, id: str) -> SafeString:
    """The marks of a map of records, each with its label; as a template they took a fifth of the
    time of a search page. `id` is that of the map."""
    # All but the label and the address are made here.
    return SafeString(
        "\n".join(
            _point(mark, f"{id}-{n}", f"{id}-{mark.outcome}")
            for n, mark in enumerate(chart.marks, 1)
        )
    )


def _point(point: Point, label_id: str, outcome_id: str) -> str:
    lang = f' lang="{point.language}"' if point.language else ""
    drawn = (
        f'<circle class="hit" r="10"/><path class="shape" fill-rule="evenodd" d="{point.shape}"/>'
        f'<text id="{label_id}"{lang} x="{point.label_x}" y="4" text-anchor="{point.label_anchor}">'
        f"{escape(point.label)}</text>"
    )
    if point.href:
        names = f'aria-labelledby="{label_id} {outcome_id}"'
        drawn = f'<a href="{escape(point.href)}" {names}>{drawn}</a>'
    place = f'transform="translate({point.x} {point.y})"'
    return f'<g class="point {point.outcome}" {place}>{drawn}</g>'


@register.inclusion_tag("web/charts/map.html", takes_context=True)
def point_map(
    context: template.Context,
    chart: PointMap,
    id: str = "map",
    parameter: str = "map",
) -> dict[str, Any]:
    """A map made by `alliance.charts.map.draw`; the list next to it must contain the same links.

    `parameter` is the query parameter by which the view chooses the other map view.
    """
    other = query_with(context, parameter, chart.other_view) if chart.other_view else ""
    return {"chart": chart, "id": id, "other_href": other}


@register.inclusion_tag("web/charts/skyline.html")
def skyline(city: Skyline) -> dict[str, Any]:
    """A skyline made by `alliance.charts.skyline.draw`; at most one on a page."""
    codes = [code for code in ORDER if any(subject.counts.get(code) for subject in city.subjects)]
    return {
        "city": city,
        "codes": codes,
        "keys": [(code, outcome_word(code)) for code in codes],
        "rows": [
            (subject.label, [subject.counts.get(code, 0) for code in codes])
            for subject in city.subjects
        ],
    }


@register.inclusion_tag("web/charts/tower.html")
def tower(tally: Any, caption: str) -> dict[str, Any]:
    """The cases of a city or a solution as one tower, whose key counts them by outcome.

    `tally` has a number for each outcome, such as `did_not_work`.
    """
    counts = {code: getattr(tally, code.replace("-", "_")) for code in ORDER}
    drawn = draw_skyline([Subject("", "", counts)], is_wide=True)
    keys = (
        (code, f"{outcome_word(code)}{formatting.NBSP}{formatting.number(n)}")
        for code, n in counts.items()
        if n
    )
    return {"city": drawn, "keys": list(keys), "caption": caption}


@register.inclusion_tag("web/charts/series.html")
def series(plot: Chart, id: str = "series") -> dict[str, Any]:
    """A chart made by `alliance.charts.series`. `id` must be unique on the page."""
    return {
        "plot": plot,
        "id": id,
        "drawings": (plot.wide, plot.narrow),
        "rows": [(label, _cells(values)) for label, values in plot.rows],
    }


def _cells(values: Sequence[object]) -> list[str]:
    """The values of a row in the table; those with an interval are estimates."""
    estimated = any(isinstance(value, tuple) for value in values)
    return [
        _cell(value, formatting.estimate if estimated else formatting.significant)
        for value in values
    ]


def _cell(value: object, write: Callable[[float], str]) -> str:
    """A value of a chart in the table next to it; an interval by both of its ends."""
    if isinstance(value, tuple):
        if None in value:
            return gettext("not known")
        low, high = (write(end) for end in value)
        return gettext("%(low)s to %(high)s") % {"low": low, "high": high}
    if isinstance(value, int | float):
        return write(value)
    return gettext("no data")
