"""The words of reports."""

from __future__ import annotations

from alliance.reports.selectors.report_city import people_words


def test_so_few_people_that_they_could_be_known_are_not_counted():
    few = "fewer than 10 people took part"
    assert [people_words(n) for n in (0, 9, 10)] == [few, few, "10 people took part"]
