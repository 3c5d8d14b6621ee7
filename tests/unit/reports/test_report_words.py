"""The words of reports."""

from __future__ import annotations

from alliance.reports.selectors.report_city import people_words
from alliance.reports.selectors.report_parts import Writer
from tests.factories.people import NOW


def test_so_few_people_that_they_could_be_known_are_not_counted():
    few = "fewer than 10 people took part"
    assert [people_words(n) for n in (0, 9, 10)] == [few, few, "10 people took part"]


def test_a_label_that_is_a_sentence_has_no_full_stop_before_its_colon():
    told = Writer("en", NOW, {}, {}).line("Promised.", label="Wider pavements.")
    assert told["label"]["value"] == "Wider pavements"
