"""Who announces and runs workshops, what is still missing, and who can sign up when."""

from __future__ import annotations

import datetime as dt

from alliance.core.audit import Actor
from alliance.network.models import Organisation
from alliance.network.rules import is_editor_of, is_secretariat
from alliance.workshops import zones
from alliance.workshops.enums import Attendance, SeatState, WorkshopState
from alliance.workshops.models import Workshop

#: So long before the first day people are told whom to meet.
AHEAD = dt.timedelta(days=7)


def may_announce(actor: Actor, organisation: Organisation | None) -> bool:
    """Prepare a workshop: the secretariat, and editors of an organisation in its name. No token."""
    if actor.scopes is not None:
        return False
    if actor.is_system or is_secretariat(actor):
        return True
    return organisation is not None and is_editor_of(actor, organisation)


def may_run(actor: Actor, workshop: Workshop) -> bool:
    """Change a workshop and see who has signed up: the same."""
    return may_announce(actor, workshop.organisation)


def may_read(actor: Actor, workshop: Workshop) -> bool:
    """Everybody reads what is announced, and what was cancelled after that."""
    return workshop.announced_at is not None or may_run(actor, workshop)


def missing(workshop: Workshop) -> list[str]:
    """The screens on which something is still to be filled in before it is announced."""
    facts = workshop.place or workshop.online_url
    return [
        name
        for name, is_there in (("facts", facts), ("programme", workshop.sessions.exists()))
        if not is_there
    ]


def today_there(workshop: Workshop, at: dt.datetime) -> dt.date:
    """The date at the place of a workshop."""
    return zones.shown(at, workshop.zone).date()


def takes_registrations(workshop: Workshop, at: dt.datetime) -> bool:
    """Whether people can sign up at `at`: up to the end of the last day for it, at the place."""
    is_announced = workshop.state == WorkshopState.ANNOUNCED
    return is_announced and today_there(workshop, at) <= workshop.sign_up_by


def has_begun(workshop: Workshop, at: dt.datetime) -> bool:
    """Whether its first day is here."""
    return today_there(workshop, at) >= workshop.first_day


def is_over(workshop: Workshop, at: dt.datetime) -> bool:
    """Whether its last day is over."""
    return today_there(workshop, at) > workshop.last_day


def n_in(workshop: Workshop) -> int:
    """How many places in the room are taken."""
    rows = workshop.registrations.filter(state=SeatState.IN, attendance=Attendance.ON_SITE)
    return rows.count()
