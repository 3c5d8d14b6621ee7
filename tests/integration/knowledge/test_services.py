"""Writing cases: versions, grades that follow each change, and refusal of broken data."""

from __future__ import annotations

import datetime as dt

import pytest

from alliance.cases.models import CaseStudy
from alliance.core.audit import COMMAND_LINE
from alliance.core.errors import InvalidData
from alliance.core.models import AuditEvent
from tests.factories.knowledge import (
    a_place,
    a_source,
    cost,
    effect,
    lay_ground,
    make_case,
    no_difference,
    text,
)

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)
BY = {"actor": COMMAND_LINE, "at": NOW}


@pytest.fixture(autouse=True)
def ground(db: None) -> None:
    lay_ground()


def grade(public_id: str) -> int | None:
    return CaseStudy.objects.get(public_id=public_id).evidence_points


def test_a_comparison_group_raises_the_grade_at_once():
    make_case("Borås")
    before = grade("boras")
    make_case("Borås", effects=(effect(design="quasi-experiment"),))
    assert grade("boras") == before + 1


def test_withdrawing_a_study_lowers_the_grade_of_its_siblings():
    for name in ("Borås", "Lund", "Umeå"):
        make_case(name, effects=(effect(se=1.0),))
    together = grade("lund")
    make_case("Umeå", effects=(effect(se=1.0),), status="withdrawn")
    assert grade("lund") == together - 1
    assert AuditEvent.objects.filter(verb="regrade", public_id="lund").exists()


def test_each_published_state_is_kept_once():
    make_case("Borås")
    make_case("Borås")
    stored = CaseStudy.objects.get(public_id="boras")
    assert [v.number for v in stored.versions.all()] == [1]
    make_case("Borås", outcome="mixed")
    first, second = stored.versions.all()
    assert (first.snapshot["outcome"], second.snapshot["outcome"]) == ("worked", "mixed")
    assert first.digest != second.digest


def test_an_effect_keeps_its_key_whatever_else_changes():
    first = make_case("Lund", effects=(effect(), effect(-9.0, qualifier="at night")))
    keys = ["traffic-volume", "traffic-volume-at-night"]
    assert [one.key for one in first.effects.all()] == keys
    # Another value and place in the list; then another part, as a form sends it with its key.
    make_case("Lund", effects=(effect(-7.0, qualifier="at night"), effect()))
    assert [one.key for one in first.effects.all()] == keys[::-1]
    make_case("Lund", effects=(effect(-7.0, qualifier="by day", key=keys[1]), effect(se=1.0)))
    assert [(one.qualifier, one.key) for one in first.effects.all()] == [
        ("by day", keys[1]),
        ("", keys[0]),
    ]
    # One more of the same measure and part, told from the first by its year.
    make_case("Lund", effects=(effect(), effect(period_start=2020, period_end=2021)))
    assert [one.key for one in first.effects.all()] == [keys[0], "traffic-volume-2"]


def test_no_difference_is_kept_without_a_number_and_counts_as_no_change():
    null = no_difference(sentence_sv="Trafiken på sidogatorna förändrades inte.", is_main=True)
    first = make_case("Lund", effects=(), nulls=(null,))
    kept = first.nulls.get()
    assert (kept.key, kept.sentence) == ("null-traffic-volume", null.sentence)
    assert not first.effects.exists()
    assert first.versions.get().snapshot["nulls"][0]["sentence_sv"] == null.sentence_sv
    # It was measured against others, and agrees with no place where traffic fell.
    assert grade("lund") == 2
    for name in ("Umeå", "Kiruna", "Visby"):
        make_case(name, effects=(effect(se=1.0),))
    lines = {line["code"]: line for line in CaseStudy.objects.get(public_id="umea").evidence_lines}
    assert lines["replicated"]["params"]["places"] == 4
    assert lines["replicated"]["params"]["agreeing"] == 3
    # What is said again without its key keeps it.
    make_case("Lund", effects=(), nulls=(null.model_copy(update={"design": "rct"}),))
    assert (first.nulls.get().key, first.nulls.get().design) == (kept.key, "rct")


def test_unknown_quantities_stay_unknown():
    stored = make_case("Borås")
    assert stored.cost_minor is None
    assert stored.staff_time is None
    assert stored.lead_time is None
    assert stored.versions.get().snapshot["cost"] is None


def test_further_amounts_stand_beside_the_cost_and_are_never_compared():
    yearly = cost("4.60", "SEK", None).model_copy(update={"kind": "yearly", "covers": "upkeep"})
    stored = make_case("Borås", cost=cost("2000000", "SEK", 2012), amounts=(yearly,))
    kept = stored.amounts.get()
    assert (kept.cost_minor, kept.cost_currency, kept.cost_kind) == (460, "SEK", "yearly")
    state = stored.versions.get().snapshot
    assert state["cost"]["amount"] == 2_000_000
    assert state["amounts"] == [yearly.model_dump(mode="json")]
    # Said again, it is no new version; left out, it goes.
    make_case("Borås", cost=cost("2000000", "SEK", 2012), amounts=(yearly,))
    assert stored.versions.count() == 1
    make_case("Borås", cost=cost("2000000", "SEK", 2012))
    assert not stored.amounts.exists() and stored.versions.count() == 2


def test_a_draft_is_not_graded_with_the_others_and_has_no_version():
    stored = make_case("Borås", status="draft", sources=())
    assert stored.versions.count() == 0
    assert stored.evidence_points is None


def test_review_falls_due_a_year_after_the_check():
    stored = make_case("Borås", checked_on=dt.date(2026, 3, 1))
    assert stored.review_by == dt.date(2027, 3, 1)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"solution": "nothing"}, "case.solution: “nothing” is not in the list"),
        (
            {"place": a_place("Borås", "SE", city="atlantis")},
            "“atlantis” is not in the list",
        ),
        ({"adapted_from": "boras"}, "“boras” is not another published case"),
        ({"sources": ()}, "Enter at least one source."),
        ({"public_id": "Not an id"}, "case.id: “Not an id” is not"),
        ({"texts": ()}, "Enter at least a title and a summary."),
        ({"topics": ("equity", "equity")}, "One item is entered twice."),
        (
            {"sources": (a_source("x", "javascript:alert(1)"),)},
            "does not begin with https:// or http://",
        ),
    ],
)
def test_broken_rules_are_named_and_nothing_is_written(changes, rule):
    with pytest.raises(InvalidData, match="case") as caught:
        make_case("Borås", **changes)
    assert rule in str(caught.value)
    assert not CaseStudy.objects.exists()


def test_a_translation_knows_the_revision_it_was_made_from():
    swedish = text("sv", title="Avgifter", status="translated")
    stored = make_case("Borås", texts=(text(), swedish))
    assert stored.texts.get(language="sv").source_revision == 1
    make_case("Borås", texts=(text(summary="Drivers pay more."), swedish))
    assert stored.texts.get(language="en").revision == 2
    assert stored.texts.get(language="sv").source_revision == 1, "the translation is behind"
