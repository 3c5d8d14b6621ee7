"""Two teams with people, and browsers of those people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from alliance.accounts.models import User
from alliance.core import clock
from alliance.core.audit import COMMAND_LINE
from alliance.network.models import Organisation
from alliance.network.services import save_city
from tests.factories.people import join, person, team

AT = dt.datetime(2026, 11, 25, 9, 0, tzinfo=dt.UTC)


@dataclass(frozen=True)
class People:
    """Lund's team has an editor and a member; Umeå's has an editor."""

    lund: Organisation
    umea: Organisation
    editor: User
    member: User
    foreign: User
    secretariat: User
    citizen: User


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> dt.datetime:
    """The moment of every request of the test."""
    monkeypatch.setattr(clock, "now", lambda: AT)
    return AT


@pytest.fixture
def people(db: None, at: dt.datetime) -> People:
    for city, name in (("lund", "Lund"), ("umea", "Umeå")):
        save_city(city, name=name, country="SE", actor=COMMAND_LINE, at=at)
    found = People(
        lund=team("lund", "City of Lund"),
        umea=team("umea", "City of Umeå"),
        editor=person("Elin Editor"),
        member=person("Mats Member"),
        foreign=person("Fia Foreign"),
        secretariat=person("Siv Secretary", "secretariat"),
        citizen=person("Cia Citizen"),
    )
    join(found.editor, found.lund)
    join(found.member, found.lund, "member")
    join(found.foreign, found.umea)
    return found


@pytest.fixture
def browser_of() -> Callable[..., Client]:
    """`browser_of(user)` is a browser in which that person has signed in."""

    def open_browser(user: User, **options: bool) -> Client:
        client = Client(**options)
        client.force_login(user)
        return client

    return open_browser


def confirm(user: User, email: str = "") -> None:
    """Let the person have shown that the address is hers."""
    EmailAddress.objects.create(user=user, email=email or user.email, verified=True)
