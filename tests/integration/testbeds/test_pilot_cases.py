"""A result becomes a draft of a case by one act, whatever it is."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from alliance.adoption.models import Adoption
from alliance.core.errors import InvalidData, NotAllowed
from alliance.testbeds.models import Pilot
from alliance.testbeds.services import pilots
from alliance.testbeds.services.cases import make_case
from alliance.testbeds.services.notes import add_note
from alliance.writing.draft_checks import faults_of_draft
from alliance.writing.models import Draft
from alliance.writing.services.drafts import drop_draft, save_draft, submit_draft
from tests.factories.knowledge import make_case as make_published
from tests.factories.needs_offers import make_need
from tests.factories.pages import page_text
from tests.factories.people import acting, join, person, team
from tests.factories.pilots import (
    AFTER,
    data_rows,
    evaluate,
    lay_pilots,
    registered,
    reported,
    send,
)

pytestmark = pytest.mark.django_db
LISTS = {"measure": "traffic volume", "case_unit": "cars per day"}


@pytest.fixture
def editor():
    return lay_pilots()


def case_of(pilot: Pilot, actor) -> Draft:
    return make_case(pilot.places.get(), actor=actor, at=AFTER)


def test_a_clear_result_becomes_a_whole_draft_that_can_be_handed_in(editor):
    pilot = reported(editor, **LISTS)
    draft = case_of(pilot, editor)
    found = pilot.evaluations.get()
    content = draft.content
    assert content["outcome"] == "worked" and content["solution"] == "road-pricing"
    effect = content["effects"][0]
    assert effect["value"] == found.estimate and effect["se"] == found.standard_error
    assert (effect["low"], effect["high"], effect["n"]) == (found.low, found.high, 24)
    assert effect["design"] == "quasi-experiment" and effect["period_start"] == 2026
    source = content["sources"][0]
    assert pilot.public_id in source["url"] and found.protocol.digest in source["seen"]
    assert content["place"]["city"] == "lund"
    assert not faults_of_draft(draft)
    submit_draft(draft, expected_revision=draft.revision, actor=editor, at=AFTER)
    # The same act again gives the draft there is.
    assert case_of(pilot, editor) == draft and Draft.objects.count() == 1


def test_a_pilot_begun_from_a_case_of_another_city_becomes_one_adapted_from_it(editor):
    pilot = reported(editor, **LISTS)
    for place, adapted in (("Lund", None), ("Umeå", "umea")):
        source = make_published(place)
        Pilot.objects.filter(pk=pilot.pk).update(adapted_from=source)
        draft = case_of(Pilot.objects.get(pk=pilot.pk), editor)
        assert draft.content.get("adapted_from") == adapted
        assert not faults_of_draft(draft)
        drop_draft(draft, actor=editor, at=AFTER)


def test_an_interval_that_reaches_what_cannot_happen_is_left_out(editor):
    pilot = reported(editor, **LISTS | {"case_unit": "percent change"})
    pilot.evaluations.update(low=-120.0)
    draft = case_of(pilot, editor)
    effect = draft.content["effects"][0]
    assert effect["se"] and (effect["low"], effect["high"]) == (None, None)
    assert not faults_of_draft(draft)


def test_groups_that_the_protocol_named_are_proposed_as_who_gained_and_who_paid(editor):
    pilot = registered(editor, "randomised", subgroups=["tenure"], **LISTS)
    rows = data_rows("randomised")
    for row in rows:
        owns = int(row["unit"][1:]) % 4 < 2
        row["tenure"] = "Hyresgäster" if owns else "strangers"
    send(pilot, editor, rows)
    evaluate(pilot, editor)
    draft = case_of(pilot, editor)
    assert (draft.content["gained"], draft.content["paid"]) == (["tenants"], [])
    assert "Hyresgäster gained: −" in draft.content["texts"]["en"]["equity_notes"]
    client = Client()
    client.force_login(editor.user)
    said = page_text(client, f"/en/write/{draft.public_id}/cost/")
    assert said.count("Suggested from the results by group. Check it: saving confirms it.") == 2


@pytest.mark.parametrize(
    ("effect", "outcome", "lead", "worked", "did_not"),
    [
        (-6.0, "worked", "the pilot had a useful effect", "at least as good as", ""),
        (-1.0, "mixed", "an effect, but a smaller one than intended", "lower than", "too small to"),
        (0.0, "did-not-work", "no effect was shown", "", "No effect shown"),
        (6.0, "did-not-work", "the pilot made things worse", "", "higher than"),
    ],
)
def test_sentences_stand_where_the_direction_and_the_smallest_useful_effect_put_them(
    editor, effect, outcome, lead, worked, did_not
):
    content = case_of(reported(editor, effect=effect, **LISTS), editor).content
    text = content["texts"]["en"]
    assert content["outcome"] == outcome
    assert text["lead"].startswith("In Lund, ") and lead in text["lead"]
    assert "(95 % confidence interval " in text["lead"]
    assert (worked in text["what_worked"]) if worked else not text["what_worked"]
    assert did_not in text["what_did_not"]
    assert did_not or "effect" not in text["what_did_not"]
    # What was done holds what was done.
    assert "effect" not in text["summary"] and "Blocks were drawn by lot" in text["summary"]
    assert text["problem"] == "Does the package lower the use of heat?"
    value = content["effects"][0]
    assert 39 < value["baseline"] < 44 and value["is_baseline_computed"]
    assert value["baseline_year"] == 2026


def test_harm_in_one_city_and_a_small_useful_effect_in_another_are_told_in_both_cases(editor):
    pilot = registered(editor, cities=["lund", "umea"], **LISTS)
    for city, effect in (("lund", 6.0), ("umea", -2.6)):
        send(pilot, editor, data_rows("did", effect=effect), city=city)
    evaluate(pilot, editor)
    pilot = Pilot.objects.get(pk=pilot.pk)
    harm, useful = (
        make_case(place, actor=editor, at=AFTER).content
        for place in pilot.places.order_by("position")
    )
    assert (harm["outcome"], harm["reasons"]) == ("did-not-work", ["harm"])
    assert "the pilot made things worse" in harm["texts"]["en"]["lead"]
    assert harm["texts"]["en"]["what_worked"].startswith("In Umeå, the pilot had a useful effect")
    assert useful["outcome"] in {"worked", "mixed"}
    assert "In Lund, the pilot made things worse" in useful["texts"]["en"]["what_did_not"]
    assert "The pilot had an effect" in useful["texts"]["en"]["what_worked"]


def test_what_the_need_the_plan_and_the_fairness_check_say_is_carried(editor):
    pilot = reported(editor, units_are_people=True, **LISTS)
    check = pilot.fairness
    check.answers = {"justice-procedure": "Tenants decided.", "justice-capability": "All can."}
    check.save()
    need = make_need(
        team("lund"), editor, themes=("housing",), sdg_targets=("11.1",), topic="equity"
    )
    Adoption.objects.create(
        adopter=team("lund"), adopting_city=pilot.places.get().city, need=need, pilot=pilot,
        aim="Less heat.", language="en", started_at=AFTER, changed_at=AFTER,
        measure="traffic volume", unit="cars per day", baseline=1200.5, baseline_year=2025,
        budget_minor=25_000_000, budget_currency="SEK",
        justice={"justice-procedure": "Tenants voted."},
    )  # fmt: skip
    draft = case_of(pilot, editor)
    content = draft.content
    text = content["texts"]["en"]
    assert (content["themes"], content["sdg_targets"], content["topics"]) == (
        ["housing"], ["11.1"], ["equity"]
    )  # fmt: skip
    effect = content["effects"][0]
    assert (effect["baseline"], effect["baseline_year"]) == (1200.5, 2025)
    assert not effect["is_baseline_computed"]
    budget = content["amounts"][0]
    assert (budget["amount"], budget["currency"], budget["covers"]) == (
        250_000.0, "SEK", "Budget of the plan"
    )  # fmt: skip
    # The plan answers before the check does.
    assert text["justice_procedure"] == "Tenants voted."
    assert text["justice_capability"] == "All can."
    assert "Expected to pay: Low income (pay the charge)." in text["equity_notes"]
    assert "To make up for it: A night bus to Ersboda." in text["equity_notes"]
    assert (content["gained"], content["paid"]) == ([], ["low-income"])
    assert not faults_of_draft(draft)


def test_null_results_and_harm_become_cases_too(editor):
    null = case_of(reported(editor, effect=0.0, title="Null", **LISTS), editor)
    assert null.content["outcome"] == "did-not-work" and null.content["reasons"] == ["no-effect"]
    assert "No effect shown" in null.content["texts"]["en"]["what_did_not"]
    wide = reported(editor, effect=0.0, title="Wide", smallest_useful=0.1, **LISTS)
    open_case = case_of(wide, editor).content
    assert (open_case["outcome"], open_case["reasons"]) == ("", [])
    assert "No effect shown" in open_case["texts"]["en"]["what_did_not"]
    harm = case_of(reported(editor, effect=6.0, title="Harm", **LISTS), editor)
    assert harm.content["reasons"] == ["harm"]


def test_what_was_noted_as_costs_goes_into_the_case(editor):
    pilot = reported(editor, **LISTS)
    for text, amount in (("Boilers", 1000.5), ("Hours", 500.0)):
        add_note(pilot, kind="cost", text=text, amount=amount, currency="SEK", actor=editor,
                 at=AFTER)  # fmt: skip
    draft = case_of(pilot, editor)
    assert draft.content["cost"]["amount"] == 1500.5
    assert draft.content["cost"]["covers"] == "Boilers; Hours"
    assert not faults_of_draft(draft)


def test_a_stopped_pilot_becomes_a_case_without_an_effect(editor):
    pilot = registered(editor)
    pilots.stop(pilot, reason="The heat failed twice.", actor=editor, at=AFTER)
    content = case_of(Pilot.objects.get(), editor).content
    assert content["reasons"] == ["stopped"] and content["effects"] == []
    assert "The heat failed twice." in content["texts"]["en"]["what_did_not"]


def test_without_a_result_or_a_right_there_is_no_case(editor):
    pilot = registered(editor)
    with pytest.raises(InvalidData):
        case_of(pilot, editor)
    done = reported(editor, title="Done")
    member = person("Mo Member")
    join(member, team("lund"), "member")
    with pytest.raises(NotAllowed):
        case_of(done, acting(member))
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("design", "told"),
    [("randomised", "rct"), ("its", "before-after"), ("before-after", "before-after")],
)
def test_the_design_is_told_as_what_it_can_show(editor, design, told):
    draft = case_of(reported(editor, design, **LISTS), editor)
    assert draft.content["effects"][0]["design"] == told


def test_a_late_plan_and_deviations_go_with_the_case(editor):
    pilot = registered(editor, at=dt.datetime(2026, 4, 10, tzinfo=dt.UTC), **LISTS)
    pilots.deviate(
        pilot, content=pilot.plan | {"smallest_useful": 3}, reason="Costs rose.",
        expected_version=1, actor=editor, at=dt.datetime(2026, 4, 11, tzinfo=dt.UTC),
    )  # fmt: skip
    send(pilot, editor)
    evaluate(pilot, editor)
    content = case_of(Pilot.objects.get(pk=pilot.pk), editor).content
    limits = content["texts"]["en"]["what_did_not"]
    marks = ("has_late_plan", "has_deviation", "has_failed_check", "pilot")
    assert [content["effects"][0][one] for one in marks] == [True, True, False, pilot.public_id]
    # Who evaluated it is asked of the team, and not known before it answers.
    assert content["sources"][0]["independent"] is None
    assert (
        "values from the pilot period are dated before the plan was registered, so the plan may"
        in limits
    )
    assert "Deviation from the plan (version 2): Costs rose." in limits
    in_time = case_of(reported(editor, title="In time", **LISTS), editor).content
    assert "may have been made to fit" not in in_time["texts"]["en"]["what_did_not"]
    assert [in_time["effects"][0][one] for one in marks[:3]] == [False, False, False]


def test_nobody_takes_the_marks_of_a_pilot_off_its_results(editor):
    pilot = registered(editor, at=dt.datetime(2026, 4, 10, tzinfo=dt.UTC), **LISTS)
    send(pilot, editor)
    evaluate(pilot, editor)
    draft = case_of(Pilot.objects.get(pk=pilot.pk), editor)

    def saved(*effects):
        kept = save_draft(
            draft, content=draft.content | {"effects": list(effects)}, actor=editor,
            expected_revision=Draft.objects.get(pk=draft.pk).revision, at=AFTER,
        ).content["effects"]  # fmt: skip
        return [(one["has_late_plan"], one["pilot"]) for one in kept]

    first = draft.content["effects"][0]
    bare = first | {"has_late_plan": False, "pilot": ""}
    assert saved(bare) == [(True, pilot.public_id)]
    # Neither beside another result, nor written anew as one of another part.
    other = bare | {"qualifier": "at night"}
    assert saved(bare, other | {"pilot": "made-up"}) == [(True, pilot.public_id), (False, "")]
    assert saved(other | {"qualifier": "by day"}) == [(True, pilot.public_id)]
