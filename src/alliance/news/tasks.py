"""Background jobs of this app."""

from __future__ import annotations

import datetime as dt

from django_tasks import task

from alliance.core import clock
from alliance.core.tasks import Periodic
from alliance.news import services


@task
def send_digests() -> int:
    """Send the weekly digest of this Monday to those who have not got it; returns the number of
    emails."""
    return services.send_digests(at=clock.now())


PERIODIC = (Periodic(send_digests, every=dt.timedelta(hours=1)),)
