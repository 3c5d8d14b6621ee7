"""Background jobs of this app."""

from __future__ import annotations

import datetime as dt

from django_tasks import task

from alliance.budgeting.services.cutting import erase_remains, forget_voters
from alliance.core.tasks import Periodic


@task
def forget_voters_of_old() -> int:
    """Separate ballots from voters in processes that ended long ago and were never counted; returns
    their number. Remains of separated ballots are erased, if that was impossible at once."""
    n = forget_voters()
    erase_remains()
    return n


PERIODIC = (Periodic(forget_voters_of_old, every=dt.timedelta(days=1)),)
