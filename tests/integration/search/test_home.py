"""The home page: the reader's city first, then problems, failures and news."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.factories.knowledge import lay_ground, make_case
from tests.factories.needs_offers import make_need
from tests.factories.pages import page_text
from tests.factories.people import acting, join, person, team


@pytest.fixture(autouse=True)
def ground(db: None) -> None:
    lay_ground()
    make_case("Lund", themes=("waste",))
    make_case("Umeå", themes=("mobility",), outcome="did-not-work", reasons=("stopped",))
    make_case("Visby", themes=("mobility",))


def test_a_visitor_gets_problems_failures_and_news(client: Client) -> None:
    words = page_text(client, "/en/")
    assert "Your city" not in words
    assert words.index("Less car traffic") < words.index("Less waste")
    assert "Less waste 1 case, 0 failed" in words and "Less car traffic 2 cases, 1 failed" in words
    assert "Best known so far" not in words
    failed = words[words.index("Failed, so you can avoid it") : words.index("What’s new")]
    assert "Umeå, Sweden" in failed and "Reason: action stopped" in failed


def test_who_belongs_to_a_team_gets_her_city_and_its_problems_first(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    lund = team("lund")
    anna = join(person("Anna"), lund).user
    make_need(lund, acting(anna), title="Less waste in parks", themes=("waste",))
    page_text(client, "/en/")  # the index is made with the first page
    client.force_login(anna)
    with django_assert_max_num_queries(15):
        words = page_text(client, "/en/")
    before, _heading, doors = words.partition("Choose a problem")
    assert "Your city: Lund one case: it worked 1 open need" in before
    assert doors.index("Less waste Your city has asked for this") < doors.index("Less car traffic")

    client.force_login(person("Berit"))
    assert "Your city" not in page_text(client, "/en/")
