"""Headers: conditional answers, caches, pages of other sites, and the description."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from alliance.core import audit, clock
from alliance.knowledge.models import CaseText
from alliance.network.models import City

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
