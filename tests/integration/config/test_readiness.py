"""`/readyz` answers 503 while nothing can be written, and 200 again when it can."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from alliance.config import health
from alliance.core.models import SharedCacheEntry

pytestmark = pytest.mark.sql


@contextmanager
def without_room() -> Iterator[None]:
    """The database can be read and not written: on SQLite its disk is full, PostgreSQL refuses."""
    # Pages that were freed before would take what is written.
    full = ("VACUUM; PRAGMA max_page_count = 1", "PRAGMA max_page_count = 4294967294")
    refusing = (
        "SET default_transaction_read_only = on", "SET default_transaction_read_only = off",
    )  # fmt: skip
    begin, end = full if connection.vendor == "sqlite" else refusing
    with connection.cursor() as cursor:
        for statement in begin.split("; "):
            cursor.execute(statement)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(end)


@pytest.fixture
def tried_each_time(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    settings.LOAD_STARTER, settings.HOME = False, tmp_path
    monkeypatch.setattr(health, "SECONDS_TRIAL_HOLDS", 0.0)


@pytest.mark.django_db(transaction=True)
def test_who_cannot_write_to_the_database_is_not_ready_until_it_can(
    client: Client, tried_each_time: None
) -> None:
    SharedCacheEntry.objects.all().delete()
    with without_room():
        answer = client.get("/readyz")
        assert answer.status_code == 503
        checks = answer.json()["checks"]
        assert checks["database"] == "cannot be written" and checks["home"] == "ok"
        assert health.health()[0] == health.Finding("database", False, "cannot be written")
    answer = client.get("/readyz")
    assert answer.status_code == 200 and answer.json()["checks"]["database"] == "ok"


@pytest.mark.django_db(transaction=True)
def test_who_cannot_write_files_is_not_ready_until_it_can(
    client: Client, monkeypatch: pytest.MonkeyPatch, tried_each_time: None
) -> None:
    def full(*_given: object, **_named: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patches:
        # The folder can be written to, as far as its rights go.
        patches.setattr(os, "fsync", full)
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["home"] == "cannot be written"
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_many_who_ask_whether_it_is_ready_write_once(
    client: Client, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    settings.LOAD_STARTER, settings.HOME = False, tmp_path
    written: list[str] = []
    trial = health._Trial(lambda: written.append("once") or health.OK)
    monkeypatch.setattr(health, "files", trial)
    for _time in range(5):
        assert client.get("/readyz").status_code == 200
    assert written == ["once"]


def test_a_database_that_others_write_to_is_busy_and_only_after_long_no_longer_well(
    monkeypatch: pytest.MonkeyPatch, tried_each_time: None
) -> None:
    now = 1_000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    trial = health._Trial(lambda: health.BUSY)
    assert trial.state() == health.BUSY
    now += health.SECONDS_BUSY + 1
    assert trial.state() == health.CANNOT


@pytest.mark.django_db(transaction=True)
def test_a_writer_that_takes_its_time_is_no_reason_to_be_not_ready(
    client: Client, monkeypatch: pytest.MonkeyPatch, tried_each_time: None
) -> None:
    monkeypatch.setattr(health, "MILLISECONDS_TO_WAIT", 50)
    assert health.database.state() == health.OK
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("UPDATE shared_cache SET value = 'mine'")
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["checks"]["database"]) == (200, "busy")
    finally:
        other.close()
