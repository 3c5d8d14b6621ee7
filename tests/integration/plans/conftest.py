"""A plan of Lund whose text can be commented."""

from __future__ import annotations

import pytest

from alliance.accounts.models import User
from alliance.core import clock
from alliance.participation.enums import ProcessKind, ProcessState
from alliance.participation.models import Process
from alliance.plans.services.texts import set_text
from tests.factories.knowledge import lay_ground
from tests.factories.participation import make_process
from tests.factories.people import acting, join, person, team

FIRST = "The park stays open until ten.\n\nThere are twenty benches.\n\nDogs are on a lead."


@pytest.fixture
def process(db: None) -> Process:
    lay_ground()
    return make_process(team("lund"), kind=ProcessKind.TEXT, state=ProcessState.DRAFT)


@pytest.fixture
def lea(process: Process) -> User:
    user = person("Lea Lund")
    join(user, process.organisation)
    return user


@pytest.fixture
def plan(process: Process, lea: User, now) -> Process:
    """With three paragraphs, and open."""
    set_text(process, FIRST, actor=acting(lea), at=now)
    Process.objects.filter(pk=process.pk).update(state=ProcessState.OPEN, opened_at=now)
    process.refresh_from_db()
    return process


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch, now) -> None:
    monkeypatch.setattr(clock, "now", lambda: now)
