"""The main job: an official of Göteborg finds what worked, compares, and prints a brief."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.e2e.conftest import press


def counted(page: Page) -> int:
    """How many records the head of the list says there are."""
    found = re.search(r"\d+", page.locator("#count").inner_text())
    assert found
    return int(found.group())


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_from_search_to_brief(open_page: Callable[..., Page], scripts: bool):
    page = open_page("/en/", java_script_enabled=scripts)
    press(page.get_by_role("link", name="Svenska"))
    expect(page.locator("html")).to_have_attribute("lang", "sv")

    page.get_by_role("searchbox").fill("renovering flerbostadshus")
    press(page.get_by_role("button", name="Sök"))
    hits = page.locator(".hits > li")
    expect(hits.first).to_be_visible()
    # Cases are read in Swedish; a failure stands among them.
    expect(page.locator(".hits a[lang=en]")).to_have_count(0)
    expect(page.locator(".hits .outcome.did-not-work").first).to_be_visible()
    said, everything = page.locator("#count").inner_text(), counted(page)

    page.locator("#filter-theme-housing").check()
    if not scripts:
        page.get_by_role("button", name="Använd filtren").click()
    page.wait_for_url(re.compile("theme=housing"))
    expect(page.locator(".chips .chip")).to_have_count(1)
    expect(page.locator("#count")).not_to_have_text(said)
    assert 0 < counted(page) < everything
    page.locator("#filter-outcome-worked").check()
    page.locator("#filter-outcome-mixed").check()
    page.locator("#filter-outcome-did-not-work").check()
    if not scripts:
        page.get_by_role("button", name="Använd filtren").click()
    page.wait_for_url(re.compile("outcome=worked.*outcome=mixed.*outcome=did-not-work"))
    expect(page.locator(".chips .chip")).to_have_count(4)

    ticks = page.locator(".hits input[name=case]")
    for number in range(3):
        ticks.nth(number).check()
    page.get_by_role("button", name="Jämför markerade fall").click()
    page.wait_for_url(re.compile(r"/sv/compare\?case="))
    assert page.url.count("case=") == 3
    expect(page.locator("h1")).to_be_visible()

    page.goto("/sv/cases/gothenburg-gardsten-solar-houses/")
    expect(page.locator(".grade").first).to_be_visible()
    page.locator("a[href='#evidence']").click()
    expect(page.locator("a[href*='/evidence-grade/']").first).to_be_visible()
    page.locator("a[href*='/solutions/']").first.click()
    page.wait_for_url(re.compile("/sv/solutions/"))
    expect(page.locator(".forest").first).to_be_visible()


@pytest.mark.parametrize(
    ("path", "pages"),
    [
        ("cases/milan-area-c", 1),
        # More sources than fit beside what they bear out: they follow on a page of their own.
        ("solutions/congestion-charging", 2),
    ],
)
def test_the_brief_tells_all_on_one_page_in_swedish(
    open_page: Callable[..., Page], path: str, pages: int
):
    page = open_page("/sv/")
    for _ in range(240):
        answer = page.request.get(f"/sv/{path}/brief.pdf")
        if answer.status == 200:
            break
        assert answer.status == 202, answer.status
        page.wait_for_timeout(500)
    assert answer.headers["content-type"] == "application/pdf"
    pdf = PdfReader(io.BytesIO(answer.body()))
    assert len(pdf.pages) == pages
    assert pdf.trailer["/Root"]["/Lang"].startswith("sv")
    assert "källor" in pdf.pages[0].extract_text().lower()
    assert "https://" in pdf.pages[-1].extract_text()


def test_a_filter_narrows_list_and_map_alike(open_page: Callable[..., Page]):
    page = open_page("/en/find?solution=congestion-charging&kind=case&map=hits")
    listed = {link.get_attribute("href") for link in page.locator(".hits h3 a").all()}
    drawn = {link.get_attribute("href") for link in page.locator("#map .point a").all()}
    assert drawn
    assert drawn <= listed


def test_hostile_queries_are_answered_calmly(open_page: Callable[..., Page]):
    page = open_page("/en/find")
    for query in ("x" * 6000, "\"'()-+&|*~^", "😀 😀", "<script>alert(1)</script>", "%00", "-"):
        answer = page.goto(f"/en/find?q={page.evaluate('encodeURIComponent', query)}")
        assert answer is not None
        assert answer.status == 200, query
        expect(page.locator("#count")).to_be_visible()


def test_on_a_phone_filters_stay_unfolded_while_choices_are_made(open_page: Callable[..., Page]):
    page = open_page("/sv/find?q=renovering", width=390)
    filters = page.locator("#filters")
    filters.locator("> summary").click()
    page.locator("#choices-country > summary").click()
    page.locator("#filter-outcome-worked").check()
    page.wait_for_url(re.compile("outcome=worked"))
    # The address holds what was chosen, and no empty fields.
    assert page.url.endswith("/sv/find?q=renovering&outcome=worked"), page.url
    expect(page.locator(".chips .chip")).to_have_count(1)
    expect(filters).to_have_attribute("open", "")
    expect(page.locator("#choices-country")).to_have_attribute("open", "")
    expect(page.locator("#filter-outcome-worked")).to_be_focused()
