"""A dialogue on a phone: without scripts in Swedish, by keyboard alone in French, on paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_keyboard_only import Keyboard

EDITOR = "editor.goteborg@demo.example"
HOME = "/take-part/synthetic-dialogue/"
PHONE: dict[str, Any] = {"width": 390}
WIDTH = "document.documentElement.scrollWidth"


def receipt_on(page: Page) -> str:
    """The receipt code that a page shows."""
    code: str = page.locator("header strong").first.inner_text()
    assert re.fullmatch("[a-z0-9]{12}", code)
    return code


@pytest.mark.slow
def test_in_swedish_without_scripts_from_the_statement_to_the_receipt(
    open_page: Callable[..., Page], signed_in: Callable[..., Page]
):
    page = open_page(f"/sv{HOME}", java_script_enabled=False, **PHONE)
    expect(page.locator("html")).to_have_attribute("lang", "sv")
    assert page.evaluate(WIDTH) <= 390
    # What is decided, by whom and when stands on the page before anything is asked.
    assert page.locator(".promise li").count() >= 4
    first = page.locator("#statement").inner_text()
    page.locator('#turn button[value="agree"]').click()
    expect(page).to_have_url(re.compile("#act$"))
    expect(page.locator("#statement")).not_to_have_text(first)
    page.locator('#turn button[value="pass"]').click()
    page.locator("#id_text").fill("Fler cykelställ vid torget.")
    page.locator("main form.write button[type=submit]").click()
    expect(page.locator("main, body").first).to_contain_text("Tack")

    page.goto(f"/sv{HOME}mine/")
    code = receipt_on(page)
    expect(page.locator("main")).to_contain_text(first)
    # On another device, with nothing but the code.
    other = open_page("/sv/take-part/receipt", java_script_enabled=False, **PHONE)
    other.locator("#id_receipt").fill(f"{code[:6]} {code[6:]}")
    other.locator("main form.write button[type=submit]").click()
    expect(other.locator("main")).to_contain_text("Fler cykelställ vid torget.")
    expect(other.locator("main")).to_contain_text(first)

    # The neighbour's form on paper is typed in, and what the officer reads first is what to do.
    desk = signed_in(EDITOR, f"/sv{HOME}manage/", java_script_enabled=False, **PHONE)
    assert desk.locator("header .actions .button, header .actions button").count() >= 1
    desk.goto(f"/sv{HOME}paper")
    desk.locator('input[name="channel"][value="paper"]').check()
    desk.locator('input[type=radio][value="disagree"]').first.check()
    desk.locator("main form.write button[type=submit]").click()
    assert re.search(r"\b[a-z0-9]{12}\b", desk.locator("body").inner_text())


@pytest.mark.slow
def test_in_french_by_keyboard_alone(open_page: Callable[..., Page]):
    page = open_page(f"/fr{HOME}", reduced_motion="reduce", **PHONE)
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    keys = Keyboard(page)
    first = page.locator("#statement").inner_text()
    keys.press('#turn input[name="important"]', "Space")
    keys.press('#turn button[value="agree"]')
    # The next statement is there at once and has the focus, so that a screen reader says it.
    expect(page.locator("#statement")).not_to_have_text(first)
    assert page.evaluate("document.activeElement.id") == "statement"
    keys.press('#turn button[value="disagree"]')
    keys.type("#id_text", "Plus de bancs, s’il vous plaît.")
    keys.press("main form.write button[type=submit]")
    expect(page.locator("body")).to_contain_text("Merci")
    page.goto(f"/fr{HOME}votes/")
    expect(page.locator("main")).to_contain_text(first)
    # She changes her mind.
    line = page.locator("li", has_text=first)
    name = line.get_attribute("id")
    keys.press(f'#{name} button[value="disagree"]')
    expect(page.locator(f'#{name} button[aria-pressed="true"]')).to_have_attribute(
        "value", "disagree"
    )
