"""The finder in the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from alliance.cases.models import CaseStudy
from alliance.search.services import rebuild
from tests.integration.conftest import NOW

pytestmark = pytest.mark.usefixtures("indexed")
Get = Callable[..., Any]


@pytest.fixture(scope="module")
def indexed(network: None) -> None:
    """The starter network, with an index of it; without, each test would make one."""
    rebuild(at=NOW)


def test_words_of_one_language_find_cases_in_another(get: Get) -> None:
    answers = {
        language: get(f"search?q={quote(words)}&lang={language}").data
        for language, words in {
            "en": "cycle path", "fr": "piste cyclable", "sv": "cykelväg"
        }.items()
    }  # fmt: skip
    found = [{item["id"] for item in answer["items"]} for answer in answers.values()]
    assert set.intersection(*found)
    assert f"/{'fr'}/" in answers["fr"]["items"][0]["url"]


def test_parts_fit_together(get: Get) -> None:
    whole = [item["id"] for item in get("search?kind=case&limit=100").data["items"]]
    count = get("search?kind=case&limit=1").data["count"]
    assert count == CaseStudy.objects.count() and len(whole) == 100
    parts = [
        item["id"]
        for offset in (0, 7, 30, 53)
        for item in get(
            f"search?kind=case&offset={offset}&limit={ {0: 7, 7: 23, 30: 23, 53: 47}[offset] }"
        ).data["items"]
    ]
    assert parts == whole
    beyond = get(f"search?kind=case&offset={count}").data
    assert beyond["items"] == [] and beyond["next"] is None and beyond["count"] == count


def test_filters_and_counts_by_outcome(get: Get) -> None:
    answer = get("search?kind=case&outcome=did-not-work&limit=100").data
    assert answer["count"] == answer["outcomes"]["did_not_work"] > 0
    assert {item["outcome"] for item in answer["items"]} == {"did-not-work"}


def test_a_code_that_does_not_exist_is_named(get: Get) -> None:
    answer = get("search?outcome=sideways&country=XX&grade=9")
    assert answer.status_code == 422
    faults = {error["field"]: error["rule"] for error in answer.data["errors"]}
    assert set(faults) == {"outcome", "country", "grade"}
    assert "did-not-work" in faults["outcome"]


def test_years_that_contradict_each_other_are_refused(get: Get) -> None:
    answer = get("search?year_from=2020&year_to=2010")
    assert answer.status_code == 422
    assert answer.data["errors"][0]["field"] == "year_from"


def test_nothing_found_is_no_fault(get: Get) -> None:
    answer = get("search?q=qqqqxyzzy")
    assert answer.status_code == 200
    assert answer.data["count"] == 0 or answer.data["notices"]
