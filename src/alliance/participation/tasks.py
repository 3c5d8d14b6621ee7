"""Background jobs of this room."""

from __future__ import annotations

import datetime as dt

from django_tasks import task

from alliance.core import clock
from alliance.core.tasks import Periodic
from alliance.participation.services import census, evaluating, issuing, processes


@task
def close_processes() -> int:
    """Close the processes whose last phase is over, and issue their results."""
    at = clock.now()
    n = processes.close_due(at=at)
    issuing.issue_due(at=at, closed_only=True)
    return n


@task
def issue_results() -> int:
    """Issue the results of processes in which enough people took part; how many."""
    return issuing.issue_due(at=clock.now())


@task
def clear_processes() -> dict[str, int]:
    """Forget who took part in processes that are long over."""
    return census.clear_old(at=clock.now())


@task
def keep_results() -> int:
    """Keep what came of processes that have ended as results of their methods."""
    return evaluating.store_ended_results(at=clock.now())


PERIODIC = (
    Periodic(close_processes, every=dt.timedelta(minutes=1)),
    # By the hour: nobody sees at which minute the last of a batch came.
    Periodic(issue_results, every=dt.timedelta(hours=1)),
    Periodic(clear_processes, every=dt.timedelta(days=1)),
    Periodic(keep_results, every=dt.timedelta(days=1)),
)
