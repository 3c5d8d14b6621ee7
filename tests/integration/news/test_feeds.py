"""The Atom feeds against the rules of RFC 4287, and the page that lists them."""

from __future__ import annotations

import datetime as dt
import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from django.test import Client

from alliance.cases.enums import CaseStatus
from alliance.cases.models import CaseStudy
from alliance.evidence.models import SolutionVerdict
from alliance.news.feeds import LONGEST
from alliance.news.selectors.digest import Window, verdict_sections
from tests.factories.groups import make_group
from tests.factories.knowledge import lay_ground, make_case, text
from tests.factories.pages import page_text

pytestmark = pytest.mark.django_db
ATOM = "http://www.w3.org/2005/Atom"
XML = "{http://www.w3.org/XML/1998/namespace}"
MOMENT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")


@pytest.fixture(autouse=True)
def cases() -> None:
    lay_ground()
    make_case("Lund", texts=(text(title="Rain & snow, 5 < 6", summary="p < 0.05"), text("sv")))
    make_case("Umeå", outcome="did-not-work", reasons=("stopped",), topics=("indicators",))
    days = {"lund": 1, "umea": 2}
    for public_id, day in days.items():
        CaseStudy.objects.filter(public_id=public_id).update(
            published_at=dt.datetime(2026, 11, day, tzinfo=dt.UTC)
        )


def _feed(client: Client, path: str) -> ET.Element:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ET.fromstring(answer.content)


def _text(element: ET.Element, name: str) -> str:
    found = element.findall(f"{{{ATOM}}}{name}")
    assert len(found) == 1, name
    return found[0].text or ""


def _links(element: ET.Element, rel: str) -> list[str]:
    return [
        link.attrib["href"]
        for link in element.findall(f"{{{ATOM}}}link")
        if link.attrib.get("rel") == rel
    ]


def _entries(feed: ET.Element) -> list[ET.Element]:
    return feed.findall(f"{{{ATOM}}}entry")


@pytest.mark.parametrize("path", ["/en/feeds/new.atom", "/sv/feeds/failures.atom?topic=indicators"])
def test_a_feed_has_what_the_standard_asks_for(client: Client, path: str) -> None:
    feed = _feed(client, path)
    assert feed.tag == f"{{{ATOM}}}feed"
    assert feed.attrib[f"{XML}lang"] == path[1:3]
    assert _text(feed, "id").startswith("tag:") and _text(feed, "title")
    assert MOMENT.match(_text(feed, "updated"))
    author = feed.find(f"{{{ATOM}}}author")
    assert author is not None and _text(author, "name")
    assert [link.partition("://")[2].partition("/")[2] for link in _links(feed, "self")] == [
        path[1:]
    ]
    assert len(_links(feed, "alternate")) == 1
    ids = [_text(entry, "id") for entry in _entries(feed)]
    assert ids and len(ids) == len(set(ids))
    newest = max(_text(entry, "updated") for entry in _entries(feed))
    assert _text(feed, "updated") == newest
    for entry in _entries(feed):
        assert MOMENT.match(_text(entry, "updated")) and MOMENT.match(_text(entry, "published"))
        assert _text(entry, "title") and _text(entry, "summary")
        (page,) = _links(entry, "alternate")
        assert client.get("/" + page.split("/", 3)[3]).status_code == 200


def test_newest_first_and_text_as_it_is(client: Client) -> None:
    entries = _entries(_feed(client, "/en/feeds/new.atom"))
    assert [_text(entry, "title") for entry in entries] == [
        "Umeå: Pricing the roads", "Lund: Rain & snow, 5 < 6"
    ]  # fmt: skip
    assert _text(entries[1], "summary") == "p < 0.05"


def test_failures_and_topics_are_told_apart(client: Client) -> None:
    def found(path: str) -> set[str]:
        return {_text(entry, "id").rpartition("/")[2] for entry in _entries(_feed(client, path))}

    assert found("/en/feeds/failures.atom") == {"umea"}
    assert found("/en/feeds/new.atom?topic=equity") == {"lund"}
    assert found("/en/feeds/failures.atom?topic=equity") == set()


def test_a_text_in_another_language_says_so(client: Client) -> None:
    entries = {
        _text(entry, "id").rpartition("/")[2]: entry
        for entry in _entries(_feed(client, "/sv/feeds/new.atom"))
    }
    assert f"{XML}lang" not in entries["lund"].attrib
    assert entries["umea"].attrib[f"{XML}lang"] == "en"


def test_an_entry_keeps_its_id_and_moves_its_date(client: Client) -> None:
    def entry() -> ET.Element:
        return _entries(_feed(client, "/en/feeds/new.atom?topic=equity"))[0]

    before = entry()
    case = CaseStudy.objects.get(public_id="lund")
    case.versions.update(at=dt.datetime(2026, 12, 1, tzinfo=dt.UTC))
    after = entry()
    assert _text(after, "id") == _text(before, "id")
    assert _text(after, "updated") == "2026-12-01T00:00:00Z" != _text(before, "updated")
    assert _text(after, "published") == _text(before, "published")


def test_what_is_withdrawn_leaves_the_feed(client: Client) -> None:
    CaseStudy.objects.filter(public_id="umea").update(status=CaseStatus.WITHDRAWN)
    assert _entries(_feed(client, "/en/feeds/failures.atom")) == []


def test_a_feed_has_an_end(client: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(LONGEST):
        make_case(f"Place {number}")
    with django_assert_max_num_queries(6):
        assert len(_entries(_feed(client, "/en/feeds/new.atom"))) == LONGEST


def test_what_is_known_is_not_sent_again(client: Client) -> None:
    first = client.get("/en/feeds/new.atom")
    again = client.get("/en/feeds/new.atom", headers={"if-none-match": first.headers["ETag"]})
    assert again.status_code == 304 and again.content == b""


@pytest.mark.parametrize("path", ["/en/feeds/old.atom", "/en/feeds/new.atom?topic=cars"])
def test_a_feed_that_does_not_exist(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("language", ["en", "fr", "sv"])
def test_the_page_leads_to_every_feed(client: Client, language: str) -> None:
    make_group()
    page = client.get(f"/{language}/feeds/").content.decode()
    links = set(re.findall(r'href="(/[^"]+\.atom[^"]*)"', page))
    assert len(links) == 22
    for link in links:
        assert client.get(link).status_code == 200
    assert page.count('rel="alternate" type="application/atom+xml"') == 3


def test_a_verdict_that_changed_is_in_its_feed_on_the_home_page_and_in_the_digest(
    client: Client,
) -> None:
    make_case("Malmö")
    verdict = SolutionVerdict.objects.get(is_main=True)
    at = dt.datetime(2026, 11, 3, tzinfo=dt.UTC)
    verdict.changes.create(
        at=at, before="works", after="probably-works", line=8, rule_version=verdict.rule_version
    )
    (entry,) = _entries(_feed(client, "/en/feeds/verdicts.atom"))
    assert _text(entry, "title").endswith(" – Probably works: a fall in traffic volume")
    line = " · tried in 3 places · cost and time to first results not known"
    summary = _text(entry, "summary")
    assert line in summary and "Works: a fall in traffic volume" in summary
    assert _entries(_feed(client, "/en/feeds/verdicts.atom?topic=equity")) == []
    assert "before that “Works: a fall in traffic volume”" in page_text(client, "/en/")
    window = Window(at - dt.timedelta(days=1), at)
    (section,) = verdict_sections(window, "en")
    happened = "New verdict: “Probably works: a fall in traffic volume”. Previously: “Works: a"
    assert section.items[0].happened.startswith(happened)
    assert section.items[0].line.startswith("Strength of evidence: ")
    assert line in section.items[0].line
    assert verdict_sections(Window(at, at + dt.timedelta(days=1)), "en") == ()
