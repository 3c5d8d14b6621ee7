"""Background jobs of this room."""

from __future__ import annotations

import datetime as dt

from django_tasks import task

from alliance.adoption.services import ties
from alliance.adoption.services.following import follow
from alliance.core import clock
from alliance.core.tasks import Periodic


@task
def follow_adoptions() -> dict[str, int]:
    """Link the pilots and published cases that came of adoptions, and tell both cities."""
    return follow(at=clock.now())


@task
def keep_ties() -> dict[str, int]:
    """Keep the table of what hangs together, by what the audit trail says was touched."""
    return ties.keep_touched(at=clock.now())


@task
def remake_ties() -> dict[str, int]:
    """Make the whole table anew, so that nothing that was missed stays missing."""
    return ties.keep(at=clock.now())


PERIODIC = (
    Periodic(follow_adoptions, every=dt.timedelta(minutes=1)),
    Periodic(keep_ties, every=dt.timedelta(minutes=1)),
    Periodic(remake_ties, every=dt.timedelta(days=1)),
)
