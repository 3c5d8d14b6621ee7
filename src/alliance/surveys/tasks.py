"""Background jobs of this room."""

from __future__ import annotations

import datetime as dt

from django_tasks import task

from alliance.core import clock
from alliance.core.tasks import Periodic
from alliance.surveys.services.counting import work_out_changed


@task
def count_surveys() -> int:
    """Count the answers of each survey, where there are new ones; how many surveys."""
    return work_out_changed(at=clock.now())


PERIODIC = (Periodic(count_surveys, every=dt.timedelta(minutes=1)),)
