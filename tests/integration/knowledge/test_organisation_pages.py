"""Pages of organisations and the cases they acted in."""

from __future__ import annotations

import pytest
from django.test import Client

from alliance.core.audit import COMMAND_LINE
from alliance.network.models import City
from alliance.network.services import save_organisation
from tests.factories.knowledge import NOW, lay_ground, make_case
from tests.factories.pages import page, page_text

pytestmark = pytest.mark.django_db

ADDRESS = "/en/organisations/lunds-kommun/"


@pytest.fixture(autouse=True)
def ground(db: None) -> None:
    lay_ground()
    save_organisation(
        "lunds-kommun",
        actor=COMMAND_LINE,
        at=NOW,
        name="Municipality of Lund",
        name_sv="Lunds kommun",
        kind="municipality",
        country="SE",
        city=City.objects.get(public_id="lund"),
    )


def test_the_list_names_kind_city_and_number_of_cases(client: Client) -> None:
    save_organisation(
        "a-university", actor=COMMAND_LINE, at=NOW, name="A University", kind="university",
        country="FR",
    )  # fmt: skip
    make_case("Lund")
    words = page_text(client, "/en/organisations/")
    assert "A University university France none yet" in words
    assert "Municipality of Lund municipality Lund , Sweden 1" in words
    assert words.index("A University") < words.index("Municipality of Lund")


def test_a_name_is_told_in_the_language_of_the_page(client: Client) -> None:
    assert "<h1>Lunds kommun</h1>" in page(client, "/sv/organisations/lunds-kommun/")
    assert "<h1>Municipality of Lund</h1>" in page(client, "/fr/organisations/lunds-kommun/")


def test_an_organisation_shows_the_cases_it_acted_in(client: Client) -> None:
    make_case("Lund")
    make_case("Lund", public_id="lund-again", outcome="did-not-work")
    # Here the city is named, and not its municipality.
    make_case("Lund", public_id="by-others", actors=("business",))
    html = page(client, ADDRESS)
    assert 'href="/en/cases/lund/"' in html
    assert 'href="/en/cases/lund-again/"' in html
    assert "by-others" not in html
    assert 'href="/en/cities/lund/"' in html
    assert "worked in 1 of 2 cases did not work in 1" in page_text(client, ADDRESS)


def test_an_organisation_without_cases_says_what_to_do(client: Client) -> None:
    make_case("Lund", status="withdrawn")
    words = page_text(client, ADDRESS)
    assert "No cases with this organisation yet" in words
    assert "Search all cases" in words


@pytest.mark.parametrize("public_id", ["nowhere", "Lunds-kommun", "lunds-kommun%00"])
def test_an_unknown_organisation_is_not_found(client: Client, public_id: str) -> None:
    page(client, f"/en/organisations/{public_id}/", status=404)


def test_pages_need_few_queries(client: Client, django_assert_max_num_queries) -> None:
    for number in range(6):
        make_case("Lund", public_id=f"lund-{number}")
    with django_assert_max_num_queries(15):
        page(client, ADDRESS)
    with django_assert_max_num_queries(15):
        page(client, "/en/organisations/")
