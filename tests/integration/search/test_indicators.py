"""Indicators in the finder, and the filter that leads from them to what changed them."""

from __future__ import annotations

import pytest
from django.test import Client

from alliance.cases.models import Effect
from alliance.search.services import rebuild
from tests.factories.indicators import make_definition
from tests.factories.knowledge import NOW, lay_ground, make_case
from tests.factories.pages import page_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def measure() -> str:
    lay_ground()
    make_case("Lund")
    rebuild(at=NOW)
    return Effect.objects.select_related("measure").earliest("pk").measure.slug


def test_cases_and_solutions_are_found_by_what_was_measured(client: Client, measure: str) -> None:
    found = client.get("/api/v1/search", {"measure": measure}).json()
    assert {item["type"] for item in found["items"]} == {"case", "solution"}
    assert "Measured values" in page_text(client, f"/en/find?measure={measure}")


def test_the_choice_is_not_offered_to_those_who_did_not_ask(client: Client, measure: str) -> None:
    assert "Measured values" not in page_text(client, "/en/find")


def test_a_measure_without_an_effect_does_not_spoil_the_others(
    client: Client, measure: str
) -> None:
    assert client.get(f"/en/find?measure={measure}&measure=not-yet-seen").status_code == 200
    assert client.get("/en/find?measure=not-yet-seen").status_code == 400


def test_an_indicator_is_found_by_what_it_counts_and_leads_to_its_page(client: Client) -> None:
    definition = make_definition(at=NOW)
    rebuild(at=NOW)
    (found,) = client.get("/api/v1/search", {"q": "green space"}).json()["items"]
    assert (found["type"], found["id"]) == ("indicator", definition.indicator.public_id)
    assert found["url"].endswith("/en/indicators/green/")
    assert "Green space within 300 m" in page_text(client, "/en/find?q=green+space")
