"""The programme as a calendar that programs subscribe to (RFC 5545)."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import icalendar
from django.conf import settings
from django.utils.translation import gettext as _

from alliance.network.localise import local_name
from alliance.workshops.enums import SeatState, WorkshopState
from alliance.workshops.models import Registration, Session, Workshop
from alliance.workshops.texts import localised_text

#: How often a program looks for changes.
REFRESH = dt.timedelta(hours=1)


def uid_of(session: Session) -> str:
    """The permanent iCalendar UID of a session."""
    return f"{session.public_id}@{urlsplit(settings.BASE_URL).hostname or 'localhost'}"


def _status(registration: Registration) -> str:
    if registration.workshop.state == WorkshopState.CANCELLED:
        return "CANCELLED"
    return "CONFIRMED" if registration.state == SeatState.IN else "TENTATIVE"


def calendar_of(registration: Registration, *, page: str) -> bytes:
    """The sessions of a participant's workshop in the language in use; `page` is the address of the
    workshop.

    Times are in UTC, which every program converts to local time. A session keeps its UID, and its
    SEQUENCE increases with each change.
    """
    workshop = registration.workshop
    title = localised_text(workshop.titles, workshop.language).value
    events = (
        tuple(_event(session, workshop, registration, title=title, page=page).items())
        for session in workshop.sessions.all()
        if not session.is_break
    )
    return _written(title, registration.zone, *events)


# Programs request the calendar every hour, mostly unchanged; writing it takes ten times as long as
# reading the data.
@lru_cache(maxsize=1_000)
def _written(title: str, zone: str, *events: tuple[tuple[str, Any], ...]) -> bytes:
    calendar = icalendar.Calendar()
    for name, value in (
        ("prodid", "-//Alliance platform//workshops//EN"),
        ("version", "2.0"),
        ("method", "PUBLISH"),
        ("x-wr-calname", title),
        ("x-wr-timezone", zone),
        ("x-published-ttl", "PT1H"),
    ):
        calendar.add(name, value)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for properties in events:
        event = icalendar.Event()
        for name, value in properties:
            event.add(name, value)
        calendar.add_component(event)
    return calendar.to_ical()


def _event(
    session: Session, workshop: Workshop, registration: Registration, *, title: str, page: str
) -> dict[str, Any]:
    name = localised_text(session.titles, workshop.language).value
    city = local_name(workshop.city, registration.language) if workshop.city else ""
    where = [session.room, workshop.place, city] if workshop.place else [_("online")]
    link = session.url or workshop.online_url if registration.state == SeatState.IN else ""
    about = [title, ", ".join(session.speakers), link, page]
    return {
        "uid": uid_of(session),
        "sequence": session.sequence,
        "summary": name,
        "dtstart": session.starts_at,
        "dtend": session.ends_at,
        "dtstamp": session.changed_at,
        "last-modified": session.changed_at,
        "location": ", ".join(part for part in where if part),
        "description": "\n".join(part for part in about if part),
        "url": page,
        "status": _status(registration),
    }
