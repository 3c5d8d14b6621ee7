"""Fixtures of tests that touch the database."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

import alliance.starter
from alliance.starter.load import load_starter

NOW = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def now() -> dt.datetime:
    return NOW


@pytest.fixture
def starter(db: None, now: dt.datetime) -> None:
    """The whole starter network in the database."""
    load_starter(at=now)


@pytest.fixture
def starter_folder(tmp_path: Path) -> Path:
    """A copy of the starter folder that a test may spoil."""
    source = Path(alliance.starter.__file__).parent
    folder = tmp_path / "starter"
    shutil.copytree(
        source, folder, ignore=shutil.ignore_patterns("__pycache__", "*.py", "starter-obs*")
    )
    return folder
