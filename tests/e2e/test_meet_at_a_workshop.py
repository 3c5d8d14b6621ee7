"""A workshop on phones, in three languages: announced, signed up for, whom to meet, the door, the
minutes, action items that are done and that are left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import press

SECRETARIAT, CITIZEN = "secretariat@demo.example", "citizen@demo.example"
ANNA, LUC = "editor.goteborg@demo.example", "editor.grenoble@demo.example"
PHONE: dict[str, Any] = {"width": 390, "java_script_enabled": False}
SEND = "main form.write button[type=submit]"
DAY = dt.timedelta(days=1)


def send(page: Page) -> None:
    press(page.locator(SEND))


def fill(page: Page, **values: str) -> None:
    for name, value in values.items():
        page.locator(f"#id_{name.replace('__', '-')}").fill(value)


@pytest.mark.slow
def test_from_the_announcement_to_what_came_of_it(signed_in: Callable[..., Page]):
    today, own = dt.datetime.now(ZoneInfo("Europe/Stockholm")).date(), uuid4().hex[:6]
    page = signed_in(SECRETARIAT, "/en/groups/new", **PHONE)
    fill(page, title=f"Made up {own}", mandate="Moving people without cars.")
    send(page)
    group = page.url
    anna, luc = (signed_in(who, group[group.index("/en/") :], **PHONE) for who in (ANNA, LUC))
    for member, button in ((anna, "Join the group"), (luc, "Join the group")):
        press(member.get_by_role("button", name=button))

    page.goto("/en/workshops/")
    press(page.get_by_role("link", name="Organise a workshop"))
    fill(page, title=f"Two days {own}", place="Town hall", capacity="2")
    for name in ("first_day", "last_day", "sign_up_by"):
        page.locator(f"#id_{name}").fill(today.isoformat())
    page.locator("#id_group").select_option(label=f"Made up {own}")
    page.locator("#id_city").select_option(label="La Rochelle")
    send(page)
    # Two sessions in one room at once are refused by name; nothing that was typed is lost.
    for row, (title, room) in enumerate((("Trains", "A"), ("Owners", "A"))):
        page.locator(f"#id_sessions-{row}-title").fill(title)
        page.locator(f"#id_sessions-{row}-starts").fill("11:00")
        page.locator(f"#id_sessions-{row}-ends").fill("12:00")
        page.locator(f"#id_sessions-{row}-room").fill(room)
    send(page)
    expect(page.locator("main")).to_contain_text("“Trains” is in “A” at the same time")
    page.locator("#id_sessions-1-room").fill("B")
    send(page)
    press(page.get_by_role("link", name="Translations"))
    page.locator("#id_titles-sv").fill(f"Två dagar {own}")
    send(page)
    run = page.url
    press(page.get_by_role("button", name="Publish the workshop"))

    # Three languages; the one too many waits.
    home = run[run.index("/workshops/") :].removesuffix("run")
    wants = (("mobility", "energy"), ("energy", "mobility"))
    for member, language, city, (learns, tells) in (
        (anna, "sv", "Göteborg", wants[0]),
        (luc, "fr", "Grenoble", wants[1]),
    ):
        member.goto(f"/{language}{home}sign-up")
        member.locator("#id_city").select_option(label=city)
        member.locator("#id_may_meet").check()
        for name, code in (("learns", learns), ("tells", tells)):
            member.locator("details", has=member.locator(f"#id_{name}")).click()
            member.locator(f"[name={name}][value={code}]").check()
        send(member)
    expect(anna.locator("h1")).to_contain_text("du har en plats")
    expect(anna.locator(".lead")).to_contain_text(f"Två dagar {own}")
    guest = signed_in(CITIZEN, f"/en{home}sign-up", **PHONE)
    fill(guest, name="Alva")
    send(guest)
    expect(guest.locator("h1")).to_contain_text("Alva, you are number 1 on the waiting list")
    assert guest.evaluate("document.documentElement.scrollWidth") <= 390

    # Each sees whom to meet and why, and has a calendar of her own.
    press(page.get_by_role("button", name="Suggest pairs now"))
    luc.reload()
    expect(luc.locator("#meet h3")).to_contain_text("Göteborg")
    # What each can tell the other, before what their cities have tried.
    expect(luc.locator("#meet ul ul li").nth(1)).to_be_visible()
    calendar = luc.get_by_role("link", name="S’abonner").get_attribute("href")
    assert "SUMMARY:Trains" in luc.context.request.get(str(calendar)).text()

    # At the door a phone takes each code once.
    code = str(anna.locator("aside strong").first.text_content())
    press(page.get_by_role("link", name="Check people in"))
    fill(page, code=code)
    send(page)
    expect(page.locator("main")).to_contain_text("is checked in")
    fill(page, code=code)
    send(page)
    expect(page.locator("main")).to_contain_text("This code has already been used:")

    # The minutes give four people something to do; one of it is late already.
    page.goto(run)
    press(page.get_by_role("link", name="Write minutes"))
    fill(page, held_on=(today - 40 * DAY).isoformat(), decisions__0__text="One ticket.")
    items = (("Send", "Gothenburg", -9), ("Ask", "Gothenburg", 9), ("Draw", "Grenoble", 9),
             ("Write", "Grenoble", 60))  # fmt: skip
    for row, (text, city, days) in enumerate(items):
        page.locator(f"#id_actions-{row}-text").fill(f"{text} {own}")
        who = page.locator(f"#id_actions-{row}-who")
        person = who.locator("option[value^=person]", has_text=city).first.get_attribute("value")
        who.select_option(value=person)
        page.locator(f"#id_actions-{row}-due_on").fill((today + days * DAY).isoformat())
    send(page)
    expect(page.locator(".lead")).to_contain_text("1 decision. 0 of 4 action items are done.")
    minutes = page.url

    # Whose turn it is finds it under "my work"; what is done says how.
    for member, language, text in ((anna, "sv", "Send"), (luc, "fr", "Draw")):
        member.goto(f"/{language}/my-work/")
        press(member.locator("main li", has_text=f"{text} {own}").get_by_role("link").first)
        fill(member, result=f"{text}: made up.")
        send(member)
    page.goto(minutes)
    expect(page.locator(".lead")).to_contain_text("2 of 4 action items are done.")
    expect(page.locator("main")).to_contain_text("Send: made up.")

    # Two stand on the members' list.
    press(page.get_by_role("link", name=f"Made up {own}").first)
    press(page.get_by_role("link", name="All action items of the group"))
    expect(page.locator("h1")).to_have_text("2 action items are open")
    expect(page.locator(".todo > li")).to_have_count(2)
