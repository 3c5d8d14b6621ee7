"""From a need to a published result: Umeå works in Swedish, Grenoble in French, both on a phone
without scripts. Every email is read, and leads its reader to a page in the own language."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import expect

from alliance.adoption.models import Adoption
from alliance.adoption.services.following import follow
from alliance.cases.models import CaseStudy, SolutionText
from alliance.core import clock
from alliance.core.audit import COMMAND_LINE
from alliance.network.services import save_city
from alliance.network.services.helping import ask_matching
from alliance.testbeds.models import Pilot
from alliance.thread.services import refresh_relations
from alliance.writing.models import Draft
from tests.e2e.conftest import press
from tests.factories.knowledge import a_place, cost, effect, lay_ground, make_case
from tests.factories.needs_offers import make_offer
from tests.factories.people import NOW, acting, join, person, team
from tests.factories.pilots import table_before
from tests.factories.reviews import approve

pytestmark = pytest.mark.django_db(transaction=True)
NEED = "Vägavgifter"
PLAN = {
    "owner": "Trafikkontoret",
    "baseline": "100",
    "baseline_year": "2026",
    "budget": "250000",
    "risks": "Omvägar.",
    "starts_on": "2027-02-01",
    "ends_on": "2027-12-20",
}
#: What each email is about, in the order in which they come.
TO_UMEA = (
    "Grenoble kan hjälpa Umeå",
    "Grenoble har godkänt villkoren",
    "är registrerat",
    "Fallet är publicerat",
    "är publicerat",
)
TO_GRENOBLE = (
    "Pouvez-vous aider Umeå",
    "Umeå sollicite Grenoble",
    "Umeå a choisi",
    "est complet",
    "est enregistrée",
    "est publié",
)


@pytest.fixture
def work_until(monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], int]) -> Any:
    """`work_until(day)`: the clock of the server moves on, and its worker does what is due."""
    moved = [NOW]
    monkeypatch.setattr(clock, "now", lambda: moved[0])

    def work(*day: int) -> None:
        if day:
            moved[0] = dt.datetime(*day, 12, tzinfo=dt.UTC)
        ask_matching(at=moved[0])
        follow(at=moved[0])
        refresh_relations(at=moved[0])
        run_jobs()

    return work


def two_editors() -> tuple[Any, Any]:
    """An editor of Umeå and one of Grenoble, which tried road pricing as others did, of whom three
    failed."""
    lay_ground()
    SolutionText.objects.update(prerequisites=["Ett beslut i fullmäktige"])
    by = {"actor": COMMAND_LINE, "at": NOW}
    save_city("grenoble", name="Grenoble", country="FR", population=158_000, **by)
    umea, grenoble = team("umea"), team("grenoble")
    ulf, gil = person("Ulf Ume", language="sv"), person("Gil Iser", language="fr")
    join(ulf, umea)
    join(gil, grenoble)
    there = a_place("Grenoble", "FR", city="grenoble")
    make_case("Grenoble", place=there, cost=cost("1000000", "EUR", 2020), effects=(effect(-12.0),))
    for name in ("Lund", "Visby", "Borås", "Lyon"):
        make_case(name)
    for name in ("Brest", "Nice", "Metz"):
        make_case(name, outcome="did-not-work", reasons=("stopped",))
    make_offer(grenoble, acting(gil), title="Une visite de notre péage", language="fr")
    return ulf, gil


def measured_since(to_fill: str) -> bytes:
    """The rows of the time since the start, filled in: traffic fell where it was tried."""
    rows = [one for one in csv.DictReader(io.StringIO(to_fill.lstrip("\ufeff")))
            if not one["outcome"]]  # fmt: skip
    rng = random.Random(1)
    for row in rows:
        row["outcome"] = f"{100 - 8 * int(row['treated']) + rng.gauss(0, 4):.2f}"
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def test_two_cities_come_from_a_need_to_a_published_result(seated: Any, work_until: Any) -> None:
    ulf, gil = two_editors()
    rosa, ravi = (person(name, "reviewer") for name in ("Rosa Lind", "Ravi Ek"))

    # Umeå says what it needs: its own words find what others tried, and what failed.
    page = seated(ulf, "/sv/needs/new?team=umea-municipality")
    submit = page.locator("main form.write button[type=submit]")
    page.locator("#id_title").fill(NEED)
    page.locator("#id_text").fill("Hur gjorde andra städer, och vad kostade det?")
    page.locator('input[name="themes"][value="mobility"]').check()
    press(submit)
    need = page.url
    expect(page.locator("#tried > ul > li")).to_have_count(5)
    expect(page.locator("#failed > ul > li")).to_have_count(3)
    expect(page.locator("main")).to_contain_text("Une visite de notre péage")
    work_until()

    # Grenoble can help, in one click from its email.
    partner = seated(gil, need.replace("/sv/", "/fr/"))
    press(partner.get_by_role("button", name="Nous pouvons aider"))
    expect(partner.locator("main")).to_contain_text("Grenoble a proposé son aide.")
    work_until()

    # Umeå takes it up, and chooses a case from the page of the need.
    page.reload()
    press(page.locator("#help").get_by_role("link", name="Inför åtgärden i Umeå"))
    press(submit)
    address = "/" + page.url.split("/", 3)[3]
    expect(page.locator("h1")).to_have_text("Umeå lär sig av Grenoble")
    work_until()
    press(page.get_by_role("link", name="Se åtgärder som svarar mot behovet"))
    of_grenoble = page.locator("#tried li").filter(has_text="Grenoble")
    press(of_grenoble.get_by_role("link", name="Inför åtgärden i Umeå"))
    expect(page.locator("#id_need")).not_to_have_value("")
    expect(page.locator("#id_source")).not_to_have_value("")
    press(submit)
    expect(page.locator("ol.stages")).to_contain_text("åtgärd vald", ignore_case=True)
    work_until()
    french = address.replace("/sv/", "/fr/")
    partner = seated(gil, french)
    press(partner.locator("#agree button[type=submit]"))
    work_until()

    # Measure, unit, costs and conditions of the case are in the plan already.
    page.reload()
    press(page.locator('header a[href$="/plan/change"]'))
    for name in ("measure", "unit", "costs", "conditions"):
        expect(page.locator(f"#id_{name}")).not_to_have_value("")
    for name, value in PLAN.items():
        page.locator(f"#id_{name}").fill(value)
    page.locator("#id_budget_currency").select_option("SEK")
    press(submit)
    expect(page.locator("ol.stages li.done").last).to_contain_text("planerat", ignore_case=True)
    work_until(2027, 1, 15)

    # Nothing is tried on people before everybody reads who gains and who pays.
    page.reload()
    expect(page.get_by_role("link", name="Registrera ett pilotprojekt")).to_have_count(0)
    press(page.locator('header a[href$="/check"]'))
    expect(page.locator("#id_title")).not_to_have_value("")
    press(submit)
    press(page.locator('header a[href$="/table"]'))
    for number, (who, by) in enumerate((("Låg inkomst", "group"), ("Ersboda", "area"))):
        row = f"#id_lines-{number}-"
        page.locator(f"{row}who").fill(who)
        page.locator(f"{row}what").fill("betalar avgiften")
        page.locator(f"{row}by").select_option(by)
    page.locator("#id_mitigations-0-text").fill("En nattbuss till Ersboda.")
    press(submit)
    press(page.locator('header form[action$="/publish"] button'))
    expect(page.locator("main")).to_contain_text("Ersboda")
    page.goto("/".join(page.url.split("/")[:3]) + address)

    # So they are in the pilot. Who leaves now finds its plan again from the adoption.
    page.reload()
    press(page.get_by_role("link", name="Registrera ett pilotprojekt"))
    expect(page.locator("#id_outcome")).to_have_value("trafikvolym")
    expect(page.locator("#id_starts_on")).to_have_value("2027-02-01")
    page.locator("#id_outcome_unit").fill("kWh/m²")
    page.locator("#id_smallest_useful").fill("2")
    press(submit)
    go_on = seated(ulf, address).get_by_role("link", name="Fortsätt med pilotprojektets plan")
    expect(go_on).to_have_attribute("href", re.compile("/plan/check/$"))
    page.locator("#id_table").fill(table_before(year=2026))
    press(submit)
    press(page.get_by_role("button", name="Registrera pilotprojektet"))
    pilot = Pilot.objects.get()
    expect(page.locator("h1")).to_have_text(pilot.title)
    work_until(2027, 1, 16)
    expect(seated(ulf, address).locator("main")).to_contain_text("Pilotprojektet pågår.")

    # A year later its data come in, without those of before, which are there.
    work_until(2028, 3, 1)
    to_fill = page.context.request.get(f"{page.url}template.csv").text()
    press(page.get_by_role("link", name="Skicka data"))
    file = {"name": "data.csv", "mimeType": "text/csv", "buffer": measured_since(to_fill)}
    page.locator("#id_file").set_input_files([file])
    press(submit)
    work_until()
    page.reload()
    press(page.get_by_role("button", name="Skapa ett fall"))
    press(page.locator('form[action$="/submit"] button'))
    expect(page.locator("main")).to_contain_text("granskare")
    draft = Draft.objects.get()
    assert draft.content["adapted_from"] == "grenoble"
    for reviewer in (rosa, ravi):
        approve(draft, acting(reviewer), clock.now())
    work_until(2028, 3, 2)

    # It is the result of the adoption, answers the need, credits Grenoble, stands in the chain.
    adoption = Adoption.objects.get()
    made = CaseStudy.objects.get(adapted_from__public_id="grenoble")
    assert (adoption.pilot, adoption.result, adoption.stage) == (pilot, made, "reported")
    for path, words in (
        (f"/sv/cases/{made.public_id}/", "Med hjälp av Grenoble."),
        ("/sv/cases/grenoble/chain/", "Umeå"),
        (need, "Besvarat genom"),
    ):
        expect(seated(ulf, path).locator("main")).to_contain_text(words)
    line = seated(gil, french).locator("ol.stages li.done")
    expect(line.last).to_contain_text("résultat publié", ignore_case=True)

    # Each email has its turn, and leads to a page in the language of its reader.
    for reader, expected in ((ulf, TO_UMEA), (gil, TO_GRENOBLE)):
        sent = [one for one in mail.outbox if one.to == [reader.email]]
        seat = seated(reader, f"/{reader.language}/my-work/")
        for link in {one for letter in sent for one in re.findall(r"http://\S+", letter.body)}:
            answer = seat.goto(link)
            assert answer is not None and answer.ok and f"/{reader.language}/" in seat.url, link
        subjects = [one.subject for one in sent]
        assert len(subjects) == len(expected), subjects
        for subject, words in zip(subjects, expected, strict=True):
            assert words in subject, subjects
