import pytest
from django.test import RequestFactory

from alliance.web import languages

COOKIE = "django_language"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("sv-SE,sv;q=0.9,en;q=0.8", "sv"),
        ("de-DE,de;q=0.9,fr;q=0.5,en;q=0.4", "fr"),
        ("fr-CA", "fr"),
        ("de", "en"),
        ("*", "en"),
        ("en;q=0.1,sv;q=0.2", "sv"),
        (";;;q=x,,", "en"),
    ],
)
def test_the_start_leads_to_the_best_language(client, header, language):
    response = client.get("/?q=a&b=%C3%A5", headers={"accept-language": header})
    assert response.status_code == 302
    assert response.headers["Location"] == f"/{language}/?q=a&b=%C3%A5"
    assert response.headers["Vary"] == "Accept-Language, Cookie"
    assert response.headers["Content-Language"] == language


def test_an_earlier_choice_comes_before_the_browser(client):
    client.cookies[COOKIE] = "fr"
    assert client.get("/", headers={"accept-language": "sv"}).headers["Location"] == "/fr/"
    client.cookies[COOKIE] = "xx"
    assert client.get("/", headers={"accept-language": "sv"}).headers["Location"] == "/sv/"


def test_the_start_takes_no_data(client):
    assert client.post("/").status_code == 404


@pytest.mark.parametrize("language", ["en", "fr", "sv"])
def test_the_address_decides_the_language(client, language):
    response = client.get(f"/{language}/about/", headers={"accept-language": "en"})
    assert response.status_code == 200
    assert response.headers["Content-Language"] == language
    assert f'<html lang="{language}">' in response.text
    assert "Accept-Language" not in response.headers.get("Vary", "")


def test_a_choice_is_kept_only_where_the_browser_would_choose_otherwise(client):
    assert COOKIE not in client.get("/sv/about/", headers={"accept-language": "sv"}).cookies
    cookie = client.get("/fr/about/", headers={"accept-language": "sv"}).cookies[COOKIE]
    assert cookie.value == "fr" and cookie["httponly"] and cookie["samesite"] == "Lax"
    # The choice is known now, so it is not sent again; another choice replaces it.
    assert COOKIE not in client.get("/fr/about/", headers={"accept-language": "sv"}).cookies
    assert client.get("/en/about/").cookies[COOKIE].value == "en"


def test_a_page_that_is_missing_changes_no_choice(client):
    assert not client.get("/fr/nothing/", headers={"accept-language": "sv"}).cookies


@pytest.mark.parametrize(
    ("path", "header", "language"),
    [
        ("/de/about/", "fr", "fr"),
        ("/nothing", "sv", "sv"),
        ("/xx/", "", "en"),
        ("/fr/nothing/", "sv", "fr"),
    ],
)
def test_a_page_that_is_missing_is_told_of_in_the_readers_language(client, path, header, language):
    response = client.get(path, headers={"accept-language": header})
    assert response.status_code == 404
    assert response.headers["Content-Language"] == language
    assert f'<html lang="{language}">' in response.text


@pytest.mark.parametrize(
    ("query", "language"), [("", "en"), ("?lang=sv", "sv"), ("?lang=de", "en")]
)
def test_the_interface_for_programs_takes_a_parameter(client, query, language):
    response = client.get(f"/api/v1/nothing{query}", headers={"accept-language": "fr"})
    assert response.headers["Content-Language"] == language
    assert "Accept-Language" not in response.headers.get("Vary", "")


def test_splitting_and_swapping_addresses():
    assert languages.split("/fr/find") == ("fr", "/find")
    assert languages.split("/fr") == ("fr", "/")
    assert languages.split("/french/find") == (None, "/french/find")
    assert languages.swap("/fr/cases/a", "sv") == "/sv/cases/a"
    assert languages.swap("/status", "sv") == "/sv/"


def test_a_huge_header_is_read_only_in_part():
    request = RequestFactory().get("/", headers={"accept-language": "de," * 100_000 + "sv"})
    assert languages.best(request) == "en"
