"""The table of what hangs together: what touches it, and what leaves it alone."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from alliance.adoption.models import Adoption, Tie
from alliance.cases.enums import CaseStatus
from alliance.cases.models import CaseStudy, Measure
from alliance.core import audit
from alliance.core.models import AuditEvent
from alliance.testbeds.models import Pilot
from alliance.thread.services import LOOK_BACK, refresh_relations, refresh_touched
from tests.factories.knowledge import make_case
from tests.factories.thread import NOW, ThreadGround, lay_thread, link, make_step
from tests.integration.conftest import lay_once

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.sql]
NOTHING = {"new": 0, "changed": 0, "gone": 0, "things": 0}


@pytest.fixture
def ground() -> ThreadGround:
    return lay_once("thread", lay_thread)


def ends() -> set[tuple[str, ...]]:
    return {one.ends for one in Tie.objects.all()}


def touch(kind: str, public_id: str, at: dt.datetime = NOW) -> None:
    audit.record(kind, public_id, "save", actor=audit.WORKER, at=at)


def test_a_second_time_changes_nothing_and_leaves_no_act(ground):
    before, acts = ends(), AuditEvent.objects.count()
    assert refresh_relations(at=NOW) == refresh_touched(at=NOW) == NOTHING
    assert (ends(), AuditEvent.objects.count()) == (before, acts)


def test_what_was_touched_is_kept_and_the_rest_waits_for_the_night(ground):
    AuditEvent.objects.all().delete()
    make_case("Umeå", adapted_from="lund", at=NOW - 2 * LOOK_BACK)
    new = {
        ("case", "umea", "case", "lund", "adapted-from"),
        ("case", "umea", "solution", "road-pricing", "trial-of"),
        ("case", "umea", "indicator", "traffic", "acts-on"),
    }
    refresh_touched(at=NOW)
    assert not new & ends()
    touch("case", "umea")
    counts = refresh_touched(at=NOW)
    assert (counts["new"], counts["things"]) == (3, 1)
    assert new <= ends()
    CaseStudy.objects.filter(public_id="umea").update(status=CaseStatus.WITHDRAWN)
    assert refresh_relations(at=NOW) == NOTHING | {"gone": 3, "things": 1}
    assert not new & ends()


def test_touched_one_by_one_and_made_anew_give_the_same(ground):
    whole = set(Tie.objects.values_list("first_id", "second_id", "relation", "day", "is_public"))
    Tie.objects.all().delete()
    keys = [("pilot", ground.pilot.public_id), ("agreement", ground.agreement.public_id),
            ("indicator", "traffic"), ("case", "lund")]  # fmt: skip
    for key in keys:
        refresh_relations([key], at=NOW)
    found = Tie.objects.values_list("first_id", "second_id", "relation", "day", "is_public")
    assert set(found) == whole and len(whole) >= 6


def test_a_pilot_is_measured_by_what_its_measure_was_merged_into(ground):
    own = Tie.objects.filter(first_kind="pilot", relation="measured-by")
    assert own.count() == 1
    plan = ground.pilot.plan | {"measure": "car counts"}
    Pilot.objects.filter(pk=ground.pilot.pk).update(plan=plan)
    refresh_relations(at=NOW)
    assert own.count() == 0
    Measure.objects.filter(slug="traffic-volume").update(aliases=["car counts"])
    refresh_relations([("pilot", ground.pilot.public_id)], at=NOW)
    assert own.get().second_id == "traffic"
    Tie.objects.filter(relation="measured-by").delete()
    refresh_relations([("indicator", "traffic")], at=NOW)
    assert own.count() == 1


def test_what_becomes_public_is_public_in_the_table(ground):
    own = Tie.objects.filter(first_id=ground.agreement.public_id)
    assert set(own.values_list("is_public", flat=True)) == {True}
    Adoption.objects.update(public_at=None)
    assert (
        refresh_relations([("agreement", ground.agreement.public_id)], at=NOW)["changed"]
        == own.count()
    )
    assert set(own.values_list("is_public", flat=True)) == {False}


def test_a_stated_link_is_a_tie_at_once_and_goes_with_it(ground):
    step = make_step(ground)
    made = link(ground, ("decision", step.public_id), ("pilot", ground.pilot.public_id))
    own = ("decision", step.public_id, "pilot", ground.pilot.public_id, "led-to")
    assert own in ends()
    assert refresh_relations(at=NOW) == NOTHING | {"things": 1}
    made.delete()
    assert own not in ends()


def test_a_tie_is_there_once(ground):
    one = Tie.objects.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        Tie.of(one.ends).save()


def test_an_empty_table_is_made_whole(ground):
    before = ends()
    Tie.objects.all().delete()
    AuditEvent.objects.all().delete()
    refresh_touched(at=NOW)
    assert ends() == before
