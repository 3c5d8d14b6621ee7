"""Who takes part: once a browser or account, never followed between processes, floods held off."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from alliance.core.errors import InvalidData
from alliance.core.throttle import Throttled
from alliance.participation.models import Participant, Process
from alliance.participation.services.participants import (
    COOKIE,
    add_to_account,
    known_participant,
    participant_of,
    remember,
)
from tests.factories.knowledge import lay_ground
from tests.factories.participation import make_process
from tests.factories.people import person, team

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


@pytest.fixture
def process() -> Process:
    lay_ground()
    return make_process(team("lund"))


def asking(cookie: str = "", user: object = None, address: str = "192.0.2.1") -> HttpRequest:
    request = RequestFactory().post("/en/", REMOTE_ADDR=address)
    request.user = user or AnonymousUser()  # type: ignore[assignment]
    request.LANGUAGE_CODE = "sv"  # type: ignore[attr-defined]
    if cookie:
        request.COOKIES[COOKIE] = cookie
    return request


def cookie_of(request: HttpRequest) -> str:
    return remember(request, HttpResponse()).cookies[COOKIE].value


def test_the_same_browser_is_the_same_person_and_another_is_not(process, now) -> None:
    first = asking()
    assert known_participant(first, process) is None
    made = participant_of(first, process, at=now)
    assert made.language == "sv"
    cookie = cookie_of(first)
    assert participant_of(asking(cookie), process, at=now) == made
    assert participant_of(asking(), process, at=now) != made
    # Nothing is sent again where nothing was made.
    assert COOKIE not in remember(asking(cookie), HttpResponse()).cookies


def test_one_cookie_cannot_be_followed_from_one_process_to_another(process, now) -> None:
    first = asking()
    here = participant_of(first, process, at=now)
    other = make_process(process.organisation)
    again = asking(cookie_of(first))
    there = participant_of(again, other, at=now)
    assert here.token_digest != there.token_digest
    assert participant_of(asking(cookie_of(again)), process, at=now) == here


@pytest.mark.parametrize("change", ["x", "", ":", "é", "\x00"])
def test_a_forged_cookie_is_nobody(process, now, change: str) -> None:
    first = asking()
    made = participant_of(first, process, at=now)
    cookie = cookie_of(first)
    forged = change + cookie[1:] if change else "made-up"
    assert known_participant(asking(forged), process) is None
    assert participant_of(asking(forged), process, at=now) != made


def test_an_old_cookie_is_forgotten(process, now, monkeypatch) -> None:
    first = asking()
    participant_of(first, process, at=now)
    cookie = cookie_of(first)
    later = dt.datetime.now(dt.UTC).timestamp() + dt.timedelta(days=401).total_seconds()
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    assert known_participant(asking(cookie), process) is None


def test_who_signs_in_is_somebody_else_until_she_adds_what_she_did_as_a_guest(process, now) -> None:
    first = asking()
    guest = participant_of(first, process, at=now)
    cookie, ann, ben = cookie_of(first), person("Ann"), person("Ben")
    assert known_participant(asking(cookie, ben), process) is None
    others = participant_of(asking(cookie, ben), process, at=now)
    assert others != guest and COOKIE not in remember(asking(cookie, ben), HttpResponse()).cookies
    # Ben takes part already, so that nothing can be added to his account; to Ann's it can, once.
    with pytest.raises(InvalidData, match="already taking part"):
        add_to_account(asking(cookie, ben), guest)
    assert add_to_account(asking(cookie, ann), guest).user == ann
    assert participant_of(asking(user=ann), process, at=now) == guest
    # From then on the cookie opens it no more: who has signed out is somebody else.
    assert known_participant(asking(cookie), process) is None
    assert participant_of(asking(cookie), process, at=now) != guest
    with pytest.raises(InvalidData):
        add_to_account(asking(cookie, person("Cem")), guest)


def test_a_first_write_without_cookie_is_known_again_by_the_token_of_its_form(process, now) -> None:
    def sent(token: str) -> HttpRequest:
        request = asking()
        request.COOKIES[settings.CSRF_COOKIE_NAME] = token
        return request

    first = sent("a" * 32)
    made = participant_of(first, process, at=now)
    again = sent("a" * 32)
    assert participant_of(again, process, at=now) == made
    # The answer that arrives brings the cookie.
    assert participant_of(asking(cookie_of(again)), process, at=now) == made
    assert participant_of(sent("b" * 32), process, at=now) != made
    # To read, the token does not do.
    again.method = "GET"
    del again.take_part_guest
    assert known_participant(again, process) is None


def test_a_flood_from_one_address_is_held_off_and_others_are_not(process, now, monkeypatch) -> None:
    monkeypatch.setattr(settings, "GUESTS_PER_HOUR", 3)
    for _ in range(3):
        participant_of(asking(), process, at=now)
    with pytest.raises(Throttled):
        participant_of(asking(), process, at=now)
    participant_of(asking(address="192.0.2.2"), process, at=now)
    assert Participant.objects.count() == 4
