"""Who stands behind a call of the API."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.test import RequestFactory
from ninja.errors import HttpError

from alliance.accounts.models import User
from alliance.core.audit import Actor
from alliance.network.api.authentication import WRONG_TOKEN_LIMIT, TeamOrPerson
from alliance.network.enums import Scope
from alliance.network.services import make_token, revoke_token
from tests.factories.people import acting
from tests.integration.network.conftest import AT, People


def call(
    method: str = "get", *, user: User | None = None, address: str = "192.0.2.1", **headers: str
) -> HttpRequest:
    request = getattr(RequestFactory(), method)(
        "/api/v1/drafts", headers=headers, REMOTE_ADDR=address
    )
    request.user = user or AnonymousUser()
    return request


def refused(request: HttpRequest, scope: Scope | None = None) -> Any:
    with pytest.raises(HttpError) as error:
        TeamOrPerson(scope)(request)
    return error.value


@pytest.fixture
def secret(people: People) -> str:
    return make_token(
        people.lund,
        name="register",
        scopes=[Scope.READ_DRAFTS],
        expires_at=AT + dt.timedelta(days=1),
        actor=acting(people.editor),
        at=AT,
    ).secret


@pytest.mark.parametrize("kind", ["Bearer", "bearer", "BEARER "])
def test_a_token_stands_for_its_team_whatever_the_method(secret: str, kind: str) -> None:
    for method in ("get", "post"):
        actor = TeamOrPerson()(call(method, Authorization=f"{kind} {secret}"))
        assert isinstance(actor, Actor)
        assert (actor.user, dict(actor.teams)) == (None, {"lund-municipality": "editor"})


def test_a_token_counts_more_than_a_session(people: People, secret: str) -> None:
    request = call("post", user=people.foreign, Authorization=f"Bearer {secret}")
    assert dict(TeamOrPerson()(request).teams) == {"lund-municipality": "editor"}
    # A wrong token is not made good by a session.
    wrong = call(user=people.foreign, Authorization="Bearer wrong")
    assert refused(wrong).status_code == 401


def test_a_scope_is_asked_for(secret: str) -> None:
    request = call(Authorization=f"Bearer {secret}")
    assert TeamOrPerson(Scope.READ_DRAFTS)(request).scopes == {Scope.READ_DRAFTS}
    error = refused(request, Scope.WRITE_DRAFTS)
    assert (error.status_code, error.message) == (
        403,
        "The token does not have the scope drafts:write.",
    )


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic abc", "Bearer wrong", "å"])
def test_what_is_no_token_of_ours_is_refused(db: None, at: dt.datetime, header: str) -> None:
    error = refused(call(Authorization=header))
    assert error.status_code == 401
    assert error.headers == {"WWW-Authenticate": 'Bearer realm="Alliance API"'}


def test_a_token_that_ended_is_refused(
    people: People, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = call(Authorization=f"Bearer {secret}")
    monkeypatch.setattr("alliance.core.clock.now", lambda: AT + dt.timedelta(days=1))
    assert refused(request).status_code == 401
    monkeypatch.setattr("alliance.core.clock.now", lambda: AT)
    assert TeamOrPerson()(request)
    revoke_token(people.lund.api_tokens.get(), actor=acting(people.editor), at=AT)
    assert refused(request).status_code == 401


def test_wrong_tokens_are_counted_and_right_ones_get_in_all_the_same(secret: str) -> None:
    for number in range(WRONG_TOKEN_LIMIT.most):
        assert refused(call(Authorization=f"Bearer wrong{number}")).status_code == 401
    error = refused(call(Authorization="Bearer wrong"))
    assert error.status_code == 429
    assert 0 < int(error.headers["Retry-After"]) <= 300
    assert refused(call(address="192.0.2.2", Authorization="Bearer wrong")).status_code == 401
    assert TeamOrPerson()(call(Authorization=f"Bearer {secret}"))


def test_nobody_is_refused(db: None) -> None:
    assert refused(call()).status_code == 401


def test_a_person_reads_with_a_session_and_writes_with_its_token(people: People) -> None:
    actor = TeamOrPerson(Scope.WRITE_DRAFTS)(call(user=people.editor))
    assert (actor.user, actor.scopes) == (people.editor, None)
    error = refused(call("post", user=people.editor))
    assert (error.status_code, error.message) == (
        403,
        "The request has no CSRF token for this session.",
    )
    page = call(user=people.editor)
    token = get_token(page)
    request = call("post", user=people.editor, **{"X-CSRFToken": token})
    request.COOKIES[settings.CSRF_COOKIE_NAME] = page.META["CSRF_COOKIE"]
    assert TeamOrPerson()(request).user == people.editor


def test_who_was_shut_out_is_nobody(people: People) -> None:
    people.editor.is_active = False
    assert refused(call(user=people.editor)).status_code == 401
