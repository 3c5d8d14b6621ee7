import datetime as dt
import re

import pytest
from django.core.exceptions import DisallowedHost
from django.db import OperationalError
from django.test import RequestFactory
from django.utils import translation
from django.utils.translation import gettext

from alliance.web import views

LANGUAGES = ["en", "fr", "sv"]
TEXT_PAGES = ["about", "privacy", "accessibility"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", TEXT_PAGES)
def test_text_pages_answer_in_every_language_without_a_database(client, language, page):
    response = client.get(f"/{language}/{page}/", headers={"accept-language": language})
    assert response.status_code == 200
    assert response.text.count("<h1") == 1
    assert not response.cookies
    assert 'aria-current="page"' in response.text


@pytest.mark.parametrize("page", TEXT_PAGES)
def test_text_pages_only_answer_questions(client, page):
    assert client.post(f"/en/{page}/").status_code == 405
    assert client.head(f"/en/{page}/").status_code == 200


def test_every_page_carries_the_policy_against_foreign_code(client):
    policy = client.get("/en/about/").headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy and "style-src 'self'" in policy


@pytest.mark.parametrize("page", ["", *[f"{page}/" for page in TEXT_PAGES], "nothing/"])
def test_pages_hold_nothing_the_policy_would_refuse(client, page):
    text = client.get(f"/en/{page}").text
    assert not re.search(r"\sstyle=|<style|\son\w+=", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    # Only links lead elsewhere; nothing is loaded from there.
    assert not re.search(r'(src|<link[^>]*href)="https?://(?!127\.0\.0\.1)', text)


@pytest.mark.parametrize("email", ["", "city@example.org"])
def test_contact_is_named_or_its_lack_is_said(client, settings, email):
    settings.CONTACT_EMAIL = email
    for page in TEXT_PAGES:
        text = client.get(f"/en/{page}/").text
        assert (f'href="mailto:{email}"' in text) is bool(email)
        assert (
            (
                "The operator of this server has not given a contact address yet. "
                "Please contact the network’s secretariat."
            )
            in text
        ) is not bool(email)


@pytest.mark.parametrize("page", ["privacy", "accessibility"])
def test_legal_pages_say_when_they_were_checked(client, settings, page):
    settings.LEGAL_CHECKED = None
    assert (
        "The operator of this server has not yet confirmed that this page is correct."
        in client.get(f"/en/{page}/").text
    )
    settings.LEGAL_CHECKED = dt.date(2026, 11, 28)
    said = client.get(f"/en/{page}/").text
    assert (
        "last checked this page on" in said
        and "The operator of this server has not yet confirmed that this page is correct."
        not in said
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_accessibility_names_the_law_and_the_authority_of_both_countries(client, language):
    said = client.get(f"/{language}/accessibility/").text
    for told in ("2018:1937", "Digg", "2005-102", "RGAA 4.1", "Défenseur des droits"):
        assert told in said


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/sv/nothing/", 404, "This page does not exist"),
        ("/sv/refused/", 403, "You do not have access to this page"),
        ("/sv/garbled/", 400, "The server cannot read this request"),
        ("/sv/broken/", 500, "The error is on our side and has been logged."),
    ],
)
def test_faults_say_what_to_do_next_in_the_language_of_the_page(client, path, status, words):
    response = client.get(path)
    assert response.status_code == status
    assert response.headers["Content-Language"] == "sv"
    assert '<html lang="sv">' in response.text
    with translation.override("sv"):
        said, offered = gettext(words), gettext("Your options")
    assert said != words, "the page would be in English"
    assert said in response.text and offered in response.text
    assert 'href="/sv/"' in response.text


@pytest.mark.parametrize(
    ("path", "suggestion"),
    [
        ("/find", "/en/find"),
        ("/about", "/en/about/"),
        ("/de/about/", "/en/about/"),
        ("/de/", "/en/"),
        ("/nothing/at/all", None),
        ("/en/nothing", None),
        ("/de//evil.example/", None),
    ],
)
def test_a_missing_page_suggests_the_address_with_a_language(client, path, suggestion):
    response = client.get(path)
    assert response.status_code == 404
    offered = re.search(r"This page exists: <a href=\"([^\"]+)\"", response.text)
    assert (offered[1] if offered else None) == suggestion


@pytest.mark.parametrize(
    ("path", "status"), [("/api/v1/nothing", 404), ("/api/v1/nothing?lang=fr", 404)]
)
def test_programs_get_problem_details(client, path, status):
    response = client.get(path)
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == status and response.json()["title"]


def test_a_host_that_is_not_ours_gets_a_page_and_no_trace(client, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    response = client.get("/en/about/", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert "evil.example" not in response.text


def test_a_request_refused_early_is_answered_in_the_readers_language():
    request = RequestFactory().get("/fr/find", headers={"accept-language": "sv"})
    response = views.handler400(request, DisallowedHost())
    assert response.headers["Content-Language"] == "sv"


def test_a_fault_of_the_error_page_itself_still_gets_an_answer(monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("the templates are gone")

    monkeypatch.setattr(views, "render_to_string", fail)
    response = views.handler500(RequestFactory().get("/en/"))
    assert (
        response.status_code == 500
        and "Something went wrong on the server. Try again in a few minutes." in response.text
    )


def test_a_database_that_is_away_is_told_and_nothing_typed_is_lost():
    request = RequestFactory().post("/find", {"text": "A long sentence that was typed."})
    request.LANGUAGE_CODE = "sv"
    try:
        raise OperationalError("could not connect to db.internal")
    except OperationalError:
        response = views.handler500(request)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "30")
    assert "Databasen går inte att nå" in response.text and "db.internal" not in response.text
    assert "A long sentence that was typed." in response.text


def test_an_expired_form_says_so():
    response = views.csrf_failure(RequestFactory().post("/en/find"), reason="no cookie")
    assert response.status_code == 403 and "The form could not be submitted" in response.text


def test_the_language_cookie_is_the_only_one_a_reader_gets(client):
    for path in ("/", "/fr/", "/fr/find", "/fr/about/", "/fr/nothing/"):
        client.get(path, headers={"accept-language": "sv"})
    assert set(client.cookies) == {"django_language"}
