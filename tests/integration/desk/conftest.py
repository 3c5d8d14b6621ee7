"""Who keeps the records of the network."""

from __future__ import annotations

import pytest
from django.test import Client

from alliance.accounts.models import User
from alliance.core import clock
from tests.factories.knowledge import lay_ground
from tests.factories.people import NOW, person


@pytest.fixture
def secretary(client: Client, monkeypatch: pytest.MonkeyPatch) -> User:
    """The secretariat, signed in at its desk."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    lay_ground()
    user = person("Sven Berg", "secretariat")
    client.force_login(user)
    return user
