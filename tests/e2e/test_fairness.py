"""The gate by its other path: a waiver, on a phone without scripts; a resident challenges a figure
and reads the answer."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from alliance.adoption.models import Adoption
from alliance.adoption.services import adoptions
from tests.factories.knowledge import lay_ground, make_case
from tests.factories.people import NOW, acting, join, person, team

pytestmark = pytest.mark.django_db(transaction=True)


def test_nothing_is_rolled_out_before_a_waiver_is_signed_and_a_challenge_is_answered(
    seated: Any,
) -> None:
    lay_ground()
    umea, ula, rita = team("umea"), person("Ula Umea"), person("Rita Resident")
    join(ula, umea)
    case = make_case("Lund")
    subject = adoptions.Subject("case", case.public_id, "Road pricing", "en", case.city_id)
    said = {"aim": "Less traffic.", "language": "en", "actor": acting(ula), "at": NOW}
    adoption = adoptions.start(subject, adopter=umea, **said)
    address = f"/en/adoptions/{adoption.public_id}/"

    page = seated(ula, f"{address}end")
    base = "/".join(page.url.split("/")[:3])
    submit = page.locator("main form.write button[type=submit]").last
    page.locator('input[name="state"][value="adopted"]').check()
    page.locator("#id_outcome").fill("Rolled out in May.")
    submit.click()
    expect(page.locator("main")).to_contain_text("First show who gains and who pays.")

    page.goto(f"{base}{address}")
    page.locator('main a[href$="/check"]').first.click()
    submit.click()
    check = page.url
    page.locator('header a[href$="/waiver"]').click()
    page.locator("#id_role").fill("Head of the traffic office")
    page.locator("#id_because").fill("The toll changes nothing for residents.")
    submit.click()
    page.locator('header form[action$="/publish"] button').click()
    expect(page.locator("main")).to_contain_text("Head of the traffic office answers for it")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    resident = seated(rita, check)
    resident.locator('#challenges a[href$="/challenge"]').click()
    resident.locator("#id_text").fill("We pay 30 more a week.")
    resident.locator("main form.write button[type=submit]").click()
    expect(resident.locator("#challenges")).to_contain_text("We pay 30 more a week.")

    page.reload()
    page.locator("#challenges a.button").first.click()
    page.locator('input[name="result"][value="kept"]').check()
    page.locator("#id_answer").fill("It was counted in.")
    submit.click()
    resident.reload()
    expect(resident.locator("#challenges")).to_contain_text("It was counted in.")

    page.goto(f"{base}{address}end")
    page.locator('input[name="state"][value="adopted"]').check()
    page.locator("#id_outcome").fill("Rolled out in May.")
    submit.click()
    assert Adoption.objects.get().stage == "rolled-out"
