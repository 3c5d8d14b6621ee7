"""Workshops for tests. All of them are made up."""

from __future__ import annotations

import datetime as dt
from typing import Any

from alliance.accounts.models import User
from alliance.core.audit import COMMAND_LINE, Actor
from alliance.network.models import City, Organisation
from alliance.workshops.models import Registration, Session, Workshop
from alliance.workshops.services import preparing, registering
from tests.factories.people import NOW, acting

FIRST = dt.date(2027, 3, 18)


def facts(**changes: Any) -> dict[str, Any]:
    """Two days in March in La Rochelle, forty places."""
    given: dict[str, Any] = {
        "title": "Moving people without cars",
        "language": "en",
        "summary": "Three failures and what came of them.",
        "city": City.objects.filter(public_id="la-rochelle").first(),
        "place": "Town hall",
        "zone": "Europe/Paris",
        "first_day": FIRST,
        "last_day": FIRST + dt.timedelta(days=1),
        "capacity": 40,
        "sign_up_by": dt.date(2027, 2, 1),
        "online_url": "https://meet.example.org/rochelle",
        "cost": "Free; you pay travel",
        "spoken": ("fr", "sv", "en"),
    }
    return given | changes


def slot(title: str, starts: str, ends: str, day: dt.date = FIRST, **more: Any) -> dict[str, Any]:
    """A session from one time to another."""
    times = {"starts": dt.time.fromisoformat(starts), "ends": dt.time.fromisoformat(ends)}
    return {"title": title, "day": day, **times, **more}


def asking(text: str, kind: str, options: str = "", **more: Any) -> dict[str, Any]:
    """A question at sign-up."""
    return {"text": text, "kind": kind, "options": options, **more}


PROGRAMME = (
    slot("Welcome", "09:00", "09:30", room="Main room", speakers="Jean"),
    slot("Trains and buses", "11:00", "12:30", room="Room A", speakers="Claire, Anders"),
    slot("Owners who vote", "11:00", "12:30", room="Room B", speakers="Eva"),
)


def make_workshop(
    actor: Actor,
    *,
    organisation: Organisation | None = None,
    announced: bool = True,
    at: dt.datetime = NOW,
    **changes: Any,
) -> Workshop:
    """A workshop with a programme of two tracks."""
    made = preparing.start(organisation, **facts(**changes), actor=actor, at=at)
    day = made.first_day
    slots = [{**one, "day": day} for one in PROGRAMME]
    preparing.set_programme(made, sessions=slots, actor=actor, at=at)
    return preparing.announce(made, actor=actor, at=at) if announced else made


def said(name: str, **changes: Any) -> dict[str, Any]:
    """What somebody says when she signs up."""
    given: dict[str, Any] = {
        "name": name,
        "email": f"{name.lower().replace(' ', '.')}@example.org",
        "language": "en",
        "zone": "Europe/Stockholm",
    }
    return given | changes


def sign_up(workshop: Workshop, user: User, at: dt.datetime = NOW, **changes: Any) -> Registration:
    """Somebody with an account signs up."""
    words = said(user.name, email=user.email, language=user.language, **changes)
    return registering.sign_up(workshop, words, user=user, actor=acting(user, at), at=at)


def make_example_workshop() -> None:
    """The workshop of the examples of the API."""
    made = make_workshop(COMMAND_LINE)
    Workshop.objects.filter(pk=made.pk).update(public_id="example-workshop")
    for number, one in enumerate(made.sessions.all(), start=1):
        Session.objects.filter(pk=one.pk).update(public_id=f"example-session-{number}")
