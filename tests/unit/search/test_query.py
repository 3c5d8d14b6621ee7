"""From an address to a query and back."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from alliance.search.query import FinderQuery


def query(address: str, language: str = "en") -> FinderQuery:
    return FinderQuery.from_params(QueryDict(address), language)


def test_an_address_comes_back_as_it_went() -> None:
    address = (
        "q=tram+fares&outcome=worked&outcome=mixed&country=SE&year_from=2010&sort=newest&page=2"
    )
    assert query(address).querystring == address


def test_a_text_of_any_length_makes_an_address_that_is_not_too_long() -> None:
    assert len(query("q=" + "x" * 10_000).querystring) < 1_100


def test_what_is_default_is_left_out() -> None:
    assert query("q=&page=1&sort=relevance&year_to=").querystring == ""


@pytest.mark.parametrize(
    ("address", "key", "code"),
    [
        ("year_from=2020&year_to=2010", "year_from", "contradiction"),
        ("year_from=abc", "year_from", "no-whole-number"),
        ("year_to=²", "year_to", "no-whole-number"),
        ("year_to=99999", "year_to", "not-a-year"),
        ("page=0", "page", "no-page"),
        ("page=-1", "page", "no-page"),
        ("page=abc", "page", "no-whole-number"),
        ("page=1.5", "page", "no-whole-number"),
        ("page=" + "9" * 5000, "page", "no-page"),
        ("sort=best", "sort", "not-one-of"),
        ("&".join(f"city=c{n}" for n in range(101)), "city", "too-many"),
    ],
)
def test_faults_name_the_parameter_and_the_rule(address: str, key: str, code: str) -> None:
    faults = query(address).faults
    assert [(fault.where, fault.code) for fault in faults] == [(key, code)]


def test_a_choice_is_added_and_taken_away_from_the_first_page() -> None:
    start = query("q=tram&outcome=worked&page=3")
    assert start.with_code("outcome", "mixed").querystring == "q=tram&outcome=worked&outcome=mixed"
    assert start.without("outcome", "worked").querystring == "q=tram"
    assert query("grade=2").with_code("grade", "4").querystring == "grade=4"
    assert query("year_from=2010&year_to=2012").without("year_to").querystring == "year_from=2010"


def test_queries_are_frozen() -> None:
    with pytest.raises(TypeError):
        query("outcome=worked").filters["outcome"] = ()  # type: ignore[index]


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("page=-1", "Page -1 does not exist. The first page is 1."),
        ("page=0", "Page 0 does not exist. The first page is 1."),
        ("page=abc", "“abc” is not a whole number."),
        ("year_from=-5", "Enter a year from 1800 to 2200, not -5."),
    ],
)
def test_a_number_that_cannot_be_used_is_told_rightly(address: str, message: str) -> None:
    assert [fault.rule for fault in query(address).faults] == [message]


def test_what_is_wrong_is_left_out_and_the_rest_kept() -> None:
    faulty = query("q=tram&theme=x&outcome=worked&year_from=2020&year_to=2010&page=-1&sort=best")
    sound = faulty.without_keys({fault.where for fault in faulty.faults} | {"theme"})
    assert sound.querystring == "q=tram&outcome=worked"
    assert sound.faults == ()
    assert query("year_from=2010&theme=x").without_keys({"theme"}).year_from == 2010
