"""Background jobs of this room."""

from __future__ import annotations

import datetime as dt

from django_tasks import task

from alliance.budgeting.services.voting import forget_voters
from alliance.core.tasks import Periodic


@task
def forget_voters_of_old() -> int:
    """Forget what gave ballots in processes that are long over and were never counted; how many."""
    return forget_voters()


PERIODIC = (Periodic(forget_voters_of_old, every=dt.timedelta(days=1)),)
