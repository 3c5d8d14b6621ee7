"""Single sign-on, against a provider that runs in this process."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from alliance.accounts.models import User
from alliance.config.sign_in import single_sign_on
from alliance.core import clock
from tests.factories.accounts import is_signed_in, letter, prove, sign_in, somebody
from tests.factories.knowledge import lay_ground
from tests.factories.oidc_provider import CLIENT_ID, SECRET, Provider, running_provider
from tests.factories.participation import make_process
from tests.factories.people import team

pytestmark = pytest.mark.django_db
START = "/en/accounts/single-sign-on/oidc/?process=login"
IDA = {"name": "Ida Holm", "email": "ida@city.example", "email_verified": True}


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *arguments: object) -> None:
        return None


@pytest.fixture
def provider(settings) -> Iterator[Provider]:
    with running_provider(**IDA) as running:
        use(settings, running)
        yield running


def use(settings, provider: Provider, *, trust_email: bool = False) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = single_sign_on(
        provider.url, name="City login", client_id=CLIENT_ID, secret=SECRET, trust_email=trust_email
    )


def leave(client: Client, start: str = START) -> str:
    """Press the button; the address at the provider that the page leads to."""
    answer = client.post(start)
    assert answer.status_code == 200
    page = answer.content.decode()
    where = unescape(re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page)[1])
    assert unescape(re.search(r'class="button" href="([^"]+)"', page)[1]) == where
    return where


def come_back(where: str) -> str:
    """What the provider answers: the path at this site, with code and state."""
    try:
        build_opener(_Stay).open(where)
    except Exception as answer:
        parts = urlsplit(answer.headers["Location"])  # type: ignore[attr-defined]
        return f"{parts.path}?{parts.query}"
    raise AssertionError("the provider did not lead back")


def go_through(client: Client, start: str = START):
    return client.get(come_back(leave(client, start)))


def test_without_a_provider_nothing_offers_one(client: Client):
    assert "City login" not in client.get("/en/accounts/sign-in/").content.decode()
    assert client.post(START).status_code == 404
    assert client.get("/en/accounts/single-sign-on/oidc/back/?code=x&state=y").status_code == 404


def test_somebody_new_gets_an_account_and_is_signed_in(client: Client, provider: Provider):
    page = client.get("/sv/accounts/sign-in/").content.decode()
    assert "City login" in page
    answer = go_through(client, "/sv/accounts/single-sign-on/oidc/?process=login")
    assert answer.headers["Location"] == "/sv/accounts/"
    assert is_signed_in(client)
    user = User.objects.get()
    assert (user.name, user.email, user.language) == ("Ida Holm", "ida@city.example", "sv")
    assert not user.has_usable_password()
    assert EmailAddress.objects.get().verified


def test_the_second_time_it_is_the_same_account(client: Client, provider: Provider):
    go_through(Client())
    provider.claims["name"] = "Ida Holm-Berg"
    go_through(client)
    assert is_signed_in(client)
    assert User.objects.count() == SocialAccount.objects.count() == 1


def test_people_go_on_where_they_were(client: Client, provider: Provider):
    answer = go_through(client, f"{START}&next=/fr/accounts/security/")
    assert answer.headers["Location"] == "/fr/accounts/security/"
    answer = go_through(Client(), f"{START}&next=https://evil.example/")
    assert answer.headers["Location"] == "/en/accounts/"


def test_the_first_page_only_asks(client: Client, provider: Provider):
    page = client.get(START).content.decode()
    assert "Sign in with City login" in page and "http-equiv" not in page


def test_what_the_provider_does_not_tell_is_asked_for(client: Client, provider: Provider):
    del provider.claims["name"]
    answer = go_through(client)
    form = "/en/accounts/single-sign-on/sign-up/"
    assert answer.headers["Location"] == form
    page = client.get(form).content.decode()
    assert 'value="ida@city.example"' in page
    data = {"name": "Ida Holm", "email": "ida@city.example", "language": "fr"}
    answer = client.post(form, data)
    assert answer.headers["Location"] == "/fr/accounts/"
    assert User.objects.get().name == "Ida Holm"


def test_an_address_that_the_provider_did_not_confirm_is_confirmed_here(
    client: Client, provider: Provider
):
    provider.claims["email_verified"] = False
    answer = go_through(client)
    assert answer.headers["Location"] == "/en/accounts/email/sent/"
    assert not is_signed_in(client)
    assert letter().to == ["ida@city.example"]


def test_an_account_with_the_address_is_not_entered_by_itself(client: Client, provider: Provider):
    user = somebody()
    provider.claims["email"] = user.email
    answer = go_through(client)
    assert answer.headers["Location"] == "/en/accounts/email/sent/"
    assert not is_signed_in(client)
    assert "You already have an account" in letter().subject
    assert not SocialAccount.objects.filter(user=user).exists()


def test_where_the_provider_is_trusted_it_is(client: Client, provider: Provider, settings):
    use(settings, provider, trust_email=True)
    provider.claims["email"] = "kim.lund@example.org"
    user = somebody()
    go_through(client)
    assert is_signed_in(client)
    assert SocialAccount.objects.get().user == user
    # Without a word of the provider's that it has confirmed the address, nobody is let in.
    SocialAccount.objects.all().delete()
    provider.claims["email_verified"] = False
    other = Client()
    go_through(other)
    assert not is_signed_in(other)


def test_somebody_signed_in_adds_and_removes_it(client: Client, provider: Provider):
    user = somebody()
    sign_in(client, user)
    prove(client)
    page = client.get("/en/accounts/single-sign-on/").content.decode()
    assert "No accounts linked yet." in page
    answer = go_through(client, "/en/accounts/single-sign-on/oidc/?process=connect")
    assert answer.headers["Location"] == "/en/accounts/single-sign-on/"
    account = SocialAccount.objects.get()
    assert account.user == user
    page = client.get("/en/accounts/single-sign-on/").content.decode()
    assert "City login" in page and "ida@city.example" in page
    client.post("/en/accounts/single-sign-on/", {"account": account.pk})
    assert not SocialAccount.objects.exists()
    assert "City login" in letter().subject


def test_the_last_way_in_cannot_be_removed(client: Client, provider: Provider):
    go_through(client)
    account = SocialAccount.objects.get()
    page = client.post("/en/accounts/single-sign-on/", {"account": account.pk})
    assert "Set a password first" in page.content.decode()
    assert SocialAccount.objects.exists()


def test_refusing_at_the_provider_signs_nobody_in(client: Client, provider: Provider):
    provider.refuse = True
    answer = client.get(come_back(leave(client)), follow=True)
    assert "You cancelled sign-in at the provider." in answer.content.decode()
    assert not is_signed_in(client)


def test_an_answer_of_another_visit_is_refused(client: Client, provider: Provider):
    """Somebody sends a link with an answer of their own, to sign others in as themselves."""
    theirs = come_back(leave(Client()))
    client.get(theirs)
    assert not is_signed_in(client)
    mine = come_back(leave(client))
    state = re.search(r"state=\w+", mine)[0]
    client.get(re.sub(r"state=\w+", state, theirs))
    assert not is_signed_in(client)
    assert not User.objects.exists()


def test_an_answer_works_once(client: Client, provider: Provider):
    back = come_back(leave(client))
    client.get(back)
    client.post("/en/accounts/sign-out/")
    client.get(back)
    assert not is_signed_in(client)


def test_a_token_for_somebody_else_is_refused(client: Client, provider: Provider):
    provider.wrong_audience = True
    go_through(client)
    assert not is_signed_in(client)
    assert not User.objects.exists()


def test_a_name_that_is_no_name_is_asked_for(client: Client, provider: Provider):
    provider.claims["name"] = "<script>alert(1)</script>"
    assert go_through(client).headers["Location"] == "/en/accounts/single-sign-on/sign-up/"


def test_a_provider_that_does_not_answer_is_said(client: Client, settings):
    settings.SOCIALACCOUNT_PROVIDERS = single_sign_on(
        "http://127.0.0.1:9", name="City login", client_id="x", secret="y", trust_email=False
    )
    answer = client.post(START)
    assert answer.status_code == 502
    assert "Single sign-on failed" in answer.content.decode()


def test_a_closed_account_stays_closed(client: Client, provider: Provider):
    go_through(Client())
    User.objects.update(is_active=False)
    assert go_through(client).headers["Location"] == "/en/accounts/closed/"
    assert not is_signed_in(client)


def test_a_resident_who_signs_in_finds_her_texts_in_another_browser(
    client: Client, provider: Provider
):
    lay_ground()
    process = make_process(team("lund"), at=clock.now(), title="The square")
    home = f"/en/take-part/{process.public_id}/"
    assert client.post(home, {"text": "More trees", "language": "en"}).status_code == 302
    asked = go_through(client)
    assert asked.headers["Location"].startswith("/en/take-part/this-device?next=")
    # Once she asks for it, what she wrote before is hers by her account, too.
    guest = {"participant": process.participants.get().public_id}
    assert client.post("/en/take-part/this-device/add", guest).status_code == 302
    assert client.post(home, {"text": "More benches", "language": "en"}).status_code == 302
    other = Client()
    assert other.get(f"{home}mine/").status_code == 302
    go_through(other)
    said = other.get(f"{home}mine/").content.decode()
    assert "More trees" in said and "More benches" in said
