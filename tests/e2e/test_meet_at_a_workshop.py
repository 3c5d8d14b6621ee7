"""A workshop on a phone: announced from nothing, signed up for, checked in at the door."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

SECRETARIAT, CITIZEN = "secretariat@demo.example", "citizen@demo.example"
PHONE: dict[str, Any] = {"width": 390, "java_script_enabled": False}
SEND = "main form.write button[type=submit]"


@pytest.mark.slow
def test_from_the_announcement_to_the_door(signed_in: Callable[..., Page]):
    today = dt.datetime.now(dt.UTC).date()
    page = signed_in(SECRETARIAT, "/en/workshops/", **PHONE)
    page.get_by_role("link", name="Announce a workshop").click()
    page.locator("#id_title").fill("Made up: moving people without cars")
    page.locator("#id_place").fill("Town hall")
    for name in ("first_day", "last_day", "sign_up_by"):
        page.locator(f"#id_{name}").fill(today.isoformat())
    page.locator("#id_capacity").fill("40")
    page.locator(SEND).click()
    # Two sessions in one room at once are refused by name; nothing that was typed is lost.
    for row, (title, room) in enumerate((("Trains", "A"), ("Owners", "A"))):
        page.locator(f"#id_sessions-{row}-title").fill(title)
        page.locator(f"#id_sessions-{row}-starts").fill("11:00")
        page.locator(f"#id_sessions-{row}-ends").fill("12:00")
        page.locator(f"#id_sessions-{row}-room").fill(room)
    page.locator(SEND).click()
    expect(page.locator("main")).to_contain_text("“Trains” is in “A” at the same time")
    page.locator("#id_sessions-1-room").fill("B")
    page.locator(SEND).click()
    page.get_by_role("button", name="Announce it").click()
    home = page.get_by_role("link", name="The page for everybody").get_attribute("href")
    assert home is not None

    guest = signed_in(CITIZEN, home, **PHONE)
    expect(guest.locator("main")).to_contain_text("40 places, 40 left")
    guest.get_by_role("link", name="Sign up").click()
    guest.locator("#id_name").fill("Alva")
    guest.locator(SEND).click()
    expect(guest.locator("h1")).to_contain_text("Alva, you have a place")
    code = guest.locator("aside strong").text_content()
    assert code is not None
    assert guest.evaluate("document.documentElement.scrollWidth") <= 390

    page.goto(page.url)
    page.get_by_role("link", name="Check people in").click()
    page.locator("#id_code").fill(code)
    page.locator(SEND).click()
    expect(page.locator("main")).to_contain_text("Alva is checked in")
    page.locator("#id_code").fill(code)
    page.locator(SEND).click()
    expect(page.locator("main")).to_contain_text("This code was used then")
    guest.reload()
    expect(guest.locator("main")).to_contain_text("You are checked in")
