"""An editor records a failure in Swedish, from sign-in to review, in a browser without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import press

STEPS = (
    *("place", "story", "outcome", "results", "no-difference", "cost", "amounts", "sources"),
    *("classification", "check"),
)


def go_on(page: Page, step: str) -> None:
    """Save, and see that the page that comes is the wanted step."""
    press(page.locator('button[name="go"][value="next"]'))
    expect(page).to_have_url(re.compile(f"/{step}/$"))


def start(page: Page) -> str:
    """Start the record of a failure; the address of the draft."""
    page.locator('input[name="outcome"][value="did-not-work"]').check()
    press(page.locator("main form.write button[type=submit]"))
    return page.url.rsplit("/", 2)[0] + "/"


def test_a_failure_is_recorded_in_swedish_without_scripts(signed_in: Callable[..., Page]):
    page = signed_in(
        "editor.record@demo.example", "/sv/write/new", java_script_enabled=False, width=390
    )
    expect(page.locator("html")).to_have_attribute("lang", "sv")
    draft = start(page)

    # The city of the team is there already.
    expect(page.locator("#id_city")).to_have_value("Göteborg")
    page.locator("#id_solution").select_option("congestion-charging")
    page.locator("#id_start_year").fill("2021")
    page.locator("#id_end_year").fill("2020")
    press(page.locator('button[name="go"][value="next"]'))
    # A rule is broken: it is saved, and told beside its field.
    expect(page.locator("#id_end_year_faults")).to_contain_text("2020")
    page.locator("#id_end_year").fill("2022")
    go_on(page, "story")

    expect(page.locator("#id_summary")).to_have_attribute("lang", "sv")
    page.locator("#id_title").fill("Vägavgift på en gata, på prov")
    page.locator("#id_summary").fill("Avgiften togs ut under ett år. Trafiken minskade inte.")
    page.locator("#id_what_did_not").fill("Bilarna valde gatan bredvid.")
    go_on(page, "outcome")

    expect(page.locator('input[name="outcome"][value="did-not-work"]')).to_be_checked()
    page.locator('input[name="reasons"][value="no-effect"]').check()
    go_on(page, "results")

    page.locator("#id_effects-0-measure").fill("trafikvolym")
    page.locator("#id_effects-0-value").fill("ungefär noll")
    page.locator("#id_effects-0-unit").fill("procentuell förändring")
    page.locator("#id_effects-0-direction").select_option("lower-is-better")
    page.locator("#id_effects-0-design").select_option("before-after")
    press(page.locator('button[name="go"][value="next"]'))
    # A wrong cell: nothing typed is lost, and the list on top leads to it.
    expect(page.locator('[role="alert"] a[href="#id_effects-0-value"]')).to_have_count(1)
    expect(page.locator("#id_effects-0-unit")).to_have_value("procentuell förändring")
    page.locator("#id_effects-0-value").fill("−0,5")
    press(page.locator('button[name="go"][value="add"]'))
    page.locator("#id_effects-1-measure").fill("trafikvolym")
    press(page.locator('button[name="go"][value="remove-effects-1"]'))
    expect(page.locator("fieldset.row")).to_have_count(1)
    expect(page.locator("#id_effects-0-value")).to_have_value("−0,5")
    go_on(page, "no-difference")
    go_on(page, "cost")

    page.locator("#id_amount").fill("2 000 000")
    page.locator("#id_currency").select_option("SEK")
    page.locator("#id_price_year").fill("2021")
    page.locator("#id_staff_time").fill("1,5")
    page.locator("#id_staff_time_unit").select_option("person-years")
    page.locator("#id_equity_notes").fill("De som pendlar med bil betalade mest.")
    go_on(page, "amounts")
    go_on(page, "sources")

    page.locator("#id_sources-0-title").fill("Slutrapport")
    page.locator("#id_sources-0-url").fill("https://example.org/slutrapport")
    page.locator("#id_sources-0-kind").select_option("city")
    go_on(page, "classification")

    page.locator('input[name="themes"][value="mobility"]').check()
    page.locator("#id_sdg_targets").fill("11.2")
    go_on(page, "check")

    press(page.locator(f'a[href$="{draft.split("/sv/")[1]}preview/"]'))
    expect(page.locator("h1")).to_have_text("Vägavgift på en gata, på prov")
    page.go_back()
    press(page.locator('form[action$="/submit"] button'))
    expect(page).to_have_url(draft)
    expect(page.locator('form[action$="/take-back"]')).to_have_count(1)
    page.goto(f"{draft}story/")
    expect(page.locator("#id_title")).to_have_count(0)


@pytest.mark.slow
def test_every_page_of_writing_is_accessible_and_fits_a_phone(
    signed_in: Callable[..., Page], axe: Callable[[Page], None]
):
    page = signed_in("editor.every-step@demo.example", "/en/write/new")
    axe(page)
    draft = start(page)
    page.locator("#id_start_year").fill("2021")
    page.locator("#id_end_year").fill("2020")
    press(page.locator('button[name="go"][value="next"]'))
    axe(page)
    page.locator("#id_start_year").fill("in spring")
    press(page.locator('button[name="go"][value="save"]').last)
    axe(page)
    tails = ("", "history/", "preview/", *(f"{step}/?check=1" for step in STEPS))
    for number, tail in enumerate(tails):
        page.emulate_media(color_scheme="dark" if number % 2 else "light")
        page.goto(f"{draft}{tail}")
        axe(page)
    page.set_viewport_size({"width": 390, "height": 800})
    for tail in tails:
        page.goto(f"{draft}{tail}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, tail
    page.goto(draft)
    press(page.locator('form[action$="/drop"] button'))
    axe(page)
    page.goto(f"{draft.split('/write/')[0]}/write/")
    axe(page)


@pytest.mark.all
def test_two_versions_of_one_field_are_shown_and_one_is_kept(
    signed_in: Callable[..., Page], axe: Callable[[Page], None]
):
    page = signed_in("editor.two-versions@demo.example", "/en/write/new")
    story = f"{start(page)}story/"
    page.goto(story)
    other = page.context.new_page()
    other.goto(story)
    other.locator("#id_title").fill("The title of the one")
    press(other.locator('button[name="go"][value="next"]'))
    page.locator("#id_title").fill("The title of the other")
    press(page.locator('button[name="go"][value="next"]'))
    expect(page.locator("main")).to_contain_text("The title of the one")
    axe(page)
    # By keyboard alone.
    page.locator('input[value="theirs"]').focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator("#id_title")).to_have_value("The title of the one")
    page.goto(story.removesuffix("story/"))
    press(page.locator('form[action$="/drop"] button'))
