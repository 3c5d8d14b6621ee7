"""A survey on a map in French on a phone: without scripts by names, and by pressing on the map."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import press

HOME = "/fr/take-part/synthetic-survey/"
PHONE: dict[str, Any] = {"width": 390}
WIDTH = "document.documentElement.scrollWidth"


def send(page: Page) -> None:
    """The main button of the page."""
    press(page.locator("main form.write > .actions button[type=submit]").last)


def answer_first_page(page: Page) -> None:
    press(page.locator("#act a.button"))
    page.get_by_label("Tous les jours").check()
    page.get_by_label("4", exact=True).check()
    send(page)
    # Who cycles every day is not asked what keeps her from it.
    expect(page.locator("main")).to_contain_text("Où est-ce dangereux")


@pytest.mark.slow
@pytest.mark.all
def test_in_french_without_scripts(open_page: Callable[..., Page]):
    page = open_page(HOME, java_script_enabled=False, **PHONE)
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.locator("main")).to_contain_text("exemple avec des réponses fictives")
    answer_first_page(page)
    expect(page.locator("#place-map")).to_be_hidden()
    assert page.evaluate(WIDTH) <= 390
    # A point in the North Sea is refused, and nothing that was typed is lost.
    words = page.locator("input[name$=_words]")
    words.fill("56.0, 5.0")
    page.get_by_label("Trop vite").check()
    send(page)
    expect(page.locator("main")).to_contain_text("Ce lieu se trouve en mer")
    expect(words).to_have_value("56.0, 5.0")
    expect(page.get_by_label("Trop vite")).to_be_checked()
    words.fill("Le pont")
    press(page.locator('button[name="more"]'))
    expect(page.locator("form.write ol")).to_contain_text("Le pont")
    send(page)
    page.locator("main textarea").fill("Plus de pistes cyclables.")
    send(page)
    expect(page.locator("main dl")).to_contain_text("Le pont")
    send(page)
    expect(page.locator("body")).to_contain_text("Merci pour vos réponses.")
    page.goto(f"{HOME}mine/")
    expect(page.locator("main")).to_contain_text("Plus de pistes cyclables.")


@pytest.mark.slow
def test_in_french_by_pressing_on_the_map(open_page: Callable[..., Page]):
    page = open_page(HOME, **PHONE)
    answer_first_page(page)
    map_ = page.locator("#place-map")
    expect(map_).to_be_visible()
    expect(map_.locator("path.place-ground").first).to_be_attached()
    map_.scroll_into_view_if_needed()
    box = map_.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    drawing = page.locator("input[name$=_drawn]")
    expect(drawing).not_to_have_value("")
    drawn = json.loads(drawing.input_value())
    assert drawn["type"] == "Point" and len(drawn["coordinates"]) == 2
    page.get_by_label("Trop sombre").check()
    press(page.locator('button[name="more"]'))
    place = re.compile(r"^\s*\d+\.\d+, \d+\.\d+")
    expect(page.locator("form.write ol li")).to_have_text(place)
    # By keyboard alone: the middle of the map, once its outlines are there.
    expect(map_.locator("path.place-ground").first).to_be_attached()
    page.locator("#place-map-middle").press("Enter")
    expect(drawing).not_to_have_value("")
    send(page)
    send(page)
    expect(page.locator("main dl")).to_contain_text(";")
    send(page)
    expect(page.locator("body")).to_contain_text("Merci pour vos réponses.")
