"""Background jobs of this app."""

from __future__ import annotations

import datetime as dt

from django_tasks import task

from alliance.core import clock
from alliance.core.tasks import Periodic
from alliance.workshops.services import meeting, registering


@task
def forget_participants() -> int:
    """Delete guests who did not confirm, and participants of workshops that ended long ago."""
    return registering.forget_old(at=clock.now())


@task
def tell_whom_to_meet() -> int:
    """Send meeting suggestions for workshops that begin soon."""
    return meeting.send_meeting_suggestions(at=clock.now())


PERIODIC = (
    Periodic(forget_participants, every=dt.timedelta(days=1)),
    Periodic(tell_whom_to_meet, every=dt.timedelta(hours=1)),
)
