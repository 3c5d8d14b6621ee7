"""The page of a need finds what other cities tried by its own words, and what failed beside it."""

from __future__ import annotations

import pytest

from alliance.search.selectors.answering import cases_for
from tests.factories.knowledge import lay_ground, make_case
from tests.integration.search.conftest import TODAY

pytestmark = pytest.mark.django_db


def test_cases_of_others_stand_apart_from_those_that_failed() -> None:
    lay_ground()
    make_case("Lund")
    make_case("Umeå")
    make_case("Visby", outcome="did-not-work", reasons=("stopped",))
    words = ("Vägavgifter", "Köer varje morgon", "sv")
    tried, failed = cases_for(*words, city="lund", shown_in="fr", today=TODAY)
    assert [hit.public_id for hit in tried] == ["umea"]
    assert [hit.public_id for hit in failed] == ["visby"]
    assert cases_for("Xyzzy", "", "sv", city="", shown_in="sv", today=TODAY) == ((), ())
