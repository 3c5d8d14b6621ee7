"""Jobs that keep the database from growing without need."""

from __future__ import annotations

import datetime as dt

from django.contrib.sessions.models import Session
from django.db import connection
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from alliance.core import clock
from alliance.core.files import generated
from alliance.core.tasks.schedule import Periodic

FINISHED_RETENTION = dt.timedelta(days=30)


@task
def forget_finished_jobs() -> int:
    """Delete jobs that ended more than 30 days ago; returns their number."""
    ended = [TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED]
    old = DBTaskResult.objects.filter(
        status__in=ended, finished_at__lt=clock.now() - FINISHED_RETENTION
    )
    count = old.count()
    old.delete()
    return count


@task
def forget_expired_sessions() -> int:
    """Delete expired sessions; returns their number."""
    expired = Session.objects.filter(expire_date__lt=clock.now())
    count = expired.count()
    expired.delete()
    return count


@task
def forget_made_files() -> int:
    """Delete downloads of past states of the data; returns their number."""
    return generated.remove_old()


@task
def count_rows_for_planner() -> None:
    """Update the statistics of the query planner, so that it chooses the right indexes.

    SQLite never does so by itself: without them a list of one solution's cases reads all cases.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


PERIODIC = (
    Periodic(forget_finished_jobs, every=dt.timedelta(days=1)),
    Periodic(forget_expired_sessions, every=dt.timedelta(days=1)),
    Periodic(forget_made_files, every=dt.timedelta(days=1)),
    Periodic(count_rows_for_planner, every=dt.timedelta(days=1)),
)
