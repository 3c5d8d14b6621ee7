"""Jobs that keep the database from growing for no reason."""

from __future__ import annotations

import datetime as dt

from django.contrib.sessions.models import Session
from django.db import connection
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from alliance.core import clock
from alliance.core.files import made
from alliance.core.tasks.schedule import Periodic

FINISHED_RETENTION = dt.timedelta(days=30)


@task
def forget_finished_jobs() -> int:
    """Delete jobs that ended more than 30 days ago; how many there were."""
    ended = [TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED]
    old = DBTaskResult.objects.filter(
        status__in=ended, finished_at__lt=clock.now() - FINISHED_RETENTION
    )
    count = old.count()
    old.delete()
    return count


@task
def forget_expired_sessions() -> int:
    """Delete sessions whose time is over; how many there were."""
    expired = Session.objects.filter(expire_date__lt=clock.now())
    count = expired.count()
    expired.delete()
    return count


@task
def forget_made_files() -> int:
    """Delete downloads that were made for a state of the data long past; how many there were."""
    return made.remove_old()


@task
def count_rows_for_planner() -> None:
    """Let the database count its rows anew, so that it chooses the right indexes.

    SQLite never does so by itself: without it a list of one solution's cases reads them all.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


PERIODIC = (
    Periodic(forget_finished_jobs, every=dt.timedelta(days=1)),
    Periodic(forget_expired_sessions, every=dt.timedelta(days=1)),
    Periodic(forget_made_files, every=dt.timedelta(days=1)),
    Periodic(count_rows_for_planner, every=dt.timedelta(days=1)),
)
