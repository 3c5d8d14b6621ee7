"""Choosing one of many cities by its name, without JavaScript."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from alliance.network.choosing import SHOWN, choose_city
from alliance.network.models import City
from tests.factories.indicators import make_city
from tests.factories.pages import page, page_text

pytestmark = pytest.mark.django_db


def names(text: str, language: str = "en", **options) -> list[str]:
    return [one.name for one in choose_city(text, language, **options).choices]


@pytest.fixture
def cities() -> None:
    for public_id, name, more in (
        ("goteborg", "Göteborg", {"aliases": ["Gothenburg"], "is_member": True}),
        ("saint-etienne", "Saint-Étienne", {"country": "FR", "population": 170_000}),
        ("etampes", "Étampes", {"country": "FR", "population": 26_000}),
        ("copenhagen", "Copenhagen", {"country": "DK", "name_sv": "Köpenhamn",
                                      "name_fr": "Copenhague"}),
        ("lund", "Lund", {"population": 100_000}),
        ("lundby", "Lundby", {"population": 900_000}),
        ("ostra-lund", "Östra Lund", {"population": 2_000_000}),
        ("ahlund", "Ahlund", {"is_member": True}),
    ):  # fmt: skip
        make_city(public_id, **{"name": name, "is_member": False, "population": 1_000, **more})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("göteborg", ["Göteborg"]),
        ("GOTEBORG", ["Göteborg"]),
        ("Gothenburg", ["Göteborg"]),
        ("saint etienne", ["Saint-Étienne"]),
        ("Étienne", ["Saint-Étienne"]),
        ("et", ["Étampes", "Saint-Étienne"]),
        ("Köpenhamn", ["Copenhagen"]),
        # The very name, then its beginning, a word of it, a part of it: whatever the size.
        ("lund", ["Lund", "Lundby", "Östra Lund", "Ahlund"]),
        ("atlantis", []),
        ("%", []),
        ("_", []),
        ("\\", []),
    ],
)
def test_cities_are_found_by_any_name_without_accents(cities, text, found):
    assert names(text) == found


def test_names_are_told_in_the_language_of_the_page(cities):
    assert names("copenhagen", "sv") == ["Köpenhamn"]


def test_without_a_name_the_members_are_offered(cities):
    assert names("") == names("  ") == ["Ahlund", "Göteborg"]


def test_no_more_are_shown_than_a_page_holds_and_the_number_is_told(cities):
    for n in range(SHOWN + 6):
        make_city(f"ville{n}", name=f"Ville {n:02}")
    found = choose_city("ville", "en")
    assert (len(found.choices), found.n) == (SHOWN, SHOWN + 6)


def test_a_city_that_is_chosen_is_not_offered_and_the_address_keeps_the_rest(cities):
    found = choose_city("lund", "en", but=["lund"], params=[("city", "lund"), ("as_of", "2020")])
    assert found.choices[0].href == "?city=lund&as_of=2020&city=lundby"
    among = City.objects.filter(public_id="ahlund")
    assert names("lund", among=among) == ["Ahlund"]


def test_the_list_of_cities_finds_one_by_its_name(cities, django_assert_max_num_queries):
    with django_assert_max_num_queries(15):
        html = page(Client(), "/en/cities/?find=gothenburg")
    assert 'href="/en/cities/goteborg/"' in html
    assert "Atlantis”. Enter less of the name, or its name in another language." in page_text(
        Client(), "/en/cities/?find=Atlantis"
    )


def test_cities_side_by_side_are_chosen_one_by_one(cities):
    from tests.factories.indicators import make_definition, record

    definition = make_definition("GREEN", "SE_GREEN")
    for public_id in ("lund", "lundby", "goteborg"):
        record(City.objects.get(public_id=public_id), definition, {"2020": 10.0})
    html = page(Client(), "/en/indicators/compare?city=lund&find=lund")
    assert 'href="?city=lund&amp;city=lundby"' in html
    # It has no figure.
    assert "ahlund" not in html
    both = page(Client(), "/en/indicators/compare?city=lund&city=lundby")
    # One press takes a city out.
    assert re.search(r'href="\?city=lundby"[^>]*>.*? Lund<span class="cross"', both, re.S)
    assert re.search(r'href="\?city=lund"[^>]*>.*? Lundby<span class="cross"', both, re.S)


@pytest.mark.parametrize("text", ["<b>", "x" * 500, "\x00", "'; drop table"])
def test_whatever_is_typed_is_told_back_as_text(cities, text):
    answer = Client().get("/en/cities/", {"find": text})
    assert answer.status_code == 200
    assert b"<b>" not in answer.content
