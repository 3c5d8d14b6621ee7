"""Pilots from plan to result: freezing, deviations, data, analyses, states."""

from __future__ import annotations

import datetime as dt
import hashlib
import json

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from alliance.core.errors import Conflict, InvalidData, NotAllowed
from alliance.core.models import AuditEvent
from alliance.testbeds.enums import EvaluationLabel, EvaluationState, PilotState
from alliance.testbeds.models import Evaluation, Measurement, Pilot
from alliance.testbeds.protocol import check_shape
from alliance.testbeds.selectors.protocols import changes, primary_of
from alliance.testbeds.services import evaluations, pilots
from alliance.testbeds.services.measurements import FILES
from tests.factories.equity import complete, make_check
from tests.factories.people import acting, join, person, team
from tests.factories.pilots import (
    AFTER,
    EFFECT,
    FROZEN,
    data_rows,
    evaluate,
    lay_pilots,
    plan_content,
    planned,
    registered,
    reported,
    send,
)

pytestmark = pytest.mark.django_db
DESIGNS = ("randomised", "before-after", "did", "staggered", "its", "synthetic-control")


@pytest.fixture
def editor():
    return lay_pilots()


def faults(error) -> dict[str, str]:
    return {fault.where: fault.code for fault in error.value.faults}


def save(pilot: Pilot, actor, **changed) -> Pilot:
    return pilots.save_plan(
        pilot,
        content=plan_content(**changed),
        expected_revision=pilot.revision,
        actor=actor,
        at=FROZEN,
    )


def test_a_plan_is_saved_half_written_and_twice_the_same_is_one(editor):
    first = pilots.start_pilot(
        team("lund"),
        language="sv",
        content={"title": "T", "design": "did"},
        actor=editor,
        at=FROZEN,
    )
    again = pilots.start_pilot(
        team("lund"),
        language="sv",
        content={"title": "T", "design": "did"},
        actor=editor,
        at=FROZEN,
    )
    assert first == again and first.state == PilotState.PLANNING
    saved = save(first, editor, title="Another")
    assert saved.revision == 2 and saved.title == "Another"
    assert save(saved, editor, title="Another").revision == 2
    with pytest.raises(Conflict):
        save(first, editor, title="From an old state")


def test_only_editors_of_the_team_plan_and_freeze(editor):
    pilot = planned(editor)
    member = person("Mo Member")
    join(member, team("lund"), "member")
    foreign = person("Fia Foreign")
    join(foreign, team("umea"))
    for one in (member, foreign):
        actor = acting(one)
        with pytest.raises(NotAllowed):
            save(pilot, actor, title="Theirs")
        with pytest.raises(NotAllowed):
            pilots.freeze(pilot, expected_revision=pilot.revision, actor=actor, at=FROZEN)
    assert Pilot.objects.get().state == PilotState.PLANNING


def test_what_is_missing_keeps_a_plan_from_being_frozen_and_is_all_named(editor):
    pilot = pilots.start_pilot(
        team("lund"),
        language="en",
        content={"title": "T", "design": "randomised"},
        actor=editor,
        at=FROZEN,
    )
    with pytest.raises(InvalidData) as error:
        pilots.freeze(pilot, expected_revision=1, actor=editor, at=FROZEN)
    named = faults(error)
    for field in (
        "question", "cities", "unit", "outcome", "outcome_unit", "direction", "estimand",
        "assignment_rule", "assignment_seed", "starts_on", "time_step", "sample.basis", "sample.n",
        "primary_model", "missing_rule", "stop_rule", "smallest_useful", "result_due",
    ):  # fmt: skip
        assert f"plan.{field}" in named
    assert not pilot.protocols.exists() and Pilot.objects.get().frozen_at is None


def test_nothing_is_tried_on_people_before_its_fairness_check(editor):
    people = plan_content(units_are_people=True)
    lund = team("lund")
    pilot = pilots.start_pilot(lund, language="en", content=people, actor=editor, at=FROZEN)
    freeze = {"expected_revision": pilot.revision, "actor": editor, "at": FROZEN}
    with pytest.raises(InvalidData) as error:
        pilots.freeze(pilot, **freeze)
    assert faults(error) == {"fairness": "pilot-check-first"}
    check = make_check(lund, editor, at=FROZEN)
    pilots.name_check(pilot, check, actor=editor, at=FROZEN)
    with pytest.raises(InvalidData, match="who gains and who pays"):
        pilots.freeze(pilot, **freeze)
    complete(check, editor, at=FROZEN)
    # One about another action opens nothing, however it came there.
    other = complete(make_check(lund, editor, at=FROZEN, title="Garages"), editor, at=FROZEN)
    another = {"subject_kind": "solution", "subject_id": "bicycle-garages"}
    type(other).objects.filter(pk=other.pk).update(**another)
    other.refresh_from_db()
    with pytest.raises(
        InvalidData,
        match=r"” is about a different action.",
    ):
        pilots.name_check(pilot, other, actor=editor, at=FROZEN)
    Pilot.objects.filter(pk=pilot.pk).update(fairness=other)
    with pytest.raises(InvalidData) as error:
        pilots.freeze(pilot, **freeze)
    assert faults(error) == {"fairness": "check-of-other-action"}
    pilots.name_check(pilot, check, actor=editor, at=FROZEN)
    pilots.freeze(pilot, **freeze)
    # Whatever the unit is called, people are reached, unless the team says why nobody is.
    for unit, reason, found in (
        ("street", "", {"fairness": "pilot-check-first"}),
        ("trapphus 4", " ", {"fairness": "pilot-check-first"}),
        ("rue", "A closed test track.", {}),
        ("boiler", "", {"fairness": "pilot-check-first"}),
    ):
        plan = plan_content(unit=unit, nobody_there=reason)
        there = pilots.start_pilot(lund, language="en", content=plan, actor=editor, at=FROZEN)
        asked = pilots.faults_to_freeze(there, check_shape(there.plan), today=FROZEN.date())
        assert {one.where: one.code for one in asked} == found, unit
    # What was to reach nobody and now does is checked before the deviation.
    bare = registered(editor)
    now = {"reason": "It reaches tenants.", "expected_version": 1, "actor": editor, "at": FROZEN}
    reaching = plan_content(nobody_there="")
    with pytest.raises(InvalidData) as error:
        pilots.deviate(bare, content=reaching, **now)
    assert faults(error) == {"fairness": "pilot-check-first"}
    pilots.name_check(bare, check, actor=editor, at=FROZEN)
    pilots.deviate(bare, content=reaching, **now)
    # A team that speaks for no city has no check to make.
    lund.kind = "university"
    lund.save()
    free = pilots.start_pilot(lund, language="sv", content=people, actor=editor, at=FROZEN)
    pilots.freeze(free, expected_revision=1, actor=editor, at=FROZEN)


def test_the_frozen_protocol_is_canonical_json_with_its_sha256(editor):
    pilot = registered(editor)
    protocol = pilot.protocols.get()
    assert hashlib.sha256(protocol.document.encode()).hexdigest() == protocol.digest
    content = json.loads(protocol.document)
    again = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert again == protocol.document
    assert content["frozen_at"] == "2026-01-15T09:00:00+00:00" and content["version"] == 1
    assert content["plan"]["question"] == "Does the package lower the use of heat?"
    assert content["analysis"]["start"] == "2026-02"
    act = AuditEvent.objects.get(verb="freeze")
    assert act.details["sha256"] == protocol.digest


def test_a_frozen_protocol_cannot_be_edited(editor):
    pilot = registered(editor)
    with pytest.raises(
        NotAllowed,
        match=r"The plan is registered and cannot be edited",
    ):
        save(pilot, editor, title="Another question")
    with pytest.raises(NotAllowed):
        pilots.freeze(pilot, expected_revision=pilot.revision, actor=editor, at=FROZEN)
    with pytest.raises(NotAllowed):
        pilots.drop(pilot, actor=editor, at=FROZEN)
    assert pilot.protocols.count() == 1


@pytest.mark.database
@pytest.mark.parametrize("column", ["document", "digest", "reason"])
def test_the_database_refuses_to_change_a_frozen_protocol(editor, column):
    pilot = registered(editor)
    before = pilot.protocols.values().get()
    with pytest.raises(IntegrityError, match="frozen protocol"), transaction.atomic():
        pilot.protocols.update(**{column: "something else"})
    assert pilot.protocols.values().get() == before
    # Who froze it may still be forgotten.
    pilot.protocols.update(actor=None)


@pytest.mark.database
def test_no_frozen_protocol_can_be_deleted_not_even_with_its_pilot(editor):
    pilot = registered(editor)
    with pytest.raises(ProtectedError):
        pilot.delete()
    with pytest.raises(IntegrityError, match="frozen protocol"), transaction.atomic():
        pilot.protocols.all().delete()
    assert pilot.protocols.count() == 1


@pytest.mark.database
def test_no_frozen_protocol_is_replaced_or_emptied_away(editor):
    pilot = registered(editor)
    before = pilot.protocols.values().get()
    statement = (
        "SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE testbeds_protocol CASCADE"
        if connection.vendor == "postgresql"
        else "INSERT OR REPLACE INTO testbeds_protocol (id, pilot_id, number, frozen_at, "
        "actor_label, document, digest, reason) "
        "SELECT id, pilot_id, number, frozen_at, '', '{}', '', '' FROM testbeds_protocol"
    )
    with (
        pytest.raises(IntegrityError, match="frozen protocol"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert pilot.protocols.values().get() == before


def test_what_a_template_leaves_open_is_not_frozen(editor):
    template = "The units in the pilot were chosen by … and not by their results."
    pilot = planned(editor, assignment_rule=template)
    with pytest.raises(InvalidData) as error:
        pilots.freeze(pilot, expected_revision=pilot.revision, actor=editor, at=FROZEN)
    assert faults(error)["plan.assignment_rule"] == "template-left"


def test_a_deviation_is_a_version_with_a_reason(editor):
    pilot = registered(editor)
    changed = pilot.plan | {"smallest_useful": 3.0}
    by = {"actor": editor, "at": FROZEN + dt.timedelta(days=1)}
    with pytest.raises(InvalidData) as error:
        pilots.deviate(pilot, content=changed, reason=" ", expected_version=1, **by)
    assert "reason" in faults(error)
    with pytest.raises(InvalidData) as error:
        pilots.deviate(pilot, content=pilot.plan, reason="None", expected_version=1, **by)
    assert "plan" in faults(error)
    second = pilots.deviate(pilot, content=changed, reason="Costs rose.", expected_version=1, **by)
    first = pilot.protocols.get(number=1)
    assert second.number == 2 and json.loads(second.document)["previous_sha256"] == first.digest
    assert [(one.path, one.before, one.after) for one in changes(first, second)] == [
        ("smallest_useful", 2.0, 3.0)
    ]
    with pytest.raises(Conflict):
        pilots.deviate(pilot, content=changed, reason="Again.", expected_version=1, **by)


@pytest.mark.parametrize("design", DESIGNS)
def test_each_design_runs_as_frozen_from_plan_to_result(editor, design):
    pilot = reported(editor, design)
    assert pilot.state == PilotState.REPORTED and pilot.reported_at == AFTER
    found = pilot.evaluations.get()
    assert found.state == EvaluationState.DONE and found.label == EvaluationLabel.AS_FROZEN
    assert found.estimate == pytest.approx(EFFECT, abs=1.5)
    assert found.protocol.digest == pilot.protocols.get().digest
    assert found.result["charts"] and found.result["sentences"] and found.result_digest
    if design == "before-after":
        # The trend of all blocks is taken for a part of the effect: it has no comparison.
        assert found.high > EFFECT + 1 and "no-comparison" in found.result["warnings"]
    elif design != "synthetic-control":
        assert found.low < EFFECT + 1 and found.high > EFFECT - 1
        assert found.result["shows_effect"] and found.result["useful"] == "useful"


def test_the_same_analysis_is_there_once_and_new_data_get_their_own(editor):
    pilot = reported(editor)
    evaluate(pilot, editor)
    assert Evaluation.objects.count() == 1
    send(pilot, editor, data_rows(seed=2))
    evaluate(pilot, editor)
    assert Evaluation.objects.count() == 2 and Measurement.objects.count() == 2


def test_what_differs_from_the_frozen_analysis_is_exploratory(editor):
    pilot = reported(editor)
    city = pilot.places.get().city
    ask = {"actor": editor, "at": AFTER}
    other = evaluations.explore(pilot, city, changes={"design": "before-after"}, **ask)
    assert other.label == EvaluationLabel.EXPLORATORY
    same = evaluations.explore(pilot, city, changes={}, **ask)
    assert same.label == EvaluationLabel.AS_FROZEN and same.state == EvaluationState.DONE
    with pytest.raises(InvalidData):
        evaluations.explore(pilot, city, changes={"outcome": "unit"}, **ask)
    assert Pilot.objects.get().state == PilotState.REPORTED


def test_a_version_frozen_with_data_at_hand_is_not_the_one_that_counts(editor):
    pilot = registered(editor)
    by = {"actor": editor, "at": AFTER - dt.timedelta(days=1)}
    pilots.deviate(
        pilot, content=pilot.plan | {"alpha": 0.1}, reason="Before data.", expected_version=1, **by
    )
    send(pilot, editor)
    by["at"] = AFTER + dt.timedelta(hours=1)
    pilots.deviate(
        pilot, content=pilot.plan | {"alpha": 0.3}, reason="After data.", expected_version=2, **by
    )
    assert primary_of(Pilot.objects.get()).number == 2
    found = evaluate(pilot, editor, at=by["at"])[0]
    assert found.protocol.number == 2 and found.request["level"] == 0.9


def test_two_cities_by_one_protocol_are_pooled(editor):
    pilot = registered(editor, cities=["lund", "umea"])
    send(pilot, editor)
    evaluate(pilot, editor)
    assert Pilot.objects.get().state == PilotState.REGISTERED
    send(pilot, editor, data_rows(seed=5, effect=-4), city="umea")
    found = evaluate(pilot, editor)
    pooled = next(one for one in found if one.city is None)
    assert pooled.state == EvaluationState.DONE and pooled.n == 2
    assert -6.5 < pooled.estimate < -3.5
    assert pooled.result["details"]["i2"] > 0 and "two-studies" in pooled.result["warnings"]
    # Two places are no basis for a decision, whatever the interval.
    assert not pooled.result["shows_effect"]
    assert Pilot.objects.get().state == PilotState.REPORTED


def test_the_team_of_a_city_sends_its_own_data_only(editor):
    pilot = registered(editor, cities=["lund", "umea"])
    other = person("Ulf Umea")
    join(other, team("umea"))
    actor = acting(other)
    assert send(pilot, actor, city="umea").city.public_id == "umea"
    with pytest.raises(NotAllowed):
        send(pilot, actor, city="lund")


def test_data_that_break_a_rule_leave_nothing_behind(editor):
    pilot = registered(editor)
    rows = data_rows()
    rows[3]["outcome"] = "warm"
    rows[5]["treated"] = "yes"
    rows.append(dict(rows[0]))
    with pytest.raises(InvalidData) as error:
        send(pilot, editor, rows)
    assert set(faults(error)) == {"row 5, column outcome", "row 7, column treated"}
    assert not Measurement.objects.exists()


def test_data_are_kept_with_their_digest_and_the_same_file_once(editor):
    pilot = registered(editor)
    first, again = send(pilot, editor), send(pilot, editor)
    assert first == again
    content = FILES.path_of(first.sha256).read_bytes()
    assert hashlib.sha256(content).hexdigest() == first.sha256
    assert (first.rows, first.units) == (24 * 14, 24)
    assert (first.first_time, first.last_time) == ("2025-09", "2026-10")


def test_outcomes_dated_before_the_freeze_are_told(editor):
    pilot = registered(editor, at=dt.datetime(2026, 4, 10, tzinfo=dt.UTC))
    sent = send(pilot, editor)
    late = next(one for one in sent.warnings if one["code"] == "late-protocol")
    # Seven months are over, of which February and March are of the pilot itself.
    assert late["n"] == 24 * 7 and late["of_pilot"] == 24 * 2
    early = registered(editor, title="Another")
    late = next(one for one in send(early, editor).warnings if one["code"] == "late-protocol")
    assert late["of_pilot"] == 0


def test_a_stopped_pilot_says_why_and_keeps_what_came_in(editor):
    pilot = registered(editor)
    with pytest.raises(InvalidData):
        pilots.stop(pilot, reason="", actor=editor, at=AFTER)
    pilots.stop(pilot, reason="The heat failed twice.", actor=editor, at=AFTER)
    stopped = Pilot.objects.get()
    assert stopped.state == PilotState.STOPPED and stopped.stopped_because
    send(stopped, editor)
    evaluate(stopped, editor)
    assert Pilot.objects.get().state == PilotState.STOPPED
    assert stopped.evaluations.get().state == EvaluationState.DONE


def test_an_analysis_without_an_answer_says_why_and_can_be_asked_again(editor):
    pilot = registered(editor, "synthetic-control")
    rows = [row for row in data_rows("synthetic-control") if row["unit"] in {"B00", "B01", "B02"}]
    send(pilot, editor, rows)
    found = evaluate(pilot, editor)[0]
    assert found.state == EvaluationState.FAILED and found.fault["code"] == "too-few-donors"
    assert Pilot.objects.get().state == PilotState.REGISTERED
    assert evaluate(pilot, editor)[0].pk == found.pk


def test_groups_that_the_protocol_names_are_analysed_each(editor):
    pilot = registered(editor, "randomised", subgroups=["tenure"])
    rows = data_rows("randomised")
    for row in rows:
        row["tenure"] = "rented" if int(row["unit"][1:]) % 4 < 2 else "owned"
    send(pilot, editor, rows)
    found = evaluate(pilot, editor)[0]
    groups = {line["group"]: line for line in found.result["groups"]}
    assert set(groups) == {"owned", "rented"}
    assert all(line["estimate"] == pytest.approx(EFFECT, abs=1.5) for line in groups.values())
