"""Background jobs of this room."""

from __future__ import annotations

import datetime as dt

from django_tasks import task

from alliance.budgeting.services.cutting import erase_remains, forget_voters
from alliance.core.tasks import Periodic


@task
def forget_voters_of_old() -> int:
    """Forget who gave which ballot in processes that are long over and were never counted; how many
    ballots. What is left of ballots that were cut off is erased, where that could not be done at
    once."""
    n = forget_voters()
    erase_remains()
    return n


PERIODIC = (Periodic(forget_voters_of_old, every=dt.timedelta(days=1)),)
