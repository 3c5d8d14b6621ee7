"""Signing in and out: limits, sessions, cookies, and where people are led to."""

from __future__ import annotations

import pytest
from django.conf import settings as configured
from django.test import Client

from tests.factories.accounts import PASSWORD, is_signed_in, sign_in, somebody
from tests.factories.pages import status_alone

pytestmark = pytest.mark.django_db
SIGN_IN = "/en/accounts/sign-in/"


def test_by_address_and_password(client: Client):
    user = somebody(language="sv")
    answer = sign_in(client, user)
    # Their own page, in their own language.
    assert answer.headers["Location"] == "/sv/accounts/"
    assert "Kim Lund" in client.get("/fr/about/").content.decode()


def test_the_address_may_be_written_in_capitals(client: Client):
    somebody()
    client.post(SIGN_IN, {"login": "KIM.LUND@EXAMPLE.ORG", "password": PASSWORD})
    assert is_signed_in(client)


def test_wrong_password_and_unknown_address_look_the_same(client: Client):
    user = somebody()
    wrong = sign_in(client, user, "not this one").content.decode()
    data = {"login": "nobody@example.org", "password": "not this one"}
    unknown = client.post(SIGN_IN, data).content.decode()
    assert "The address or the password is wrong. Check both." in wrong
    assert wrong.replace(user.email, "").count("<li>") == unknown.count("<li>")
    assert "not this one" not in wrong


def test_tries_are_refused_after_a_handful(client: Client):
    user = somebody()
    with status_alone():
        said = [sign_in(client, user, f"guess {number}").status_code for number in range(1000)]
    assert said[:5] == [200] * 5
    assert set(said[5:]) == {429}
    refused = sign_in(client, user)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 300
    assert "Too many attempts" in refused.content.decode()
    assert not is_signed_in(client)


def test_an_unknown_address_is_refused_just_as_soon(client: Client):
    data = {"login": "nobody@example.org", "password": "x"}
    assert [client.post(SIGN_IN, data).status_code for _ in range(6)] == [200] * 5 + [429]


def test_many_addresses_from_one_place_are_refused_too(client: Client):
    said = [
        client.post(SIGN_IN, {"login": f"n{number}@example.org", "password": "x"}).status_code
        for number in range(31)
    ]
    assert said == [200] * 30 + [429]


def test_right_passwords_do_not_count(client: Client):
    user = somebody()
    for _ in range(8):
        assert sign_in(Client(), user).status_code == 302


def test_a_right_password_does_not_wipe_the_count_of_wrong_ones(client: Client):
    user = somebody()
    for number in range(4):
        sign_in(client, user, f"guess {number}")
    sign_in(Client(), user)
    assert sign_in(client, user, "guess").status_code == 200
    assert sign_in(client, user, "guess").status_code == 429


def test_the_session_changes_its_key(client: Client):
    user = somebody()
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    sign_in(client, user)
    assert client.session.session_key != before


def test_cookies_are_kept_from_scripts_and_other_sites(client: Client):
    answer = sign_in(client, somebody())
    cookie = answer.cookies[configured.SESSION_COOKIE_NAME]
    assert cookie["httponly"] and cookie["samesite"] == "Lax"
    # Without the tick it ends with the browser.
    assert cookie["max-age"] == ""


def test_staying_signed_in_lasts_two_weeks(client: Client):
    answer = sign_in(client, somebody(), remember="on")
    assert answer.cookies[configured.SESSION_COOKIE_NAME]["max-age"] == 14 * 24 * 3600


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "javascript:alert(1)",
        "http:///evil.example",
        "https://testserver.evil.example/",
        "http://localhost:9/",
    ],
)
def test_nobody_is_led_to_another_site(client: Client, target: str):
    answer = sign_in(client, somebody(), next=target)
    assert answer.headers["Location"] == "/en/accounts/"


def test_people_go_on_where_they_were(client: Client):
    answer = client.get("/fr/accounts/security/")
    assert answer.headers["Location"] == "/fr/accounts/sign-in/?next=/fr/accounts/security/"
    page = client.get(answer.headers["Location"])
    assert '<input type="hidden" name="next" value="/fr/accounts/security/">' in (
        page.content.decode()
    )
    answer = sign_in(client, somebody(), next="/fr/accounts/security/")
    assert answer.headers["Location"] == "/fr/accounts/security/"


def test_signing_out_takes_a_form_and_ends_the_session(client: Client):
    sign_in(client, somebody())
    key = client.session.session_key
    assert client.get("/en/accounts/sign-out/").status_code == 200
    assert is_signed_in(client)
    answer = client.post("/fr/accounts/sign-out/")
    assert answer.headers["Location"] == "/fr/"
    assert not is_signed_in(client)
    assert not client.session.exists(key)


def test_forms_of_other_sites_are_refused():
    client = Client(enforce_csrf_checks=True)
    assert sign_in(client, somebody()).status_code == 403


def test_who_is_signed_in_is_led_past_the_form(client: Client):
    sign_in(client, somebody())
    assert client.get(SIGN_IN).headers["Location"] == "/en/accounts/"
    assert client.get("/en/accounts/sign-up/").headers["Location"] == "/en/accounts/"


def test_a_closed_account_stays_closed(client: Client):
    user = somebody()
    user.is_active = False
    user.save()
    answer = sign_in(client, user)
    assert answer.headers["Location"] == "/en/accounts/closed/"
    assert client.get("/en/accounts/closed/").status_code == 200
    assert not is_signed_in(client)


def test_an_open_session_ends_when_the_account_is_closed(client: Client):
    user = somebody()
    sign_in(client, user)
    user.is_active = False
    user.save()
    assert not is_signed_in(client)


def test_demonstration_accounts_stay_out_of_production(client: Client, settings):
    user = somebody()
    user.is_demo = True
    user.save()
    settings.PRODUCTION = True
    assert sign_in(client, user).headers["Location"] == "/en/accounts/closed/"
    assert not is_signed_in(client)
