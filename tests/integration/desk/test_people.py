"""People on the desk: found, given roles, and roles ended."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.http import Http404
from django.test import Client

from alliance.accounts.models import Elevation, Grant, User
from alliance.core.models import AuditEvent
from alliance.desk.selectors.people import PeopleFilter, people_list
from tests.factories.knowledge import lay_ground
from tests.factories.people import NOW, join, person, team

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alliance.core.clock.now", lambda: NOW)


@pytest.fixture
def secretary(client: Client) -> User:
    user = person("Sven Berg", "secretariat")
    client.force_login(user)
    return user


@pytest.fixture
def people(secretary: User) -> None:
    lay_ground()
    for plain, name, roles, city, role in (
        ("Asa Lind", "Åsa Lind", (), "lund", "editor"),
        ("Zoe Martin", "Zoé Martin", ("reviewer",), "umea", "member"),
    ):
        user = person(plain, *roles)
        # An address holds no such letters, a name does.
        User.objects.filter(pk=user.pk).update(name=name)
        join(user, team(city), role)
    Grant.objects.filter(role="reviewer").update(expires_at=NOW + dt.timedelta(days=20))


def names(**wanted: Any) -> list[str]:
    found = people_list(PeopleFilter(**wanted), number=1, language="en", at=NOW)
    return [line.name for line in found["people"]]


def test_people_stand_by_organisation_and_those_without_come_last(people: None) -> None:
    assert names() == ["Åsa Lind", "Zoé Martin", "Sven Berg"]
    assert names(sort="name") == ["Åsa Lind", "Sven Berg", "Zoé Martin"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"words": "asa"}, ["Åsa Lind"]),
        ({"words": "ZOE"}, ["Zoé Martin"]),
        ({"words": "example.org"}, ["Åsa Lind", "Zoé Martin", "Sven Berg"]),
        ({"organisation": "umea-municipality"}, ["Zoé Martin"]),
        ({"role": "reviewer"}, ["Zoé Martin"]),
        ({"role": "ending"}, ["Zoé Martin"]),
        ({"role": "no-team"}, ["Sven Berg"]),
        ({"words": "nobody"}, []),
    ],
)
def test_people_are_found(people: None, wanted: Any, found: list[str]) -> None:
    assert names(**wanted) == found


def test_ended_memberships_and_roles_are_not_told(people: None) -> None:
    Grant.objects.filter(role="reviewer").update(ended_at=NOW)
    assert names(role="reviewer") == []


def test_of_the_last_sign_in_only_the_month_is_told(people: None, client: Client) -> None:
    User.objects.filter(name="Åsa Lind").update(
        last_login=dt.datetime(2026, 10, 13, 8, 59, tzinfo=dt.UTC)
    )
    html = client.get("/en/desk/people/?q=lind").content.decode()
    assert "October 2026" in html and "13" not in html.partition("<tbody>")[2]
    assert "never" in client.get("/en/desk/people/?q=zoé").content.decode()


def test_a_thousand_people_are_paged_in_few_queries(
    people: None, client: Client, django_assert_max_num_queries: Any
) -> None:
    User.objects.bulk_create(
        User(email=f"p{number}@example.org", name=f"Person {number}", password="!")
        for number in range(1_000)
    )
    with django_assert_max_num_queries(15):
        page = client.get("/en/desk/people/?page=21")
    assert page.status_code == 200 and b"1,003 people" in page.content
    with pytest.raises(Http404):
        people_list(PeopleFilter(), number=22, language="en", at=NOW)


def address(name: str) -> str:
    return f"/en/desk/people/{User.objects.get(name=name).public_id}/"


def test_a_role_is_given_until_the_end_of_a_day(people: None, client: Client) -> None:
    form = {"role": "moderator", "last_day": "2027-06-30", "reason": "board 2027"}
    answer = client.post(address("Åsa Lind"), form)
    assert answer.status_code == 302
    grant = Grant.objects.get(user__name="Åsa Lind")
    assert grant.expires_at == dt.datetime(2027, 7, 1, tzinfo=dt.UTC)
    assert grant.reason == "board 2027" and grant.given_by.name == "Sven Berg"
    page = client.get(address("Åsa Lind")).content.decode()
    assert "board 2027" in page
    # The last day that was chosen is the one that is told.
    assert '<time datetime="2027-06-30">' in page and "2027-07-01" not in page
    assert AuditEvent.objects.filter(verb="give-role").count() == 1
    # The same form again: the role is no longer offered.
    assert client.post(address("Åsa Lind"), form).status_code == 422
    assert Grant.objects.filter(user__name="Åsa Lind").count() == 1


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (
            {"role": "moderator", "last_day": "2026-11-23"},
            "This date has passed. Choose today or a later date.",
        ),
        ({"role": "moderator", "last_day": "30/6"}, "Enter the date as year-month-day"),
        ({"role": "superuser", "last_day": ""}, "is not one of the options"),
        ({"last_day": ""}, "Choose one"),
    ],
)
def test_what_cannot_be_given_is_told_beside_the_field(
    people: None, client: Client, form: Any, words: str
) -> None:
    answer = client.post(address("Åsa Lind"), {"reason": "kept words", **form})
    html = answer.content.decode()
    assert answer.status_code == 422 and words in html and "kept words" in html
    assert not Grant.objects.filter(user__name="Åsa Lind").exists()


def test_a_role_without_an_end_and_a_role_for_today(people: None, client: Client) -> None:
    client.post(address("Åsa Lind"), {"role": "operator", "last_day": "", "reason": ""})
    client.post(address("Åsa Lind"), {"role": "moderator", "last_day": "2026-11-24", "reason": ""})
    found = dict(Grant.objects.filter(user__name="Åsa Lind").values_list("role", "expires_at"))
    assert found == {"operator": None, "moderator": dt.datetime(2026, 11, 25, tzinfo=dt.UTC)}


def test_a_role_is_ended_after_one_more_question(people: None, client: Client) -> None:
    path = address("Zoé Martin") + "roles/reviewer/end"
    assert "End the role “reviewer” for Zoé Martin?" in client.get(path).content.decode()
    assert Grant.objects.get(user__name="Zoé Martin").ended_at is None
    assert client.post(path, {"reason": "moved"}).status_code == 302
    assert Grant.objects.get(user__name="Zoé Martin").ended_at == NOW
    assert AuditEvent.objects.get(verb="end-role").details["reason"] == "moved"
    assert client.post(path, {"reason": "moved"}).status_code == 404, "it is over"
    assert client.get(address("Zoé Martin") + "roles/nonsense/end").status_code == 404


def test_somebody_remains_in_the_secretariat(people: None, client: Client, secretary: User) -> None:
    path = address("Sven Berg") + "roles/secretariat/end"
    answer = client.post(path, {"reason": ""})
    assert answer.status_code == 422
    assert answer.content.decode().count("The secretariat needs at least one member.") == 1
    person("Ylva Ek", "secretariat")
    answer = client.post(path, {"reason": ""})
    assert answer.headers["Location"] == "/en/accounts/", "the desk is closed behind her"
    assert client.get("/en/desk/").status_code == 404


def test_extended_rights_show_people_but_give_no_roles(people: None, client: Client) -> None:
    operator = person("Olle Ek", "operator")
    Elevation.objects.create(
        user=operator, reason="repair", at=NOW, expires_at=NOW + dt.timedelta(minutes=30)
    )
    client.force_login(operator)
    html = client.get(address("Åsa Lind")).content.decode()
    assert "Only the secretariat can assign roles." in html and "Assign role" not in html
    form = {"role": "secretariat", "last_day": "", "reason": ""}
    assert client.post(address("Åsa Lind"), form).status_code == 404
    end = address("Zoé Martin") + "roles/reviewer/end"
    assert client.get(end).status_code == client.post(end, {"reason": ""}).status_code == 404
    assert Grant.objects.get(user__name="Zoé Martin").ended_at is None
