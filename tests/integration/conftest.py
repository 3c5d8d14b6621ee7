"""Fixtures of tests that touch the database."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest
from django.apps import apps

import alliance.starter
from alliance.core.tasks.housekeeping import count_rows_for_planner
from alliance.starter.load import load_starter
from tests.factories.kept_rows import Rows, filled_tables, put_back, take

NOW = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def now() -> dt.datetime:
    return NOW


OWN_TABLES = tuple(
    f"{config.label}_" for config in apps.get_app_configs() if config.name.startswith("alliance.")
)
#: What the first load of a process wrote, for the tests that follow.
_STARTER: dict[str, Rows] = {}


@pytest.fixture
def starter(db: None, now: dt.datetime) -> None:
    """The whole starter network in the database."""
    before = filled_tables()
    # Another fixture may have written already: then the rows are made, and not kept.
    is_new = not any(name.startswith(OWN_TABLES) for name in before)
    if is_new and "rows" in _STARTER:
        put_back(_STARTER["rows"])
        count_rows_for_planner.call()
        return
    load_starter(at=now)
    if is_new:
        _STARTER["rows"] = take(but=before)


@pytest.fixture
def starter_folder(tmp_path: Path) -> Path:
    """A copy of the starter folder that a test may spoil."""
    source = Path(alliance.starter.__file__).parent
    folder = tmp_path / "starter"
    shutil.copytree(
        source, folder, ignore=shutil.ignore_patterns("__pycache__", "*.py", "starter-obs*")
    )
    return folder
