"""Background tasks of adoptions."""

from __future__ import annotations

import datetime as dt

from django_tasks import task

from alliance.adoption.services import method_results
from alliance.adoption.services.following import follow
from alliance.core import clock
from alliance.core.tasks import Periodic


@task
def follow_adoptions() -> dict[str, int]:
    """Links the pilots and published cases of adoptions, and emails both cities."""
    return follow(at=clock.now())


@task
def keep_method_results() -> int:
    """Saves the results of pilots, and of the newest release, as results of their methods."""
    return method_results.save_ended_results(at=clock.now())


PERIODIC = (
    Periodic(follow_adoptions, every=dt.timedelta(minutes=1)),
    Periodic(keep_method_results, every=dt.timedelta(days=1)),
)
