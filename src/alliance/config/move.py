"""Copying a whole database to an empty one, between SQLite and PostgreSQL.

Rows are read and written through Django, table by table in one transaction, so that either all of
them arrive or none. Then both sides are counted and their checksums compared; if a table differs,
nothing is stored.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.core.management.color import no_style
from django.db import DatabaseError, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import load_backend

from alliance.config import settings, status
from alliance.core import backups
from alliance.core.errors import Fault, InvalidData
from alliance.core.files.leftovers import WORK, clear, leftovers, work_folder

SOURCE, TARGET = "default", "target"
BATCH = 500
#: Folders beside an SQLite file in which it is written until every row has arrived.
_BESIDE = f"{WORK}alliance-"


@dataclass(frozen=True)
class Moved:
    """A copied table: its number of rows, and the checksum of its content."""

    table: str
    rows: int
    digest: str


def move(
    target: str, *, progress: Callable[[str, int], object] = lambda table, rows: None
) -> list[Moved]:
    """Copy all rows to the database `target`: postgresql://…, or the path of an SQLite file.

    Raises InvalidData if the source is of another version than this software, or if the target is
    not empty, cannot be reached, or differs from the source afterwards.
    """
    _refuse_other_version()
    try:
        if "://" in target or Path(target).exists():
            _open(target)
            try:
                _refuse_full(target)
            finally:
                _close()
        if "://" in target:
            return _move(target, progress)
        place = Path(target).absolute()
        clear(place.parent.glob(f"{_BESIDE}*"))
        with work_folder(place.parent, _BESIDE) as work:
            moved = _move(str(work / place.name), progress)
            (work / place.name).rename(place)
            os.sync()
        return moved
    except (DatabaseError, OSError) as error:
        # The address may contain a password.
        where = target.rpartition("@")[2]
        raise InvalidData([Fault(where, "said", {"text": str(error).strip()})]) from error


def _move(target: str, progress: Callable[[str, int], object]) -> list[Moved]:
    _make_tables(target)
    _open(target)
    try:
        with transaction.atomic(using=TARGET), transaction.atomic(using=SOURCE):
            return _copy(progress)
    finally:
        _close()


def _close() -> None:
    connections[TARGET].close()
    del connections[TARGET]


def _refuse_other_version() -> None:
    """Raise InvalidData if the tables of the source are older or newer than this software."""
    if names := status.unknown_migrations():
        raise InvalidData([Fault("database", "newer-database", {"names": ", ".join(names)})])
    if status.outstanding_migrations():
        raise InvalidData([Fault("database", "older-database")])


def _open(target: str, alias: str = TARGET) -> None:
    """Register a database under an alias."""
    entry = settings.database(target if "://" in target else "")
    if "://" not in target:
        entry["NAME"] = str(Path(target).absolute())
    elif urlsplit(target).scheme not in {"postgresql", "postgres"}:
        raise InvalidData([Fault(target.partition("@")[2] or target, "not-a-database")])
    known = {"default": connections.settings["default"], alias: entry}
    configuration = connections.configure_settings(known)[alias]
    connections[alias] = load_backend(configuration["ENGINE"]).DatabaseWrapper(configuration, alias)


def _refuse_full(target: str) -> None:
    if connections[TARGET].introspection.table_names():
        raise InvalidData([Fault(target.rpartition("@")[2], "not-empty")])


def _make_tables(target: str) -> None:
    """Create all tables, in a process without another database: migrations use the default one."""
    clear(leftovers(settings.HOME))
    with work_folder(settings.HOME) as home:
        url = target if "://" in target else ""
        environment = {"ALLIANCE_HOME": str(home), "ALLIANCE_DATABASE_URL": url}
        done = subprocess.run(
            [sys.executable, "-m", "alliance.config.cli", "migrate"],
            env={**os.environ, **environment, "DJANGO_SETTINGS_MODULE": "alliance.config.settings"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            where = target.rpartition("@")[2]
            raise InvalidData([Fault(where, "said", {"text": done.stderr.strip()[-500:]})])
        if not url:
            shutil.move(home / "alliance.sqlite3", target)


def _copy(progress: Callable[[str, int], object]) -> list[Moved]:
    tables = [model for model in apps.get_models(include_auto_created=True) if _is_table(model)]
    # Rows that migrations wrote are copied with the others.
    names = [model._meta.db_table for model in tables]
    target = connections[TARGET]
    # Sessions are not copied, and their tables refer to those of people.
    flush = target.ops.sql_flush(no_style(), names, allow_cascade=True)
    target.ops.execute_sql_flush(flush)
    moved = []
    for model in tables:
        rows, digest = _copy_table(model)
        moved.append(Moved(model._meta.db_table, rows, digest))
        progress(model._meta.db_table, rows)
    with connections[TARGET].cursor() as cursor:
        for statement in connections[TARGET].ops.sequence_reset_sql(no_style(), tables):
            cursor.execute(statement)
    arrived = [
        Moved(model._meta.db_table, *_sum(_rows(model, connections[TARGET]))) for model in tables
    ]
    if faults := [
        Fault(expected.table, "arrived-otherwise")
        for expected, other in zip(moved, arrived, strict=True)
        if expected != other
    ]:
        raise InvalidData(faults)
    return moved


def _is_table(model: type[models.Model]) -> bool:
    meta = model._meta
    is_copied = meta.db_table not in backups.LEFT_OUT
    return meta.managed and is_copied and not meta.proxy and not meta.swapped


def _quoted(name: str) -> str:
    return connections[TARGET].ops.quote_name(name)


def _fields(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    return [field for field in model._meta.local_concrete_fields if not field.generated]


def _rows(model: type[models.Model], connection: BaseDatabaseWrapper) -> Iterator[tuple[Any, ...]]:
    """All rows in the order of their keys. The parents of a model that inherits are not joined."""
    names = [field.attname for field in _fields(model)]
    queryset = model._base_manager.using(connection.alias).order_by("pk").values_list(*names)
    yield from queryset.iterator(chunk_size=BATCH)


def _copy_table(model: type[models.Model]) -> tuple[int, str]:
    """Write all rows to the target; returns their number, and their checksum."""
    connection, fields = connections[TARGET], _fields(model)
    columns = ", ".join(_quoted(str(field.column)) for field in fields)
    places = ", ".join("%s" for _field in fields)
    # Names of tables and columns are those of our models.
    table = _quoted(model._meta.db_table)
    statement = f"INSERT INTO {table} ({columns}) VALUES ({places})"  # noqa: S608
    total, count = hashlib.sha256(), 0
    rows = _rows(model, connections[SOURCE])
    while batch := list(islice(rows, BATCH)):
        with connection.cursor() as cursor:
            cursor.executemany(
                statement,
                [
                    [
                        field.get_db_prep_save(value, connection)
                        for field, value in zip(fields, row, strict=True)
                    ]
                    for row in batch
                ],
            )
        for row in batch:
            total.update(_row_bytes(row))
        count += len(batch)
    return count, total.hexdigest()


def _sum(rows: Iterator[tuple[Any, ...]]) -> tuple[int, str]:
    total, count = hashlib.sha256(), 0
    for row in rows:
        total.update(_row_bytes(row))
        count += 1
    return count, total.hexdigest()


def _row_bytes(row: tuple[Any, ...]) -> bytes:
    """A row in bytes that are the same for both databases."""
    return json.dumps([_plain(value) for value in row], sort_keys=True).encode() + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        # PostgreSQL normalises numbers in JSON: 1.0 may come back as 1.
        return int(value)
    if isinstance(value, Decimal):
        return str(value.normalize())
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat() if value.tzinfo else value.isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value if isinstance(value, str | int | float | bool | None) else str(value)
