"""The page of those who run a process begins with where it stands and the one next step."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from alliance.participation.models import Process, Promise
from alliance.participation.services.contributions import ContributionData, enter
from tests.factories.dialogues import make_statements
from tests.factories.knowledge import lay_ground
from tests.factories.pages import page
from tests.factories.participation import make_process
from tests.factories.people import acting, join, person, team

pytestmark = pytest.mark.django_db


@pytest.fixture
def lea(db: None, now, set_clock) -> Any:
    set_clock(now)
    lay_ground()
    lea = person("Lea Lund")
    join(lea, team("lund"))
    return lea


@pytest.fixture
def client(lea: Any) -> Client:
    browser = Client()
    browser.force_login(lea)
    return browser


def begins(client: Client, process: Process, rest: str = "manage/") -> tuple[str, str]:
    """The first sentence of a page, and what its main button says."""
    head = page(client, f"/en/take-part/{process.public_id}/{rest}").split("</header>")
    head = next(one for one in head if "masthead" in one)
    lead = re.search(r'<p class="lead">(.*?)</p>', head, re.S)
    buttons = re.findall(r'(?:class="button"[^>]*|<button type="submit")>(.*?)</', head, re.S)
    assert lead is not None
    return " ".join(lead[1].split()), " ".join((buttons or [""])[0].split())


def test_from_preparing_to_the_last_promise(client, lea, now) -> None:
    lund = team("lund")
    draft = make_process(lund, state="draft", summary="", decides_who="")
    assert begins(client, draft) == (
        "Not open yet: 2 items are missing.", "Add missing information",
    )  # fmt: skip
    ready = make_process(lund, state="draft")
    assert begins(client, ready)[1] == "Open process"

    process = make_process(lund, kind="proposals")
    trees = ContributionData("Trees.", "en", kind="proposal", title="Trees")
    enter(process, [trees], channel="desk", actor=acting(lea), at=now)
    assert begins(client, process) == (
        "Open: 1 person has taken part so far.",
        "Enter a paper form",
    )
    Process.objects.filter(pk=process.pk).update(state="closed", closed_at=now)
    said, button = begins(client, process)
    assert "1 contribution is waiting for an answer" in said and button == "Answer contributions"
    assert "1 contribution is waiting for an answer" in begins(client, process, "answers/")[0]

    process.contributions.all().delete()
    promise = Promise.objects.create(
        process=process, kind="decision", text="Trees", due_on=now.date(), made_at=now
    )
    assert begins(client, process)[1] == "Report on the promise"
    Promise.objects.filter(pk=promise.pk).update(kept_at=now, outcome="Planted.")
    assert begins(client, process)[0] == "All promises have been kept."


def test_texts_that_wait_come_first_and_only_for_who_reads_them(client, now) -> None:
    process = make_process(team("lund"))
    make_statements(process, ["Slow down."], is_shown=False)
    assert begins(client, process) == (
        "1 text is waiting for you to read it before others see it.",
        "Read the texts",
    )
    member = person("Mia Member")
    join(member, team("lund"), role="member")
    other = Client()
    other.force_login(member)
    assert begins(other, process)[1] == "Enter a paper form"
