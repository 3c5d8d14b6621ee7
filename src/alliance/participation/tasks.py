"""Background jobs of this app."""

from __future__ import annotations

import datetime as dt

from django_tasks import task

from alliance.core import clock
from alliance.core.tasks import Periodic
from alliance.participation.services import census, evaluating, issuing, processes


@task
def close_processes() -> int:
    """Close the processes whose last phase is over, and publish their results."""
    at = clock.now()
    n = processes.close_due(at=at)
    issuing.issue_due(at=at, closed_only=True)
    return n


@task
def issue_results() -> int:
    """Publish the results of processes with enough participants; returns their number."""
    return issuing.issue_due(at=clock.now())


@task
def clear_processes() -> dict[str, int]:
    """Delete personal data of processes that ended long ago."""
    return census.clear_old(at=clock.now())


@task
def keep_results() -> int:
    """Store the measures of ended processes as results of their methods."""
    return evaluating.store_ended_results(at=clock.now())


PERIODIC = (
    Periodic(close_processes, every=dt.timedelta(minutes=1)),
    # Hourly: nobody sees in which minute the last of a batch participated.
    Periodic(issue_results, every=dt.timedelta(hours=1)),
    Periodic(clear_processes, every=dt.timedelta(days=1)),
    Periodic(keep_results, every=dt.timedelta(days=1)),
)
