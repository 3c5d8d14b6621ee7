"""A dialogue of Lund that is open."""

from __future__ import annotations

import pytest

from alliance.participation.models import Process
from tests.factories.knowledge import lay_ground
from tests.factories.participation import make_process
from tests.factories.people import team


@pytest.fixture
def process(db: None) -> Process:
    lay_ground()
    return make_process(team("lund"))
