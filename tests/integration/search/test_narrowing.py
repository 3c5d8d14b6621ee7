"""Filters that the words of a query name are offered as one link, and never set unasked."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs

import pytest
from django.test import Client

from alliance.search import selectors
from alliance.search.query import FinderQuery
from alliance.search.results import Narrowing
from tests.factories.knowledge import a_place, lay_ground, make_case
from tests.integration.search.conftest import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def narrow(db: None) -> Callable[..., Narrowing | None]:
    lay_ground()
    make_case("Lund", outcome="did-not-work", place=a_place("Lund", "SE"))
    make_case("Visby", place=a_place("Visby", "SE"))
    make_case("Arras", outcome="did-not-work", place=a_place("Arras", "FR"))

    def run(text: str, language: str = "en", **filters: tuple[str, ...]) -> Narrowing | None:
        query = FinderQuery(text=text, language=language, filters=filters, is_main=True)
        return selectors.find(query, today=TODAY).narrowing

    return run


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("failures in Sweden", "en"),
        ("what has failed in Swedish cities", "en"),
        ("vad har misslyckats i Sverige", "sv"),
        ("misslyckade projekt i Sverige", "sv"),
        ("quels projets ont échoué en Suède", "fr"),
    ],
)
def test_failures_in_a_country_are_one_click_away(narrow, text: str, language: str) -> None:
    found = narrow(text, language)
    assert found.count == 1
    assert parse_qs(found.querystring) == {"outcome": ["did-not-work"], "country": ["SE"]}


def test_what_else_was_asked_for_stays(narrow) -> None:
    found = narrow("traffic in France")
    assert parse_qs(found.querystring) == {"q": ["traffic in France"], "country": ["FR"]}
    assert found.labels == ("France",)


def test_nothing_is_offered_that_is_chosen_empty_or_unnamed(narrow, client: Client) -> None:
    assert narrow("traffic") is None
    # No record is from there.
    assert narrow("failures in Norway").labels == ("Did not work",)
    assert narrow("Sweden", country=("FR",)) is None
    assert narrow("") is None
    page = client.get("/en/find?q=failures+in+Sweden").content.decode()
    assert "Show only: Did not work, Sweden (1)" in page
    assert "Show only" not in client.get("/en/find?q=traffic").content.decode()


@pytest.mark.parametrize("text", ["😀" * 3000, "x" * 10_000, "Sverige Suède Sweden " * 500])
def test_any_text_is_read(narrow, text: str) -> None:
    found = narrow(text, "sv")
    assert found is None or found.labels == ("Sverige",)
