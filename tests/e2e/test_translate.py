"""A failure is translated into Swedish in a browser without scripts, and read by another person."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

HERE = "/sv/cases/belfast-20mph/translate/sv"


@pytest.fixture(scope="module")
def passwords(server) -> dict[str, str]:
    """The passwords of demonstration accounts, by their addresses."""
    lines = server.alliance("demo", "accounts").splitlines()
    return {line.split()[0]: line.split()[1] for line in lines}


@pytest.fixture
def visit(open_page: Callable[..., Page], passwords: dict[str, str]) -> Callable[..., Page]:
    """Open a path as somebody, in a fresh browser."""

    def open_(who: str, path: str, **options: object) -> Page:
        language = path.split("/")[1]
        page = open_page(f"/{language}/accounts/sign-in/?next={path}", **options)
        page.locator("#id_login").fill(f"{who}@demo.example")
        page.locator("#id_password").fill(passwords[f"{who}@demo.example"])
        page.locator("main form button[type=submit]").first.click()
        return page

    return open_


def test_a_failure_is_translated_refused_saved_and_reviewed(visit: Callable[..., Page]):
    page = visit("editor.goteborg", HERE, java_script_enabled=False, width=390)
    fields = page.locator("main form .field :is(textarea, input)")
    names = [fields.nth(number).get_attribute("name") for number in range(fields.count())]
    assert "what_did_not" in names
    for name in names:
        page.locator(f"#id_{name}").fill(f"Svenska ord för {name}.")
    page.locator("#id_what_did_not").fill("")
    page.locator("#id_title").press("Enter")
    # Without its failure the case is not saved; the list on top leads to the field.
    expect(page.locator('[role="alert"] a[href="#id_what_did_not"]')).to_have_count(1)
    expect(page.locator("#id_summary")).to_have_value("Svenska ord för summary.")
    page.locator("#id_what_did_not").fill("Farten sjönk inte.")
    page.locator('button[name="go"][value="save"]').click()
    expect(page).to_have_url(re.compile("/sv/cases/belfast-20mph/$"))
    expect(page.locator("h1")).to_have_text("Svenska ord för title.")
    expect(page.locator(".badge", has_text="översatt från engelska")).to_be_visible()
    page.goto(HERE)
    expect(page.locator('button[value="review"]')).to_have_count(0)

    page = visit("reviewer.one", "/sv/translations/?state=unreviewed")
    page.locator(f'a[href="{HERE}"]').first.click()
    page.locator('button[value="review"]').click()
    expect(page).to_have_url(re.compile("/sv/cases/belfast-20mph/$"))
    page.goto(HERE)
    expect(page.locator('button[value="review"]')).to_have_count(0)


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    [
        "/translations/",
        "/cases/milan-area-c/translate/LANGUAGE",
        "/solutions/congestion-charging/translate/LANGUAGE",
        "/methods/participatory-budget/translate/LANGUAGE",
    ],
)
def test_axe_finds_nothing_and_nothing_is_wider_than_a_phone(
    visit: Callable[..., Page], axe: Callable[[Page], None], path: str
):
    axe(visit("reviewer.one", "/fr" + path.replace("LANGUAGE", "fr"), dark=True))
    page = visit("reviewer.one", "/sv" + path.replace("LANGUAGE", "sv"), width=390)
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("h1").count() == 1
