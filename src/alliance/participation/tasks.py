"""Background jobs of this room."""

from __future__ import annotations

import datetime as dt

from django_tasks import task

from alliance.core import clock
from alliance.core.tasks import Periodic
from alliance.participation.services import processes


@task
def close_processes() -> int:
    """Close the processes whose last phase is over."""
    return processes.close_due(at=clock.now())


PERIODIC = (Periodic(close_processes, every=dt.timedelta(minutes=1)),)
