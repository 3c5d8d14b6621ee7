"""The gate by its paths, on a phone without scripts: people who were heard where there are no
figures, and a waiver; a resident challenges it and reads the answer."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from alliance.accounts.models import User
from alliance.adoption.models import Adoption
from alliance.adoption.services import adoptions
from alliance.testbeds.models import Pilot
from tests.e2e.conftest import press
from tests.factories.knowledge import lay_ground, make_case
from tests.factories.people import NOW, acting, join, person, team
from tests.factories.pilots import lay_pilots, planned

pytestmark = pytest.mark.django_db(transaction=True)
#: Days of a pilot that is still to come.
_AHEAD = {
    name: (dt.date.today() + dt.timedelta(days=days)).isoformat()
    for name, days in (("starts_on", 60), ("result_due", 400))
}


def an_adoption() -> tuple[User, str]:
    """An editor of Umeå, and the address of the adoption that she has begun."""
    lay_ground()
    umea, ula = team("umea"), person("Ula Umea")
    join(ula, umea)
    case = make_case("Lund")
    subject = adoptions.Subject("case", case.public_id, "Road pricing", "en", case.city_id)
    said = {"aim": "Less traffic.", "language": "en", "actor": acting(ula), "at": NOW}
    adoption = adoptions.start(subject, adopter=umea, **said)
    return ula, f"/en/adoptions/{adoption.public_id}/"


def roll_out(page: Page, address: str) -> None:
    """Say that it was rolled out."""
    page.goto("/".join(page.url.split("/")[:3]) + f"{address}end")
    page.locator('input[name="state"][value="adopted"]').check()
    page.locator("#id_outcome").fill("Rolled out in May.")
    press(page.locator("main form.write button[type=submit]").last)


def test_people_who_were_heard_open_the_gate_where_there_are_no_figures(seated: Any) -> None:
    ula, address = an_adoption()
    page = seated(ula, address)
    submit = page.locator("main form.write button[type=submit]").last
    press(page.locator('main a[href$="/check"]').first)
    press(submit)
    press(page.locator('header a[href$="/table"]'))
    page.locator("#id_no_figures").fill("The city has no figures of small areas yet.")
    page.locator("#id_mitigations-0-text").fill("A night bus to Ersboda.")
    press(submit)
    expect(page.locator("header.masthead")).to_contain_text("a testimony")
    check = page.url
    roll_out(page, address)
    expect(page.locator("main")).to_contain_text("First show who gains and who pays.")

    page.goto(check)
    press(page.locator('header a[href$="/heard/new"]'))
    page.locator('input[name="kind"][value="interview"]').check()
    page.locator("#id_who").fill("a nurse who works nights")
    page.locator("#id_text").fill("There is no bus at four.")
    today = dt.date.today()
    for name in ("heard_on", "consented_on"):
        page.locator(f"#id_{name}").fill(today.isoformat())
    page.locator("#id_keep_until").fill((today + dt.timedelta(days=300)).isoformat())
    press(submit)
    press(page.locator('header form[action$="/publish"] button'))
    expect(page.locator("header.masthead")).to_contain_text(
        "There are no figures for areas. Read what people said in consultations."
    )
    expect(page.locator("#heard")).to_contain_text("a nurse who works nights")
    roll_out(page, address)
    assert Adoption.objects.get().stage == "rolled-out"


@pytest.mark.all
def test_nothing_is_rolled_out_before_a_waiver_is_signed_and_a_challenge_is_answered(
    seated: Any,
) -> None:
    ula, address = an_adoption()
    rita = person("Rita Resident")
    page = seated(ula, address)
    base = "/".join(page.url.split("/")[:3])
    submit = page.locator("main form.write button[type=submit]").last
    roll_out(page, address)
    expect(page.locator("main")).to_contain_text("First show who gains and who pays.")

    page.goto(f"{base}{address}")
    press(page.locator('main a[href$="/check"]').first)
    press(submit)
    check = page.url
    press(page.locator('header a[href$="/waiver"]'))
    page.locator("#id_role").fill("Head of the traffic office")
    page.locator("#id_because").fill("The toll changes nothing for residents.")
    press(submit)
    press(page.locator('header form[action$="/publish"] button'))
    expect(page.locator("main")).to_contain_text("Responsible: Head of the traffic office")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    resident = seated(rita, check)
    press(resident.locator('#challenges a[href$="/challenge"]'))
    resident.locator("#id_text").fill("We pay 30 more a week.")
    press(resident.locator("main form.write button[type=submit]"))
    expect(resident.locator("#challenges")).to_contain_text("We pay 30 more a week.")

    page.reload()
    press(page.locator("#challenges a.button").first)
    page.locator('input[name="result"][value="kept"]').check()
    page.locator("#id_answer").fill("It was counted in.")
    press(submit)
    resident.reload()
    expect(resident.locator("#challenges")).to_contain_text("It was counted in.")

    roll_out(page, address)
    assert Adoption.objects.get().stage == "rolled-out"


@pytest.mark.all
def test_a_pilot_reaches_people_unless_its_team_says_why_it_reaches_nobody(seated: Any) -> None:
    editor = lay_pilots()
    assert editor.user is not None
    pilot = planned(editor, at=NOW, unit="boiler", nobody_there="", **_AHEAD)
    page = seated(editor.user, f"/en/pilots/{pilot.public_id}/plan/check/")
    register = page.get_by_role("button", name="Register the pilot")
    expect(page.locator("main")).to_contain_text("First show who gains and who pays")
    expect(register).to_be_disabled()
    press(page.locator('main a[href$="#id_nobody_there"]'))
    page.locator("#id_nobody_there").fill("The boilers stand in a plant without tenants.")
    press(page.locator("main form.write button[type=submit]").last)
    page.goto("/".join(page.url.split("/")[:3]) + f"/en/pilots/{pilot.public_id}/plan/check/")
    press(register)
    assert Pilot.objects.get().state == "registered"
