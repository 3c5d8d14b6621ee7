"""Who may announce and run workshops, what is missing before that, and who can register when."""

from __future__ import annotations

import datetime as dt

from alliance.core.audit import Actor
from alliance.network.models import Organisation
from alliance.network.rules import is_editor_of, is_secretariat
from alliance.workshops import zones
from alliance.workshops.enums import Attendance, SeatState, WorkshopState
from alliance.workshops.models import Workshop

#: Participants get their meeting suggestions this long before the first day.
AHEAD = dt.timedelta(days=7)


def may_announce(actor: Actor, organisation: Organisation | None) -> bool:
    """Whether the actor may announce a workshop: the secretariat, and editors for their
    organisation. No API token."""
    if actor.scopes is not None:
        return False
    if actor.is_system or is_secretariat(actor):
        return True
    return organisation is not None and is_editor_of(actor, organisation)


def may_run(actor: Actor, workshop: Workshop) -> bool:
    """Whether the actor may change a workshop and see its participants; as `may_announce`."""
    return may_announce(actor, workshop.organisation)


def may_read(actor: Actor, workshop: Workshop) -> bool:
    """Whether somebody may read it: an announced workshop is public, even if it was cancelled
    later."""
    return workshop.announced_at is not None or may_run(actor, workshop)


def missing(workshop: Workshop) -> list[str]:
    """The pages on which something must still be filled in before the announcement."""
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
    """Whether people can register at `at`: until the end of the last day for it, at the place."""
    is_announced = workshop.state == WorkshopState.ANNOUNCED
    return is_announced and today_there(workshop, at) <= workshop.sign_up_by


def has_begun(workshop: Workshop, at: dt.datetime) -> bool:
    """Whether the first day has begun."""
    return today_there(workshop, at) >= workshop.first_day


def is_over(workshop: Workshop, at: dt.datetime) -> bool:
    """Whether the last day is over."""
    return today_there(workshop, at) > workshop.last_day


def n_in(workshop: Workshop) -> int:
    """The number of occupied places at the venue."""
    rows = workshop.registrations.filter(state=SeatState.IN, attendance=Attendance.ON_SITE)
    return rows.count()
