"""People who are there when a record is reviewed."""

from __future__ import annotations

import pytest

from alliance.core import clock
from tests.factories.reviews import LATER, Review, lay_review


@pytest.fixture
def by(monkeypatch: pytest.MonkeyPatch) -> Review:
    """Who takes part in a review, the day after the draft was begun."""
    monkeypatch.setattr(clock, "now", lambda: LATER)
    return lay_review()
