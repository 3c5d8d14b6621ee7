"""Signing up: form, letter, confirmed address; and nobody learns who has an account."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from alliance.accounts.models import User
from alliance.core.models import AuditEvent
from tests.factories.accounts import (
    PASSWORD,
    is_signed_in,
    letter,
    link_in,
    sign_in,
    somebody,
)

pytestmark = pytest.mark.django_db
SIGN_UP = "/en/accounts/sign-up/"
FORM = {"name": "Åsa Öberg", "email": "asa@example.org", "password1": PASSWORD, "language": "en"}


def test_whoever_confirms_the_address_is_signed_in(client: Client):
    answer = client.post(SIGN_UP, FORM)
    assert answer.headers["Location"] == "/en/accounts/email/sent/"
    assert not is_signed_in(client)
    user = User.objects.get()
    assert (user.name, user.email, user.language) == ("Åsa Öberg", "asa@example.org", "en")
    assert user.check_password(PASSWORD)
    assert letter().to == ["asa@example.org"]

    link = link_in(letter().body)
    # Programs that look at links in letters confirm nothing: it takes the button.
    assert "Yes, it is mine" in client.get(link).content.decode()
    assert not EmailAddress.objects.get().verified
    answer = client.post(link)
    assert answer.headers["Location"] == "/en/accounts/"
    assert EmailAddress.objects.get().verified
    assert is_signed_in(client)


def test_the_act_is_on_record_without_the_password(client: Client):
    client.post(SIGN_UP, FORM)
    act = AuditEvent.objects.get(verb="sign-up")
    assert (act.kind, act.public_id) == ("person", User.objects.get().public_id)
    assert PASSWORD not in str(act.details)


def test_a_link_works_once_and_elsewhere_it_only_confirms(client: Client):
    client.post(SIGN_UP, FORM)
    link = link_in(letter().body)
    other = Client()
    assert other.post(link).headers["Location"] == "/en/accounts/sign-in/"
    assert not is_signed_in(other)
    assert "no longer works" in other.get(link).content.decode()


def test_nobody_signs_in_before_the_address_is_confirmed(client: Client):
    client.post(SIGN_UP, FORM)
    other = Client()
    answer = sign_in(other, User.objects.get())
    assert answer.headers["Location"] == "/en/accounts/email/sent/"
    assert not is_signed_in(other)


@pytest.mark.parametrize(
    ("language", "subject"),
    [("en", "Confirm your email address"), ("fr", "Confirmez"), ("sv", "Bekräfta")],
)
def test_letters_and_links_are_in_the_language_that_was_chosen(
    client: Client, language: str, subject: str
):
    client.post(SIGN_UP, {**FORM, "language": language})
    assert subject in letter().subject
    assert link_in(letter().body).startswith(f"/{language}/")


def test_the_form_offers_the_language_of_its_page(client: Client):
    page = client.get("/sv/accounts/sign-up/").content.decode()
    assert '<option value="sv" selected>' in page


def test_an_address_that_has_an_account_gets_another_letter_and_the_same_answer(client: Client):
    somebody("Asa")
    taken = client.post(SIGN_UP, {**FORM, "email": "asa@example.org"}, follow=True)
    free = Client().post(SIGN_UP, {**FORM, "email": "free@example.org"}, follow=True)
    assert taken.redirect_chain == free.redirect_chain
    assert [one.subject.partition(": ")[2] for one in mail.outbox] == [
        "You already have an account",
        "Confirm your email address",
    ]
    same = taken.content.decode().replace("asa@", "X@") == free.content.decode().replace(
        "free@", "X@"
    )
    assert same
    assert User.objects.filter(email__startswith="asa").count() == 1


def test_case_does_not_make_a_second_account(client: Client):
    somebody("Asa")
    client.post(SIGN_UP, {**FORM, "email": "ASA@Example.ORG"})
    assert User.objects.count() == 1


def test_two_forms_at_the_same_moment_make_one_account(client: Client, monkeypatch):
    """The check for a taken address passes for both; the database decides."""
    somebody("Asa")
    monkeypatch.setattr(
        "allauth.account.forms.flows.manage_email.email_already_exists",
        lambda email, **_: (email, False),
    )
    answer = client.post(SIGN_UP, FORM)
    assert answer.headers["Location"] == "/en/accounts/email/sent/"
    assert User.objects.count() == 1


def test_a_program_that_fills_in_every_field_makes_no_account(client: Client):
    page = client.get(SIGN_UP).content.decode()
    assert 'name="website"' in page and "style=" not in page
    answer = client.post(SIGN_UP, {**FORM, "website": "https://buy.example"})
    assert answer.headers["Location"] == "/en/accounts/email/sent/"
    assert not User.objects.exists() and not mail.outbox


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("password1", "short9!", "at least 12 characters"),
        ("password1", "1029384756", "entirely numeric"),
        ("password1", "qwertyuiop", "too common"),
        ("password1", "asa@example.org", "too similar"),
        ("name", "<script>alert(1)</script>", "The text contains HTML or a script."),
        ("name", "Win at https://buy.example", "without line breaks or web addresses"),
        ("name", " ", "Fill this in."),
        ("email", "asa", "Enter an email address, such as"),
        ("language", "xx", "is not one of the options"),
    ],
)
def test_what_breaks_a_rule_is_said_beside_its_field(client: Client, field, text, said):
    page = client.post(SIGN_UP, {**FORM, field: text}).content.decode()
    assert said in page
    assert f'id="id_{field}_error"' in page
    assert 'aria-invalid="true"' in page
    assert not User.objects.exists()


def test_a_letter_that_cannot_be_sent_is_said(client: Client, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    page = client.post(SIGN_UP, FORM, follow=True).content.decode()
    assert "The email could not be sent." in page
