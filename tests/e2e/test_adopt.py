"""From a need to an agreed plan: Göteborg works in Swedish, Grenoble in French, both on a phone
without scripts, and both read the emails that bring them back."""

from __future__ import annotations

import email
import re
import time
from collections.abc import Callable, Iterator
from email import policy
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Server

#: What an email may be about; whether a need matches an offer is asked every five minutes.
SUBJECTS = {
    "goteborg": ("Grenoble kan hjälpa Göteborg", "den andra staden har godkänt"),
    "grenoble": (
        "Göteborg a besoin de ce que Grenoble propose",
        "Göteborg demande l’aide de Grenoble",
        "Göteborg a choisi",
        "est complet",
    ),
}
PLAN = {
    "owner": "Trafikkontoret",
    "baseline": "1200",
    "baseline_year": "2026",
    "budget": "250000",
    "risks": "Omvägar.",
    "starts_on": "2027-01-11",
    "ends_on": "2027-12-20",
}
NEED = "Trängselskatt som ger mindre biltrafik i centrum"


@pytest.fixture
def seated(signed_in: Callable[..., Page]) -> Callable[[str, str], Page]:
    """Open a path as the editor of a city, on a phone without scripts."""

    def open_(city: str, path: str) -> Page:
        address = f"editor.{city}@demo.example"
        return signed_in(address, path, java_script_enabled=False, width=390)

    return open_


class Letters:
    """The emails that come while the test runs, by city; a subject and a text each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.before = {str(one["Message-ID"]) for one in self._all()}

    def _all(self) -> Iterator[email.message.EmailMessage]:
        for path in self.folder.glob("*"):
            for raw in path.read_bytes().split(b"\n" + b"-" * 79 + b"\n"):
                yield email.message_from_bytes(raw, policy=policy.default)  # type: ignore[misc]

    def to(self, city: str) -> list[tuple[str, str]]:
        """All to the editor of a city so far."""
        return [
            (str(one["Subject"]), str(one.get_content()))
            for one in self._all()
            if f"editor.{city}@" in str(one["To"]) and str(one["Message-ID"]) not in self.before
        ]

    def wait(self, city: str, subject: str) -> str:
        """Wait for one to the editor of a city whose subject has these words; its text."""
        deadline = time.monotonic() + 400
        while time.monotonic() < deadline:
            for found, text in self.to(city):
                if subject in found:
                    return text
            time.sleep(2)
        raise AssertionError(f"no email to {city} about {subject!r}: {self.to(city)}")


@pytest.fixture
def letters(server: Server) -> Letters:
    return Letters(Path(server.environment["ALLIANCE_HOME"]) / "mail")


def test_two_cities_come_from_a_need_to_a_plan(
    seated: Callable[[str, str], Page], letters: Letters
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
    assert need in letters.wait("goteborg", "Grenoble kan hjälpa Göteborg")

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

    letter = letters.wait("grenoble", "Göteborg demande l’aide de Grenoble")
    french = adoption.replace("/sv/", "/fr/")
    assert french in letter
    grenoble.goto(french)
    grenoble.get_by_role("button", name="Accepter pour Grenoble").or_(
        grenoble.locator("#agree button[type=submit]")
    ).first.click()
    assert adoption in letters.wait("goteborg", "den andra staden har godkänt")

    goteborg.goto(adoption)
    goteborg.locator('header a[href$="/plan/change"]').click()
    # Measure, unit, costs and conditions of the case are there already.
    for name in ("measure", "unit", "conditions"):
        expect(goteborg.locator(f"#id_{name}")).not_to_have_value("")
    for name, value in PLAN.items():
        goteborg.locator(f"#id_{name}").fill(value)
    goteborg.locator("main form.write button[type=submit]").click()
    expect(goteborg.locator("ol.stages li.done").last).to_contain_text("planerat", ignore_case=True)
    letters.wait("grenoble", "est complet")

    # Nothing else came, and each email leads its reader to a page in the own language.
    for city, language, seat in (("goteborg", "sv", goteborg), ("grenoble", "fr", grenoble)):
        for subject, text in letters.to(city):
            if not any(one.rsplit("/", 2)[-2] in text for one in (need, adoption)):
                # Of what other tests did on this server.
                continue
            assert any(words in subject for words in SUBJECTS[city]), subject
            links = re.findall(rf"http://127\.0\.0\.1:\d+/{language}/\S+", text)
            assert links, subject
            for link in links:
                answer = seat.goto(link)
                assert answer is not None and answer.ok, link
