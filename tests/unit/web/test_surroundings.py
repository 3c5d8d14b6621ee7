"""Navigation, language links and foot of a page."""

import re

from django.test import RequestFactory
from django.urls import resolve

from alliance.web.context import site


def about(path, language="en", query=""):
    request = RequestFactory().get(path, query_params=None, QUERY_STRING=query)
    request.LANGUAGE_CODE = language
    return site(request)


def addresses(links):
    return re.findall(r'href="([^"]+)"', links)


def test_language_links_lead_to_the_same_page_with_its_query():
    links = about("/en/find", query="q=cykel&outcome=worked")["language_links"]
    assert [(link.code, link.href) for link in links] == [
        ("en", "/en/find?q=cykel&outcome=worked"),
        ("fr", "/fr/find?q=cykel&outcome=worked"),
        ("sv", "/sv/find?q=cykel&outcome=worked"),
    ]
    assert [link.name for link in links] == ["English", "Français", "Svenska"]
    assert [link.current for link in links] == [True, False, False]


def test_odd_characters_of_an_address_are_escaped():
    links = about('/en/a"b å/')["language_links"]
    assert links[1].href == "/fr/a%22b%20%C3%A5/"


def test_an_address_without_a_language_leads_to_the_start_pages():
    found = about("/nothing", "sv", "q=1")
    assert [link.href for link in found["language_links"]] == ["/en/", "/fr/", "/sv/"]
    assert found["canonical_url"] == ""


def test_navigation_marks_the_page_and_the_part_of_the_site():
    def current(path):
        marked = re.compile(r'href="([^"]+)" aria-current="(\w+)"')
        return dict(marked.findall(about(path)["navigation"]))

    assert current("/en/find") == {"/en/find": "page"}
    assert current("/en/cities/umea/") == {"/en/cities/": "true"}
    assert current("/en/cases/x/") == {"/en/find": "true"}
    assert current("/en/") == {}
    assert current("/find") == {}


def test_links_stay_in_the_language(settings):
    found = about("/fr/about/", "fr")
    assert addresses(found["navigation"]) == [
        "/fr/find",
        "/fr/cities/",
        "/fr/pilots/",
        "/fr/take-part/",
        "/fr/together/",
    ]
    assert all(href.startswith("/fr/") for href in addresses(found["foot_links"]))
    assert found["canonical_url"] == f"{settings.BASE_URL}/fr/about/"


def test_every_door_opens():
    doors = about("/en/")
    for href in addresses(doors["navigation"] + doors["foot_links"]):
        assert resolve(href, "alliance.config.urls")


def test_the_page_offers_its_languages_to_search_engines_and_readers(client):
    text = client.get("/en/about/?a=1").text
    assert 'rel="alternate" hreflang="sv"' in text
    assert '<a href="/sv/about/?a=1" lang="sv" hreflang="sv">Svenska</a>' in text
    assert 'lang="en" hreflang="en" aria-current="true">English</a>' in text
