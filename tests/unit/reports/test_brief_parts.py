"""Figures in words, places on an axis, and addresses as printed."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import translation

from alliance.charts.forest import ForestRow, draw
from alliance.charts.scale import Axis
from alliance.reports.selectors import brief_parts
from tests.factories.briefs import row

NB = "\u00a0"


@pytest.mark.parametrize(
    ("language", "value", "symbol", "unit", "is_change", "expected"),
    [
        # Of a change two digits count; of a measure as many as were recorded.
        ("en", -22.5, "%", "percent change", True, (f"−22{NB}%", "")),
        ("sv", 35.0, "%", "procent av nederbörden", False, (f"35{NB}%", "av nederbörden")),
        ("fr", 7.5, "%", "% des trajets", False, (f"7,5{NB}%", "des trajets")),
        ("fr", 1200.0, "personnes", "personnes", False, (f"1\u202f200{NB}personnes", "")),
        ("en", 4.0, "pp", "percentage points", True, (f"+4{NB}pp", "")),
    ],
)
def test_a_result_has_its_sign_and_the_words_its_unit_leaves_out(
    language, value, symbol, unit, is_change, expected
):
    with translation.override(language):
        assert brief_parts.result(value, symbol, unit, is_change=is_change) == expected


def test_both_ends_of_a_range_have_their_sign():
    assert brief_parts.bounds(-30, 4, "%", signed=True) == f"−30 to +4{NB}%"
    assert brief_parts.bounds(-30.123, 4.4, "%", signed=True, digits=0) == f"−30 to +4{NB}%"
    assert brief_parts.bounds(5, 7.1, "%", signed=False) == f"5 to 7.1{NB}%"


def test_the_lowest_and_the_highest_are_kept_longest():
    assert brief_parts.ranks([]) == []
    assert brief_parts.ranks([-13, -10, -35, -12]) == [2, 0, 1, 3]
    # Of the others, the lower weight first.
    assert brief_parts.ranks([1, 2, 3, 4], [0, 5, 1, 9]) == [0, 3, 2, 1]


def test_a_row_stays_within_its_axis():
    axis = Axis(-40.0, 0.0, (-40.0, -20.0, 0.0), 0)
    inside = brief_parts.placed(row(), axis, -10, -20, None)
    assert (inside.at, inside.low, inside.high, inside.clipped) == (0.75, None, None, 0)
    beyond = brief_parts.placed(row(), axis, -90, -120, -30)
    assert (beyond.at, beyond.low, beyond.high, beyond.clipped) == (0.0, 0.0, 0.25, -1)


def test_ticks_have_signs_only_where_a_sign_means_something():
    axis = Axis(-20.0, 20.0, (-20.0, 0.0, 20.0), 0)
    assert [tick.label for tick in brief_parts.ticks(axis)] == ["−20", "0", "+20"]
    assert [tick.label for tick in brief_parts.ticks(axis, signed=False)] == ["−20", "0", "20"]
    assert [tick.zero for tick in brief_parts.ticks(axis)] == [False, True, False]


def plot(*rows: ForestRow):
    return draw(list(rows), title="", unit_symbol="%", favourable="lower")


def test_the_caption_says_what_was_not_published():
    bare = ForestRow("a", "", -3, None, None, "before and after")
    sure = ForestRow("b", "", -4, -6, -2, "randomised trial")
    model = ForestRow("c", "", -5, None, None, "modelled", filled=False)
    assert "No intervals were published, so none are shown." in brief_parts.plot_caption(plot(bare))
    mixed = " ".join(brief_parts.plot_caption(plot(bare, sure, model)))
    assert "Line: 95 % confidence interval." in mixed
    assert "For 2 of the 3 results, no interval was published." in mixed
    assert "Open dot: value from a model." in mixed
    assert brief_parts.plot_caption(plot(sure))[-1] == "Line: 95 % confidence interval."


def test_starter_content_says_when_it_was_checked():
    first, last = dt.date(2026, 3, 1), dt.date(2026, 11, 24)
    assert (
        brief_parts.checked_words([first])
        == f"Compiled by the editors ({brief_parts.day(first)}), not yet checked by the city."
    )
    both = brief_parts.checked_words([last, None, first])
    assert brief_parts.day(first) in both and brief_parts.day(last) in both
    assert "not yet checked by the city" in brief_parts.checked_words([None])


def test_an_ungraded_record_is_not_given_a_nought():
    figure = brief_parts.evidence_figure(None, any_effect=False)
    assert figure.missing and figure.most == 0
    assert figure.value == "not graded"
    assert brief_parts.evidence_figure(0, any_effect=True).value == "0 of 5"
