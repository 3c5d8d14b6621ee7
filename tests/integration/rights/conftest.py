"""The ground of these tests, laid once for a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from tests.integration.rights.ground import Ground


@pytest.fixture(scope="module")
def ground(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Ground]:
    """A small network with somebody in every role; all of it is undone after the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        laid = Ground()
        # Made before any try, whose traces are taken back.
        laid.prepare()
        yield laid
        transaction.set_rollback(True)
