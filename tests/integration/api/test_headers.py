"""Headers: conditional answers, caches, pages of other sites, and the description."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from alliance.cases.models import CaseText
from alliance.config.api import document
from alliance.core import audit, clock
from alliance.network.models import City
from tests.integration.api.callers import Caller, Network

pytestmark = pytest.mark.usefixtures("few")
Get = Callable[..., Any]
PATHS = ("cases", "cases/lund", "topics", "export/cases.csv", "openapi.json")


@pytest.mark.parametrize("path", PATHS)
def test_what_is_known_is_not_sent_again(get: Get, path: str) -> None:
    first = get(path)
    tag = first.headers["ETag"]
    again = get(path, if_none_match=tag)
    assert again.status_code == 304 and again.content == b""
    assert again.headers["ETag"] == tag
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    assert get(path, if_none_match='"other"').status_code == 200


def test_a_change_changes_the_etag(get: Get) -> None:
    before = get("cases/lund").headers["ETag"]
    CaseText.objects.filter(case__public_id="lund").update(title="New")
    assert get("cases/lund").headers["ETag"] != before


def test_an_act_changes_the_etag_of_downloads(get: Get) -> None:
    before = get("export/cities.csv").headers["ETag"]
    City.objects.filter(public_id="lund").update(population=1)
    audit.record(
        actor=audit.COMMAND_LINE, at=clock.now(), verb="update", kind="city", public_id="lund"
    )
    assert get("export/cities.csv").headers["ETag"] != before


@pytest.mark.parametrize("path", PATHS)
def test_answers_may_be_kept_for_a_minute_and_read_from_anywhere(get: Get, path: str) -> None:
    answer = get(path)
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert not answer.cookies
    assert 'rel="license"' in answer.headers["Link"]


@pytest.mark.parametrize("path", PATHS)
def test_head_is_get_without_its_body(get: Get, client: Client, path: str) -> None:
    full = get(path)
    head = client.head(f"/api/v1/{path}")
    body = b"".join(head.streaming_content) if head.streaming else head.content
    assert head.status_code == 200 and body == b""
    length = head.headers.get("Content-Length")
    assert length is None if full.streaming else length == str(len(full.content))
    assert head.headers["ETag"] == full.headers["ETag"]
    assert head.headers["Content-Type"] == full.headers["Content-Type"]


def test_options_tells_the_methods(client: Client) -> None:
    answer = client.options("/api/v1/cases")
    assert answer.status_code == 204
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"


def test_the_description_is_openapi_3_1(get: Get) -> None:
    document = get("openapi.json").data
    assert document["openapi"].startswith("3.1")
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert operation["description"] and operation["summary"], path
            assert "default" in operation["responses"]
            for parameter in operation["parameters"]:
                assert parameter["in"] == "path" or parameter["description"], (path, parameter)
                assert "anyOf" not in parameter["schema"]
    operations = [
        operation["operationId"]
        for path in document["paths"].values()
        for operation in path.values()
    ]
    assert len(operations) == len(set(operations))


def test_what_only_the_caller_may_see_is_kept_nowhere(writers: Network, token: Caller) -> None:
    own = f"drafts/{writers.draft().public_id}"
    for caller in (token, writers.session("editor")):
        for path in ("drafts", own, f"{own}/remarks", "questions", "drafts/none"):
            answer = caller.get(path, if_none_match='"1"')
            assert answer.status_code in {200, 404}
            assert answer.headers["Cache-Control"] == "private, no-store"
            vary = {name.strip() for name in answer.headers["Vary"].split(",")}
            assert {"Authorization", "Cookie", "Accept-Language"} <= vary
            assert "Access-Control-Allow-Credentials" not in answer.headers
    assert Caller().get(own).headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("path", [*PATHS, "cases/lund/questions"])
def test_public_answers_are_the_same_whoever_asks(writers: Network, path: str) -> None:
    answers = [caller.get(path) for caller in (Caller(), writers.session("secretariat"))]
    for answer in answers:
        assert answer.headers["Cache-Control"] == "public, max-age=60"
        assert "Cookie" not in answer.headers.get("Vary", "") and not answer.cookies
    assert answers[0].headers["ETag"] == answers[1].headers["ETag"]


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("cases/lund", "GET, HEAD, OPTIONS"),
        ("drafts", "GET, HEAD, POST, OPTIONS"),
        ("drafts/x", "GET, HEAD, PUT, OPTIONS"),
        ("drafts/x/submit", "POST, OPTIONS"),
        ("drafts/x/files/y", "DELETE, OPTIONS"),
        ("cases/lund/questions", "GET, HEAD, POST, OPTIONS"),
    ],
)
def test_each_address_takes_its_own_methods(token: Caller, path: str, allowed: str) -> None:
    told = token.ask("options", path)
    assert (told.status_code, told.headers["Allow"]) == (204, allowed)
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - set(allowed.split(", ")):
        answer = token.ask(method, path)
        assert answer.status_code == 405 and answer.headers["Allow"] == allowed
        assert answer.data["detail"] == f"This address accepts {allowed}."


def test_pages_of_other_sites_write_with_a_token_and_never_with_a_cookie(db: None) -> None:
    origin = {"origin": "https://elsewhere.example", "access_control_request_method": "PUT"}
    told = Caller().ask("options", "drafts/x", **origin)
    assert told.headers["Access-Control-Allow-Origin"] == "*"
    assert told.headers["Access-Control-Allow-Methods"] == "GET, HEAD, PUT, OPTIONS"
    sent_along = told.headers["Access-Control-Allow-Headers"]
    assert sent_along == "Authorization, Content-Type, If-Match"
    assert "Access-Control-Allow-Credentials" not in told.headers
    reading = Caller().ask("options", "cases", **origin)
    assert "Access-Control-Allow-Headers" not in reading.headers


def test_head_of_a_draft_is_get_without_its_body(writers: Network, token: Caller) -> None:
    own = f"drafts/{writers.draft().public_id}"
    full = token.get(own)
    head = token.client.head(f"/api/v1/{own}", headers=token.headers)
    assert head.status_code == 200 and head.content == b""
    assert head.headers["ETag"] == full.headers["ETag"] == '"1"'


def test_the_description_says_who_may_write_and_what() -> None:
    told = document()
    schemes = told["components"]["securitySchemes"]
    assert schemes["token"]["scheme"] == "bearer" and schemes["session"]["in"] == "cookie"
    for path, operations in told["paths"].items():
        for method, operation in operations.items():
            responses = operation["responses"]
            if method == "get" and "security" not in operation:
                assert "304" in responses and "401" not in responses
                continue
            assert {"session": []} in operation["security"], path
            assert {"401", "403", "429"} <= set(responses)
            if "requestBody" in operation:
                assert {"400", "413", "415", "422"} <= set(responses)
    saving = told["paths"]["/api/v1/drafts/{id}"]["put"]
    assert saving["security"] == [{"token": ["drafts:write"]}, {"session": []}]
    assert {"412", "428"} <= set(saving["responses"])
    assert {"in": "header", "name": "If-Match", "required": True}.items() <= (
        saving["parameters"][-1].items()
    )
    content = told["components"]["schemas"]["SaveDraft"]["properties"]["content"]
    assert content["$ref"] == "#/components/schemas/CaseDocument"
