"""Background tasks of the thread."""

from __future__ import annotations

import datetime as dt

from django_tasks import task

from alliance.core import clock
from alliance.core.tasks import Periodic
from alliance.thread import services


@task
def keep_ties() -> dict[str, int]:
    """Updates the table of relations for records that changed according to the audit trail."""
    return services.refresh_touched(at=clock.now())


@task
def remake_ties() -> dict[str, int]:
    """Updates the complete table, so that missed changes are corrected."""
    return services.refresh_relations(at=clock.now())


PERIODIC = (
    Periodic(keep_ties, every=dt.timedelta(minutes=1)),
    Periodic(remake_ties, every=dt.timedelta(days=1)),
)
