"""Pages of cities: members first, what was tried, and facts with what is not known."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from alliance.core.audit import COMMAND_LINE
from alliance.knowledge.selectors import places
from alliance.knowledge.selectors.places import city_list, like_cities, unverified_words
from alliance.network.models import City
from alliance.network.services import save_city, save_organisation
from tests.factories.knowledge import NOW, a_place, lay_ground, make_case
from tests.factories.pages import one_line, page, page_text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ground(db: None) -> None:
    lay_ground()


def city(public_id: str, **values: Any) -> City:
    given = {"name": public_id.title(), "country": "SE"} | values
    return save_city(public_id, actor=COMMAND_LINE, at=NOW, **given)


def test_members_come_first_then_the_others_by_country() -> None:
    city("arles", country="FR")
    city("vejle", country="DK")
    city("umea", name="Umeå", is_member=True)
    found = city_list(None, "en")
    assert [one.name for one in found["members"]] == ["Umeå"]
    assert [(code, [one.name for one in cities]) for code, cities in found["others"]] == [
        ("DK", ["Vejle"]),
        ("FR", ["Arles"]),
        ("SE", ["Lund"]),
    ]
    # In the order of their names: Österrike stands last in Swedish.
    city("wien", country="AT")
    assert [code for code, _cities in city_list(None, "sv")["others"]] == ["DK", "FR", "SE", "AT"]
    assert [code for code, _cities in city_list(None, "en")["others"]] == ["AT", "DK", "FR", "SE"]


def test_the_list_shows_population_with_its_year_and_outcomes(client: Client) -> None:
    make_case("Lund")
    make_case("Lund", public_id="lund-again", outcome="did-not-work")
    city("vejle", country="DK", approximate_population=585_708)
    words = page_text(client, "/en/cities/")
    assert "Lund 100,000 (2020) 1 worked 1 did not work" in words
    assert "Umeå not known no cases yet" in words
    assert "Vejle about 586,000 no cases yet" in words


def test_the_map_shows_the_cities_that_have_a_place(client: Client) -> None:
    city("lund", name="Lund", latitude=55.7, longitude=13.2, is_member=True)
    html = page(client, "/en/cities/")
    assert 'aria-label="Lund (member)"' in html
    assert "1 of 2 cities are on the map; 1 have no location." in page_text(client, "/en/cities/")
    # The list comes before the map.
    assert html.index("</table>") < html.index('aria-label="Lund (member)"')


def test_the_map_can_be_changed_to_the_world(client: Client) -> None:
    city("lund", name="Lund", latitude=55.7, longitude=13.2)
    city("umea", name="Umeå", latitude=63.8, longitude=20.3)
    city("quito", latitude=-0.2, longitude=-78.5, country="EC")
    europe, world = page(client, "/en/cities/"), page(client, "/en/cities/?map=world")
    assert 'href="?map=world">Show world map</a>' in one_line(europe)
    assert 'href="?map=europe">Show Europe</a>' in one_line(world)


def test_a_long_list_has_pages(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "CITIES_PER_PAGE", 1)
    assert "Lund" in page_text(client, "/en/cities/?page=1")
    second = page_text(client, "/en/cities/?page=2")
    assert "Umeå" in second
    assert "Lund" not in second


@pytest.mark.parametrize("number", ["0", "2", "-1", "abc", "1.0", "", "９", "9" * 5000])
def test_a_page_that_does_not_exist_is_not_found(client: Client, number: str) -> None:
    page(client, f"/en/cities/?page={number}", status=404)


def test_a_city_tells_its_facts_and_what_is_not_recorded(client: Client) -> None:
    city(
        "lund",
        name="Lund",
        population=100_000,
        population_year=2020,
        koppen="Cfb",
        koppen_source="A grid of 2017",
        latitude=55.7,
        longitude=13.2,
        unverified_fields=["lat", "lon", "admin_code"],
    )
    words = page_text(client, "/en/cities/lund/")
    assert "Sweden not a member of the network" in words
    assert "100,000 residents (2020) temperate" in words
    assert "Source: A grid of 2017." in words
    assert (
        "Based on general knowledge, with no source checked: coordinates, municipality code."
        in words
    )


def test_an_approximate_population_says_what_it_is_good_for(client: Client) -> None:
    city("vejle", approximate_population=61_706, approximate_population_source="A gazetteer")
    words = page_text(client, "/en/cities/vejle/")
    assert "about 61,700 residents" in words
    assert (
        "The population is approximate and only good enough for a size band: "
        "neither its area nor its year is known."
    ) in words
    assert "Source: A gazetteer." in words


def test_a_city_of_which_little_is_known_never_shows_a_nought(client: Client) -> None:
    words = page_text(client, "/en/cities/umea/")
    assert "population not known" in words
    assert "Similar cities" not in words
    assert "No cases from this city yet." in words
    assert " 0 " not in words


def test_a_city_shows_its_cases_solutions_and_organisations(client: Client) -> None:
    make_case("Lund")
    make_case("Lund", public_id="lund-again", outcome="mixed", start_year=2023, end_year=None)
    save_organisation(
        "lunds-kommun",
        actor=COMMAND_LINE,
        at=NOW,
        name="Municipality of Lund",
        kind="municipality",
        country="SE",
        city=City.objects.get(public_id="lund"),
    )
    html = page(client, "/en/cities/lund/")
    assert "/en/cases/lund-again/" in html and "/en/cases/lund/" in html
    assert 'href="/en/organisations/lunds-kommun/"' in html
    assert 'href="/en/find?city=lund"' in html
    words = page_text(client, "/en/cities/lund/")
    assert "Tried: 2 cases: 1 worked, 1 with mixed results." in words


def test_like_cities_share_size_and_climate_and_the_nearest_come_first() -> None:
    home = city("home", population=200_000, koppen="Cfb")
    city("near", population=210_000, koppen="Cfa")
    city("rough", approximate_population=195_000, koppen="Cfb")
    city("larger", population=400_000, koppen="Cfb")
    city("colder", population=200_000, koppen="Dfb")
    city("unknown", koppen="Cfb")
    assert [one.public_id for one in like_cities(home)] == ["rough", "near"]
    for number in range(7):
        city(f"more-{number}", population=299_000, koppen="Cfb")
    assert len(like_cities(home)) == 5


def test_like_cities_are_not_guessed() -> None:
    city("near", population=210_000, koppen="Cfa")
    assert like_cities(city("no-climate", population=200_000)) == ()
    assert like_cities(city("no-population", koppen="Cfb")) == ()


def test_an_unverified_field_without_a_word_is_shown_as_it_is() -> None:
    assert [str(word) for word in unverified_words(["lon", "lat", "motto"])] == [
        "coordinates",
        "motto",
    ]


def test_unpublished_cases_do_not_show(client: Client) -> None:
    make_case("Lund", status="draft")
    assert "No cases from this city yet." in page_text(client, "/en/cities/lund/")
    assert "Lund 100,000 (2020) no cases yet" in page_text(client, "/en/cities/")


@pytest.mark.parametrize("public_id", ["nowhere", "Lund", "lund%00"])
def test_an_unknown_city_is_not_found(client: Client, public_id: str) -> None:
    page(client, f"/en/cities/{public_id}/", status=404)


def test_pages_need_few_queries(client: Client, django_assert_max_num_queries) -> None:
    home = city("lund", name="Lund", population=100_000, koppen="Cfb", is_member=True)
    for number in range(6):
        name = f"near-{number}"
        city(name, population=110_000, koppen="Cfb", latitude=50 + number, longitude=10)
        make_case(name, place=a_place(name, "SE", city=name))
        make_case("Lund", public_id=f"lund-{number}")
    assert len(like_cities(home)) == 5
    with django_assert_max_num_queries(15):
        words = page_text(client, "/en/cities/lund/")
    assert words.count("Strength of evidence") == 4 and "All 6 cases, with filters" in words
    with django_assert_max_num_queries(15):
        page(client, "/en/cities/")


@pytest.mark.parametrize(
    ("outcomes", "lead"),
    [
        (["worked"], "Tried: 1 case: 1 worked."),
        (["mixed"], "Tried: 1 case: 1 with mixed results."),
        (["did-not-work"], "Tried: 1 case: 1 did not work."),
        (["did-not-work", "mixed"], "Tried: 2 cases: 1 with mixed results, 1 did not work."),
        (["worked", "mixed"], "Tried: 2 cases: 1 worked, 1 with mixed results."),
    ],
)
def test_what_came_of_the_cases_is_a_sentence_whatever_the_numbers(
    client: Client, outcomes: list[str], lead: str
) -> None:
    for number, outcome in enumerate(outcomes):
        make_case("Lund", public_id=f"lund-{number}", outcome=outcome)
    assert lead in page_text(client, "/en/cities/lund/")


def test_facts_that_fit_no_indicator_are_told_with_method_year_and_source(client: Client) -> None:
    fact = {
        "what": "trips by bicycle", "what_sv": "resor med cykel", "value": -15, "unit": "%",
        "method": "survey of residents", "area": "municipality", "sample": "2,755 answers",
        "note": "about", "year": 2014, "source_title": "City report",
        "source_url": "https://city.example/report",
    }  # fmt: skip
    city("vejle", country="DK", facts=[fact])
    assert "Other figures" not in page_text(client, "/en/cities/lund/")
    told = "trips by bicycle −15 % 2014 municipality: survey of residents (2,755 answers) about"
    assert f"{told} City report" in page_text(client, "/en/cities/vejle/")
    assert "resor med cykel −15" in page_text(client, "/sv/cities/vejle/")
    (found,) = client.get("/api/v1/cities/vejle").json()["facts"]
    assert (found["value"], found["year"]) == (-15, 2014)
    assert found["what"] == {
        "en": "trips by bicycle", "fr": "trips by bicycle", "sv": "resor med cykel",
    }  # fmt: skip
