"""The clock of tests of processes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from alliance.core import clock


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[dt.datetime], None]:
    """Sets what time it is."""
    return lambda at: monkeypatch.setattr(clock, "now", lambda: at)
