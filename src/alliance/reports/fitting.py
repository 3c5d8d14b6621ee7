"""Shortens a brief in a fixed order, so that it always fits on a page.

Nothing is clipped: a shortened list says how many lines are missing, a shortened text ends in an
ellipsis, and the foot names the sections that are only on the web page. The order of `STEPS` is the
published rule (docs/explanation/brief.md): the answer, the outcome, the figures at the top, the
sources with their complete addresses and the foot are never left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from alliance.knowledge.selectors.case_list import Localised
from alliance.knowledge.selectors.cases import first_sentence
from alliance.reports.selectors.content import NOTHING, Box, Brief, Chart, Line, Row

ELLIPSIS = "…"

#: This number of sources always shares the page with the text; more sources move to additional
#: pages if the page is full.
FEW_SOURCES = 6
#: With more sources, those that the page does not cite are left out.
MOST_SOURCES = 60

Step = Callable[[Brief], Brief]


def cut(text: str, most: int) -> str:
    """At most `most` characters of `text`: complete sentences, or else words, followed by "…"."""
    if len(text) <= most:
        return text
    beginning, rest = "", text
    while rest:
        sentence = first_sentence(rest)
        longer = f"{beginning} {sentence}".strip()
        if len(longer) > most - 2:
            break
        beginning, rest = longer, rest[len(sentence) :].strip()
    if beginning:
        return f"{beginning} {ELLIPSIS}"
    words = text[: most - 1].rsplit(" ", 1)
    return f"{words[0].rstrip(' ,;:') if len(words) == 2 else text[: most - 1]}{ELLIPSIS}"


def _shortened(words: Localised, most: int) -> Localised:
    return replace(words, value=cut(words.value, most))


def limit_box(key: str, most: int) -> Step:
    """Limits boxes with this key to `most` lines."""

    def limited(box: Box) -> Box:
        if box.key != key or len(box.lines) <= most:
            return box
        return replace(box, lines=box.lines[:most], left_out=box.left_out + len(box.lines) - most)

    return lambda brief: replace(brief, boxes=tuple(limited(box) for box in brief.boxes))


def limit_boxes(most: int) -> Step:
    """Limits every box to `most` lines."""

    def limited(brief: Brief) -> Brief:
        for key in {box.key for box in brief.boxes}:
            brief = limit_box(key, most)(brief)
        return brief

    return limited


def limit_rows(most: int) -> Step:
    """Limits each chart to the `most` most important rows, in order."""

    def limited(chart: Chart) -> Chart:
        if len(chart.rows) <= most:
            return chart
        important = sorted(chart.rows, key=lambda row: row.priority)[:most]
        return replace(
            chart,
            rows=tuple(row for row in chart.rows if row in important),
            left_out=chart.left_out + len(chart.rows) - most,
        )

    return lambda brief: replace(brief, charts=tuple(limited(chart) for chart in brief.charts))


def limit_charts(most: int) -> Step:
    """Limits the charts to `most`; rows of the others count as left out of the last chart."""

    def limited(brief: Brief) -> Brief:
        if len(brief.charts) <= most:
            return brief
        *charts, last = brief.charts[:most]
        missing = sum(len(chart.rows) + chart.left_out for chart in brief.charts[most:])
        return replace(brief, charts=(*charts, replace(last, left_out=last.left_out + missing)))

    return limited


def drop_optional_charts(brief: Brief) -> Brief:
    """Leaves out results that are shown without being counted, unless there are no others."""
    if all(chart.optional for chart in brief.charts):
        return brief
    dropped = [chart.title for chart in brief.charts if chart.optional]
    charts = tuple(chart for chart in brief.charts if not chart.optional)
    return replace(brief, charts=charts, left_out=(*brief.left_out, *dropped))


def drop_optional_passages(brief: Brief) -> Brief:
    """Leaves out texts that the answer does not need."""
    dropped = [passage.title for passage in brief.passages if passage.optional]
    passages = tuple(passage for passage in brief.passages if not passage.optional)
    return replace(brief, passages=passages, left_out=(*brief.left_out, *dropped))


def drop_box(key: str) -> Step:
    """Leaves out boxes with this key."""

    def dropped(brief: Brief) -> Brief:
        titles = [box.title for box in brief.boxes if box.key == key]
        boxes = tuple(box for box in brief.boxes if box.key != key)
        return replace(brief, boxes=boxes, left_out=(*brief.left_out, *titles))

    return dropped


def numbered(brief: Brief) -> Brief:
    """Numbers sources from 1: first those that the page cites, in that order, then others.

    All cited sources are included; others only up to `MOST_SOURCES` in total.
    """
    cites = [row.source for chart in brief.charts for row in chart.rows]
    cites += [line.source for box in brief.boxes for line in box.lines]
    by_number = {source.number: source for source in brief.sources}
    cited = [number for number in dict.fromkeys(cites) if number in by_number]
    others = [number for number in by_number if number not in set(cited)]
    numbers = [*cited, *others[: max(MOST_SOURCES - len(cited), 0)]]
    new = {number: place for place, number in enumerate(numbers, start=1)}

    def row(chart_row: Row) -> Row:
        return replace(chart_row, source=new.get(chart_row.source, 0))

    def line(box_line: Line) -> Line:
        return replace(box_line, source=new.get(box_line.source, 0))

    return replace(
        brief,
        sources=tuple(replace(by_number[old], number=place) for old, place in new.items()),
        sources_left_out=brief.sources_left_out + len(brief.sources) - len(numbers),
        charts=tuple(replace(chart, rows=tuple(map(row, chart.rows))) for chart in brief.charts),
        boxes=tuple(replace(box, lines=tuple(map(line, box.lines))) for box in brief.boxes),
    )


def drop_seen(brief: Brief) -> Brief:
    """Leaves out what was read in each source."""
    return replace(brief, sources=tuple(replace(source, seen=NOTHING) for source in brief.sources))


def fold_evidence(brief: Brief) -> Brief:
    """Shortens lines of the evidence rule to names and points, without sentences."""

    def folded(box: Box) -> Box:
        if box.key != "evidence":
            return box
        lines = tuple(
            replace(line, label="", text=Localised(line.label.rstrip("."))) for line in box.lines
        )
        return replace(box, lines=lines)

    return replace(brief, boxes=tuple(map(folded, brief.boxes)))


def shorten_passages(most: int) -> Step:
    """Shortens each text to complete sentences of at most `most` characters."""

    def shortened(brief: Brief) -> Brief:
        return replace(
            brief,
            passages=tuple(
                replace(passage, body=_shortened(passage.body, most), shortened=True)
                if len(passage.body.value) > most
                else passage
                for passage in brief.passages
            ),
        )

    return shortened


def shorten_lines(most: int) -> Step:
    """Shortens each line of a box to complete sentences of at most `most` characters."""

    def shortened(brief: Brief) -> Brief:
        return replace(
            brief,
            boxes=tuple(
                replace(
                    box,
                    lines=tuple(
                        replace(
                            line,
                            text=_shortened(line.text, most),
                            label=cut(line.label, most),
                            note=cut(line.note, most),
                        )
                        for line in box.lines
                    ),
                )
                for box in brief.boxes
            ),
        )

    return shortened


def shorten_lead(most: int) -> Step:
    """Shortens the lead to complete sentences of at most `most` characters."""
    return lambda brief: replace(brief, lead=_shortened(brief.lead, most))


def shorten_names(most: int) -> Step:
    """Shortens names, labels and titles to words of at most `most` characters."""

    def row(chart_row: Row) -> Row:
        return replace(
            chart_row,
            label=_shortened(chart_row.label, most),
            part=_shortened(chart_row.part, most),
            basis=cut(chart_row.basis, most),
            interval=cut(chart_row.interval, most),
        )

    def shortened(brief: Brief) -> Brief:
        return replace(
            brief,
            heading=_shortened(brief.heading, 2 * most),
            facts=tuple(_shortened(fact, most) for fact in brief.facts),
            figures=tuple(
                replace(
                    figure, note=_shortened(figure.note, 2 * most), value=cut(figure.value, most)
                )
                for figure in brief.figures
            ),
            charts=tuple(
                replace(chart, rows=tuple(map(row, chart.rows)), title=cut(chart.title, most))
                for chart in brief.charts
            ),
        )

    return shortened


_BOUNDS: tuple[Step, ...] = (
    limit_charts(6),
    limit_rows(24),
    limit_boxes(20),
    numbered,
    shorten_passages(1600),
    shorten_lines(400),
    shorten_lead(900),
    shorten_names(240),
)

#: Steps that shorten a full page, applied in this order and cumulatively.
STEPS: tuple[Step, ...] = (
    drop_seen,
    drop_optional_charts,
    limit_box("worked", 6),
    limit_box("peers", 8),
    limit_box("unknown", 5),
    limit_box("measures", 4),
    limit_box("equity", 3),
    fold_evidence,
    limit_box("cost", 5),
    limit_rows(10),
    limit_box("failures", 6),
    shorten_lines(150),
    shorten_passages(260),
    limit_box("peers", 5),
    limit_box("unknown", 3),
    limit_box("measures", 2),
    drop_optional_passages,
    limit_rows(8),
    limit_box("failures", 4),
    shorten_passages(180),
    shorten_lines(110),
    limit_box("equity", 2),
    drop_box("measures"),
    limit_box("cost", 4),
    limit_rows(6),
    limit_box("failures", 3),
    shorten_names(90),
    shorten_lead(240),
    limit_charts(2),
    limit_rows(4),
    limit_box("peers", 3),
    shorten_lines(90),
    shorten_passages(120),
    limit_charts(1),
    shorten_names(55),
    shorten_lead(160),
    limit_rows(3),
    shorten_lines(60),
    shorten_passages(90),
    limit_boxes(2),
    shorten_names(45),
    limit_rows(2),
    limit_boxes(1),
)


def bounded(brief: Brief) -> Brief:
    """The brief without parts that cannot fit on any page, so that typesetting is quick."""
    for step in _BOUNDS:
        brief = step(brief)
    return brief


def shorten(brief: Brief, fits: Callable[[Brief], bool]) -> Brief | None:
    """Shortens the brief with as few steps as possible; None if all steps are not enough.

    Steps are added in order until it fits. Then each is removed again, from the first on, if the
    page fits without it: it may have made room in a column with space left.
    """
    stages, steps = [brief], []
    for step in STEPS:
        stepped = step(stages[-1])
        if stepped != stages[-1]:
            stages.append(stepped)
            steps.append(step)
    if not fits(stages[-1]):
        return None
    # Each stage is shorter than the one before, so the first that fits can be found by bisection.
    first, last = 0, len(stages) - 1
    while first < last:
        middle = (first + last) // 2
        first, last = (first, middle) if fits(stages[middle]) else (middle + 1, last)
    current, applied = stages[last], steps[:last]
    # It did not fit without the last step, which is therefore needed.
    for step in applied[:-1]:
        without = [other for other in applied if other is not step]
        fuller = _apply(brief, without)
        if fits(fuller):
            current, applied = fuller, without
    return current


def _apply(brief: Brief, steps: Iterable[Step]) -> Brief:
    for step in steps:
        brief = step(brief)
    return brief
