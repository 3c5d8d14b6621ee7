"""People to try the platform out with."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from django.test import Client

from alliance.accounts.models import User
from alliance.config.cli import cli
from alliance.config.demo_people import PARTS, make_demo_people
from alliance.core import clock
from alliance.core.errors import InvalidData
from alliance.network.access import actor_for
from alliance.network.models import Organisation
from tests.factories.accounts import sign_in, somebody

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def cities(db: None) -> None:
    """The two organisations of the starter network that people are put into."""
    for public_id in ("goteborgs-stad", "ville-de-grenoble"):
        Organisation.objects.create(public_id=public_id, name=public_id, kind="municipality")


def test_there_is_one_for_each_role_and_all_can_sign_in():
    people = make_demo_people(at=clock.now())
    actors = {}
    for person in people:
        user = User.objects.get(email=person.email)
        assert user.is_demo and "(demo)" in user.name
        assert sign_in(Client(), user, person.password).status_code == 302
        actors[person.email.partition("@")[0]] = actor_for(user, at=clock.now())
    assert dict(actors["citizen"].teams) == {} and actors["citizen"].roles == frozenset()
    assert dict(actors["member"].teams) == {"goteborgs-stad": "member"}
    assert dict(actors["editor.goteborg"].teams) == {"goteborgs-stad": "editor"}
    assert dict(actors["editor.grenoble"].teams) == {"ville-de-grenoble": "editor"}
    for name, role in (
        ("reviewer.one", "reviewer"),
        ("reviewer.two", "reviewer"),
        ("moderator", "moderator"),
        ("secretariat", "secretariat"),
        ("operator", "operator"),
    ):
        assert actors[name].roles == {role}


def test_a_second_run_makes_nobody_twice_and_prints_the_same():
    first = CliRunner().invoke(cli, ["demo", "accounts"])
    user = User.objects.get(email="citizen@demo.example")
    user.set_password("forgotten by now")
    user.save()
    second = CliRunner().invoke(cli, ["demo", "accounts"])
    assert first.exit_code == second.exit_code == 0
    assert first.output == second.output
    assert User.objects.count() == len(PARTS) == len(first.output.splitlines())
    user.refresh_from_db()
    assert user.check_password(first.output.splitlines()[0].split()[1])


def test_passwords_of_another_installation_differ(settings):
    here = {one.password for one in make_demo_people(at=clock.now())}
    settings.SECRET_KEY = "of another installation" * 3
    there = {one.password for one in make_demo_people(at=clock.now())}
    assert not here & there


def test_own_page_says_what_the_account_is(client: Client):
    person = make_demo_people(at=clock.now())[0]
    sign_in(client, User.objects.get(email=person.email), person.password)
    assert "demo account" in client.get("/en/accounts/").content.decode()


def test_there_are_none_in_production(settings):
    settings.PRODUCTION = True
    with pytest.raises(InvalidData, match=r"Not available in production mode\."):
        make_demo_people(at=clock.now())
    assert not User.objects.exists()


def test_without_its_cities_nobody_is_made():
    Organisation.objects.all().delete()
    with pytest.raises(InvalidData, match="goteborgs-stad: Run first: alliance starter load"):
        make_demo_people(at=clock.now())
    assert not User.objects.exists()


def test_a_real_account_is_left_alone():
    user = somebody()
    User.objects.filter(pk=user.pk).update(email="moderator@demo.example")
    with pytest.raises(InvalidData, match="a real account"):
        make_demo_people(at=clock.now())
    assert User.objects.count() == 1
