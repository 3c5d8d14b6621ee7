"""Faults: each names the parameter and the rule, as problem details."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext

from alliance.knowledge.api import cases

pytestmark = pytest.mark.usefixtures("few")
Get = Callable[..., Any]


def _problem(answer: Any, status: int) -> dict[str, str]:
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    problem = answer.json()
    assert set(problem) == {"type", "title", "status", "detail", "errors"}
    assert problem["status"] == status
    assert problem["type"].endswith(f"/en/api/#problem-{status}")
    return {error["field"]: error["rule"] for error in problem["errors"]}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("lang=de", "lang"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=many", "limit"),
        ("offset=-1", "offset"),
        ("topic=cars", "topic[0]"),
        ("topic=equity&topic=cars", "topic[1]"),
        ("outcome=WORKED", "outcome[0]"),
        ("country=Sweden", "country[0]"),
        ("sdg=99", "sdg[0]"),
        ("grade_min=6", "grade_min"),
        ("grade_min=nan", "grade_min"),
        ("updated_since=yesterday", "updated_since"),
        ("updated_since=2026-01-01T00:00:00", "updated_since"),
        ("updated_since=1700000000", "updated_since"),
        ("limit=1&limit=2", "limit"),
        ("tpoic=equity", "tpoic"),
        ("solution=%00", "solution"),
    ],
)
def test_a_parameter_that_breaks_a_rule_is_named(get: Get, query: str, field: str) -> None:
    faults = _problem(get(f"cases?{query}"), 422)
    assert list(faults) == [field] and faults[field]


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("cases?lang=de", "“lang”: “de” cannot be used. Choose from: en, fr, sv."),
        ("cases?limit=0", "“limit”: Enter at least 1."),
        ("cases?limit=101", "“limit”: Enter at most 100."),
        ("cases?limit=many", "“limit”: Enter a whole number."),
        (
            "cases?outcome=worked&outcome=WORKED",
            (
                "“outcome[1]”: “WORKED” cannot be used. Choose from: worked, "
                "reported, mixed, did-not-work."
            ),
        ),
        (
            "cases?country=Sweden",
            "“country[0]”: Enter a country code of two capital letters, such as SE.",
        ),
        (
            "cases?sdg=99",
            "“sdg[0]”: Enter an SDG goal or target, such as 11 or 11.2.",
        ),
        (
            "cases?updated_since=yesterday",
            (
                "“updated_since”: Enter a date and time with a UTC offset, such "
                "as 2026-01-31T12:00:00Z."
            ),
        ),
        (
            "cases?updated_since=2026-13-01T00:00:00Z",
            (
                "“updated_since”: Enter a date and time with a UTC offset, such "
                "as 2026-01-31T12:00:00Z."
            ),
        ),
        ("cases?limit=1&limit=2", "“limit”: This appears more than once."),
        (
            "topics?page=2",
            "“page”: This parameter does not exist here. Available parameters: lang.",
        ),
        ("glossary?lang=en", "“lang”: This address accepts no parameters."),
        ("cities?member=maybe", "“member”: Enter true or false."),
        ("export/cases.doc", "“format”: Choose from: csv, json, xlsx."),
        ("cases/lund/versions/x", "“number”: Enter a whole number."),
        ("search?theme=", "“theme”: Remove this parameter: it does not take a value here."),
        ("search?" + "city=a&" * 101, "“city”: Too many entries. Keep at most 100."),
        ("search?grade=9", "“grade”: “9” cannot be used. Choose from: 1, 2, 3, 4, 5, unknown."),
        (
            "search?year_from=2020&year_to=2010",
            "“year_from”: The first year (2020) must not be later than the last (2010).",
        ),
    ],
)
def test_the_detail_is_a_plain_sentence(get: Get, path: str, sentence: str) -> None:
    answer = get(path)
    _problem(answer, 422)
    assert answer.data["detail"] == sentence


def test_each_fault_has_its_sentence(get: Get) -> None:
    assert get("cases?limit=0&lang=de").data["detail"] == (
        "“lang”: “de” cannot be used. Choose from: en, fr, sv. “limit”: Enter at least 1."
    )


@pytest.mark.parametrize("path", ["cases?limit=0", "cases/none", "nothing", "search?theme=zz"])
@pytest.mark.parametrize(
    ("lang", "accept", "language"),
    [
        ("", "", "en"),
        ("", "sv-SE, en;q=0.5", "sv"),
        ("", "de, fi", "en"),
        ("fr", "sv", "fr"),
        ("xx", "fr-CA", "fr"),
    ],
)
def test_a_problem_is_told_in_the_language_of_the_request(
    get: Get, path: str, lang: str, accept: str, language: str
) -> None:
    address = f"{path}{'&' if '?' in path else '?'}lang={lang}" if lang else path
    answer = get(address, accept_language=accept)
    assert answer.headers["Content-Language"] == language
    with translation.override(language):
        titles = {422: gettext("The data sent breaks a rule"), 404: gettext("Nothing found here")}
    assert answer.data["title"] == titles[answer.status_code]
    assert answer.data["type"].endswith(f"/en/api/#problem-{answer.status_code}")


def test_every_fault_is_named_at_once(get: Get) -> None:
    assert set(_problem(get("cases?limit=0&lang=de&grade_min=9"), 422)) == {
        "limit", "lang", "grade_min"
    }  # fmt: skip


@pytest.mark.parametrize(
    "path",
    ["cases/none", "cases/../secret", "cases/%00", "cases/A", "solutions/none", "methods/none",
     "cities/none", "organisations/none", "cases/lund/versions/99", "nothing",
     "cases/", "export/cases", "cases/none/versions"],
)  # fmt: skip
def test_what_is_not_there_is_404(get: Get, path: str) -> None:
    assert _problem(get(path), 404) == {}


def test_an_unknown_table_or_format_is_named(get: Get) -> None:
    assert set(_problem(get("export/people.doc"), 422)) == {"table", "format"}


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("path", ["cases", "cases/lund", "export/cases.csv"])
def test_the_api_is_for_reading(method: str, path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = getattr(client, method)(f"/api/v1/{path}")
    _problem(answer, 405)
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    ("path", "accept", "status"),
    [
        ("cases", "text/html", 406),
        ("cases", "application/json", 200),
        ("cases", "*/*", 200),
        ("cases", "text/html, application/*;q=0.5", 200),
        ("export/cases.csv", "text/csv", 200),
        ("export/cases.csv", "application/json", 406),
    ],
)
def test_the_media_type_must_be_accepted(get: Get, path: str, accept: str, status: int) -> None:
    answer = get(path, accept=accept)
    assert answer.status_code == status
    if status == 406:
        _problem(answer, 406)


def test_a_failure_tells_nothing_of_the_inside(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> None:
        raise RuntimeError("the password is swordfish")

    monkeypatch.setattr(cases, "find_cases", fail)
    answer = get("cases")
    _problem(answer, 500)
    assert b"swordfish" not in answer.content


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_what_is_sent_nowhere_is_answered_like_what_is_asked_there(method: str) -> None:
    # As a program sends it, without the cookie that forms have.
    client = Client(enforce_csrf_checks=True)
    answer = getattr(client, method)("/api/v1/nowhere", "{}", content_type="application/json")
    _problem(answer, 404)
