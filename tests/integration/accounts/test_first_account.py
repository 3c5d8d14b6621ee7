"""The first account: a link that is printed where the installation runs, and works once."""

from __future__ import annotations

import datetime as dt
import threading
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test import Client
from django.utils.translation import override

from alliance.accounts import commands, selectors
from alliance.accounts.models import Grant, OneTimeLink, User
from alliance.accounts.services import LinkRefused, give_role, make_first_account, make_first_link
from alliance.config.cli import cli
from alliance.core import clock
from alliance.core.audit import COMMAND_LINE
from alliance.core.errors import NotAllowed
from alliance.core.models import AuditEvent
from tests.factories.accounts import PASSWORD, is_signed_in, somebody

pytestmark = pytest.mark.django_db
FORM = {
    "name": "Karin Ek",
    "email": "Karin@Example.org",
    "password1": PASSWORD,
    "language": "sv",
}


def path(at: dt.datetime | None = None) -> str:
    return urlsplit(make_first_link(at=at or clock.now())).path


def test_it_makes_an_account_that_looks_after_the_network(client: Client):
    link = path()
    assert "The first account" in client.get(link).content.decode()
    # Looking at the page uses nothing up.
    answer = client.post(link, FORM)
    assert answer.headers["Location"] == "/sv/desk/"
    assert is_signed_in(client)
    user = User.objects.get()
    assert (user.name, user.email, user.language) == ("Karin Ek", "karin@example.org", "sv")
    assert set(user.grants.values_list("role", flat=True)) == {"secretariat", "operator"}
    verbs = list(AuditEvent.objects.values_list("verb", flat=True))
    assert verbs == ["create", "give-role", "give-role"]
    with override("fr"):
        assert {one.shown_reason for one in user.grants.all()} == {"premier compte"}


def test_a_second_use_is_refused_clearly(client: Client):
    link = path()
    client.post(link, FORM)
    for answer in (Client().get(link), Client().post(link, {**FORM, "email": "x@example.org"})):
        assert answer.status_code == 410
        assert (
            "The first account has been created. Everyone else signs up themselves."
            in answer.content.decode()
        )
    assert User.objects.count() == 1


def test_every_other_link_is_worthless_afterwards(client: Client):
    first, second = path(), path()
    client.post(first, FORM)
    Grant.objects.all().delete()
    answer = Client().get(second)
    assert answer.status_code == 410
    assert (
        "It has already been used. A link for the first account works only once."
        in answer.content.decode()
    )


def test_a_link_that_is_too_old_is_refused(client: Client):
    link = path(clock.now() - dt.timedelta(days=8))
    answer = client.post(link, FORM)
    assert answer.status_code == 410
    assert (
        "It has expired: a link for the first account works for seven days."
        in answer.content.decode()
    )
    assert not User.objects.exists()


def test_a_made_up_link_is_refused(client: Client):
    answer = client.get("/fr/accounts/first/made-up/")
    assert answer.status_code == 404
    assert client.post("/en/accounts/first/made-up/", FORM).status_code == 404


def test_a_form_with_faults_leaves_the_link_good(client: Client):
    link = path()
    somebody()
    for field, text, said in (
        ("password1", "short", "at least 12 characters"),
        ("password1", "karin ek karin", "too similar"),
        ("email", "kim.lund@example.org", "already exists"),
        ("name", "<b>Karin</b>", "plain text"),
    ):
        page = client.post(link, {**FORM, field: text})
        assert page.status_code == 200 and said in page.content.decode()
    assert client.post(link, FORM).status_code == 302


def test_there_is_none_while_there_is_a_secretariat():
    user = somebody()
    at = clock.now()
    give_role(actor=COMMAND_LINE, user=user, role="secretariat", at=at)
    with pytest.raises(NotAllowed):
        make_first_link(at=at)
    assert selectors.has_secretariat(at)
    user.is_active = False
    user.save()
    assert not selectors.has_secretariat(at)


def test_demonstration_accounts_are_no_secretariat():
    user = somebody()
    user.is_demo = True
    user.save()
    give_role(actor=COMMAND_LINE, user=user, role="secretariat", at=clock.now())
    assert make_first_link(at=clock.now())


def test_the_server_tells_it_as_long_as_nobody_is_there(capsys: pytest.CaptureFixture[str]):
    commands.announce_first_link()
    assert "http://127.0.0.1:8000/en/accounts/first/" in capsys.readouterr().out
    give_role(actor=COMMAND_LINE, user=somebody(), role="secretariat", at=clock.now())
    commands.announce_first_link()
    assert capsys.readouterr().out == ""


def test_the_command_prints_it_again(client: Client):
    done = CliRunner().invoke(cli, ["accounts", "first-link"])
    assert client.get(urlsplit(done.output.strip()).path).status_code == 200
    assert done.output.strip().split("/")[-2] not in str(OneTimeLink.objects.values_list())
    give_role(actor=COMMAND_LINE, user=somebody(), role="secretariat", at=clock.now())
    done = CliRunner().invoke(cli, ["accounts", "first-link"])
    assert (
        done.exit_code == 1
        and "The network already has a secretariat, which gives everyone else their roles."
        in str(done.exception)
    )


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_make_one_account():
    at = clock.now()
    secrets = [urlsplit(make_first_link(at=at)).path.split("/")[-2] for _ in range(2)]
    start = threading.Barrier(4)
    said: list[str] = []

    def make(secret: str, number: int) -> None:
        try:
            start.wait(20)
            make_first_account(
                secret=secret,
                email=f"n{number}@example.org",
                name="Karin",
                password=PASSWORD,
                language="en",
                at=at,
            )
            said.append("made")
        except (LinkRefused, NotAllowed) as error:
            said.append(type(error).__name__)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=make, args=(secrets[number % 2], number)) for number in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said.count("made") == 1 and len(said) == 4
    assert User.objects.count() == 1
