"""Locks on an installation: its processes share it, and a restore needs it exclusively.

A lock ends with the process that holds it, however that ends, so nothing has to be cleaned up.
Every process that sets Django up holds a shared lock on a file in the home folder. On PostgreSQL,
which serves several home folders, servers and workers share a lock of the database too.
"""

from __future__ import annotations

import fcntl
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import IO

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

from alliance.core.errors import Fault, InvalidData

FILE = "in-use.lock"
#: The folder of the files and journal of a restore: while it exists, the restore is unfinished, and
#: half of the data may be the former ones.
RESTORING = "restoring"
#: The number of the advisory lock of PostgreSQL.
DATABASE_LOCK = 5_254_273_811
#: Seconds between two checks that the connection holding it still exists.
LOOK_EVERY = 30.0
_TAKEN = "is being restored from a backup or moved. Start again when that is done."


def share(home: Path) -> IO[bytes]:
    """Take a shared lock of a home folder: an open file, held until it is closed or the process
    ends.

    Raises ImproperlyConfigured while a restore or a move has the folder, and after an interrupted
    restore.
    """
    handle = _open(home)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        raise ImproperlyConfigured(f"{home} {_TAKEN}") from None
    if words := about_restore(home):
        handle.close()
        raise ImproperlyConfigured(words)
    return handle


def about_restore(home: Path) -> str:
    """A message about an unfinished restore; empty if there is none."""
    if not (home / RESTORING).exists():
        return ""
    return (
        f"A restore was interrupted: {home / RESTORING} holds what it puts in place. "
        "`alliance prepare` and `alliance serve` finish it. What was there before is kept in "
        f"{home}/before-restore-TIME."
    )


def share_database() -> None:
    """Share the lock of PostgreSQL until the process ends; on SQLite that of the home is enough.

    Raises ImproperlyConfigured while a restore or a move has the database.
    """
    if connection.vendor == "postgresql":
        holder = _Holder()
        holder.start()
        holder.answered.wait()
        if holder.is_refused:
            raise ImproperlyConfigured(f"The database {_TAKEN}")


@contextmanager
def alone(home: Path) -> Iterator[IO[bytes]]:
    """Lock a home folder exclusively; yields the open file, which a child process may inherit to
    hold the lock as long as it lives. Raises InvalidData while a process shares the folder."""
    with _open(home) as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise used(str(home)) from None
        yield handle


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise TimeoutError inside the block after that time, whatever it waits for.

    Only for the main thread of a command: it uses the alarm signal.
    """

    def end(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def used(what: str) -> InvalidData:
    """The fault of a home folder or a database that is in use."""
    return InvalidData([Fault(what, "in-use")])


def _open(home: Path) -> IO[bytes]:
    return os.fdopen(os.open(home / FILE, os.O_RDWR | os.O_CREAT, 0o600), "rb+")


class _Holder(threading.Thread):
    """Holds the lock in its own connection, and takes it again if the connection was lost."""

    def __init__(self) -> None:
        super().__init__(name="in-use", daemon=True)
        self.answered = threading.Event()
        self.is_refused = False

    def run(self) -> None:
        while not self.is_refused:
            try:
                with connection.cursor() as cursor:
                    if self.answered.is_set():
                        cursor.execute("SELECT pg_advisory_lock_shared(%s)", [DATABASE_LOCK])
                    else:
                        cursor.execute("SELECT pg_try_advisory_lock_shared(%s)", [DATABASE_LOCK])
                        self.is_refused = cursor.fetchone() == (False,)
                    self.answered.set()
                    while not self.is_refused:
                        time.sleep(LOOK_EVERY)
                        cursor.execute("SELECT 1")
            except DatabaseError:
                # Code that needs the database meets the same error, and reports it.
                self.answered.set()
                time.sleep(LOOK_EVERY)
            connection.close()
