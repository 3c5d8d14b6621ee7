"""Every page about accounts opens in every language; pages for visitors depend on nobody."""

from __future__ import annotations

import re

import pytest
from django.conf import settings as configured
from django.db import DatabaseError
from django.test import Client, RequestFactory
from django.urls import Resolver404, resolve

from alliance.accounts.context import people
from alliance.accounts.services import give_role, save_profile
from alliance.core import clock
from alliance.core.audit import COMMAND_LINE, Actor
from alliance.core.errors import InvalidData
from alliance.core.models import AuditEvent
from alliance.network.models import Organisation
from tests.factories.accounts import is_signed_in, prove, sign_in, somebody
from tests.factories.pages import one_line
from tests.factories.people import join

pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "fr", "sv")
OPEN = (
    "sign-in/",
    "sign-up/",
    "password/reset/",
    "password/reset/sent/",
    "password/reset/done/",
    "password/reset/1-wrong/",
    "email/sent/",
    "email/confirm/wrong/",
    "closed/",
    "single-sign-on/cancelled/",
)
OWN = (
    "",
    "sign-out/",
    "proof/",
    "email/",
    "password/change/",
    "sessions/",
    "elevation/",
    "security/",
    "security/app/add/",
    "security/passkeys/",
    "security/passkeys/add/",
    "single-sign-on/",
)


def texts(page: str) -> str:
    assert page.count("<h1") == 1
    assert "style=" not in page and "onclick" not in page
    # No data but no script either: the content policy would stop it.
    assert all("src=" in tag or "json" in tag for tag in re.findall(r"<script[^>]*>", page))
    return page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", OPEN)
def test_pages_for_whoever_is_not_signed_in(client: Client, language: str, path: str):
    answer = client.get(f"/{language}/accounts/{path}")
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in texts(answer.content.decode())
    assert (
        "no-store" in answer.headers["Cache-Control"]
        or "private" in (answer.headers["Cache-Control"])
    )


def test_a_provider_that_failed_is_told_of(client: Client):
    answer = client.get("/en/accounts/single-sign-on/error/")
    assert answer.status_code == 401
    assert "Single sign-on failed" in texts(answer.content.decode())


@pytest.mark.parametrize("path", OWN)
def test_own_pages_ask_to_sign_in(client: Client, path: str):
    if path == "sign-out/":
        assert client.get("/en/accounts/sign-out/").headers["Location"] == "/en/"
        return
    answer = client.get(f"/en/accounts/{path}")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/en/accounts/sign-in/")


@pytest.mark.parametrize("language", LANGUAGES)
def test_own_pages(client: Client, language: str):
    user = somebody(language=language)
    give_role(actor=COMMAND_LINE, user=user, role="operator", at=clock.now())
    sign_in(client, user)
    prove(client)
    for path in OWN:
        answer = client.get(f"/{language}/accounts/{path}")
        assert answer.status_code == 200, path
        assert f'<html lang="{language}">' in texts(answer.content.decode())


def test_own_page_needs_few_queries(client: Client, django_assert_max_num_queries):
    sign_in(client, somebody())
    client.get("/en/accounts/")
    with django_assert_max_num_queries(15):
        client.get("/en/accounts/")


def test_own_page_tells_roles_and_teams_in_words(client: Client):
    user = somebody()
    sign_in(client, user)
    page = client.get("/en/accounts/").content.decode()
    assert (
        "You are not in a team. Ask an editor of your organisation for an "
        "invitation: team members can write cases."
    ) in page and "You have no network-wide role. The secretariat assigns these roles." in page
    join(user, Organisation.objects.create(public_id="goteborg-municipality", name="Göteborg"))
    give_role(actor=COMMAND_LINE, user=user, role="reviewer", at=clock.now())
    page = client.get("/en/accounts/").content.decode()
    assert "/en/organisations/goteborg-municipality/" in page
    assert "editor, since" in one_line(page) and "reviewer, since" in one_line(page)


def test_name_and_language_are_changed(client: Client):
    user = somebody()
    sign_in(client, user)
    answer = client.post("/en/accounts/", {"name": "Kim Lund-Berg", "language": "fr"})
    assert answer.headers["Location"] == "/fr/accounts/"
    assert "Kim Lund-Berg" in client.get("/fr/about/").content.decode()
    act = AuditEvent.objects.last()
    assert (act.verb, act.details) == ("change", {"fields": ["name", "language"]})
    page = client.post("/en/accounts/", {"name": "<i>Kim</i>", "language": "fr"}).content.decode()
    assert 'id="id_name_error"' in page
    user.refresh_from_db()
    assert user.name == "Kim Lund-Berg"


def test_a_profile_that_breaks_a_rule_is_not_stored():
    user = somebody()
    actor = Actor(user.name, user=user)
    with pytest.raises(InvalidData, match="name"):
        save_profile(actor=actor, user=user, name=" ", language="en", at=clock.now())
    user.refresh_from_db()
    assert user.name == "Kim Lund"


def test_the_head_of_a_page_leads_to_signing_in_and_back(client: Client):
    page = client.get("/fr/about/").content.decode()
    assert 'href="/fr/accounts/sign-in/?next=%2Ffr%2Fabout%2F"' in page
    assert "?next" not in client.get("/fr/accounts/sign-up/").content.decode()
    assert "?next" not in client.get("/fr/nowhere/").content.decode()


def test_pages_for_visitors_set_no_cookie_and_ask_nothing_of_the_session(
    client: Client, django_assert_num_queries
):
    answer = client.get("/en/about/")
    assert not answer.cookies

    class Untouchable:
        def __getattr__(self, name: str) -> object:
            raise AssertionError(f"{name} was asked for")

    request = RequestFactory().get("/en/about/")
    request.session = request.user = Untouchable()
    request.resolver_match = resolve("/en/about/")
    with django_assert_num_queries(0):
        assert people(request)["person"] is None


def test_a_page_about_a_fault_of_the_database_does_not_fail_with_it(rf: RequestFactory):
    class Broken:
        @property
        def is_authenticated(self) -> bool:
            raise DatabaseError("gone")

    request = rf.get("/en/about/")
    request.COOKIES[configured.SESSION_COOKIE_NAME] = "x"
    request.user = Broken()
    assert people(request)["person"] is None


def test_a_cookie_of_no_session_is_a_visitor(client: Client):
    client.cookies[configured.SESSION_COOKIE_NAME] = "made-up"
    page = client.get("/en/about/").content.decode()
    assert "/en/accounts/sign-in/" in page
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "path",
    [
        "login/",
        "signup/",
        "signup/passkey/",
        "login/code/",
        "login/code/confirm/",
        "2fa/",
        "3rdparty/",
        "social/signup/",
        "oidc/oidc/login/",
    ],
)
def test_addresses_of_allauth_that_are_not_used_do_not_exist(path: str):
    with pytest.raises(Resolver404):
        resolve(f"/en/accounts/{path}")
    with pytest.raises(Resolver404):
        resolve(f"/accounts/{path}")
