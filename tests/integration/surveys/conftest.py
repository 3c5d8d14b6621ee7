"""A survey of Lund that is open."""

from __future__ import annotations

import pytest

from alliance.accounts.models import User
from alliance.core import clock
from alliance.network.enums import TeamRole
from alliance.participation.models import Process
from tests.factories.knowledge import lay_ground
from tests.factories.people import join, person, team
from tests.factories.surveys import make_survey


@pytest.fixture
def process(db: None) -> Process:
    lay_ground()
    return make_survey(team("lund"))


@pytest.fixture
def lea(process: Process) -> User:
    user = person("Lea Lund")
    join(user, process.organisation, TeamRole.EDITOR)
    return user


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch, now) -> None:
    monkeypatch.setattr(clock, "now", lambda: now)
