"""What can be wrong with a running installation, found from its database and disk."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from dataclasses import dataclass

import django

LONG_WAIT = dt.timedelta(minutes=10)
LITTLE_SPACE = 500_000_000


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, and how it is."""

    name: str
    is_well: bool
    text: str


def health() -> list[Finding]:
    """Look at database, tables, jobs and disk. Where the database is absent, at the disk only."""
    django.setup()
    from django.db import DatabaseError

    try:
        findings = [_tables(), *_jobs()]
    except DatabaseError as error:
        findings = [Finding("database", False, str(error).strip())]
    return [*findings, *disk()]


def _tables() -> Finding:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    outstanding = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if outstanding:
        return Finding("database", False, f"{len(outstanding)} migrations are outstanding")
    return Finding("database", True, f"{connection.vendor}, tables up to date")


def _jobs() -> list[Finding]:
    from django_tasks import TaskResultStatus
    from django_tasks_db.models import DBTaskResult

    from alliance.core import clock
    from alliance.core.models import TaskState
    from alliance.core.tasks.queue import waits_since

    at = clock.now()
    since = waits_since(at)
    works = TaskState.objects.filter(expires_at__gte=at).exists()
    failed = DBTaskResult.objects.filter(status=TaskResultStatus.FAILED).count()
    return [
        Finding("worker", False, f"a job waits since {since:%F %T} UTC and no worker takes it")
        if since is not None and at - since > LONG_WAIT and not works
        else Finding("worker", True, "no job waits in vain"),
        Finding("jobs", failed == 0, f"{failed} failed (alliance tasks list --status failed)"),
    ]


def disk() -> tuple[Finding, Finding]:
    """The space that is left, and whether the home folder can be written."""
    from django.conf import settings

    free = shutil.disk_usage(settings.HOME).free
    return (
        Finding("disk", free >= LITTLE_SPACE, f"{free / 1e9:.1f} GB free in {settings.HOME}"),
        Finding(
            "home",
            os.access(settings.HOME, os.W_OK),
            "can be written" if os.access(settings.HOME, os.W_OK) else "cannot be written",
        ),
    )
