"""Guessing passwords and accounts, planted sessions, and links that are used again."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.contrib.auth import hashers
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponse
from django.test import Client

from alliance.accounts import adapters
from alliance.accounts import middleware as refusals
from alliance.core import clock
from tests.factories.accounts import PASSWORD, is_signed_in, letter, link_in, sign_in, somebody

SIGN_IN, SIGN_UP = "/en/accounts/sign-in/", "/en/accounts/sign-up/"
RESET = "/en/accounts/password/reset/"
pytestmark = pytest.mark.django_db


def later(monkeypatch: pytest.MonkeyPatch, pause: dt.timedelta) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + pause)


@pytest.mark.slow
def test_a_thousand_tries_guess_nothing_and_lock_nobody_out_for_good(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    user = somebody()
    attacker = Client()
    # The page of a refusal is looked at elsewhere; here only that it is one.
    monkeypatch.setattr(refusals, "render", lambda *_, status, **__: HttpResponse(status=status))
    for number in range(1_000):
        # A forged address in front of the real one makes nobody somebody else.
        answer = attacker.post(
            SIGN_IN,
            {"login": user.email, "password": f"guess number {number}"},
            headers={"X-Forwarded-For": f"198.51.100.{number % 250}"},
        )
        was_looked_at = number < adapters.ACCOUNT_SIGN_IN_LIMIT.most
        assert answer.status_code == (200 if was_looked_at else 429)
        assert was_looked_at or 0 < int(answer.headers["Retry-After"]) <= 300
    # Its owner, elsewhere, waits as long at most, however long the attack went on.
    owner = Client(REMOTE_ADDR="203.0.113.9")
    assert sign_in(owner, user).status_code == 429
    later(monkeypatch, adapters.ACCOUNT_SIGN_IN_LIMIT.window)
    assert sign_in(owner, user).status_code == 302 and is_signed_in(owner)


def test_nobody_who_guesses_keeps_out_who_has_signed_in_from_this_browser_before() -> None:
    user = somebody()
    owner, attacker = Client(), Client()
    assert sign_in(owner, user).status_code == 302
    owner.post("/en/accounts/sign-out/")
    # From the same network address, for this account and for others.
    for number in range(adapters.ADDRESS_SIGN_IN_LIMIT.most + 1):
        login = user.email if number < 6 else f"someone{number}@example.org"
        attacker.post(SIGN_IN, {"login": login, "password": "a guess"})
    assert attacker.post(SIGN_IN, {"login": user.email, "password": "one more"}).status_code == 429
    # Another account has nothing of it, and the browser has a limit of its own.
    assert sign_in(owner, somebody("Bo Ek")).status_code == 429
    assert sign_in(owner, user).status_code == 302 and is_signed_in(owner)
    owner.post("/en/accounts/sign-out/")
    tries = [sign_in(owner, user, f"wrong {number}").status_code for number in range(6)]
    assert tries == [200] * 5 + [429]


def test_wrong_tries_of_one_visitor_keep_nobody_else_out_behind_the_same_proxy(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert adapters.ADDRESS_SIGN_IN_LIMIT.most == 30
    few = dataclasses.replace(adapters.ADDRESS_SIGN_IN_LIMIT, most=3)
    monkeypatch.setattr(adapters, "ADDRESS_SIGN_IN_LIMIT", few)
    settings.TRUSTED_PROXIES = 1
    attacker = Client(headers={"X-Forwarded-For": "198.51.100.1"})
    tries = [
        attacker.post(SIGN_IN, {"login": f"someone{number}@example.org", "password": "a guess"})
        for number in range(4)
    ]
    assert [one.status_code for one in tries] == [200, 200, 200, 429]
    forged = Client(headers={"X-Forwarded-For": "203.0.113.7, 198.51.100.1"})
    user = somebody()
    assert sign_in(forged, user).status_code == 429
    assert sign_in(Client(headers={"X-Forwarded-For": "198.51.100.2"}), user).status_code == 302


def test_who_is_kept_out_by_an_attack_gets_in_by_a_new_password() -> None:
    user = somebody()
    for number in range(10):
        Client().post(SIGN_IN, {"login": user.email, "password": f"guess {number}"})
    owner = Client(REMOTE_ADDR="203.0.113.9")
    owner.post(RESET, {"email": user.email})
    form = owner.get(link_in(letter().body), follow=True)
    new = "another long and quiet street"
    owner.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})
    assert sign_in(owner, user, new).status_code == 302 and is_signed_in(owner)


def same_but_for(text: str, address: str) -> str:
    """A page without the address that was typed and without the random parts of its forms."""
    text = text.replace(address, "ADDRESS").replace(address.replace("@", "%40"), "ADDRESS")
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)


@pytest.mark.parametrize(
    ("path", "form"),
    [
        (SIGN_IN, lambda email: {"login": email, "password": "not the password"}),
        (RESET, lambda email: {"email": email}),
        (
            SIGN_UP,
            lambda email: {
                "email": email, "name": "Kim Lund", "password1": PASSWORD, "language": "en",
            },
        ),
    ],
    ids=["sign-in", "reset", "sign-up"],
)  # fmt: skip
def test_nobody_learns_whether_an_address_has_an_account(path: str, form: Any) -> None:
    known, unknown = somebody().email, "nobody.here@example.org"
    told, work = [], []
    for number, email in enumerate((known, unknown)):
        client = Client(REMOTE_ADDR=f"203.0.113.{number}")
        with patch.object(hashers.MD5PasswordHasher, "encode", autospec=True,
                          side_effect=hashers.MD5PasswordHasher.encode) as encode:  # fmt: skip
            answer = client.post(path, form(email), follow=True)
        page = same_but_for(answer.content.decode(), email)
        told.append((answer.status_code, answer.redirect_chain, page))
        work.append(encode.call_count)
    assert told[0] == told[1]
    # Hashing is what takes time: as much of it for either.
    assert work[0] == work[1]


def test_a_session_that_somebody_planted_is_not_taken_over() -> None:
    user = somebody()
    planted = SessionStore()
    planted["mark"] = "planted"
    planted.create()
    for key in (planted.session_key, "x" * 32, "../../etc/passwd", "a;b"):
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = key
        sign_in(client, user)
        given = client.cookies[settings.SESSION_COOKIE_NAME].value
        assert given != key and re.fullmatch(r"[a-z0-9]{32}", given)
    watcher = Client()
    watcher.cookies[settings.SESSION_COOKIE_NAME] = planted.session_key
    assert not is_signed_in(watcher)


def test_a_stolen_session_ends_with_the_password(client: Client) -> None:
    user = somebody()
    sign_in(client, user)
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert is_signed_in(thief)
    new = "another long and quiet street"
    client.post(
        "/en/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )
    assert is_signed_in(client) and not is_signed_in(thief)


def test_signing_out_ends_a_session_on_the_server(client: Client) -> None:
    sign_in(client, somebody())
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post("/en/accounts/sign-out/")
    assert not SessionStore().exists(key)


def test_links_of_letters_lead_here_whatever_the_request_says() -> None:
    user = somebody()
    answer = Client().post(
        RESET,
        {"email": user.email},
        headers={"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"},
    )
    assert answer.status_code == 302 and "evil.example" not in letter().body


def test_a_link_for_a_new_password_works_once_and_ends_when_the_password_changes() -> None:
    user = somebody()
    for _ in range(2):
        Client().post(RESET, {"email": user.email})
    first, second = link_in(letter(-2).body), link_in(letter(-1).body)
    new = "another long and quiet street"
    client = Client()
    form = client.get(second, follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})
    for link in (first, second):
        page = Client().get(link, follow=True)
        assert 'name="password1"' not in page.content.decode()


@pytest.mark.parametrize("length", [64, 128, 4_000])
def test_long_passwords_of_any_signs_count_to_their_last_sign(length: int) -> None:
    password = ("långt lösenord 密码 🌲 " * 300)[:length].strip() + "x"
    user = somebody(password=password)
    assert sign_in(Client(), user, password[:-1]).status_code == 200
    assert sign_in(Client(), user, password).status_code == 302
