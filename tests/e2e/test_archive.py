"""An archive opened from the file system, with the network off."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from alliance.opendata.archive.build import build
from alliance.search import offline
from alliance.search.services import rebuild
from tests.factories.knowledge import NOW, lay_ground, make_case, text


@pytest.mark.django_db
def test_a_folder_opens_and_finds_without_a_server(tmp_path: Path, browser: Browser) -> None:
    lay_ground()
    make_case("Lund")
    make_case("Lund", texts=(text(title="Pricing the ring road"),))
    rebuild(at=NOW)
    build(tmp_path / "archive", offline.addresses(), offline.script_files)
    context = browser.new_context(offline=True, viewport={"width": 390, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto((tmp_path / "archive/index.html").as_uri())
    page.get_by_role("link", name="Börja läsa").click()
    page.get_by_role("searchbox").fill("vägavgift")
    page.get_by_role("searchbox").press("Enter")
    hit = page.locator("#hits a").first
    expect(hit).to_be_visible()
    # A sentence, a word with another ending, and a filter by kind.
    page.goto((tmp_path / "archive/en/find.html").as_uri() + "?q=The+pricings+of+a+road&kind=case")
    expect(page.locator("#hits > li")).to_have_count(1)
    expect(page.locator("#count")).to_have_text("1 case")
    page.locator("#hits a").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.url.endswith("/en/cases/lund.html")
    # What is cited leads to the version: the newest is this page, an earlier one its own.
    page.locator("#analysts > summary").click()
    page.locator("section[aria-labelledby=cite] a[href*=versions]").click()
    expect(page).to_have_url(re.compile("/en/cases/lund.html$"))
    page.locator("#analysts > summary").click()
    page.locator("a[href$='versions.html']").first.click()
    page.locator("a[href$='versions/1.html']").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Version 1")
    expect(page.locator("main")).to_contain_text("Pricing the roads")
    page.goto((tmp_path / "archive/en/find.html").as_uri() + "?q=xyzzy")
    expect(page.locator("#count")).to_have_text("No results")
    page.goto((tmp_path / "archive/en/cases/lund.html").as_uri())
    assert page.locator(".mark use").first.evaluate("one => one.getBBox().width") > 0
    assert complaints == []
    context.close()
