"""Dumping and restoring a PostgreSQL database with its own programs."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import psycopg
from psycopg.conninfo import conninfo_to_dict

from alliance.core import backups, instance_lock
from alliance.core.errors import Fault, InvalidData

# The programs take the address from these, where other users of the machine cannot see it.
_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
}
#: The prefix of the comment on the schema of a restored database.
_RESTORED = "alliance restore "


def has_tables(url: str) -> bool:
    """Whether the database at `url` has a table."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = 'public')"
        ).fetchone()
    return bool(row and row[0])


@contextmanager
def alone(url: str) -> Iterator[None]:
    """Lock the database at `url` exclusively. Raises InvalidData while a server or a worker uses
    it."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(
            "SELECT pg_try_advisory_lock(%s), current_database()", [instance_lock.DATABASE_LOCK]
        ).fetchone()
        assert row is not None
        if not row[0]:
            raise instance_lock.used(f"the database {row[1]}")
        try:
            yield
        finally:
            # A closing session releases its locks later: the next one would be refused.
            connection.execute("SELECT pg_advisory_unlock(%s)", [instance_lock.DATABASE_LOCK])


def dump(url: str, target: Path) -> None:
    """Dump the database at `url` to `target`. Raises InvalidData with the error of pg_dump."""
    tables = backups.LEFT_OUT + backups.JOBS_LEFT_OUT
    left_out = [f"--exclude-table-data={table}" for table in tables]
    _run(["pg_dump", "--format=custom", "--no-owner", *left_out, f"--file={target}"], url)


def check(source: Path) -> None:
    """Read a whole dump. Raises InvalidData if that fails."""
    _run(["pg_restore", "--file=/dev/null", str(source)])


def restore(url: str, source: Path, number: str, lock: IO[bytes]) -> None:
    """Replace the database at `url` by a dump: all of it, or nothing.

    The number of the restore (`restored`) is stored with it. The program inherits `lock`, because
    it may outlive this process and go on.
    """
    script = source.with_suffix(".sql")
    _run(["pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(source)])
    with script.open("rb") as handle:
        _run(
            [
                "psql",
                "--no-psqlrc",
                "--quiet",
                "--set=ON_ERROR_STOP=1",
                "--single-transaction",
                "--command=DROP SCHEMA public CASCADE; CREATE SCHEMA public",
                "--file=-",
                f"--command=COMMENT ON SCHEMA public IS '{_RESTORED}{number}'",
            ],
            url,
            stdin=handle,
            keeps=lock,
        )


def restored(url: str) -> str:
    """The number of the restore that created the database at `url`; empty for none."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = 'public'"
        ).fetchone()
    comment = (row and row[0]) or ""
    return comment.removeprefix(_RESTORED) if comment.startswith(_RESTORED) else ""


def _run(
    command: list[str],
    url: str = "",
    stdin: IO[bytes] | None = None,
    keeps: IO[bytes] | None = None,
) -> None:
    program = shutil.which(command[0])
    if program is None:
        raise InvalidData([Fault(command[0], "not-installed")])
    address = {
        _VARIABLES[name]: str(value)
        for name, value in conninfo_to_dict(url).items()
        if name in _VARIABLES
    }
    done = subprocess.run(
        [program, *command[1:]],
        env={**os.environ, **address},
        stdin=stdin or subprocess.DEVNULL,
        pass_fds=[keeps.fileno()] if keeps else [],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise InvalidData(
            [Fault(command[0], "said", {"text": done.stderr.strip() or f"exit {done.returncode}"})]
        )
