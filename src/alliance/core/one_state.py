"""A consistent snapshot of the database for a long read, whoever writes meanwhile."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection, connections


@contextmanager
def consistent_snapshot(room: Path) -> Iterator[Callable[[], None]]:
    """Inside, this process reads the database as it was on entering; `room` is an empty folder.

    A process that is forked inside calls the yielded function before it reads, for the same
    snapshot. Inside of a transaction nothing is done: its reads are consistent already. Raises
    OSError if there is no space for a copy.
    """
    if connection.in_atomic_block:
        yield lambda: None
        return
    # A connection to the database belongs to one process.
    connections.close_all()
    with _copied(room) if connection.vendor == "sqlite" else _exported() as join:
        try:
            join()
            yield join
        finally:
            connections.close_all()


@contextmanager
def _copied(room: Path) -> Iterator[Callable[[], None]]:
    """SQLite shares a snapshot with no other connection, so all read a copy."""
    name, copy = connection.settings_dict["NAME"], str(room / "state.sqlite3")
    try:
        with closing(sqlite3.connect(name)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
    except sqlite3.Error as error:
        raise OSError(str(error)) from error
    connection.settings_dict["NAME"] = copy
    try:
        yield lambda: None
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = name


@contextmanager
def _exported() -> Iterator[Callable[[], None]]:
    """PostgreSQL exports a snapshot for as long as its transaction lives."""
    lender = connection.copy()
    try:
        lender.set_autocommit(False)
        with lender.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SELECT pg_export_snapshot()")
            [snapshot] = cursor.fetchone()

        def join() -> None:
            connection.set_autocommit(False)
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                cursor.execute("SET TRANSACTION SNAPSHOT %s", [snapshot])

        yield join
    finally:
        lender.close()
