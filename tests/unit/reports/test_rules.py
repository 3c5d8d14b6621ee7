"""What a brief leaves out when the page is full: by rule, told, and never more than needed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alliance.cases.selectors.case_list import Localised
from alliance.reports import fitting as rules
from alliance.reports.selectors.content import Box, Brief, Chart, Line, Passage
from tests.factories.briefs import brief, row, source


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [
        ("Short.", 20, "Short."),
        ("First one. Second one. Third one.", 24, "First one. Second one. …"),
        ("First one. Second one. Third one.", 23, "First one. …"),
        ("A sentence without an early end", 14, "A sentence…"),
        ("Unbrokenwordthatneverends", 10, "Unbrokenw…"),
    ],
)
def test_a_text_is_cut_at_sentences_then_words_then_letters(text, most, expected):
    assert rules.cut(text, most) == expected
    assert len(rules.cut(text, most)) <= most


def test_a_shortened_list_counts_what_is_missing():
    lines = tuple(Line(Localised(f"City {n}")) for n in range(9))
    full = brief(boxes=(Box("peers", "Who else", lines), Box("cost", "Cost", lines)))
    once = rules.limit_box("peers", 6)(full)
    twice = rules.limit_box("peers", 4)(once)
    assert [len(box.lines) for box in twice.boxes] == [4, 9]
    assert [box.left_out for box in twice.boxes] == [5, 0]
    assert twice.boxes[0].lines == lines[:4]


def test_rows_are_kept_by_importance_and_shown_in_their_order():
    rows = tuple(
        row(name, priority=rank) for name, rank in zip("abcde", (3, 0, 4, 2, 1), strict=True)
    )
    cut = rules.limit_rows(3)(brief(charts=(Chart("", "", rows),)))
    assert [one.label.value for one in cut.charts[0].rows] == ["b", "d", "e"]
    assert cut.charts[0].left_out == 2


def cited(*numbers: int, sources: int) -> Brief:
    """A brief whose rows and lines cite these numbers, half each."""
    half = len(numbers) // 2
    return brief(
        charts=(Chart("", "", tuple(row(str(n), source=n) for n in numbers[:half])),),
        boxes=(
            Box("failures", "", tuple(Line(Localised(str(n)), source=n) for n in numbers[half:])),
        ),
        sources=tuple(source(n) for n in range(1, sources + 1)),
    )


def numbers(one: Brief) -> list[int]:
    return [row.source for row in one.charts[0].rows] + [line.source for line in one.boxes[0].lines]


def test_sources_are_numbered_as_they_are_cited_then_the_others():
    one = rules.numbered(cited(4, 2, 4, 5, sources=6))
    assert [s.number for s in one.sources] == [1, 2, 3, 4, 5, 6]
    assert [s.title.value for s in one.sources] == [f"Report {n}" for n in (4, 2, 5, 1, 3, 6)]
    assert numbers(one) == [1, 2, 1, 3]
    assert one.sources_left_out == 0
    assert rules.numbered(one) == one


def test_a_number_stays_with_its_source_when_rows_go():
    full = cited(1, 2, 3, 4, 5, 6, sources=6)
    one = rules.numbered(rules.limit_rows(1)(full))
    for row_ in one.charts[0].rows:
        assert one.sources[row_.source - 1].title.value == f"Report {row_.label.value}"
    for line in one.boxes[0].lines:
        assert one.sources[line.source - 1].title.value == f"Report {line.text.value}"
    assert len(one.sources) == 6


def test_what_is_cited_is_never_left_out_and_the_others_are_counted():
    many = rules.MOST_SOURCES + 40
    few = rules.numbered(cited(many, 1, sources=many))
    assert len(few.sources) == rules.MOST_SOURCES
    assert few.sources_left_out == 40
    assert numbers(few) == [1, 2]
    every = rules.numbered(cited(*range(1, many + 1), sources=many))
    assert len(every.sources) == many
    assert every.sources_left_out == 0


def test_no_step_touches_a_source():
    full = long_brief()
    for step in rules.STEPS:
        kept = [(one.title, one.url) for one in step(full).sources]
        assert kept == [(one.title, one.url) for one in full.sources]


def test_results_that_are_all_there_is_are_not_left_out():
    uncounted = Chart("Shown, but not counted", "", (row(),), optional=True)
    alone = brief(charts=(uncounted,))
    assert rules.drop_optional_charts(alone) == alone
    both = rules.drop_optional_charts(brief(charts=(Chart("a", "", (row(),)), uncounted)))
    assert [chart.title for chart in both.charts] == ["a"]
    assert both.left_out == ("Shown, but not counted",)


def test_rows_of_a_chart_that_goes_are_counted_in_the_last_one_kept():
    charts = tuple(Chart(name, "", (row(), row())) for name in "abc")
    cut = rules.limit_charts(2)(brief(charts=charts))
    assert [(chart.title, chart.left_out) for chart in cut.charts] == [("a", 0), ("b", 2)]


def length(one: Brief) -> int:
    """A stand-in for the height of a page."""
    return len(repr(one))


def long_brief() -> Brief:
    lines = tuple(
        Line(Localised(f"City {n}, which is far away"), note="stopped") for n in range(12)
    )
    text = "A sentence that is told here in full. " * 12
    return brief(
        boxes=(
            Box("peers", "Who else", lines, wide=True),
            Box("cost", "Cost", lines),
            Box("measures", "Other results", lines),
        ),
        passages=(
            Passage("did-not", "What did not work", Localised(text.strip())),
            Passage("problem", "The problem", Localised(text.strip()), optional=True),
        ),
        charts=(Chart("", "", tuple(row(f"Place {n}", priority=n) for n in range(15))),),
        sources=tuple(source(n) for n in range(1, 7)),
    )


def test_a_brief_that_fits_is_left_as_it_is():
    full = long_brief()
    assert rules.shorten(full, lambda one: True) == full


def test_a_brief_that_never_fits_is_refused():
    assert rules.shorten(long_brief(), lambda one: False) is None


@pytest.mark.parametrize("part", [0.9, 0.7, 0.6, 0.5])
def test_it_fits_in_the_end_and_the_answer_stays(part):
    full = long_brief()
    most = length(full) * part
    short = rules.shorten(full, lambda one: length(one) <= most)
    assert short is not None
    assert length(short) <= most
    for name in ("outcome", "kicker", "foot", "address", "document_title", "network"):
        assert getattr(short, name) == getattr(full, name)
    assert [one.label for one in short.figures] == [one.label for one in full.figures]
    assert [one.url for one in short.sources] == [one.url for one in full.sources]
    # Whatever went is told: in the counts, as an ellipsis, or by the name of the section.
    for before in full.boxes:
        after = next((box for box in short.boxes if box.key == before.key), None)
        if after is None:
            assert before.title in short.left_out
        else:
            assert len(after.lines) + after.left_out == len(before.lines)
    assert sum(len(chart.rows) + chart.left_out for chart in short.charts) == 15
    for passage in short.passages:
        whole = next(one for one in full.passages if one.key == passage.key)
        if passage.body != whole.body:
            assert passage.shortened and passage.body.value.endswith("…")


def test_a_step_that_made_no_room_where_it_was_needed_is_taken_back():
    """Only the rows of the chart are too many: nothing else may have gone."""
    full = long_brief()
    short = rules.shorten(full, lambda one: len(one.charts[0].rows) <= 8)
    assert short is not None
    assert replace(short, charts=full.charts) == full
    assert len(short.charts[0].rows) == 8
