"""A draft in Swedish, reviewed under a moved clock: everybody is brought back by email alone."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import expect

from alliance.accounts.models import User
from alliance.cases.models import CaseStudy
from alliance.core import clock
from alliance.network.tasks import write_of_waiting
from alliance.writing.models import Draft
from alliance.writing.services import drafts
from tests.e2e.conftest import press
from tests.factories.drafts import document
from tests.factories.knowledge import lay_ground
from tests.factories.people import NOW, acting, join, person, team

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pass_days(monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], int]) -> Any:
    """`pass_days(n)`: the clock of the server moves on, and its worker does what is due."""
    moved = [NOW]
    monkeypatch.setattr(clock, "now", lambda: moved[0])

    def pass_(days: float = 0) -> None:
        moved[0] += dt.timedelta(days=days)
        write_of_waiting.call()
        run_jobs()

    return pass_


def _letter_to(user: User, subject: str) -> str:
    """The link in the last email to somebody, whose subject begins so."""
    found = [one for one in mail.outbox if one.to == [user.email]]
    assert found and found[-1].subject.startswith(subject), [one.subject for one in found]
    link = re.search(r"https?://\S+", found[-1].body)
    assert link is not None
    return link[0]


@pytest.mark.all
def test_a_draft_is_reviewed_in_swedish_by_people_who_are_brought_back_in_time(
    seated: Any, pass_days: Any
) -> None:
    lay_ground()
    editor, rosa, ravi = (
        person("Elin Berg", language="sv"),
        *(person(name, "reviewer", language="sv") for name in ("Rosa Lind", "Ravi Ek")),
    )
    join(editor, team("umea"))
    draft = drafts.start_draft(
        team("umea"), language="sv", actor=acting(editor), at=NOW, content=document()
    )
    page = seated(editor, f"/sv/write/{draft.public_id}/check/")
    press(page.locator('form[action$="/submit"] button'))
    expect(page.locator("main")).to_contain_text("Två granskare kommer att läsa det.")
    pass_days()

    # Rosa takes it, Ravi does nothing: three days before the day both are reminded.
    page = seated(rosa, _letter_to(rosa, "Kan du granska ”Vägavgift på prov” senast"))
    press(page.get_by_role("button", name="Granska utkastet").first)
    _letter_to(ravi, "Kan du granska")
    n_sent = len(mail.outbox)
    pass_days(10)
    assert len(mail.outbox) == n_sent
    pass_days(1)
    asked = _letter_to(ravi, "Påminnelse: Granska ett utkast")
    page = seated(rosa, _letter_to(rosa, "Påminnelse: Slutför din granskning"))
    # Remarks are enough to ask for changes; scores that are there carry over.
    page.locator('input[name="evidence_score"][value="1"]').check()
    page.locator("#id_evidence_reason").fill("Bara ett år mättes.")
    remark = page.locator('textarea[name="remark:cost"]')
    page.locator("details", has=remark).locator("summary").click()
    remark.fill("Vad ingår i kostnaden?")
    press(page.get_by_role("button", name="Begär ändringar"))
    pass_days()

    answer = _letter_to(editor, "")
    assert draft.public_id in answer
    page = seated(editor, "/sv/my-work/")
    expect(page.locator("main")).to_contain_text("För: City of Umeå")
    press(page.get_by_role("link", name="Gör de ändringar som granskarna vill ha"))
    expect(page.locator("main")).to_contain_text("Vad ingår i kostnaden?")
    press(page.get_by_role("link", name="Gå till utkastet"))
    page.goto(page.url + "check/")
    press(page.locator('form[action$="/submit"] button'))
    pass_days()

    # She is asked first, for she knows it, and begins with what she wrote then.
    page = seated(rosa, _letter_to(rosa, "Kan du granska"))
    press(page.get_by_role("button", name="Granska utkastet").first)
    expect(page.locator("#id_evidence_reason")).to_have_value("Bara ett år mättes.")
    for user, address in ((rosa, page.url), (ravi, asked)):
        page = seated(user, address)
        if user == ravi:
            press(page.get_by_role("button", name="Granska utkastet").first)
        for name in ("relevance", "participation", "evidence", "transferability"):
            page.locator(f'input[name="{name}_score"][value="2"]').check()
            page.locator(f"#id_{name}_reason").fill("Tydligt beskrivet.")
        page.locator("#id_no_conflict").check()
        press(page.get_by_role("button", name="Godkänn", exact=True))
    pass_days()
    case = CaseStudy.objects.get()
    assert Draft.objects.get().state == "published"
    assert case.public_id in _letter_to(editor, "")
    page = seated(editor, "/sv/my-work/")
    expect(page.locator("main")).to_contain_text("Du har inga uppgifter som väntar")
    press(page.get_by_role("link", name="Ert teams fall har publicerats"))
    expect(page.locator("main")).to_contain_text("Rosa Lind")
