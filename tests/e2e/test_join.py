"""A business joins from the page of challenges: in French, on a phone, without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Server, link_to, press

PHONE: dict[str, Any] = {"java_script_enabled": False, "width": 390}


def test_a_business_joins_and_the_secretariat_lets_it_in(
    open_page: Callable[..., Page], signed_in: Callable[..., Page], server: Server
):
    # Of its own at each try.
    name = f"Volta Bâtiment {uuid4().hex[:6]}"
    address = f"vera@{uuid4().hex[:6]}.example"
    page = open_page("/fr/challenges/", **PHONE)
    page.locator("#way-in ~ .actions").get_by_role("link", name="Rejoindre le réseau").click()
    expect(page.locator("#id_purpose")).to_have_value("Répondre aux défis des villes")
    page.locator("#id_name").fill(name)
    page.locator('input[name="kind"][value="business"]').check()
    page.locator("#id_reference").fill("www.voltabat.example")
    page.locator("#id_country").select_option("FR")
    page.locator("#id_place").fill("Grenoble")
    page.locator("#id_person").fill("Véra Volta")
    page.locator("#id_email").fill("vera@yopmail.com")
    press(page.locator("main form.write button[type=submit]"))
    expect(page.locator("[role=alert]")).to_contain_text("adresse électronique professionnelle")
    page.locator("#id_email").fill(address)
    press(page.locator("main form.write button[type=submit]"))
    expect(page).to_have_url(re.compile("/fr/join/sent/$"))
    page.goto(link_to(server, address))
    press(page.get_by_role("button", name="Confirmer la demande"))
    expect(page.locator("h1")).to_have_text("Votre demande est examinée par le secrétariat")

    desk = signed_in("secretariat@demo.example", "/fr/my-work/", **PHONE)
    press(desk.locator("li", has_text=name).get_by_role("link").first)
    # One click: the first of a new team is proposed as its editor.
    expect(desk.get_by_role("radio", name="rédacteur ou rédactrice")).to_be_checked()
    press(desk.locator("main form.write button[type=submit]"))
    expect(desk.locator("main")).to_contain_text("invitation envoyée")
    page.reload()
    expect(page.locator("h1")).to_have_text("Votre demande est acceptée")
