"""Roles in the whole network, and extended rights."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from alliance.accounts import selectors
from alliance.accounts.models import Elevation
from alliance.accounts.services import elevate, end_elevation, end_role, give_role
from alliance.core import clock
from alliance.core.audit import COMMAND_LINE, VISITOR, Actor
from alliance.core.errors import InvalidData, NotAllowed
from alliance.core.models import AuditEvent
from tests.factories.accounts import prove, sign_in, somebody

pytestmark = pytest.mark.django_db
ELEVATE = "/en/accounts/elevation/"
REASON = "A record was published by mistake."
BANNER = "You have extended rights to all content."


def holding(role: str, name: str = "Karin Ek"):
    user = somebody(name)
    give_role(actor=COMMAND_LINE, user=user, role=role, at=clock.now())
    return user


def acting(user, now: dt.datetime) -> Actor:
    return selectors.actor_from_account(user, at=now)


# -- roles -------------------------------------------------------------------------------------


def test_the_secretariat_gives_a_role_until_a_date(now: dt.datetime):
    secretary = somebody("Karin Ek")
    give_role(actor=COMMAND_LINE, user=secretary, role="secretariat", at=now)
    user = somebody()
    until = now + dt.timedelta(days=365)
    grant = give_role(
        actor=acting(secretary, now),
        user=user,
        role="reviewer",
        at=now,
        reason="Knows water.",
        expires_at=until,
    )
    assert (grant.given_by, grant.given_at, grant.expires_at) == (secretary, now, until)
    assert acting(user, now).roles == {"reviewer"}
    assert acting(user, until).roles == frozenset()
    act = AuditEvent.objects.last()
    assert (act.verb, act.actor, act.public_id) == ("give-role", secretary, user.public_id)
    assert act.details == {
        "role": "reviewer",
        "reason": "Knows water.",
        "expires_at": until.isoformat(),
    }


@pytest.mark.parametrize("role", ["", "reviewer", "moderator", "operator"])
def test_nobody_else_gives_or_ends_roles(now: dt.datetime, role: str):
    giver = somebody("Karin Ek")
    if role:
        give_role(actor=COMMAND_LINE, user=giver, role=role, at=now)
    user = holding("reviewer", "Ida Holm")
    count = AuditEvent.objects.count()
    token = Actor("token", user=giver, roles=frozenset({"secretariat"}), scopes=frozenset())
    for actor in (acting(giver, now), VISITOR, token):
        with pytest.raises(NotAllowed):
            give_role(actor=actor, user=giver, role="secretariat", at=now)
        with pytest.raises(NotAllowed):
            end_role(actor=actor, user=user, role="reviewer", at=now)
    assert AuditEvent.objects.count() == count


def test_a_role_is_not_given_twice_but_again_after_its_end(now: dt.datetime):
    user = somebody()
    week = dt.timedelta(days=7)
    give_role(actor=COMMAND_LINE, user=user, role="reviewer", at=now, expires_at=now + week)
    with pytest.raises(InvalidData, match="already has the role"):
        give_role(actor=COMMAND_LINE, user=user, role="reviewer", at=now)
    later = now + 2 * week
    give_role(actor=COMMAND_LINE, user=user, role="reviewer", at=later)
    assert list(user.grants.values_list("ended_at", flat=True)) == [now + week, None]


@pytest.mark.parametrize(
    ("role", "days", "rule"),
    [
        ("mayor", 1, "This role does not exist."),
        ("reviewer", 0, "Choose an end date in the future."),
    ],
)
def test_what_makes_no_sense_is_refused(now: dt.datetime, role: str, days: int, rule: str):
    with pytest.raises(InvalidData, match=rule):
        give_role(
            actor=COMMAND_LINE,
            user=somebody(),
            role=role,
            at=now,
            expires_at=now + dt.timedelta(days=days),
        )


def test_a_role_ends(now: dt.datetime):
    user = somebody()
    give_role(actor=COMMAND_LINE, user=user, role="moderator", at=now)
    end_role(actor=COMMAND_LINE, user=user, role="moderator", at=now, reason="moved on")
    assert acting(user, now).roles == frozenset()
    assert AuditEvent.objects.last().details == {"role": "moderator", "reason": "moved on"}
    with pytest.raises(InvalidData, match="does not have the role"):
        end_role(actor=COMMAND_LINE, user=user, role="moderator", at=now)


def test_somebody_remains_in_the_secretariat(now: dt.datetime):
    user = somebody()
    give_role(actor=COMMAND_LINE, user=user, role="secretariat", at=now)
    with pytest.raises(InvalidData, match="needs at least one member"):
        end_role(actor=acting(user, now), user=user, role="secretariat", at=now)
    other = somebody("Ida Holm")
    give_role(actor=acting(user, now), user=other, role="secretariat", at=now)
    end_role(actor=acting(user, now), user=user, role="secretariat", at=now)
    assert selectors.has_secretariat(now)


# -- extended rights ---------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["secretariat", "operator"])
def test_extended_rights_last_half_an_hour(now: dt.datetime, role: str):
    user = somebody()
    give_role(actor=COMMAND_LINE, user=user, role=role, at=now)
    elevate(actor=acting(user, now), reason=REASON, at=now)
    assert acting(user, now + dt.timedelta(minutes=29)).elevated
    assert not acting(user, now + dt.timedelta(minutes=30)).elevated
    act = AuditEvent.objects.last()
    assert (act.verb, act.details["reason"]) == ("elevate", REASON)


@pytest.mark.parametrize("role", ["", "reviewer", "moderator"])
def test_nobody_else_takes_them(now: dt.datetime, role: str):
    user = somebody()
    if role:
        give_role(actor=COMMAND_LINE, user=user, role=role, at=now)
    for actor in (acting(user, now), VISITOR, COMMAND_LINE):
        with pytest.raises(NotAllowed):
            elevate(actor=actor, reason=REASON, at=now)
    assert not Elevation.objects.exists()


def test_a_reason_must_say_something(now: dt.datetime):
    user = holding("operator")
    with pytest.raises(InvalidData, match="at least 10 characters"):
        elevate(actor=acting(user, clock.now()), reason="  because  ", at=now)


def test_they_end_when_given_back(now: dt.datetime):
    user = somebody()
    give_role(actor=COMMAND_LINE, user=user, role="operator", at=now)
    elevate(actor=acting(user, now), reason=REASON, at=now)
    assert end_elevation(actor=acting(user, now), at=now + dt.timedelta(minutes=1))
    assert not acting(user, now + dt.timedelta(minutes=1)).elevated
    assert AuditEvent.objects.last().verb == "end-elevation"
    assert not end_elevation(actor=acting(user, now), at=now + dt.timedelta(minutes=2))


def test_the_page_asks_who_is_there_and_every_page_then_says_so(client: Client):
    sign_in(client, holding("operator"))
    assert "Turn on extended rights" in client.get("/en/accounts/").content.decode()
    answer = client.post(ELEVATE, {"reason": REASON})
    assert answer.headers["Location"].startswith("/en/accounts/proof/")
    assert not Elevation.objects.exists()
    prove(client)
    assert "Reason for using extended rights" in client.get(ELEVATE).content.decode()
    assert 'id="id_reason_error"' in client.post(ELEVATE, {"reason": "no"}).content.decode()
    client.post(ELEVATE, {"reason": REASON})
    for address in ("/en/about/", "/en/accounts/", "/en/find", "/en/nowhere/"):
        page = client.get(address).content.decode()
        assert BANNER in page and REASON in page
    ends = Elevation.objects.get().expires_at.astimezone(clock.CITY_TIME)
    assert f"They end at {ends:%H:%M}." in page
    assert BANNER not in Client().get("/en/about/").content.decode()
    client.post(f"{ELEVATE}end/")
    assert BANNER not in client.get("/en/about/").content.decode()


def test_signing_out_ends_them(client: Client):
    user = holding("operator")
    sign_in(client, user)
    elevate(actor=acting(user, clock.now()), reason=REASON, at=clock.now())
    client.post("/en/accounts/sign-out/")
    assert not acting(user, clock.now()).elevated


def test_the_page_refuses_everybody_else(client: Client):
    sign_in(client, holding("moderator"))
    prove(client)
    answer = client.post(ELEVATE, {"reason": REASON})
    assert answer.status_code == 403
    assert "Turn on extended rights" not in client.get("/en/accounts/").content.decode()


def test_somebody_with_nothing_to_prove_themselves_is_told_so(client: Client):
    user = holding("operator")
    user.set_unusable_password()
    user.save()
    client.force_login(user)
    answer = client.get(ELEVATE)
    assert answer.status_code == 403
    assert (
        "You have no password or passkey here to confirm your identity with. Add one first."
        in answer.content.decode()
    )


def test_ending_takes_a_form(client: Client):
    assert client.get(f"{ELEVATE}end/").status_code == 405
    assert client.post(f"{ELEVATE}end/").headers["Location"].startswith("/en/accounts/sign-in/")
