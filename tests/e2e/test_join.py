"""A business joins from the page of challenges: in French, on a phone, without scripts."""

from __future__ import annotations

import email
import re
import time
from collections.abc import Callable
from email import policy
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.e2e.conftest import PATIENCE_MS, Server

ADDRESS = "vera@voltabat.example"
PHONE: dict[str, Any] = {"java_script_enabled": False, "width": 390}


def link_to(server: Server, address: str) -> str:
    """The path of the first link in the first email to an address, once it has come."""
    folder = Path(server.environment["ALLIANCE_HOME"]) / "mail"
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while time.monotonic() < deadline:
        for file in sorted(folder.glob("*")):
            for raw in file.read_bytes().split(b"\n" + b"-" * 79 + b"\n"):
                message = email.message_from_bytes(raw, policy=policy.default)
                if message["To"] == address:
                    return urlsplit(re.search(r"https?://\S+", message.get_content())[0]).path
        time.sleep(0.3)
    raise AssertionError(f"no email to {address}")


def test_a_business_joins_and_the_secretariat_lets_it_in(
    open_page: Callable[..., Page], signed_in: Callable[..., Page], server: Server
):
    page = open_page("/fr/challenges/", **PHONE)
    page.locator("#way-in ~ .actions").get_by_role("link", name="Rejoindre le réseau").click()
    expect(page.locator("#id_purpose")).to_have_value("Répondre aux défis des villes")
    page.locator("#id_name").fill("Volta Bâtiment")
    page.locator('input[name="kind"][value="business"]').check()
    page.locator("#id_reference").fill("www.voltabat.example")
    page.locator("#id_country").select_option("FR")
    page.locator("#id_place").fill("Grenoble")
    page.locator("#id_person").fill("Véra Volta")
    page.locator("#id_email").fill("vera@yopmail.com")
    page.locator("main form.write button[type=submit]").click()
    expect(page.locator("[role=alert]")).to_contain_text("adresse professionnelle")
    page.locator("#id_email").fill(ADDRESS)
    page.locator("main form.write button[type=submit]").click()
    assert page.url.endswith("/fr/join/sent/")
    page.goto(link_to(server, ADDRESS))
    page.get_by_role("button", name="Confirmer la demande").click()
    expect(page.locator("h1")).to_have_text("Votre demande est au secrétariat")

    desk = signed_in("secretariat@demo.example", "/fr/my-work/", **PHONE)
    desk.locator("li", has_text="Volta Bâtiment").get_by_role("link").first.click()
    # One click: the first of a new team is proposed as its editor.
    expect(desk.get_by_role("radio", name="rédacteur ou rédactrice")).to_be_checked()
    desk.locator("main form.write button[type=submit]").click()
    expect(desk.locator("main")).to_contain_text("invitation envoyée")
    page.reload()
    expect(page.locator("h1")).to_have_text("Votre demande est acceptée")
