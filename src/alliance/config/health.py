"""Health checks of a running installation, from its database and disk."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import django

from alliance.config import env
from alliance.config.backup import ASIDE
from alliance.core import instance_lock
from alliance.core.files.leftovers import leftovers

LONG_WAIT = dt.timedelta(minutes=10)
LITTLE_SPACE = 500_000_000
#: How long a test write counts, so that frequent checks do not keep the disk busy.
SECONDS_TRIAL_HOLDS = 5.0
BYTES_ON_TRIAL = 65_536
MILLISECONDS_TO_WAIT = 1_000
#: Whoever waits longer than this for a lock cannot write.
SECONDS_BUSY = 60.0
OK, BUSY, CANNOT = "ok", "busy", "cannot be written"
_LOCK_NOT_AVAILABLE = "55P03"


@dataclass(frozen=True)
class Finding:
    """A check and its result."""

    name: str
    is_well: bool
    text: str


def health() -> list[Finding]:
    """Check database, tables, jobs, disk and leftovers. Without a database only disk and leftovers;
    during an unfinished restore nothing else."""
    if words := instance_lock.about_restore(env.home()):
        return [Finding("restore", False, words)]
    django.setup()
    from django.db import DatabaseError

    try:
        findings = [_tables(), *_jobs()]
        if findings[0].is_well:
            findings += _ballots()
    except DatabaseError as error:
        findings = [Finding("database", False, str(error).strip())]
    else:
        if findings[0].is_well and database.state() == CANNOT:
            findings[0] = Finding("database", False, CANNOT)
    return [*findings, *disk(), *_left()]


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
        else Finding("worker", True, "jobs are taken"),
        Finding("jobs", failed == 0, f"{failed} failed (alliance tasks list --status failed)"),
    ]


def _ballots() -> list[Finding]:
    """Counted budgets in whose files old rows still show who cast which ballot."""
    from alliance.budgeting.models import Budget

    rows = Budget.objects.filter(has_remains=True).order_by("pk")
    left = ", ".join(rows.values_list("process__public_id", flat=True))
    words = (
        f"files of the database still say who gave which ballot of {left}: free as much room on "
        "the disk as the database takes and end long reads; the worker tries again each day"
    )
    return [Finding("ballots", False, words)] if left else []


def disk() -> tuple[Finding, Finding]:
    """The free disk space, and whether the home folder is writable."""
    from django.conf import settings

    free = shutil.disk_usage(settings.HOME).free
    state = files.state()
    return (
        Finding("disk", free >= LITTLE_SPACE, f"{free / 1e9:.1f} GB free in {settings.HOME}"),
        Finding("home", state == OK, "can be written" if state == OK else state),
    )


def _left() -> list[Finding]:
    """Leftovers of killed processes and restores, which have to be removed by hand."""
    from django.conf import settings

    left = ", ".join(map(str, leftovers(settings.HOME)))
    remedy = "`alliance prepare` and `alliance backup` remove it; it may hold secrets"
    words = f"killed processes left {left}: {remedy}" if left else "killed processes left nothing"
    findings = [Finding("leftovers", not left, words)]
    for folder in sorted(settings.HOME.glob(f"{ASIDE}*")):
        words = f"{folder} holds what was there before, with personal data: delete it in time"
        findings.append(Finding("restore", True, words))
    return findings


class _Trial:
    """A test write; its result counts for a while."""

    def __init__(self, write: Callable[[], str]) -> None:
        self._write = write
        self._lock = threading.Lock()
        self._home: Path | None = None
        self._state = OK
        self._at = self._well_at = 0.0

    def state(self) -> str:
        """OK, BUSY or CANNOT."""
        from django.conf import settings

        with self._lock:
            now = time.monotonic()
            is_first = self._home != settings.HOME
            if is_first or now - self._at >= SECONDS_TRIAL_HOLDS:
                state = self._write()
                if is_first or state == OK:
                    self._well_at = now
                has_waited_long = now - self._well_at > SECONDS_BUSY
                self._state = CANNOT if state == BUSY and has_waited_long else state
                self._home, self._at = settings.HOME, now
            return self._state


def _write_file() -> str:
    from django.conf import settings

    try:
        # It is unnamed, or unlinked at once, so nothing is left of it. Zeros might take no space.
        with tempfile.TemporaryFile(dir=settings.HOME) as handle:
            handle.write(os.urandom(BYTES_ON_TRIAL))
            handle.flush()
            os.fsync(handle.fileno())
    except OSError:
        return CANNOT
    return OK


def _write_row() -> str:
    from django.db import DatabaseError, connection, transaction

    from alliance.core import clock
    from alliance.core.models import SharedCacheEntry

    row = SharedCacheEntry(
        # Django's own keys begin otherwise, so it neither reads nor counts this row.
        cache_key="written on trial",
        value=os.urandom(BYTES_ON_TRIAL // 8).hex(),
        expires=clock.now(),
    )
    try:
        with _short_wait(), transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute(f"SET LOCAL lock_timeout = {MILLISECONDS_TO_WAIT}")
            SharedCacheEntry.objects.bulk_create(
                [row],
                update_conflicts=True,
                unique_fields=["cache_key"],
                update_fields=["value", "expires"],
            )
    except DatabaseError as error:
        cause = error.__cause__
        is_busy = (
            getattr(cause, "sqlite_errorname", "").startswith("SQLITE_BUSY")
            or getattr(cause, "sqlstate", "") == _LOCK_NOT_AVAILABLE
        )
        return BUSY if is_busy else CANNOT
    return OK


@contextmanager
def _short_wait() -> Iterator[None]:
    """Wait for other writers of SQLite for a shorter time than real writes do."""
    from django.db import connection

    if connection.vendor != "sqlite":
        yield
        return
    usual = int(connection.settings_dict["OPTIONS"]["timeout"]) * 1000
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {MILLISECONDS_TO_WAIT}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {usual}")


#: Whether files in the home folder, and the database, can be written. Frequent checks are cheap.
files, database = _Trial(_write_file), _Trial(_write_row)
