"""Authenticator app and recovery codes."""

from __future__ import annotations

import base64
import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from alliance.accounts.models import User
from tests.factories.accounts import is_signed_in, letter, prove, sign_in, somebody

pytestmark = pytest.mark.django_db
ADD = "/en/accounts/security/app/add/"
CODE = "/en/accounts/security/code/"


def code_for(secret: str, later: int = 0) -> str:
    counter = int(time.time()) // 30 + later
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def with_app(client: Client, user: User) -> tuple[str, list[str]]:
    """Set up an app for somebody; its secret, and the recovery codes shown once it is done."""
    sign_in(client, user)
    prove(client)
    page = client.get(ADD).content.decode()
    secret = re.search(r"<code>(\w+)</code>", page)[1]
    answer = client.post(ADD, {"code": code_for(secret)}, follow=True)
    assert answer.redirect_chain[-1][0] == "/en/accounts/security/recovery-codes/"
    codes = re.findall(r"<code>(\d{8})</code>", answer.content.decode())
    assert len(codes) == 10
    return secret, codes


def test_setting_up_asks_who_is_there(client: Client):
    sign_in(client, somebody())
    answer = client.get(ADD)
    assert answer.headers["Location"].startswith("/en/accounts/proof/?next=")


def test_the_picture_is_read_in_the_dark_theme_too(client: Client):
    sign_in(client, somebody())
    prove(client)
    page = client.get(ADD).content.decode()
    picture = base64.b64decode(re.search(r'data:image/svg\+xml;base64,([^"]+)"', page)[1])
    assert b'fill="white"' in picture


def test_a_wrong_first_code_sets_up_nothing(client: Client):
    sign_in(client, somebody())
    prove(client)
    client.get(ADD)
    page = client.post(ADD, {"code": "000000"}).content.decode()
    assert "The code or passkey is wrong. Try again." in page
    assert not Authenticator.objects.exists()


def test_signing_in_then_takes_a_code(client: Client):
    user = somebody()
    secret, _ = with_app(client, user)
    other = Client()
    assert sign_in(other, user).headers["Location"] == CODE
    assert not is_signed_in(other)
    assert other.post(CODE, {"code": "000000"}).status_code == 200
    assert not is_signed_in(other)
    # The code that set the app up was used; the next one is taken too, for clocks that run ahead.
    answer = other.post(CODE, {"code": code_for(secret, later=1)})
    assert answer.headers["Location"] == "/en/accounts/"
    assert is_signed_in(other)


def test_the_owner_hears_of_it(client: Client, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        with_app(client, somebody())
    assert "An authenticator app has been set up for your account." in letter().subject


def test_a_code_works_once(client: Client):
    user = somebody()
    secret, _ = with_app(client, user)
    code = code_for(secret, later=1)
    first, second = Client(), Client()
    sign_in(first, user)
    first.post(CODE, {"code": code})
    assert is_signed_in(first)
    sign_in(second, user)
    second.post(CODE, {"code": code})
    assert not is_signed_in(second)


def test_guessing_codes_is_refused_after_a_handful(client: Client):
    user = somebody()
    secret, _ = with_app(client, user)
    other = Client()
    sign_in(other, user)
    for number in range(5):
        other.post(CODE, {"code": f"{number:06}"})
    page = other.post(CODE, {"code": code_for(secret, later=1)}).content.decode()
    assert "Too many wrong attempts. Wait five minutes, then try again." in page
    assert not is_signed_in(other)


def test_a_recovery_code_works_once(client: Client):
    user = somebody()
    _, codes = with_app(client, user)
    first, second = Client(), Client()
    sign_in(first, user)
    first.post(CODE, {"code": codes[0]})
    assert is_signed_in(first)
    assert "9 recovery codes left" in first.get("/en/accounts/").content.decode()
    sign_in(second, user)
    second.post(CODE, {"code": codes[0]})
    assert not is_signed_in(second)


def test_new_recovery_codes_make_the_old_ones_worthless(client: Client):
    user = somebody()
    _, codes = with_app(client, user)
    answer = client.post("/en/accounts/security/recovery-codes/new/", follow=True)
    assert codes[0] not in answer.content.decode()
    file = client.get("/en/accounts/security/recovery-codes/download/")
    assert file.headers["Content-Type"].startswith("text/plain")
    assert len(file.content.split()) == 10
    other = Client()
    sign_in(other, user)
    other.post(CODE, {"code": codes[0]})
    assert not is_signed_in(other)


def test_codes_are_shown_to_whoever_proved_who_they_are(client: Client):
    user = somebody()
    _, codes = with_app(client, user)
    other = Client()
    other.force_login(user)
    shown = "/en/accounts/security/recovery-codes/"
    for address in (shown, f"{shown}download/"):
        assert other.get(address).headers["Location"].startswith("/en/accounts/proof/")
    prove(other)
    assert codes[0] in other.get(shown).content.decode()


def test_removing_the_app_takes_the_codes_along(client: Client):
    user = somebody()
    with_app(client, user)
    client.post("/en/accounts/security/app/remove/")
    assert not Authenticator.objects.exists()
    assert sign_in(Client(), user).headers["Location"] == "/en/accounts/"
    assert "has been removed" in letter().subject


def test_somebody_may_give_up_at_the_second_step(client: Client):
    user = somebody()
    with_app(client, user)
    other = Client()
    sign_in(other, user)
    answer = other.post("/en/accounts/sign-out/", {"next": "/en/accounts/sign-in/"})
    assert answer.headers["Location"] == "/en/accounts/sign-in/"
    assert other.get("/en/accounts/sign-in/").status_code == 200
