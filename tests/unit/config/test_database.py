"""The connection to the database as the settings make it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from alliance.config.settings import database


@pytest.mark.parametrize(("setting", "level"), [(None, 2), ("FULL", 2), ("NORMAL", 1)])
def test_a_write_on_sqlite_waits_for_the_disk_unless_it_is_set_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str | None, level: int
) -> None:
    if setting is not None:
        monkeypatch.setenv("ALLIANCE_SQLITE_SYNCHRONOUS", setting)
    options = database("")["OPTIONS"]
    assert isinstance(options, dict)
    with closing(sqlite3.connect(tmp_path / "alliance.sqlite3")) as connection:
        connection.executescript(options["init_command"])
        assert connection.execute("PRAGMA synchronous").fetchone() == (level,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
