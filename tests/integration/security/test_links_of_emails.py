"""A mail scanner opens every link of an email, more than once; nothing comes of it.

Each kind of address that carries a key is sent by the real email, opened with GET and HEAD as a
scanner does, and used afterwards by the person it was for: as often as it says, and no longer.
"""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core import mail
from django.test import Client
from django.urls import reverse

from alliance.accounts.letters import OFF_LASTS, off_token
from alliance.accounts.models import DigestSubscription, User
from alliance.cases.models import CaseStudy
from alliance.core import backups, clock
from alliance.network.models import JoinRequest
from alliance.network.services import invite
from alliance.news.digest import stop_token
from alliance.participation.services import own
from alliance.workshops.models import Registration
from alliance.workshops.services import registering
from alliance.writing.services import freshness
from tests.factories.accounts import PASSWORD, somebody
from tests.factories.dialogues import make_people
from tests.factories.knowledge import lay_ground, make_case
from tests.factories.participation import make_process
from tests.factories.people import NOW, acting, join, person, team
from tests.factories.workshops import make_workshop, said
from tests.integration.rights.addresses import pages

pytestmark = pytest.mark.django_db

NEW = "another long and quiet street"
#: Does what the link is for, and says whether it was done.
ActionView = Callable[[str], bool]
#: Addresses with a key that no email carries.
IN_NO_EMAIL = {
    # Printed where the platform is installed, for one person.
    "accounts:first",
    # Told on one's own page, and read alone.
    "workshops:calendar",
    "workshops:scan",
}


def rows() -> dict[str, list[Any]]:
    """The whole database, but for sessions, counts of tries, and the index of the search, which is
    made of the rest when somebody asks it."""
    return {
        model._meta.db_table: sorted(map(repr, model._base_manager.values_list()))
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
        and model._meta.app_label != "search"
        and model._meta.db_table not in backups.LEFT_OUT
    }


@pytest.fixture
def send(run_jobs: Any, django_capture_on_commit_callbacks: Any) -> Callable[..., list[str]]:
    """`send(act)`: the paths of all links in the emails that an act writes."""

    def do(act: Callable[[], object]) -> list[str]:
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            act()
        run_jobs()
        assert mail.outbox
        return [
            f"{parts.path}{'?' * bool(parts.query)}{parts.query}"
            for one in mail.outbox
            for text in (one.body, *one.extra_headers.values())
            for parts in map(urlsplit, re.findall(r"https?://[^\s>]+", text))
        ]

    return do


# Each scene sends an email, and says which of its links carries a key and what it is for.


def sign_up(send: Any) -> tuple[list[str], str, ActionView]:
    form = {"email": "kim@example.org", "password1": PASSWORD, "name": "Kim", "language": "en"}
    paths = send(lambda: Client().post("/en/accounts/sign-up/", form))

    def act(path: str) -> bool:
        waits = EmailAddress.objects.filter(email="kim@example.org", verified=False)
        before = waits.count()
        Client().post(path)
        return waits.count() == before - 1

    return paths, "account_confirm_email", act


def forgotten_password(send: Any) -> tuple[list[str], str, ActionView]:
    user = somebody()
    paths = send(lambda: Client().post("/en/accounts/password/reset/", {"email": user.email}))

    def act(path: str) -> bool:
        client = Client()
        answer = client.get(path)
        if answer.status_code != 302:
            return False
        client.post(answer.headers["Location"], {"password1": NEW, "password2": NEW})
        user.refresh_from_db()
        return bool(user.check_password(NEW))

    return paths, "account_reset_password_from_key", act


def join_request(send: Any) -> tuple[list[str], str, ActionView]:
    lay_ground()
    form = {
        "name": "Volta Bygg AB", "kind": "business", "reference": "https://volta.example/",
        "country": "SE", "place": "Umeå", "person": "Vera Volt", "email": "vera@volta.example",
        "purpose": "Answer a challenge", "fax": "",
    }  # fmt: skip
    paths = send(lambda: Client().post("/en/join/", form))

    def act(path: str) -> bool:
        waits = JoinRequest.objects.filter(confirmed_at=None)
        before = waits.count()
        Client().post(path, {"act": "confirm"})
        return waits.count() == before - 1

    return paths, "network:join-own", act


def invitation(send: Any) -> tuple[list[str], str, ActionView]:
    lay_ground()
    lund, editor, guest = team("lund"), person("Lea"), somebody("Gun")
    join(editor, lund)
    words = {"role": "member", "email": guest.email, "language": "en"}
    paths = send(lambda: invite(lund, **words, actor=acting(editor), at=clock.now()))

    def act(path: str) -> bool:
        client = Client()
        client.force_login(guest)
        before = guest.memberships.count()
        client.post(path)
        return guest.memberships.count() == before + 1

    return paths, "network:invitation", act


def address_of_participant(send: Any) -> tuple[list[str], str, ActionView]:
    lay_ground()
    process = make_process(team("lund"))
    (resident,) = make_people(process, 1)
    paths = send(lambda: own.ask_to_confirm(resident, "ann@example.org", at=clock.now()))

    def act(path: str) -> bool:
        Client().post(path)
        resident.refresh_from_db()
        is_taken = resident.email == "ann@example.org"
        # Whoever stops them gets no more, whatever is opened afterwards.
        own.stop_emails(resident)
        return is_taken

    return paths, "participation:email-confirm", act


def place_to_confirm(send: Any) -> tuple[list[str], str, ActionView]:
    lay_ground()
    workshop = make_workshop(acting(person("Siv", "secretariat")))
    paths = send(
        lambda: registering.ask(workshop, said("Bo Berg"), address="192.0.2.1", at=clock.now())
    )

    def act(path: str) -> bool:
        before = Registration.objects.filter(state="in").count()
        Client().post(f"{path}confirm")
        return Registration.objects.filter(state="in").count() == before + 1

    return paths, "workshops:place", act


def place(send: Any) -> tuple[list[str], str, ActionView]:
    lay_ground()
    workshop, bo = make_workshop(acting(person("Siv", "secretariat"))), person("Bo Berg")
    paths = send(
        lambda: registering.sign_up(
            workshop, said("Bo Berg"), user=bo, actor=acting(bo), at=clock.now()
        )
    )

    def act(path: str) -> bool:
        before = Registration.objects.count()
        Client().post(f"{path}leave", {"sure": "yes"})
        return Registration.objects.count() == before - 1

    return paths, "workshops:place", act


def case_to_confirm(send: Any) -> tuple[list[str], str, ActionView]:
    lay_ground()
    case = make_case(public_id="due", review_by=NOW.date() - dt.timedelta(days=7))
    join(person("Lena Alm"), team("lund"))
    paths = send(lambda: freshness.remind_teams(at=clock.now()))

    def act(path: str) -> bool:
        return Client().post(path).status_code == 200 and (
            CaseStudy.objects.get(pk=case.pk).review_by > NOW.date()
        )

    return paths, "knowledge:confirm-by-link", act


def _pattern(address: str) -> re.Pattern[str]:
    plain = re.sub(r"\(\?P<\w+>[^)]*\)|<[^>]+>", "<>", address).replace("^", "").replace("$", "")
    return re.compile(re.escape(plain).replace("<>", "[^/]+"))


#: Addresses that carry a key, by their name.
KEYED = {
    one.key: _pattern(one.pattern)
    for one in pages()
    if re.search(r"<(?:str:)?(?:token|secret|key)>", one.pattern)
}
SCENES = (
    sign_up, forgotten_password, join_request, invitation, address_of_participant,
    place_to_confirm, place, case_to_confirm,
)  # fmt: skip


@pytest.mark.parametrize("scene", SCENES, ids=lambda one: one.__name__)
def test_a_scanner_changes_nothing_and_the_link_works_once_afterwards(
    scene: Callable[[Any], tuple[list[str], str, ActionView]], send: Any
) -> None:
    paths, key, act = scene(send)
    before = rows()
    for path in paths:
        for method in ("get", "head", "get"):
            getattr(Client(), method)(path, follow=True)
    assert rows() == before
    (keyed,) = {path for path in paths if KEYED[key].fullmatch(path)}
    assert act(keyed)
    # Once.
    assert not act(keyed)


def test_every_address_with_a_key_is_tried() -> None:
    """Whoever adds one adds a scene, or says why no email has it."""
    tried = {
        "account_confirm_email", "account_reset_password_from_key", "network:join-own",
        "network:invitation", "participation:email-confirm", "knowledge:confirm-by-link",
    }  # fmt: skip
    of_place = {name for name, pattern in KEYED.items() if "/places/" in pattern.pattern}
    assert set(KEYED) - of_place == tried | TURNED_OFF.keys() | IN_NO_EMAIL


#: What turns emails off works as often as it is used, and for long.
TURNED_OFF: dict[str, Callable[[User], str]] = {
    "network:emails-off": lambda user: off_token(user, "question"),
    "knowledge:digest-stop": lambda user: stop_token(user.public_id),
}


@pytest.mark.parametrize("name", TURNED_OFF)
def test_links_that_turn_emails_off_act_by_no_look_and_end(
    name: str, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = somebody()
    DigestSubscription.objects.create(user=user, language="en", since=NOW, told_until=NOW)
    path = reverse(name, args=[TURNED_OFF[name](user)])
    before = rows()
    for method in (client.get, client.head, client.get):
        assert method(path).status_code == 200
    assert rows() == before
    later = time.time() + OFF_LASTS.total_seconds() + 60
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 404
    monkeypatch.undo()
    for _ in range(2):
        assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert rows() != before
