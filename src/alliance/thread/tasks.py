"""Background jobs of this room."""

from __future__ import annotations

import datetime as dt

from django_tasks import task

from alliance.core import clock
from alliance.core.tasks import Periodic
from alliance.thread import services


@task
def keep_ties() -> dict[str, int]:
    """Keep the table of what hangs together, by what the audit trail says was touched."""
    return services.refresh_touched(at=clock.now())


@task
def remake_ties() -> dict[str, int]:
    """Make the whole table anew, so that nothing that was missed stays missing."""
    return services.refresh_relations(at=clock.now())


PERIODIC = (
    Periodic(keep_ties, every=dt.timedelta(minutes=1)),
    Periodic(remake_ties, every=dt.timedelta(days=1)),
)
