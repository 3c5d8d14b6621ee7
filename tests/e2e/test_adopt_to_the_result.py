"""From an agreed plan over pilot and result to a published case, which credits the other city."""

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
from django.test import Client
from playwright.sync_api import expect

from alliance.adoption.models import Adoption
from alliance.adoption.services import adoptions
from alliance.adoption.services.following import follow
from alliance.core import clock
from alliance.knowledge.models import CaseStudy, Draft
from alliance.testbeds.models import Pilot
from alliance.thread.services import keep
from tests.factories.knowledge import effect, lay_ground, make_case
from tests.factories.needs_offers import make_agreement, make_need
from tests.factories.people import NOW, acting, join, person, team
from tests.factories.pilots import table_before
from tests.factories.reviews import approve

pytestmark = pytest.mark.django_db(transaction=True)
PLAN = {
    "owner": "Trafikkontoret",
    "measure": "trafikvolym",
    "baseline": "100",
    "baseline_year": "2026",
    "budget": "250000",
    "budget_currency": "SEK",
    "risks": "Omvägar.",
    "starts_on": "2027-02-01",
    "ends_on": "2027-12-20",
}


@pytest.fixture
def work_until(monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], int]) -> Any:
    """`work_until(day)`: the clock of the server moves on, and its worker does what is due."""
    moved = [NOW]
    monkeypatch.setattr(clock, "now", lambda: moved[0])

    def work(*day: int) -> None:
        moved[0] = dt.datetime(*day, 12, tzinfo=dt.UTC)
        follow(at=moved[0])
        keep(at=moved[0])
        run_jobs()

    return work


def planned() -> tuple[Any, Any, Adoption]:
    """Editors of Umeå and Lund, and what Umeå adopts from Lund, by a plan that is complete."""
    lay_ground()
    umea, lund = team("umea"), team("lund")
    ulf, lea = person("Ulf Ume", language="sv"), person("Lea Lund", language="fr")
    join(ulf, umea)
    join(lea, lund)
    case = make_case("Lund", effects=(effect(-12.0),))
    need = make_need(umea, acting(ulf), language="sv", title="Mindre biltrafik", text="Hur?")
    words = {"need": need, "aim": "Mindre trafik.", "language": "sv"}
    adoption = make_agreement(umea, lund, acting(ulf), case=case, **words)
    adoptions.agree(adoption, revision=1, actor=acting(lea), at=NOW)
    browser = Client()
    browser.force_login(ulf)
    answer = browser.post(f"/sv/adoptions/{adoption.public_id}/plan/change", PLAN)
    assert answer.status_code == 302, answer.content.decode()
    return ulf, lea, adoption


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


def test_a_pilot_of_what_is_adopted_becomes_a_case_that_credits_the_other_city(
    seated: Any, work_until: Any
) -> None:
    ulf, lea, adoption = planned()
    rosa, ravi = (person(name, "reviewer") for name in ("Rosa Lind", "Ravi Ek"))
    address = f"/sv/adoptions/{adoption.public_id}/"
    work_until(2027, 1, 15)

    # The adoption knows what is measured, where and from when on.
    page = seated(ulf, address)
    submit = page.locator("main form.write button[type=submit]")
    page.get_by_role("link", name="Registrera ett pilotprojekt").click()
    expect(page.locator("#id_outcome")).to_have_value("trafikvolym")
    expect(page.locator("#id_starts_on")).to_have_value("2027-02-01")
    page.locator("#id_outcome_unit").fill("kWh/m²")
    page.locator("#id_smallest_useful").fill("2")
    submit.click()
    # Who leaves now finds the plan again from the adoption.
    go_on = seated(ulf, address).get_by_role("link", name="Fortsätt med pilotprojektets plan")
    expect(go_on).to_have_attribute("href", re.compile("/plan/check/$"))
    page.locator("#id_table").fill(table_before(year=2026))
    submit.click()
    page.get_by_role("button", name="Registrera pilotprojektet").click()
    pilot = Pilot.objects.get()
    expect(page.locator("h1")).to_have_text(pilot.title)
    work_until(2027, 1, 16)
    expect(seated(ulf, address).locator("main")).to_contain_text("Pilotprojektet pågår.")

    # A year later its data come in, without those of before, which are there.
    work_until(2028, 3, 1)
    to_fill = page.context.request.get(f"{page.url}template.csv").text()
    page.get_by_role("link", name="Skicka data").click()
    file = {"name": "data.csv", "mimeType": "text/csv", "buffer": measured_since(to_fill)}
    page.locator("#id_file").set_input_files([file])
    submit.click()
    work_until(2028, 3, 1)
    page.reload()
    page.get_by_role("button", name="Gör ett fall av det").click()
    page.locator('form[action$="/submit"] button').click()
    expect(page.locator("main")).to_contain_text("granskare")
    draft = Draft.objects.get()
    assert draft.content["adapted_from"] == "lund"
    for reviewer in (rosa, ravi):
        approve(draft, acting(reviewer), clock.now())
    work_until(2028, 3, 2)

    # It is the result of the adoption, answers the need, credits Lund and stands in the chain.
    adoption.refresh_from_db()
    made = CaseStudy.objects.exclude(public_id="lund").get()
    assert (adoption.pilot, adoption.result, adoption.stage) == (pilot, made, "reported")
    for path, words in (
        (f"/sv/cases/{made.public_id}/", "Med hjälp av Lund."),
        ("/sv/cases/lund/chain/", "Umeå"),
        (f"/sv/needs/{adoption.need.public_id}/", "Besvarat genom"),
    ):
        expect(seated(ulf, path).locator("main")).to_contain_text(words)
    told = [one.subject for one in mail.outbox if one.to == [lea.email]]
    assert len(told) >= 3, told
    line = seated(lea, address.replace("/sv/", "/fr/")).locator("ol.stages li.done")
    expect(line.last).to_contain_text("résultat publié", ignore_case=True)
