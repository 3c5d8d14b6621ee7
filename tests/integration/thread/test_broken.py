"""Broken chains: each rule on the day before, the day itself, and where nothing is certain."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alliance.adoption.models import Adoption, AdoptionStep, Step
from alliance.core import clock
from alliance.network.models import FollowUp, Need, PeerReview
from alliance.testbeds.models import Pilot
from alliance.thread.selectors.broken import RULES, broken_chains
from tests.factories.needs_offers import make_peer_review
from tests.factories.pages import page_text
from tests.factories.people import team
from tests.factories.pilots import planned, registered
from tests.factories.thread import NOW, ThreadGround, lay_thread, link, make_step
from tests.integration.conftest import lay_once

pytestmark = [pytest.mark.django_db, pytest.mark.database]
TODAY = NOW.date()


@pytest.fixture
def ground(monkeypatch: pytest.MonkeyPatch) -> ThreadGround:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return lay_once("thread", lay_thread)


def listed(code: str, on: dt.date = TODAY, city: str = "") -> dict[str, int]:
    """The ids that a rule lists on a day, with how many days they have waited."""
    found = broken_chains(city=city, language="en", today=on)
    (part,) = [one for one in found["parts"] if one["rule"].code == code]
    return {node.public_id: days for node, _since, days in part["lines"]}


def after(day: dt.date, n: int) -> dt.date:
    return day + dt.timedelta(days=n)


def undated(ground: ThreadGround) -> Step:
    return make_step(ground, expected_by=None)


@pytest.mark.parametrize(("days", "is_listed"), [(399, False), (400, True), (401, True)])
def test_a_decision_without_outcome_is_listed_from_day_400_on(ground, days, is_listed):
    step = undated(ground)
    found = listed("decision-without-outcome", after(step.happened_on, days))
    assert found == ({step.public_id: days} if is_listed else {})


def test_a_decision_that_names_a_day_is_listed_from_the_day_after(ground):
    step = make_step(ground)
    by = step.expected_by
    assert listed("decision-past-its-day", by) == {}
    assert listed("decision-past-its-day", after(by, 1)) == {step.public_id: 1}
    # Its own day counts, not the 400.
    assert listed("decision-without-outcome", after(step.happened_on, 900)) == {}


@pytest.mark.parametrize("way", ["pilot", "case", "agreement", "need", "hidden"])
def test_an_outcome_mends_it_also_over_a_need_and_where_it_is_hidden(ground, way):
    step = undated(ground)
    decision = ("decision", step.public_id)
    need = ("need", ground.need.public_id)
    if way == "need":
        link(ground, decision, need)
        assert listed("decision-without-outcome", after(step.happened_on, 500))
        link(ground, need, ("pilot", ground.pilot.public_id))
    else:
        ends = {
            "pilot": lambda: ("pilot", ground.pilot.public_id),
            "case": lambda: ("case", "lund"),
            "agreement": lambda: ("agreement", ground.agreement.public_id),
            "hidden": lambda: ("pilot", planned(ground.lund).public_id),
        }
        link(ground, decision, ends[way]())
    assert listed("decision-without-outcome", after(step.happened_on, 500)) == {}


def test_what_a_workshop_discussed_beside_it_is_no_outcome(ground):
    step = undated(ground)
    workshop = make_step(ground, kind="workshop", expected_by=None, title="Talk")
    for end in (("decision", step.public_id), ("pilot", ground.pilot.public_id)):
        link(ground, ("workshop", workshop.public_id), end)
    assert listed("decision-without-outcome", after(step.happened_on, 500))


def test_a_need_is_listed_thirty_days_after_its_own_last_day(ground):
    last = dt.date(2026, 6, 1)
    Need.objects.update(deadline=last)
    need = ground.need.public_id
    assert listed("need-unanswered", after(last, 29)) == {}
    assert listed("need-unanswered", after(last, 30)) == {need: 30}
    Need.objects.update(deadline=None)
    assert listed("need-unanswered", after(last, 900)) == {}
    Need.objects.update(deadline=last)
    link(ground, ("need", need), ("case", "lund"))
    assert listed("need-unanswered", after(last, 30)) == {}


def test_an_agreement_is_listed_where_every_step_has_a_day_that_is_long_over(ground):
    last = dt.date(2026, 6, 1)
    own = ground.agreement.public_id
    AdoptionStep.objects.update(due_on=last)
    code = "agreement-past-its-steps"
    assert listed(code, after(last, 89)) == {}
    assert listed(code, after(last, 90)) == {own: 90}
    step = AdoptionStep.objects.order_by("number").first()
    AdoptionStep.objects.filter(pk=step.pk).update(due_on=None)
    assert listed(code, after(last, 900)) == {}
    AdoptionStep.objects.filter(pk=step.pk).update(due_on=last)
    Adoption.objects.update(ending="adopted", stage="rolled-out", outcome="Done.", ended_at=NOW)
    assert listed(code, after(last, 900)) == {}


def test_a_pilot_is_listed_from_the_day_after_its_result_was_due(ground):
    due = ground.pilot.result_due
    assert listed("pilot-overdue", due) == {}
    assert listed("pilot-overdue", after(due, 1)) == {ground.pilot.public_id: 1}


def test_a_pilot_with_results_and_no_case_is_listed_after_half_a_year(ground):
    other = registered(ground.lund, title="Another")
    Pilot.objects.update(state="reported", reported_at=NOW)
    assert listed("pilot-without-case", after(TODAY, 179)) == {}
    assert listed("pilot-without-case", after(TODAY, 180)) == {other.public_id: 180}


def test_a_peer_review_is_listed_once_though_both_follow_ups_are_late(ground):
    review = make_peer_review(
        team("lund"), ground.lund, reviewer=(team("umea"), ground.umea), report=True
    )
    first = FollowUp.objects.order_by("due_on").first().due_on
    code = "follow-up-overdue"
    assert listed(code, after(first, 29)) == {}
    assert listed(code, after(first, 900)) == {review.public_id: 900}
    PeerReview.objects.update(state="cancelled")
    assert listed(code, after(first, 900)) == {}


def test_only_public_things_are_listed(ground):
    plan = planned(ground.lund)
    Pilot.objects.filter(pk=plan.pk).update(result_due=dt.date(2020, 1, 1))
    Adoption.objects.update(public_at=None)
    AdoptionStep.objects.update(due_on=dt.date(2020, 1, 1))
    found = broken_chains(language="en", today=TODAY)
    assert found["n"] == 0


def test_each_rule_can_be_asked_for_one_city(ground):
    step = undated(ground)
    on = after(step.happened_on, 500)
    assert listed("decision-without-outcome", on, "lund") == {step.public_id: 500}
    assert listed("decision-without-outcome", on, "umea") == {}
    late = after(ground.pilot.result_due, 5)
    assert listed("pilot-overdue", late, "lund") and not listed("pilot-overdue", late, "umea")
    AdoptionStep.objects.update(due_on=dt.date(2026, 1, 1))
    for city in ("lund", "umea"):
        assert listed("agreement-past-its-steps", TODAY, city)


def test_the_page_tells_what_waits_for_how_long_and_by_which_rule(ground, client):
    make_step(ground)
    with CaptureQueriesContext(connection) as seen:
        text = page_text(client, "/en/thread/broken/?city=lund")
    assert len(seen) <= 15
    assert "Follow-up missing: Lund" in text and "Follow-up missing: 1 item " in text
    assert "waiting since 1 June 2026 : 176 days" in text
    assert (
        "The decision sets a date for an outcome. That date has passed and no "
        "pilot, case or agreement is linked, either directly or through a need, "
        "an offer or a proposal."
    ) in text
    assert "No follow-up missing" in page_text(client, "/en/thread/broken/?city=umea")
    for city in ("nowhere", "LUND", "%00"):
        assert client.get(f"/en/thread/broken/?city={city}").status_code == 404


def test_the_api_gives_rules_and_rows_and_a_table(ground):
    step = make_step(ground)
    answer = Client().get("/api/v1/thread/broken?lang=sv").json()
    assert [one["code"] for one in answer["rules"]] == [rule.code for rule in RULES]
    (item,) = answer["items"]
    assert (item["rule"], item["id"], item["days"]) == (
        "decision-past-its-day", step.public_id, 176,
    )  # fmt: skip
    assert item["cities"] == ["lund"]
    table = Client().get("/api/v1/thread/broken.csv").content.decode()
    (row,) = csv.DictReader(io.StringIO(table))
    assert (row["since"], row["cities"]) == ("2026-06-01", "lund")
    assert Client().get("/api/v1/thread/broken?city=nowhere").status_code == 404
