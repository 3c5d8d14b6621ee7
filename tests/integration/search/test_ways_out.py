"""Filters that leave nothing: the finder says which of them is in the way."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from alliance.search.results import FinderResult
from tests.factories.knowledge import lay_ground, make_case
from tests.factories.pages import one_line

Find = Callable[..., FinderResult]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ground(db: None) -> None:
    lay_ground()
    make_case("Lund", themes=("mobility",), start_year=2019)
    make_case("Visby", outcome="did-not-work", reasons=("stopped",), start_year=2010)


def ways(result: FinderResult) -> list[tuple[str, int, str]]:
    return [(way.name, way.count, way.querystring) for way in result.ways_out]


def test_each_filter_in_the_way_is_told_with_what_it_keeps_away(find: Find) -> None:
    result = find("kind=case&outcome=worked&reason=stopped")
    assert result.total == 0
    told = ways(result)
    assert {querystring for _, _, querystring in told} == {
        "kind=case&outcome=worked", "kind=case&reason=stopped",
    }  # fmt: skip
    for _, count, querystring in told:
        assert find(querystring).total == count == 1


def test_years_are_a_filter_too(find: Find) -> None:
    result = find("kind=case&outcome=worked&year_from=1950&year_to=1960")
    assert ("Year", 1, "kind=case&outcome=worked") in ways(result)


def test_where_no_single_filter_is_in_the_way_all_go(find: Find) -> None:
    result = find("kind=city&outcome=worked&reason=stopped&year_from=1950&year_to=1951")
    assert result.total == 0
    (way,) = result.ways_out
    assert (way.name, way.querystring) == ("", "")
    assert way.count == find("").total


def test_there_is_no_way_out_of_words_that_nothing_has(find: Find) -> None:
    assert find("q=xylophone&outcome=worked&reason=stopped").ways_out == ()


def test_there_is_none_where_something_was_found_or_nothing_searched(find: Find) -> None:
    assert find("kind=case&outcome=worked").ways_out == ()
    assert find("kind=case&outcome=splendid").ways_out == ()


def test_the_page_links_to_them_in_its_language(client) -> None:
    html = one_line(client.get("/sv/find?kind=case&outcome=worked&reason=stopped").text)
    assert '<a href="/sv/find?kind=case&amp;outcome=worked">Utan filtret ”Orsaker' in html
    assert "”: 1 träff</a>" in html
    address = "/fr/find?kind=city&outcome=worked&reason=stopped&year_to=1951"
    html = one_line(client.get(address).text)
    assert '<a href="/fr/find">Sans aucun filtre' in html
