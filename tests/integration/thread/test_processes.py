"""Dialogues and what residents propose hang together with needs, cases, steps and adoptions."""

from __future__ import annotations

import pytest
from django.test import Client

from alliance.adoption.models import Tie
from alliance.core.audit import VISITOR
from alliance.network.models import Need
from alliance.participation.models import Contribution, Process
from alliance.participation.services.contributions import ContributionData, enter
from alliance.thread.forms import key_of_address
from alliance.thread.selectors.choices import choices_for
from alliance.thread.selectors.walk import thread_of
from alliance.thread.services import refresh_relations
from tests.factories.pages import page_text
from tests.factories.participation import make_process
from tests.factories.people import team
from tests.factories.thread import NOW, ThreadGround, lay_thread, link, make_step

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


@pytest.fixture
def ground() -> ThreadGround:
    return lay_thread()


@pytest.fixture
def process(ground: ThreadGround) -> Process:
    return make_process(team("lund"), kind="proposals", need=ground.need, at=NOW)


@pytest.fixture
def proposal(ground: ThreadGround, process: Process) -> Contribution:
    words = ContributionData("More trees.", "en", kind="proposal", title="Trees")
    return enter(process, [words], channel="desk", actor=ground.lund, at=NOW).contributions.get()


def test_a_need_leads_to_its_dialogue_once_that_is_open(ground, process) -> None:
    ends = ("need", ground.need.public_id, "process", process.public_id, "led-to")
    refresh_relations([("process", process.public_id)], at=NOW)
    assert ends in {one.ends for one in Tie.objects.all()}
    said = page_text(Client(), f"/en/needs/{ground.need.public_id}/")
    assert "Dialogues" in said and process.title in said
    Process.objects.update(state="draft")
    refresh_relations([("process", process.public_id)], at=NOW)
    assert ends not in {one.ends for one in Tie.objects.all()}


def test_an_adoption_names_a_dialogue_as_a_step(ground, process) -> None:
    adoption = ("agreement", ground.agreement.public_id)
    link(ground, adoption, ("process", process.public_id))
    found = thread_of(VISITOR, *adoption, language="en", depth=1)
    assert ("process", process.public_id) in {one.key for one in found.nodes}
    assert process.title in page_text(Client(), f"/en/adoptions/{ground.agreement.public_id}/")


def test_a_proposal_is_linked_to_need_case_and_step_by_its_page(ground, process, proposal) -> None:
    key = ("contribution", proposal.public_id)
    address = f"/sv/take-part/{process.public_id}/proposals/{proposal.public_id}/"
    assert key_of_address(address) == key
    assert key_of_address(f"/en/take-part/{process.public_id}/") == ("process", process.public_id)
    step = make_step(ground)
    for there in (
        ("need", ground.need.public_id), ("case", "lund"), (step.kind, step.public_id),
    ):  # fmt: skip
        link(ground, key, there)
    client = Client()
    said = page_text(client, address.replace("/sv/", "/en/"))
    assert step.title in said and Need.objects.get(pk=ground.need.pk).title in said
    short = client.get(f"/en/take-part/proposals/{proposal.public_id}/")
    assert short.url == address.replace("/sv/", "/en/")


def test_what_is_hidden_or_prepared_stands_on_no_thread(ground, process, proposal) -> None:
    key = ("contribution", proposal.public_id)
    link(ground, key, ("need", ground.need.public_id))
    need = ("need", ground.need.public_id)
    before = {one.key for one in thread_of(VISITOR, *need, language="en").nodes}
    offered = choices_for(ground.lund, need, "lund", "en")
    assert key in before and "/".join(key) in str(offered)
    proposal.post.hidden_at, proposal.post.hidden_because = NOW, "A name."
    proposal.post.save()
    after = {one.key for one in thread_of(VISITOR, *need, language="en").nodes}
    assert key not in after
    assert Client().get(f"/en/take-part/proposals/{proposal.public_id}/").status_code == 404
