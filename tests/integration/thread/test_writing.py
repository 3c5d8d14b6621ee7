"""Steps and links: who may state them, what is refused, and that they show on both sides."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from alliance.adoption.models import Link, Step
from alliance.adoption.services import links as services
from alliance.cases.models import CaseStudy
from alliance.core import clock
from alliance.core.audit import VISITOR, Actor
from alliance.core.errors import InvalidData, NotAllowed
from alliance.core.models import AuditEvent
from alliance.thread.selectors.walk import thread_of
from tests.factories.needs_offers import make_need
from tests.factories.pages import page, page_text
from tests.factories.people import acting, person, team
from tests.factories.pilots import planned
from tests.factories.thread import DECISION, NOW, ThreadGround, lay_thread, link, make_step
from tests.integration.conftest import lay_once

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def ground(monkeypatch: pytest.MonkeyPatch) -> ThreadGround:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return lay_once("thread", lay_thread)


def refused(call) -> dict[str, str]:
    with pytest.raises(InvalidData) as caught:
        call()
    return {fault.where: fault.code for fault in caught.value.faults}


# -- steps -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "budget"}, "kind"),
        ({"title": "  "}, "title"),
        ({"title": "x" * 161}, "title"),
        ({"title": "<b>x</b>"}, "title"),
        ({"text": "x" * 3_001}, "text"),
        ({"language": "de"}, "language"),
        ({"happened_on": None}, "happened_on"),
        ({"happened_on": NOW.date() + dt.timedelta(days=1)}, "happened_on"),
        ({"happened_on": dt.date(1899, 12, 31)}, "happened_on"),
        ({"expected_by": dt.date(2024, 1, 1)}, "expected_by"),
        ({"kind": "proposal", "expected_by": dt.date(2027, 1, 1)}, "expected_by"),
        ({"url": "http://lund.example/1"}, "url"),
        ({"url": "https://user@lund.example/1"}, "url"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "https://lund.example/" + "x" * 500}, "url"),
        ({"url": "https://["}, "url"),
    ],
)
def test_a_step_that_breaks_a_rule_is_refused_whole(ground, changes, field):
    words = dataclasses.replace(DECISION, **changes)
    faults = refused(lambda: services.record_step(team("lund"), words, actor=ground.lund, at=NOW))
    assert field in faults
    assert not Step.objects.exists()


def test_a_workshop_may_lie_ahead(ground):
    words = dataclasses.replace(
        DECISION, kind="workshop", expected_by=None, happened_on=NOW.date() + dt.timedelta(days=30)
    )
    assert services.record_step(team("lund"), words, actor=ground.lund, at=NOW).pk


def test_the_same_step_again_is_the_one_that_is_there(ground):
    first = make_step(ground)
    assert make_step(ground).pk == first.pk
    assert AuditEvent.objects.filter(kind="thread step").count() == 1


def test_only_those_who_speak_for_the_city_tell_of_a_step(ground):
    for actor in (VISITOR, ground.umea, acting(person("Sec", "secretariat"))):
        with pytest.raises(NotAllowed):
            services.record_step(team("lund"), DECISION, actor=actor, at=NOW)


def test_a_step_is_changed_and_removed_with_its_links_and_each_leaves_a_row(ground):
    step = make_step(ground)
    link(ground, (step.kind, step.public_id), ("pilot", ground.pilot.public_id))
    words = dataclasses.replace(DECISION, title="Another title")
    services.change_step(step, words, actor=ground.lund, at=NOW)
    step = Step.objects.get(pk=step.pk)
    assert step.title == "Another title"
    kinds = refused(
        lambda: services.change_step(
            step, dataclasses.replace(words, kind="proposal"), actor=ground.lund, at=NOW
        )
    )
    assert "kind" in kinds
    with pytest.raises(NotAllowed):
        services.remove_step(step, actor=ground.umea, at=NOW)
    services.remove_step(step, actor=ground.lund, at=NOW)
    assert not Step.objects.exists() and not Link.objects.exists()
    rows = AuditEvent.objects.filter(kind="thread step").order_by("id")
    assert list(rows.values_list("verb", flat=True)) == ["create", "update", "remove"]
    assert rows.last().details["links"] == 1


def test_the_database_keeps_what_a_step_may_be(ground):
    step = make_step(ground)
    for changes in (
        {"kind": "proposal", "expected_by": dt.date(2027, 1, 1)},
        {"expected_by": dt.date(2000, 1, 1)},
        {"url": "http://lund.example"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Step.objects.filter(pk=step.pk).update(**changes)


# -- links -----------------------------------------------------------------------------------


def test_a_link_shows_on_both_threads_with_team_reason_and_day(ground):
    step = make_step(ground)
    need = ("need", ground.need.public_id)
    made = link(ground, need, (step.kind, step.public_id))
    for start in (need, (step.kind, step.public_id)):
        found = thread_of(VISITOR, *start, language="en")
        (edge,) = [one for one in found.edges if one.source == "stated"]
        # Either order is the same link, told in the order of the pairs.
        assert (edge.start[0], edge.relation, edge.end[0]) == ("decision", "led-to", "need")
        assert (edge.by.public_id, edge.on) == ("lund-municipality", NOW.date())
        assert edge.reason.value == "The council decided on it."
        assert edge.public_id == made.public_id


def test_from_a_proposal_to_a_workshop_and_back(ground):
    proposal = make_step(ground, kind="proposal", title="Fewer cars", expected_by=None)
    workshop = make_step(ground, kind="workshop", title="What we learnt", expected_by=None)
    decision = make_step(ground)
    ends = {one.kind: (one.kind, one.public_id) for one in (proposal, workshop, decision)}
    link(ground, ends["proposal"], ends["decision"])
    link(ground, ends["decision"], ("need", ground.need.public_id))
    link(ground, ("need", ground.need.public_id), ("pilot", ground.pilot.public_id))
    link(ground, ("case", "lund"), ends["workshop"])
    there = thread_of(VISITOR, *ends["proposal"], language="en", depth=6)
    assert {node.kind for node in there.nodes} == {
        "proposal", "decision", "need", "pilot", "solution", "indicator", "case", "agreement",
        "workshop",
    }  # fmt: skip
    back = thread_of(VISITOR, *ends["workshop"], language="en", depth=6)
    assert {one.key for one in back.nodes} == {one.key for one in there.nodes}


@pytest.mark.parametrize(
    ("here", "there", "field"),
    [
        (("need", "NEED"), ("need", "NEED"), "there"),
        (("need", "NEED"), ("case", "missing"), "there"),
        (("nothing", "x"), ("need", "NEED"), "here"),
        (("need", "NEED"), ("", ""), "there"),
        # Implied by what is recorded, so never stated.
        (("pilot", "PILOT"), ("solution", "road-pricing"), "there"),
        (("pilot", "PILOT"), ("case", "lund"), "there"),
        (("case", "lund"), ("indicator", "traffic"), "there"),
    ],
)
def test_a_link_that_breaks_a_rule_is_refused(ground, here, there, field):
    ids = {"NEED": ground.need.public_id, "PILOT": ground.pilot.public_id}
    ends = [(kind, ids.get(public_id, public_id)) for kind, public_id in (here, there)]
    assert field in refused(lambda: link(ground, *ends))
    assert not Link.objects.exists()


@pytest.mark.parametrize(
    ("reason", "language", "field"),
    [(" ", "en", "reason"), ("x" * 301, "en", "reason"), ("<i>x</i>", "en", "reason"),
     ("Because.", "de", "language"), ("Because.", "", "language")],
)  # fmt: skip
def test_a_link_needs_a_reason_in_a_language(ground, reason, language, field):
    ends = (("need", ground.need.public_id), ("pilot", ground.pilot.public_id))
    assert field in refused(lambda: link(ground, *ends, reason=reason, language=language))


def test_a_link_is_stated_once_in_either_order(ground):
    ends = [("need", ground.need.public_id), ("pilot", ground.pilot.public_id)]
    link(ground, *ends)
    assert "there" in refused(lambda: link(ground, *ends))
    assert "there" in refused(lambda: link(ground, *reversed(ends)))
    assert Link.objects.count() == 1


def test_one_end_must_be_of_the_own_city(ground):
    ends = (("need", ground.need.public_id), ("pilot", ground.pilot.public_id))
    assert "there" in refused(lambda: link(ground, *ends, actor=ground.umea, of="umea"))
    own = make_need(team("umea"), ground.umea, at=NOW, title="Of Umeå")
    assert link(ground, ("need", own.public_id), ("case", "lund"), actor=ground.umea, of="umea").pk


def test_a_hidden_thing_is_refused_as_a_missing_one_and_its_link_leaves_no_trace(ground):
    plan = planned(ground.lund)
    own = make_need(team("umea"), ground.umea, at=NOW, title="Of Umeå")
    need = ("need", own.public_id)
    hidden = refused(
        lambda: link(ground, need, ("pilot", plan.public_id), actor=ground.umea, of="umea")
    )
    missing = refused(lambda: link(ground, need, ("pilot", "bbbbbb"), actor=ground.umea, of="umea"))
    assert hidden == missing
    made = link(ground, ("need", ground.need.public_id), ("pilot", plan.public_id))
    client = Client()
    for address in (f"thread/need/{ground.need.public_id}", f"thread/links/{made.public_id}"):
        answer = client.get(f"/api/v1/{address}")
        assert plan.public_id not in answer.content.decode()
    assert answer.status_code == 404
    assert plan.public_id not in page(client, f"/en/needs/{ground.need.public_id}/")
    client.force_login(ground.lund.user)
    assert plan.public_id in page(client, f"/en/needs/{ground.need.public_id}/")


def test_a_case_that_hides_its_city_is_linked_to_nothing(ground):
    need = ("need", ground.need.public_id)
    made = link(ground, need, ("case", "lund"))
    CaseStudy.objects.update(is_masked=True, city=None)
    assert ("case", "lund") not in thread_of(VISITOR, *need, language="en").by_key
    assert need not in thread_of(VISITOR, "case", "lund", language="en").by_key
    assert Client().get(f"/api/v1/thread/links/{made.public_id}").status_code == 404
    Link.objects.all().delete()
    assert "there" in refused(lambda: link(ground, need, ("case", "lund")))


def test_the_database_keeps_what_a_link_may_be(ground):
    made = link(ground, ("need", ground.need.public_id), ("pilot", ground.pilot.public_id))
    for changes in (
        {"second_kind": made.first_kind, "second_id": made.first_id},
        {"reason": ""},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Link.objects.filter(pk=made.pk).update(**changes)


# -- pages and API ---------------------------------------------------------------------------


def browser(actor: Actor) -> Client:
    client = Client()
    assert actor.user is not None
    client.force_login(actor.user)
    return client


def test_by_the_pages_from_a_decision_to_a_pilot(ground):
    client = browser(ground.lund)
    form = "/en/thread/steps/new?team=lund-municipality&kind=decision"
    assert "Add a step: decision" in page_text(client, form)
    answer = client.post(form, {"title": "A charge", "happened_on": "2026-11-25", "language": "en"})
    assert answer.status_code == 422
    answer = client.post(
        form,
        {"title": "A charge", "happened_on": "2025-05-01", "language": "en",
         "url": "https://lund.example/12", "expected_by": "2026-05-01"},
    )  # fmt: skip
    step = Step.objects.get()
    assert answer["Location"] == f"/en/thread/decision/{step.public_id}/"
    source = page(client, answer["Location"])
    assert 'href="https://lund.example/12"' in source
    new = f"/en/thread/links/new?team=lund-municipality&kind=decision&id={step.public_id}"
    pilot = ground.pilot.public_id
    assert f'value="pilot/{pilot}"' in page(client, new)
    both = {"chosen": f"pilot/{pilot}", "address": f"/en/pilots/{pilot}/", "reason": "x",
            "language": "en"}  # fmt: skip
    for wrong in (both, both | {"chosen": "", "address": ""},
                  both | {"chosen": "", "address": "https://elsewhere.example/en/cases/lund/"},
                  both | {"chosen": "", "reason": ""}):  # fmt: skip
        assert client.post(new, wrong).status_code == 422
    assert client.post(new, both | {"chosen": ""}).status_code == 302
    shown = page(Client(), f"/en/pilots/{pilot}/")
    assert f'href="/en/thread/decision/{step.public_id}/"' in shown
    made = Link.objects.get()
    change = f"/en/thread/links/{made.public_id}/change"
    assert change in page(client, f"/en/thread/pilot/{pilot}/")
    assert client.post(change, {"reason": "Other", "language": "en"}).status_code == 302
    assert Link.objects.get().reason == "Other"
    for address, redirect in ((f"/en/thread/links/{made.public_id}/remove", True),
                              (f"/en/thread/steps/{step.public_id}/remove", True)):  # fmt: skip
        assert client.get(address).status_code == 200
        assert (client.post(address).status_code == 302) is redirect
    assert not Link.objects.exists() and not Step.objects.exists()


def test_pages_to_write_are_closed_to_others(ground):
    step = make_step(ground)
    made = link(ground, ("need", ground.need.public_id), (step.kind, step.public_id))
    for address in ("steps/new?team=lund-municipality", f"steps/{step.public_id}/change",
                    f"links/{made.public_id}/remove",
                    "links/new?team=lund-municipality&kind=case&id=lund"):  # fmt: skip
        assert browser(ground.umea).get(f"/en/thread/{address}").status_code == 404
        assert Client().get(f"/en/thread/{address}").status_code == 302


def test_a_team_writes_by_the_api(ground):
    client = browser(ground.lund)

    def send(method, address, body=None):
        call = getattr(client, method)
        return call(f"/api/v1/thread/{address}", body, content_type="application/json")

    told_here = {"team": "lund-municipality", "kind": "decision", "title": "A charge",
                 "language": "en", "date": "2025-05-01"}  # fmt: skip
    assert send("post", "steps", told_here | {"date": "May"}).status_code == 422
    assert send("post", "steps", told_here | {"url": "http://x.example"}).status_code == 422
    step = send("post", "steps", told_here)
    assert step.status_code == 201
    own = step.json()["id"]
    changed = {key: value for key, value in told_here.items() if key != "team"}
    assert send("put", f"steps/{own}", changed | {"title": "B"}).json()["title"] == "B"
    listed = client.get("/api/v1/thread/steps?kind=decision&city=lund").json()
    assert [one["id"] for one in listed["items"]] == [own]
    ends = {"here": {"kind": "pilot", "id": ground.pilot.public_id},
            "there": {"kind": "decision", "id": own}}  # fmt: skip
    words = {"team": "lund-municipality", "reason": "It follows.", "language": "en"}
    made = send("post", "links", words | ends)
    assert made.status_code == 201
    assert made.json()["relation"] == "led-to"
    again = send("post", "links", words | ends)
    assert again.status_code == 422 and again.json()["errors"][0]["field"] == "there"
    odd = words | ends | {"there": {"kind": "house", "id": "x"}}
    assert send("post", "links", odd).status_code == 422
    address = f"links/{made.json()['id']}"
    assert send("put", address, {"reason": "So.", "language": "sv"}).json()["reason"] == "So."
    graph = client.get(f"/api/v1/thread/pilot/{ground.pilot.public_id}").json()
    (stated,) = [one for one in graph["edges"] if one["source"] == "stated"]
    assert (stated["by"], stated["reason"]) == ("lund-municipality", "So.")
    foreign = browser(ground.umea)
    for one in (address, f"steps/{own}"):
        assert foreign.delete(f"/api/v1/thread/{one}").status_code == 404
        assert client.delete(f"/api/v1/thread/{one}").status_code == 204
    assert client.get(f"/api/v1/thread/steps/{own}").status_code == 404
