"""La Rochelle asks in French, a researcher in Umeå answers on a phone, and the answer stands on the
case. What she types comes back after she has left the page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from alliance.core import clock
from alliance.core.audit import COMMAND_LINE
from alliance.network.services import save_city
from tests.e2e.conftest import press
from tests.factories.knowledge import a_place, lay_ground, make_case
from tests.factories.pages import page_text
from tests.factories.people import NOW, join, person, team
from tests.factories.research import DAY, make_researcher, university

pytestmark = pytest.mark.django_db(transaction=True)
SEND = "main form.write .actions button[type=submit]"
IN_MY_WORK = "main a[href*='research/questions']"
FOUND = "Dans huit rues sur dix, le bruit a baissé de deux décibels la nuit."


def fill(page: Page, **texts: str) -> None:
    """Type each text into the field of its name."""
    for name, text in texts.items():
        page.locator(f'[name="{name.replace("__", "-")}"]').fill(text)


@pytest.mark.all
def test_a_researcher_in_umea_answers_la_rochelle(
    seated: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    lay_ground()
    save_city("la-rochelle", name="La Rochelle", country="FR", actor=COMMAND_LINE, at=NOW)
    case = make_case("La Rochelle", place=a_place("La Rochelle", "FR", city="la-rochelle"))
    lea, rut = person("Lea Rochelle", language="fr"), person("Rut Ume", language="sv")
    join(lea, team("la-rochelle"))
    join(rut, university(), "member")
    make_researcher(rut, university())
    siv, today = person("Siv", "secretariat"), NOW.date()

    # The city asks on its case; the secretariat words the question.
    city = seated(lea, f"/fr/cases/{case.public_id}/")
    press(city.get_by_role("link", name="Interroger les chercheurs"))
    fill(city, title="Le péage réduit-il le bruit ?", text="Dorment-ils mieux ?")
    fill(city, deadline=(today + 200 * DAY).isoformat())
    city.locator("input[name=themes][value=mobility]").check()
    press(city.locator(SEND))
    question = city.url.split("/fr/")[1]
    office = seated(siv, "/en/my-work/")
    press(office.locator(IN_MY_WORK).first)
    press(office.get_by_role("link", name="Turn it into a question for universities"))
    fill(office, wording="By how many decibels did noise at night fall?")
    press(office.locator(SEND))

    # Rut is found, with the reasons, and offers a thesis; the city takes the offer up.
    city.reload()
    expect(city.locator("main")).to_contain_text("Rut Ume")
    expect(city.locator("main")).to_contain_text("Même domaine")
    own = seated(rut, "/sv/my-work/", scripts=True)
    press(own.locator(IN_MY_WORK).first)
    press(own.get_by_role("link", name="Erbjud dig att svara"))
    fill(own, plan="Före och efter, på tio gator.", answer_by=(today + 90 * DAY).isoformat())
    fill(own, steps__0__title="Mäta bullret")
    own.locator("[name=steps-0-side]").select_option("researcher")
    fill(own, steps__0__due_on=(today + 30 * DAY).isoformat())
    press(own.locator(SEND))
    city.goto(city.url.split("/fr/")[0] + "/fr/my-work/")
    press(city.locator(IN_MY_WORK).first)
    press(city.get_by_role("button", name="Accepter cette offre"))

    # She does her step and writes in French. She leaves the page, and her words are there again.
    own.reload()
    press(own.get_by_role("button", name="Gjort"))
    press(own.get_by_role("link", name="Skriv svaret"))
    own.locator("[name=language]").select_option("fr")
    fill(own, title="Oui, un peu.", text=FOUND)
    expect(own.locator("[data-typing]")).to_contain_text("Din text finns kvar")
    assert own.evaluate("document.documentElement.scrollWidth") <= 390
    writing = own.url
    own.goto(writing.replace("/answer", "/"))
    own.goto(writing)
    expect(own.locator("[name=text]")).to_have_value(FOUND)
    expect(own.locator("[name=language]")).to_have_value("fr")
    press(own.locator(SEND))

    # The city accepts it, and everybody reads it on the case, with who found it.
    city.reload()
    press(city.get_by_role("button", name="Accepter la réponse"))
    seen = page_text(Client(), f"/fr/cases/{case.public_id}/")
    for words in (FOUND, "Rut Ume", "ORCID 0000-0002-1825-0097", "Umeå University"):
        assert words in seen
    assert FOUND in page_text(Client(), f"/sv/{question}")
