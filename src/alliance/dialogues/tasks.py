"""Background jobs of this room."""

from __future__ import annotations

import datetime as dt

from django_tasks import task

from alliance.core import clock
from alliance.core.tasks import Periodic
from alliance.dialogues.services.opinions import work_out_changed


@task
def work_out_opinions() -> int:
    """Work out what the votes of each dialogue say, where there are new ones; how many."""
    return work_out_changed(at=clock.now())


PERIODIC = (Periodic(work_out_opinions, every=dt.timedelta(minutes=1)),)
