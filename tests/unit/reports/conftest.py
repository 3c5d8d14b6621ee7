"""What unit tests of briefs share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Words are in English, whatever a test before this one left active."""
    with translation.override("en"):
        yield
