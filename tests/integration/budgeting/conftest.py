"""A budget of Lund on which residents can vote, and an editor who runs it."""

from __future__ import annotations

import pytest

from alliance.accounts.models import User
from alliance.budgeting.models import Budget
from alliance.core import clock
from alliance.participation.models import Process
from tests.factories.budgets import make_budget
from tests.factories.knowledge import lay_ground
from tests.factories.participation import make_process
from tests.factories.people import join, person, team


@pytest.fixture(autouse=True)
def _now(monkeypatch, now) -> None:
    monkeypatch.setattr(clock, "now", lambda: now)


@pytest.fixture
def process(db: None) -> Process:
    """Writing is over, voting is open."""
    lay_ground()
    phases = (("write", -20, -10), ("vote", -1, 14))
    return make_process(team("lund"), kind="budget", phases=phases)


@pytest.fixture
def budget(process: Process) -> Budget:
    return make_budget(process)


@pytest.fixture
def lea(process: Process) -> User:
    lea = person("Lea Lund")
    join(lea, process.organisation)
    return lea
