"""Five questions of officials, each with its answer at most two clicks behind the query."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import press

#: An answer is looked for among so many hits.
LOOKED_AT = 6
NAMES = "#finder .hits h3 a, #finder .vlines h3 a"


def ask(page: Page, text: str) -> None:
    """Type a question where the site opens, and send it."""
    page.get_by_role("searchbox").fill(text)
    press(page.locator("form[role=search] button[type=submit]").first)
    expect(page.locator("#count")).to_be_visible()


def first_of(page: Page, *wanted: str) -> Locator:
    """The first hit that is one of the records `wanted`; fails where none stands high enough."""
    names = page.locator(NAMES)
    hrefs = [names.nth(at).get_attribute("href") for at in range(min(LOOKED_AT, names.count()))]
    found = next((at for at, href in enumerate(hrefs) if any(f"/{w}/" in href for w in wanted)), -1)
    assert found >= 0, hrefs
    return names.nth(found)


def says_whether_it_works(page: Page) -> None:
    """The page opens with a word for the result, and names somebody to ask."""
    expect(page.locator(".masthead :is(.verdict, .outcome)").first).to_be_visible()
    expect(page.locator("main a[href$='/ask']").first).to_be_visible()


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "how do we stop people driving alone to work"),
        ("sv", "hur får vi folk att sluta köra ensamma i bil till jobbet"),
        ("fr", "comment faire pour que les gens arrêtent d'aller seuls en voiture au travail"),
    ],
)
def test_stop_driving_alone_to_work(open_page: Callable[..., Page], language: str, question: str):
    page = open_page(f"/{language}/")
    ask(page, question)
    wanted = (
        *("cases/commuter-nudges-null", "cases/umea-green-parking-purchase"),
        *("solutions/personalised-travel-planning", "solutions/mobility-reward-campaign"),
        "solutions/flexible-parking-agreement",
    )
    press(first_of(page, *wanted))
    says_whether_it_works(page)
    # From a case the solution is one click further.
    if "/cases/" in page.url:
        press(page.locator("main a[href*='/solutions/']").first)
        page.wait_for_url(re.compile("/solutions/"))
        expect(page.locator(".masthead .verdict").first).to_be_visible()


def test_fewer_heat_deaths_at_low_cost(open_page: Callable[..., Page]):
    page = open_page("/en/")
    ask(page, "we want fewer people to die in heat waves and have hardly any money")
    press(first_of(page, "solutions/heat-health-action-plans"))
    says_whether_it_works(page)
    # What it costs, and where it failed, are on the same page.
    expect(page.locator("#costs")).to_be_visible()
    expect(page.locator("#why-not .fails li").first).to_be_visible()


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "has free public transport failed anywhere"),
        ("sv", "har gratis kollektivtrafik misslyckats någonstans"),
        ("fr", "est-ce que la gratuité des transports a échoué quelque part"),
    ],
)
def test_has_free_transport_failed(open_page: Callable[..., Page], language: str, question: str):
    page = open_page(f"/{language}/")
    ask(page, question)
    answer = page.locator(".answer")
    expect(answer).to_be_visible()
    press(answer.locator("a[href*='/solutions/fare-free-public-transport/']").first)
    says_whether_it_works(page)
    expect(page.locator("#why-not .fails li").first).to_be_visible()


def test_renovate_without_raising_rents(open_page: Callable[..., Page]):
    page = open_page("/sv/")
    ask(page, "kan man renovera utan att höja hyrorna")
    press(first_of(page, "solutions/fair-housing-renovation"))
    says_whether_it_works(page)
    press(page.locator("main a[href$='/fit']").first)
    expect(page.locator("h1")).to_be_visible()


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "failures in Sweden"),
        ("sv", "vad har misslyckats i Sverige"),
        ("fr", "quels projets ont échoué en Suède"),
    ],
)
def test_failures_in_sweden(open_page: Callable[..., Page], language: str, question: str):
    page = open_page(f"/{language}/")
    ask(page, question)
    press(page.locator("a[href*='outcome=did-not-work'][href*='country=SE']").first)
    page.wait_for_url(re.compile("country=SE"))
    hits = page.locator("#finder .hits > li")
    expect(hits.first).to_be_visible()
    assert hits.count() >= 5
    # Nothing but failures.
    assert page.locator("#finder .hits > li .outcome.did-not-work").count() == hits.count()
    press(page.locator(NAMES).first)
    page.wait_for_url(re.compile("/cases/"))
    expect(page.locator(".masthead .outcome").first).to_be_visible()
