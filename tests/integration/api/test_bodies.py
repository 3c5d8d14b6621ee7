"""Bodies: what cannot be read, or would be bent in reading, is refused before anything is done."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from alliance.web.uploads import MOST_BYTES
from alliance.writing.models import Draft
from tests.integration.api.callers import Caller, Network, faults_of

START = {"team": "lund-municipality", "language": "sv"}


def _with_content(text: str) -> bytes:
    return f'{{"team": "lund-municipality", "language": "sv", "content": {text}}}'.encode()


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"no json",
        b"\xff\xfe{\x00}\x00",
        '{"team": "Umeå"}'.encode("latin-1"),
        _with_content('{"start_year": NaN}'),
        _with_content('{"start_year": -Infinity}'),
        _with_content('{"effects": [{"value": 1e999}]}'),
        _with_content('{"start_year": ' + "9" * 5000 + "}"),
        _with_content("[" * 21 + "]" * 21),
        _with_content("[" * 100_000 + "]" * 100_000),
        _with_content('{"a":' * 50_000 + "1" + "}" * 50_000),
    ],
    ids=lambda body: body[:70].decode("utf-8", "replace")[-24:],
)
def test_what_is_no_sound_json_is_refused(token: Caller, body: bytes) -> None:
    answer = token.post("drafts", body)
    assert faults_of(answer, 400) == {}
    assert answer.data["detail"].startswith("The request body is not valid JSON for this address:")
    assert len(answer.data["detail"]) < 300
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"team": "a", "team": "lund-municipality", "language": "sv"}', "team"),
        (
            _with_content('{"texts": {"sv": {"title": "A", "title": "B"}}}'),
            "content.texts.sv.title",
        ),
        (_with_content('{"sources": [{}, {"url": "a", "url": "a"}]}'), "content.sources[1].url"),
        (_with_content('{"outcome": "\\u0000"}'), "content.outcome"),
        (_with_content('{"texts": {"\\u0000": {}}}'), "content.texts.\x00"),
        (_with_content('{"outcome": "\\ud800"}'), "content.outcome"),
        (_with_content('{"texts": {"\\ud800": {}}}'), "content.texts.?"),
    ],
)
def test_what_would_be_lost_or_cannot_be_kept_is_named(
    token: Caller, body: bytes, field: str
) -> None:
    assert list(faults_of(token.post("drafts", body))) == [field]
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_a_body_of_another_kind_is_refused(token: Caller, kind: str) -> None:
    answer = token.post("drafts", json.dumps(START).encode(), content_type=kind)
    assert faults_of(answer, 415) == {}
    assert answer.data["detail"] == "This address accepts application/json."


def test_a_json_body_may_name_its_charset(token: Caller) -> None:
    answer = token.post(
        "drafts", json.dumps(START).encode(), content_type="application/json; charset=utf-8"
    )
    assert answer.status_code == 201


def test_a_file_is_not_sent_as_json(writers: Network, token: Caller) -> None:
    draft = writers.draft()
    for path in (f"drafts/{draft.public_id}/files", "teams/lund-municipality/imports"):
        assert faults_of(token.post(path, {"file": "x"}), 415) == {}
        assert list(faults_of(token.post(path))) == ["file"]


def test_a_body_that_is_too_large_is_refused_unread(token: Caller) -> None:
    ten = b'{"team": "' + b"x" * 10_000_000 + b'"}'
    answer = token.post("drafts", ten)
    assert faults_of(answer, 413) == {}
    assert str(settings.DATA_UPLOAD_MAX_MEMORY_SIZE) in answer.data["detail"]


def test_too_many_parameters_are_refused_in_words(token: Caller) -> None:
    many = "&".join(f"p={n}" for n in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1))
    answer = token.get(f"cases?{many}")
    assert faults_of(answer, 413) == {}
    assert answer.data["detail"] == "The request is too large."


def test_a_file_that_is_too_large_is_refused_unread(writers: Network, token: Caller) -> None:
    # The length that is announced is enough.
    draft = writers.draft()
    answer: Any = Client().post(
        f"/api/v1/drafts/{draft.public_id}/files",
        b"x",
        content_type="multipart/form-data; boundary=x",
        headers=token.headers,
        CONTENT_LENGTH=str(MOST_BYTES + 1),
    )
    assert answer.status_code == 413


def test_a_whole_case_of_too_many_letters_is_refused(token: Caller) -> None:
    content = {"texts": {"sv": {"summary": "x" * 1_000_001}}}
    faults = faults_of(token.post("drafts", START | {"content": content}))
    assert faults == {"content": "The case is longer than 1,000,000 characters. Shorten it."}


def test_no_body_at_all_lacks_its_fields(token: Caller) -> None:
    assert set(faults_of(token.post("drafts"))) == {"body"}
    assert set(faults_of(token.post("drafts", {}))) == {"team", "language"}


@pytest.mark.parametrize("body", [b"[]", b"1", b'"x"', b"null", b"true"])
def test_a_body_that_is_no_object_is_refused(token: Caller, body: bytes) -> None:
    assert set(faults_of(token.post("drafts", body))) == {"body"}


def test_a_form_that_is_broken_is_refused(writers: Network, token: Caller) -> None:
    path = f"drafts/{writers.draft().public_id}/files"
    broken = token.post(path, b"--y\r\nnothing", content_type="multipart/form-data; boundary=x")
    assert broken.status_code in {400, 422}
    boundless = token.post(path, b"x", content_type="multipart/form-data")
    assert faults_of(boundless, 400) == {}


def test_nothing_is_done_whose_answer_would_not_be_taken(token: Caller) -> None:
    answer = token.post("drafts", START, accept="text/html")
    assert faults_of(answer, 406) == {}
    assert not Draft.objects.exists()
