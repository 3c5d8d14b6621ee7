"""Background jobs of this app."""

from __future__ import annotations

import datetime as dt

from django_tasks import task

from alliance.core import clock
from alliance.core.tasks import Periodic
from alliance.equity.services import checks, measuring


@task
def measure_areas() -> int:
    """Compute statistics of cities with many areas and new figures."""
    return measuring.measure_waiting(at=clock.now())


@task
def forget_testimonies() -> int:
    """Delete the words of testimonies whose last day is over."""
    return checks.forget_due(at=clock.now())


PERIODIC = (
    Periodic(measure_areas, every=dt.timedelta(minutes=1)),
    Periodic(forget_testimonies, every=dt.timedelta(days=1)),
)
