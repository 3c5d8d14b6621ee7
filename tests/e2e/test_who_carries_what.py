"""A city's areas on a phone: read and weighed without scripts in Swedish, by axe in the dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import press

WIDTH = "document.documentElement.scrollWidth"


@pytest.mark.slow
def test_who_carries_what_is_read_without_scripts_and_in_the_dark(
    open_page: Callable[..., Page], axe: Callable[[Page], None]
):
    page = open_page("/sv/equity/", java_script_enabled=False, width=390, dark=True)
    press(page.locator("ul.hits h3 a").first)
    expect(page.locator("header.masthead")).to_contain_text("påhittad")
    assert page.locator("#said ~ ul li").count() >= 1
    assert page.evaluate(WIDTH) <= 390
    # Areas without a figure are hatched, and never of a colour.
    assert page.locator('svg g.f-unknown[fill*="hatch"] path').count() == 9
    press(page.locator("#map ~ nav li a").nth(1))
    page.locator('section[aria-labelledby="areas"] summary').click()
    before = page.locator('section[aria-labelledby="areas"] tbody tr').first.inner_text()
    # One factor alone leaves no doubt about ranks.
    for select in page.locator('select[name^="w-"]').all():
        select.select_option("0")
    page.locator("#w-0").select_option("5")
    press(page.locator('form[action="#areas"] button'))
    rows = page.locator('section[aria-labelledby="areas"] tbody tr')
    low_high = rows.first.locator("td").nth(1).inner_text()
    assert rows.first.inner_text() != before and low_high == "1–1", low_high
    assert page.evaluate(WIDTH) <= 390
    dark = open_page(page.url, width=390, dark=True)
    axe(dark)
