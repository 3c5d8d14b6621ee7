"""Fixtures of tests that touch the database."""

from __future__ import annotations

import datetime as dt
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import psycopg
import pytest
from django.apps import apps

import alliance.starter
from alliance.core.tasks.housekeeping import count_rows_for_planner
from alliance.starter.load import load_starter
from tests.factories.kept_rows import filled_tables, put_back, take
from tests.factories.processes import StartWorker

Made = TypeVar("Made")
NOW = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def now() -> dt.datetime:
    return NOW


OWN_TABLES = tuple(
    f"{config.label}_" for config in apps.get_app_configs() if config.name.startswith("alliance.")
)


@pytest.fixture
def starter(db: None, now: dt.datetime) -> None:
    """The whole starter network in the database."""
    lay_starter(now)


def lay_starter(now: dt.datetime) -> None:
    """Load it, or put back what the first load of this run wrote, in whichever process."""
    lay_once("starter", lambda: load_starter(at=now))
    count_rows_for_planner.call()


def lay_once(name: str, make: Callable[[], Made]) -> Made:
    """Make rows in an empty database, or put back those of that name that were made in this run.

    Gives what `make` gave when they were made.
    """
    kept = Path(os.environ["ALLIANCE_TEST_FOLDER"]) / f"{name}-rows"
    before = filled_tables()
    # Another fixture may have written already: then the rows are made, and not kept.
    is_new = not any(name.startswith(OWN_TABLES) for name in before)
    if is_new and kept.exists():
        rows, made = pickle.loads(kept.read_bytes())
        put_back(rows)
        return made
    made = make()
    if is_new:
        new = kept.with_suffix(f".{os.getpid()}")
        new.write_bytes(pickle.dumps((take(but=before), made)))
        new.rename(kept)
    return made


@pytest.fixture
def starter_folder(tmp_path: Path) -> Path:
    """A copy of the starter folder that a test may spoil."""
    source = Path(alliance.starter.__file__).parent
    folder = tmp_path / "starter"
    shutil.copytree(
        source, folder, ignore=shutil.ignore_patterns("__pycache__", "*.py", "starter-obs*")
    )
    return folder


@pytest.fixture
def on_postgresql() -> None:
    """For what several machines share, or a server of databases has."""
    from django.db import connection

    if connection.vendor != "postgresql":
        pytest.xfail("runs with the tests on PostgreSQL")


@pytest.fixture
def empty_postgresql(on_postgresql: None, transactional_db: None) -> Iterator[str]:
    """The address of an empty database on the server of the tests, which is PostgreSQL."""
    from django.db import connection

    entry = connection.settings_dict
    address = f"postgresql://{entry['USER']}@/{{}}?host={entry['HOST']}"
    name = f"empty_{os.getpid()}"
    with psycopg.connect(address.format("postgres"), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name}")
        admin.execute(f"CREATE DATABASE {name}")
        yield address.format(name)
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def start_worker(shared_environment: dict[str, str], tmp_path: Path) -> Iterator[StartWorker]:
    """Start a worker process on the database of the test; ends what is left of them."""
    started: list[subprocess.Popen[bytes]] = []
    log = (tmp_path / "worker.log").open("wb")

    def start(*arguments: str, lease: int = 60) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "alliance.config.cli", "worker", *arguments],
            env={**shared_environment, "ALLIANCE_TASK_LEASE_SECONDS": str(lease)},
            stderr=log,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
    log.close()
    # pytest shows this with a test that failed.
    print((tmp_path / "worker.log").read_text())
