"""One small network with somebody in every role, laid once for each module of attacks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from alliance.reports import jobs
from tests.integration.rights.ground import Ground


@pytest.fixture(scope="module")
def ground(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Ground]:
    """Lund's team, a foreign team, and a record of every kind; undone after the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        laid = Ground()
        laid.prepare()
        yield laid
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No page waits for a worker."""
    monkeypatch.setattr(jobs, "PATIENCE", 0.0)
