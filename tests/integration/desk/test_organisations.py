"""Organisations and cities on the desk."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from alliance.core.errors import NotAllowed
from alliance.core.models import AuditEvent
from alliance.desk.selectors.organisations import OrganisationsFilter, organisations_list
from alliance.desk.services import upsert_organisation
from alliance.network.models import City, Organisation
from alliance.network.services import invite
from tests.factories.people import NOW, acting, join, person, team

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("secretary")]
FORM = {
    "name": "Kiruna kommun",
    "name_fr": "Ville de Kiruna",
    "name_sv": "",
    "kind": "municipality",
    "country": "SE",
    "city": "Lund",
}
CITY = {
    "name": "Kiruna",
    "name_fr": "",
    "name_sv": "",
    "country": "SE",
    "is_member": "on",
    "population": "22000",
    "population_year": "2024",
}


def names(**wanted: str) -> list[str]:
    found = organisations_list(OrganisationsFilter(**wanted), number=1, language="en", at=NOW)
    return [line.name for line in found["organisations"]]


def test_organisations_are_listed_with_their_teams(secretary: Any) -> None:
    lund, umea = team("lund"), team("umea")
    join(person("Lena Alm"), lund)
    join(person("Nils Member"), umea, "member")
    invite(lund, role="member", actor=acting(secretary), at=NOW)
    found = organisations_list(OrganisationsFilter(), number=1, language="en", at=NOW)
    assert [
        (line.name, line.n_editors, line.n_members, line.n_invited)
        for line in found["organisations"]
    ] == [("City of Lund", 1, 1, 1), ("City of Umeå", 0, 1, 0)]
    assert names(show="invited") == ["City of Lund"]
    assert names(show="no-editor") == ["City of Umeå"]
    assert names(show="active") == ["City of Lund", "City of Umeå"]
    assert names(words="umea") == ["City of Umeå"]


def test_an_organisation_is_added_with_its_city(client: Client) -> None:
    answer = client.post("/en/desk/organisations/new", FORM)
    made = Organisation.objects.get()
    assert answer.headers["Location"] == f"/en/desk/organisations/{made.public_id}/"
    assert made.public_id == "kiruna-kommun" and made.city.public_id == "lund"
    assert made.name_fr == "Ville de Kiruna" and made.edited_at == NOW
    assert AuditEvent.objects.filter(kind="organisation", verb="create").count() == 1


def test_an_organisation_is_changed_and_keeps_its_id(client: Client) -> None:
    team("lund")
    path = "/en/desk/organisations/lund-municipality/"
    assert 'value="lund"' in client.get(path).content.decode()
    client.post(path, {**FORM, "name": "Lunds kommun", "kind": "university", "city": ""})
    changed = Organisation.objects.get()
    assert (changed.public_id, changed.name, changed.kind, changed.city) == (
        "lund-municipality",
        "Lunds kommun",
        "university",
        None,
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "Fill this in"),
        ({"name": "<b>Kiruna</b>"}, "The text contains HTML"),
        ({"name": "x" * 161}, "160 characters or fewer"),
        ({"city": "Nowhere"}, "No city has this name. Add it first."),
        ({"country": "FR"}, "The city is not in the same country as the organisation."),
        ({"kind": "club"}, "is not one of the options"),
        ({"country": "XX"}, "is not one of the options"),
    ],
)
def test_faults_stand_beside_their_fields(client: Client, change: Any, words: str) -> None:
    answer = client.post("/en/desk/organisations/new", FORM | change)
    html = answer.content.decode()
    assert answer.status_code == 422 and words in html
    assert "Ville de Kiruna" in html, "what was typed is kept"
    assert not Organisation.objects.exists() and not AuditEvent.objects.filter(kind="organisation")


def test_a_form_sent_twice_makes_one_and_asks(client: Client) -> None:
    client.post("/en/desk/organisations/new", FORM)
    answer = client.post("/en/desk/organisations/new", {**FORM, "name": "KIRUNA kommun"})
    assert (
        answer.status_code == 422 and b"already has this name (id kiruna-kommun)" in answer.content
    )
    assert Organisation.objects.count() == 1
    client.post("/en/desk/organisations/new", {**FORM, "same_name": "on"})
    assert set(Organisation.objects.values_list("public_id", flat=True)) == {
        "kiruna-kommun",
        "kiruna-kommun-2",
    }


def test_cities_of_one_name_are_told_apart_by_their_ids(client: Client) -> None:
    City.objects.create(public_id="lund-2", name="Lund", country="DK")
    answer = client.post("/en/desk/organisations/new", FORM)
    assert b"lund-2 (DK), lund (SE)" in answer.content
    client.post("/en/desk/organisations/new", {**FORM, "city": "lund"})
    assert Organisation.objects.get().city.public_id == "lund"


def test_a_city_is_added_as_a_member(client: Client) -> None:
    answer = client.post("/en/desk/cities/new", CITY)
    made = City.objects.get(name="Kiruna")
    assert answer.headers["Location"] == "/en/desk/cities/kiruna/"
    assert made.is_member and (made.population, made.population_year) == (22_000, 2024)


def test_a_city_is_changed_and_what_else_is_known_of_it_stays(client: Client) -> None:
    City.objects.filter(public_id="umea").update(
        aliases=["Ume"], koppen="Dfc", unverified_fields=["population", "koppen"]
    )
    form = {**CITY, "name": "Umeå", "is_member": ""}
    assert client.post("/en/desk/cities/umea/", form).status_code == 302
    city = City.objects.get(public_id="umea")
    assert not city.is_member and city.aliases == ["Ume"] and city.koppen == "Dfc"
    assert city.unverified_fields == ["koppen"], "the figure that was written is no longer doubted"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"population_year": ""}, "Enter both the number of residents and the year."),
        ({"population": ""}, "Enter both the number of residents and the year."),
        ({"population_year": "2027"}, "Enter a year from 1900 to 2026, not 2027."),
        ({"population": "0"}, "Enter 1 or more"),
        ({"name": "Lund"}, "already has this name (id lund)"),
    ],
)
def test_faults_of_a_city(client: Client, change: Any, words: str) -> None:
    answer = client.post("/en/desk/cities/new", CITY | change)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert City.objects.count() == 2


def test_the_service_itself_lets_only_the_secretariat_write() -> None:
    with pytest.raises(NotAllowed):
        upsert_organisation(
            None,
            name="Mine",
            name_fr="",
            name_sv="",
            kind="business",
            country="SE",
            city=None,
            actor=acting(person("Lena Alm", "moderator")),
            at=NOW,
        )
