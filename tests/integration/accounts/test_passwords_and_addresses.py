"""Changing and forgetting passwords; changing the address one signs in with."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from alliance.accounts.models import User
from tests.factories.accounts import (
    PASSWORD,
    is_signed_in,
    letter,
    link_in,
    prove,
    sign_in,
    somebody,
)

pytestmark = pytest.mark.django_db
RESET = "/en/accounts/password/reset/"
NEW = "another quiet street"


def follow(client: Client, link: str) -> str:
    """Open the link of a letter; the address of the form, which no longer holds the secret."""
    answer = client.get(link)
    assert answer.status_code == 302
    form = answer.headers["Location"]
    assert form.endswith("-set-password/")
    return form


def test_a_forgotten_password_is_chosen_anew_once(client: Client):
    user = somebody()
    answer = client.post(RESET, {"email": user.email})
    assert answer.headers["Location"] == "/en/accounts/password/reset/sent/"
    link = link_in(letter().body)
    form = follow(client, link)
    answer = client.post(form, {"password1": NEW, "password2": NEW})
    assert answer.headers["Location"] == "/en/accounts/password/reset/done/"
    assert sign_in(client, user, NEW).status_code == 302
    assert "Your password has been changed using a link sent to you." in letter().subject
    assert "no longer works" in Client().get(link).content.decode()


def test_the_form_may_be_read_in_another_language(client: Client):
    client.post(RESET, {"email": somebody().email})
    form = follow(client, link_in(letter().body))
    other = form.replace("/en/", "/sv/")
    assert client.get(other).status_code == 200
    answer = client.post(other, {"password1": NEW, "password2": NEW})
    assert answer.headers["Location"] == "/sv/accounts/password/reset/done/"


def test_a_new_password_opens_an_account_that_tries_had_closed(client: Client):
    user = somebody()
    for number in range(6):
        sign_in(client, user, f"guess {number}")
    client.post(RESET, {"email": user.email})
    form = follow(client, link_in(letter().body))
    client.post(form, {"password1": NEW, "password2": NEW})
    assert sign_in(client, user, NEW).status_code == 302


def test_an_unknown_address_gets_the_same_answer_and_a_letter_that_says_so(client: Client):
    user = somebody()
    known = client.post(RESET, {"email": user.email})
    unknown = client.post(RESET, {"email": "nobody@example.org"})
    assert known.headers["Location"] == unknown.headers["Location"]
    assert letter().to == ["nobody@example.org"]
    assert "there is no account with the address nobody@example.org" in letter().body
    assert len(mail.outbox) == 2


def test_letters_to_one_address_are_few(client: Client):
    user = somebody()
    said = [client.post(RESET, {"email": user.email}).status_code for _ in range(6)]
    assert said == [302] * 5 + [429]
    assert len(mail.outbox) == 5


def test_a_change_asks_for_the_present_password_and_signs_out_everywhere_else(client: Client):
    user = somebody()
    other = Client()
    sign_in(client, user)
    sign_in(other, user)
    change = "/en/accounts/password/change/"
    wrong = {"oldpassword": "not this one", "password1": NEW, "password2": NEW}
    assert (
        "The current password is wrong. Try again." in client.post(change, wrong).content.decode()
    )
    answer = client.post(change, {**wrong, "oldpassword": PASSWORD})
    assert answer.headers["Location"] == "/en/accounts/"
    assert is_signed_in(client)
    assert not is_signed_in(other)
    assert "Your password has been changed." in letter().subject
    assert "127.0.0.1" in letter().body


def test_two_different_new_passwords_are_refused(client: Client):
    sign_in(client, somebody())
    data = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW + "!"}
    page = client.post("/en/accounts/password/change/", data).content.decode()
    assert 'id="id_password2_error"' in page


def test_somebody_without_a_password_sets_one(client: Client):
    user = somebody(password=None)
    client.force_login(user)
    answer = client.get("/en/accounts/password/change/")
    assert answer.headers["Location"] == "/en/accounts/password/set/"
    client.post("/en/accounts/password/set/", {"password1": NEW, "password2": NEW})
    user.refresh_from_db()
    assert user.check_password(NEW)


def change_address(client: Client, new: str):
    prove(client)
    return client.post("/en/accounts/email/", {"email": new, "action_add": ""})


def test_a_new_address_counts_once_it_is_confirmed(client: Client):
    user = somebody()
    sign_in(client, user)
    change_address(client, "new@example.org")
    assert letter().to == ["new@example.org"]
    user.refresh_from_db()
    assert user.email == "kim.lund@example.org"
    assert (
        "Waiting for confirmation: new@example.org" in client.get("/en/accounts/").content.decode()
    )

    client.post(link_in(letter().body))
    user.refresh_from_db()
    assert user.email == "new@example.org"
    assert [one.email for one in EmailAddress.objects.filter(user=user)] == ["new@example.org"]
    # The former address hears of it, in case somebody else did this.
    assert letter().to == ["kim.lund@example.org"]
    assert "new@example.org" in letter().body
    assert sign_in(Client(), user).status_code == 302


def test_changing_the_address_asks_who_is_there(client: Client):
    sign_in(client, somebody())
    data = {"email": "new@example.org", "action_add": ""}
    answer = client.post("/en/accounts/email/", data)
    assert answer.headers["Location"].startswith("/en/accounts/proof/?next=")
    assert not mail.outbox
    # After the password the form that was sent is taken up again.
    client.post(answer.headers["Location"], {"password": PASSWORD})
    assert letter().to == ["new@example.org"]


def test_a_change_can_be_taken_back(client: Client):
    user = somebody()
    sign_in(client, user)
    change_address(client, "new@example.org")
    link = link_in(letter().body)
    client.post("/en/accounts/email/", {"email": "new@example.org", "action_remove": ""})
    client.post(link)
    user.refresh_from_db()
    assert user.email == "kim.lund@example.org"


def test_an_address_of_somebody_else_is_never_told_nor_taken(client: Client):
    other = somebody("Ida Holm")
    sign_in(client, somebody())
    page = change_address(client, other.email)
    assert page.status_code == 302
    client.post(link_in(letter().body))
    assert User.objects.get(name="Kim Lund").email == "kim.lund@example.org"


def test_an_address_that_somebody_signed_up_with_is_not_taken_either(client: Client):
    """The account of the other was never confirmed; the database would refuse the second one."""
    User.objects.create_user("ida@example.org", PASSWORD, name="Ida")
    sign_in(client, somebody())
    change_address(client, "ida@example.org")
    answer = client.post(link_in(letter().body), follow=True)
    assert "cannot be confirmed because another account uses it." in answer.content.decode()
    assert User.objects.get(name="Kim Lund").email == "kim.lund@example.org"
    assert not EmailAddress.objects.filter(email="ida@example.org", verified=True).exists()


@pytest.mark.parametrize("who", ["known", "unknown", "new", "taken", "changing"])
def test_a_link_leads_to_the_configured_address_whatever_host_was_asked(
    client: Client, settings, who: str
):
    """Or whoever asks for a letter to another could have its secret sent to a host of their own."""
    settings.ALLOWED_HOSTS = ["*"]
    settings.BASE_URL = "https://alliance.example"
    user = somebody()
    asking = {"headers": {"host": "evil.example"}}
    if who in {"known", "unknown"}:
        email = user.email if who == "known" else "nobody@example.org"
        client.post(RESET, {"email": email}, **asking)
    elif who in {"new", "taken"}:
        email = user.email if who == "taken" else "new@example.org"
        form = {"name": "Ada", "email": email, "password1": PASSWORD, "language": "sv"}
        client.post("/en/accounts/sign-up/", form, **asking)
    else:
        sign_in(client, user)
        prove(client)
        form = {"email": "new@example.org", "action_add": ""}
        client.post("/en/accounts/email/", form, **asking)
    found = re.findall(r"https?://\S+", letter().body)
    assert found and all(f"{one}/".startswith("https://alliance.example/") for one in found)
    assert "evil" not in letter().subject + letter().body
