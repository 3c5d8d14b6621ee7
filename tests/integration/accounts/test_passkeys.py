"""Passkeys: added, used, renamed and removed; those of other sites are refused."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from tests.factories.accounts import is_signed_in, letter, prove, sign_in, somebody
from tests.factories.authenticator import PRESENT, SoftwarePasskey

pytestmark = pytest.mark.django_db
HOST = "alliance.example"
ADD = "/en/accounts/security/passkeys/add/"
USE = "/en/accounts/security/passkeys/sign-in/"


@pytest.fixture
def site(settings) -> Client:
    settings.ALLOWED_HOSTS = [HOST, "testserver"]
    return browser()


def browser() -> Client:
    return Client(SERVER_NAME=HOST, SERVER_PORT="443", **{"wsgi.url_scheme": "https"})


def options_on(page: str) -> dict:
    found = re.search(r'<script id="passkey-options" type="application/json">(.*?)</script>', page)
    return json.loads(unescape(found[1]))


def add(client: Client, key: SoftwarePasskey, name: str = "telephone"):
    prove(client)
    options = options_on(client.get(ADD).content.decode())["creation_options"]
    data = {"name": name, "passwordless": "true", "credential": key.create(options)}
    return client.post(ADD, data)


def use(client: Client, key: SoftwarePasskey, **more: str):
    options = client.get(USE, headers={"Accept": "application/json"}).json()["request_options"]
    return client.post(USE, {"credential": key.get(options), **more})


def key(origin: str = f"https://{HOST}", rp_id: str = HOST, **more: int) -> SoftwarePasskey:
    return SoftwarePasskey(origin, rp_id, **more)


def test_a_passkey_is_enough_to_sign_in(site: Client):
    user = somebody()
    sign_in(site, user)
    mine = key()
    answer = add(site, mine)
    assert answer.headers["Location"] == "/en/accounts/security/recovery-codes/"
    assert "A passkey has been added to your account." in letter().subject
    other = browser()
    answer = use(other, mine, next="/sv/accounts/security/")
    assert answer.headers["Location"] == "/sv/accounts/security/"
    assert is_signed_in(other)


def test_after_a_password_the_passkey_is_the_second_step(site: Client):
    user = somebody()
    sign_in(site, user)
    mine = key()
    add(site, mine)
    other = browser()
    answer = sign_in(other, user)
    assert answer.headers["Location"] == "/en/accounts/security/code/"
    options = options_on(other.get("/en/accounts/security/code/").content.decode())
    credential = mine.get(options["request_options"])
    other.post("/en/accounts/security/code/", {"credential": credential})
    assert is_signed_in(other)


@pytest.mark.parametrize(
    ("origin", "rp_id"),
    [
        ("https://evil.example", HOST),
        (f"http://{HOST}", HOST),
        (f"https://{HOST}.evil.example", HOST),
        (f"https://not{HOST}", HOST),
        (f"https://{HOST}", "evil.example"),
    ],
)
def test_a_passkey_made_on_another_site_is_not_added(site: Client, origin: str, rp_id: str):
    sign_in(site, somebody())
    answer = add(site, key(origin, rp_id))
    assert answer.status_code == 200
    assert "The code or passkey is wrong. Try again." in answer.content.decode()
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize(
    ("origin", "rp_id"),
    [("https://evil.example", HOST), (f"https://{HOST}", "evil.example")],
)
def test_a_passkey_used_on_another_site_lets_nobody_in(site: Client, origin: str, rp_id: str):
    sign_in(site, somebody())
    mine = key()
    add(site, mine)
    mine.origin, mine.rp_id = origin, rp_id
    other = browser()
    assert use(other, mine).headers["Location"] == "/en/accounts/sign-in/"
    assert not is_signed_in(other)


def test_an_answer_works_once(site: Client):
    sign_in(site, somebody())
    mine = key()
    add(site, mine)
    first, second = browser(), browser()
    options = first.get(USE, headers={"Accept": "application/json"}).json()["request_options"]
    answer = mine.get(options)
    first.post(USE, {"credential": answer})
    assert is_signed_in(first)
    second.get(USE, headers={"Accept": "application/json"})
    second.post(USE, {"credential": answer})
    assert not is_signed_in(second)


def test_another_key_with_the_same_name_lets_nobody_in(site: Client):
    user = somebody()
    sign_in(site, user)
    mine, forged = key(), key()
    add(site, mine)
    forged.credential_id, forged.user_handle = mine.credential_id, mine.user_handle
    other = browser()
    use(other, forged)
    assert not is_signed_in(other)


def test_a_device_that_did_not_ask_who_is_there_is_not_enough(site: Client):
    sign_in(site, somebody())
    answer = add(site, key(flags=PRESENT))
    assert answer.status_code == 200
    assert not Authenticator.objects.exists()


def test_nonsense_is_refused_in_words(site: Client):
    for credential in ("{}", "[]", '"x"', "not json", '{"response": {"userHandle": "!"}}', ""):
        site.get(USE, headers={"Accept": "application/json"})
        answer = site.post(USE, {"credential": credential})
        assert answer.headers["Location"] == "/en/accounts/sign-in/", credential


def test_passkeys_are_renamed_and_removed_by_their_owner_only(site: Client):
    user = somebody()
    sign_in(site, user)
    add(site, key())
    kept = Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN)
    rename = f"/en/accounts/security/passkeys/{kept.pk}/rename/"
    remove = f"/en/accounts/security/passkeys/{kept.pk}/remove/"
    other = browser()
    sign_in(other, somebody("Ida Holm"))
    prove(other)
    assert other.get(rename).status_code == other.post(remove).status_code == 404

    site.post(rename, {"name": "<b>office</b>"})
    page = site.get("/en/accounts/security/passkeys/").content.decode()
    assert "&lt;b&gt;office&lt;/b&gt;" in page
    site.post(remove)
    assert not Authenticator.objects.exists()
    assert "A passkey has been removed from your account." in letter().subject


def test_proving_who_one_is_by_passkey(site: Client):
    user = somebody(password=None)
    site.force_login(user)
    mine = key()
    options = options_on(site.get(ADD).content.decode())["creation_options"]
    data = {"name": "", "passwordless": "true", "credential": mine.create(options)}
    site.post(ADD, data)
    assert Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN).count() == 1

    other = browser()
    use(other, mine)
    answer = other.get(ADD)
    where = "/en/accounts/security/proof/passkey/"
    page = other.get(answer.headers["Location"], follow=True).content.decode()
    assert where in page
    options = options_on(other.get(f"{where}?next={ADD}").content.decode())["request_options"]
    answer = other.post(where, {"credential": mine.get(options), "next": ADD})
    assert answer.headers["Location"] == ADD
    assert other.get(ADD).status_code == 200
