"""The week of the digest, what is said of an item, and the link that turns it off."""

from __future__ import annotations

import datetime as dt

import pytest

from alliance.news.digest import (
    LONGEST_LINE,
    MOST_ITEMS,
    Happening,
    first_sentence,
    in_words,
    newest,
    person_of,
    stop_token,
    week_of,
)

MONDAY = dt.datetime(2026, 11, 23, 6, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("at", "week"),
    [
        (MONDAY, MONDAY),
        (MONDAY - dt.timedelta(seconds=1), MONDAY - dt.timedelta(days=7)),
        (MONDAY + dt.timedelta(days=6, hours=23), MONDAY),
        (MONDAY + dt.timedelta(days=7), MONDAY + dt.timedelta(days=7)),
        # The same moment, told in another time zone.
        (MONDAY.astimezone(dt.timezone(dt.timedelta(hours=-9))), MONDAY),
    ],
)
def test_a_week_begins_on_monday_morning(at: dt.datetime, week: dt.datetime) -> None:
    assert week_of(at) == week


@pytest.mark.parametrize(
    ("happenings", "words"),
    [
        (["published"], "Published."),
        (["published", "changed", "changed"], "Published. Changed 2 times."),
        (["changed", "changed", "changed"], "Changed 3 times."),
        (["changed", "withdrawn", "restored"], "Changed. Withdrawn. Restored."),
        (["answered", "answered"], "2 questions answered."),
        (["remarked", "remarked", "changes asked"], "2 review comments. Changes requested."),
        (["approved"], "Approved by 1 reviewer."),
    ],
)
def test_what_happened_is_told_in_its_order(happenings: list[str], words: str) -> None:
    assert in_words([Happening(one) for one in happenings]) == words


def test_every_happening_has_words() -> None:
    assert all(in_words([one]) for one in Happening)


def test_a_line_is_the_first_sentence() -> None:
    assert first_sentence("Drivers pay by  the hour.\nTraffic fell at once.") == (
        "Drivers pay by the hour."
    )
    assert (
        first_sentence("In 2.5 years nothing changed! Then it did.")
        == "In 2.5 years nothing changed!"
    )
    assert first_sentence("") == ""


def test_a_long_sentence_is_cut_at_a_word() -> None:
    cut = first_sentence("wordy " * 60)
    assert cut.endswith("wordy …") and len(cut) <= LONGEST_LINE + 2


def test_the_newest_are_kept_and_the_rest_counted() -> None:
    days = [MONDAY + dt.timedelta(days=n) for n in range(MOST_ITEMS + 3)]
    told, more = newest(days, lambda day: day)
    assert told[0] == days[-1] and len(told) == MOST_ITEMS and more == 3


def test_a_link_speaks_of_one_person_and_cannot_be_made_up() -> None:
    token = stop_token("abc")
    assert person_of(token) == "abc"
    assert person_of(token[:-1] + ("A" if token[-1] != "A" else "B")) is None
    assert person_of("abc") is None
