"""A failure is translated into Swedish in a browser without scripts, and read by another person."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import press
from tests.factories.pages import by_turn

HERE = "/sv/cases/belfast-20mph/translate/sv"


def test_a_failure_is_translated_refused_saved_and_reviewed(
    signed_in: Callable[..., Page],
):
    page = signed_in("editor.translate@demo.example", HERE, java_script_enabled=False, width=390)
    fields = page.locator("main form .field :is(textarea, input)")
    names = [fields.nth(number).get_attribute("name") for number in range(fields.count())]
    assert "what_did_not" in names
    for name in names:
        page.locator(f"#id_{name}").fill(f"Svenska ord för {name}.")
    page.locator("#id_what_did_not").fill("")
    with page.expect_navigation():
        page.locator("#id_title").press("Enter")
    # Without its failure the case is not saved; the list on top leads to the field.
    expect(page.locator('[role="alert"] a[href="#id_what_did_not"]')).to_have_count(1)
    expect(page.locator("#id_summary")).to_have_value("Svenska ord för summary.")
    page.locator("#id_what_did_not").fill("Farten sjönk inte.")
    press(page.locator('button[name="go"][value="save"]'))
    expect(page).to_have_url(re.compile("/sv/cases/belfast-20mph/$"))
    expect(page.locator("h1")).to_have_text("Svenska ord för title.")
    expect(page.locator(".badge", has_text="översatt från engelska")).to_be_visible()
    page.goto(HERE)
    expect(page.locator('button[value="review"]')).to_have_count(0)

    page = signed_in("reviewer.one@demo.example", HERE)
    press(page.locator('button[value="review"]'))
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
def test_axe_finds_nothing_and_nothing_is_wider_than_a_phone(look: Callable[..., Page], path: str):
    for language, dark in by_turn([("fr", True), ("sv", False)], path):
        look(
            f"/{language}{path.replace('LANGUAGE', language)}",
            "reviewer.one@demo.example",
            width=1280 if dark else 390,
            dark=dark,
        )
