"""The list of places where somebody is signed in."""

from __future__ import annotations

import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from alliance.accounts import tasks
from alliance.accounts.models import OneTimeLink, User
from alliance.accounts.services import make_link
from alliance.core import clock
from tests.factories.accounts import PASSWORD, is_signed_in, sign_in, somebody

pytestmark = pytest.mark.django_db
LIST = "/en/accounts/sessions/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def test_every_place_is_listed_and_all_others_can_be_signed_out(client: Client):
    user = somebody()
    other = Client(HTTP_USER_AGENT=FIREFOX)
    stranger = Client()
    sign_in(client, user)
    sign_in(other, user)
    sign_in(stranger, somebody("Ida Holm"))
    page = client.get(LIST).content.decode()
    assert page.count("<tr>") == 3
    assert "Firefox, Linux" in page and "this session" in page
    client.post(LIST)
    assert is_signed_in(client)
    assert not is_signed_in(other)
    assert is_signed_in(stranger)
    assert "You are not signed in anywhere else." in client.get(LIST).content.decode()


def test_what_a_browser_calls_itself_is_only_text(client: Client):
    client.defaults["HTTP_USER_AGENT"] = "<script>alert(1)</script>"
    sign_in(client, somebody())
    assert "<script>alert" not in client.get(LIST).content.decode()


def test_addresses_of_ended_sessions_are_forgotten(client: Client):
    user = somebody()
    other = Client()
    sign_in(client, user)
    sign_in(other, user)
    Session.objects.filter(session_key=other.session.session_key).delete()
    assert tasks.forget_ended_sessions.call() == 1
    assert UserSession.objects.get().session_key == client.session.session_key


def test_accounts_that_nobody_confirmed_are_forgotten_after_a_month():
    long_ago = clock.now() - dt.timedelta(days=31)
    kept = somebody()
    fresh = User.objects.create_user("fresh@example.org", PASSWORD, name="Fresh")
    stale = User.objects.create_user("stale@example.org", PASSWORD, name="Stale")
    EmailAddress.objects.create(user=stale, email=stale.email, primary=True)
    User.objects.exclude(pk=fresh.pk).update(joined_at=long_ago)
    assert tasks.forget_unconfirmed_accounts.call() == 1
    assert set(User.objects.all()) == {kept, fresh}


def test_old_links_are_forgotten():
    for days in (100, 10):
        made = clock.now() - dt.timedelta(days=days)
        make_link(purpose="confirm-record", lasts=dt.timedelta(days=1), at=made)
    assert tasks.forget_old_counts.call() == 1
    assert OneTimeLink.objects.count() == 1
