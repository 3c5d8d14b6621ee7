"""A whole database moved to another one and back: every table arrives as it was."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder

from alliance.config import move as moving
from alliance.config import prepare
from alliance.config.move import move
from alliance.core import backups, clock, throttle
from alliance.core.errors import InvalidData
from alliance.core.models import AuditEvent
from tests.factories.knowledge import lay_ground, make_case
from tests.template_database import lay_file, lay_server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sql]


@pytest.fixture(autouse=True)
def tables(request, monkeypatch) -> None:
    """Targets get their tables from those that were made once; under `all` from `move` itself."""
    if "all" in request.keywords:
        return

    def lay(target: str) -> None:
        if "://" in target:
            lay_server(urlsplit(target).path[1:])
        else:
            lay_file(Path(target))

    monkeypatch.setattr(moving, "_make_tables", lay)


@pytest.fixture
def content() -> None:
    lay_ground()
    make_case("Lund")
    throttle.take(throttle.Limit("move", 1, dt.timedelta(hours=1)), "kim", at=clock.now())


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[str]:
    """An empty database: beside the one in use on a server of PostgreSQL, else a file."""
    if connection.vendor != "postgresql":
        yield str(tmp_path / "back.sqlite3")
        return
    name = f"{connection.settings_dict['NAME']}_moved"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name}")
    yield urlsplit(os.environ["ALLIANCE_DATABASE_URL"])._replace(path=f"/{name}").geturl()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")


def test_every_table_arrives_as_it_was_and_comes_back(content, tmp_path, elsewhere, monkeypatch):
    file = tmp_path / "moved.sqlite3"
    there = move(str(file))
    rows = {one.table: one.rows for one in there}
    assert rows["cases_casestudy"] == 1
    assert not set(rows) & set(backups.LEFT_OUT)
    assert rows["core_auditevent"] == AuditEvent.objects.count() > 0
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("SELECT place_name FROM cases_casestudy").fetchall() == [("Lund",)]
        assert database.execute("SELECT count(*) FROM core_throttlecount").fetchone() == (0,)
    # From the file back to the kind of database that it came from.
    moving._open(str(file), "moved")
    monkeypatch.setattr(moving, "SOURCE", "moved")
    try:
        assert move(elsewhere) == there
    finally:
        connections["moved"].close()
        del connections["moved"]


@pytest.mark.all
def test_the_tables_of_a_target_are_migrated(content, elsewhere):
    assert {one.table: one.rows for one in move(elsewhere)}["cases_casestudy"] == 1


def test_a_target_that_holds_tables_is_refused_and_left_alone(content, tmp_path):
    file = tmp_path / "taken.sqlite3"
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE mine (name TEXT)")
        database.commit()
    with pytest.raises(InvalidData, match="not empty"):
        move(str(file))
    with closing(sqlite3.connect(file)) as database:
        tables = database.execute("SELECT name FROM sqlite_master").fetchall()
    assert tables == [("mine",)]


def test_a_database_of_another_version_is_refused(tmp_path, capsys):
    recorder = MigrationRecorder(connection)
    recorder.record_applied("knowledge", "9999_of_the_future")
    try:
        with pytest.raises(
            InvalidData,
            match=r"newer version has changed the database: knowledge\.9999_of_the_future",
        ):
            move(str(tmp_path / "new.sqlite3"))
        # Who asks to bring it up to date is told; an old node goes on while others are updated.
        prepare.migrate()
        assert "changed by a newer version: knowledge.9999_of_the_future" in capsys.readouterr().err
    finally:
        recorder.record_unapplied("knowledge", "9999_of_the_future")
    assert not (tmp_path / "new.sqlite3").exists()


def test_rows_that_arrive_otherwise_are_not_kept(content, tmp_path, monkeypatch):
    file = tmp_path / "new.sqlite3"
    monkeypatch.setattr(moving, "_sum", lambda rows: (sum(1 for _row in rows), "another"))
    with pytest.raises(InvalidData, match="core_auditevent: The copied rows differ"):
        move(str(file))
    assert list(tmp_path.iterdir()) == []


def test_a_move_that_was_killed_leaves_no_file_that_looks_like_a_database(content, tmp_path):
    """What it left beside is removed by the next."""
    file = tmp_path / "new.sqlite3"

    def killed(_table: str, _rows: int) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def run() -> None:
        # A connection to the database belongs to one process.
        connections["default"].connection = None
        move(str(file), progress=killed)

    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    (left,) = tmp_path.iterdir()
    assert left.is_dir() and left.stat().st_mode & 0o777 == 0o700
    move(str(file))
    assert list(tmp_path.iterdir()) == [file]


def test_an_address_of_another_kind_is_refused():
    with pytest.raises(InvalidData, match="postgresql://"):
        move("mysql://user@host/name")
