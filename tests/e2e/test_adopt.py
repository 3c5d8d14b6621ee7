"""From a need to an agreement: Göteborg works in Swedish, Grenoble in French, both on a phone
without scripts, and both read the emails that bring them back."""

from __future__ import annotations

import email
import time
from collections.abc import Callable, Iterator
from email import policy
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Server

NEED = "Trängselskatt som ger mindre biltrafik i centrum"


@pytest.fixture
def seated(signed_in: Callable[..., Page]) -> Callable[[str, str], Page]:
    """Open a path as the editor of a city, on a phone without scripts."""

    def open_(city: str, path: str) -> Page:
        address = f"editor.{city}@demo.example"
        return signed_in(address, path, java_script_enabled=False, width=390)

    return open_


def _letters(folder: Path) -> Iterator[bytes]:
    for path in folder.glob("*"):
        yield from path.read_bytes().split(b"\n" + b"-" * 79 + b"\n")


@pytest.fixture
def letter_to(server: Server) -> Callable[[str, str], str]:
    """Wait for an email to the editor of a city whose subject has these words; its text."""
    folder = Path(server.environment["ALLIANCE_HOME"]) / "mail"

    def read(city: str, subject: str) -> str:
        deadline = time.monotonic() + 400
        while time.monotonic() < deadline:
            for raw in _letters(folder):
                message = email.message_from_bytes(raw, policy=policy.default)
                if f"editor.{city}@" in str(message["To"]) and subject in str(message["Subject"]):
                    return str(message.get_content())
            time.sleep(2)
        raise AssertionError(f"no email to {city} about {subject!r}")

    return read


def test_two_cities_come_from_a_need_to_a_plan(
    seated: Callable[[str, str], Page], letter_to: Callable[[str, str], str]
):
    goteborg = seated("goteborg", "/sv/needs/new?team=goteborgs-stad")
    goteborg.locator("#id_title").fill(NEED)
    goteborg.locator("#id_text").fill("Hur gjorde andra städer, och vad kostade det?")
    goteborg.locator('input[name="themes"][value="mobility"]').check()
    goteborg.locator("main form.write button[type=submit]").click()
    need = goteborg.url
    # Its own words find what others tried, and what failed.
    expect(goteborg.locator("#tried li h3").first).to_be_visible()
    assert goteborg.locator("#tried > ul > li").count() == 5
    expect(goteborg.locator("#failed li").first).to_be_visible()

    grenoble = seated("grenoble", need.replace("/sv/", "/fr/").partition("127.0.0.1")[2][6:])
    grenoble.get_by_role("button", name="Nous pouvons aider").click()
    expect(grenoble.locator("main")).to_contain_text("Grenoble a répondu qu’elle peut aider.")
    assert need in letter_to("goteborg", "Grenoble kan hjälpa Göteborg")

    goteborg.goto(need)
    goteborg.locator("#help").get_by_role("link", name="Inför detta i Göteborg").click()
    goteborg.locator("main form.write button[type=submit]").click()
    adoption = goteborg.url
    expect(goteborg.locator("h1")).to_have_text("Göteborg lär av Grenoble")
    # A case is chosen from the page of the need; it joins the adoption.
    goteborg.get_by_role("link", name="Se vad som svarar mot behovet").click()
    goteborg.locator("#tried").get_by_role("link", name="Inför detta i Göteborg").first.click()
    expect(goteborg.locator("#id_need")).not_to_have_value("")
    goteborg.locator("#id_source").select_option("")
    goteborg.locator("main form.write button[type=submit]").click()
    expect(goteborg.locator("ol.stages")).to_contain_text("åtgärd vald", ignore_case=True)

    letter = letter_to("grenoble", "Göteborg demande l’aide de Grenoble")
    french = adoption.replace("/sv/", "/fr/")
    assert french in letter
    grenoble.goto(french)
    grenoble.get_by_role("button", name="Accepter pour Grenoble").or_(
        grenoble.locator("#agree button[type=submit]")
    ).first.click()
    assert adoption in letter_to("goteborg", "den andra staden har godkänt")
