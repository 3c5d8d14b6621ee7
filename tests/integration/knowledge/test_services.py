"""Writing cases: versions, grades that follow each change, and refusal of broken data."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from alliance.core.audit import COMMAND_LINE
from alliance.core.errors import InvalidData
from alliance.core.ids import slug
from alliance.core.models import AuditEvent
from alliance.knowledge.models import CaseStudy, Solution
from alliance.knowledge.records import (
    CaseRecord,
    CaseTextRecord,
    EffectRecord,
    PlaceRecord,
    SolutionRecord,
    SolutionTextRecord,
    SourceRecord,
)
from alliance.knowledge.services import save_case, save_measure, save_solution, save_unit

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)
BY = {"actor": COMMAND_LINE, "at": NOW}


@pytest.fixture
def solution(db) -> Solution:
    save_measure("traffic-volume", name="traffic volume")
    save_unit("percent-change", name="percent change", is_relative=True, is_change=True)
    texts = (SolutionTextRecord("en", "Road pricing"),)
    return save_solution(SolutionRecord("road-pricing", "approach", texts), **BY)


def case(name: str, **changes: object) -> CaseRecord:
    record = CaseRecord(
        public_id=slug(name),
        solution="road-pricing",
        kind="approach",
        place=PlaceRecord(name, "SE"),
        outcome="worked",
        texts=(CaseTextRecord("en", f"Pricing in {name}", "Drivers pay."),),
        effects=(
            EffectRecord(
                "traffic volume", "percent change", -10.0, "before-after", "lower-is-better"
            ),
        ),
        sources=(SourceRecord("Report", "https://example.org/report"),),
    )
    return dataclasses.replace(record, **changes)


def with_design(record: CaseRecord, design: str) -> CaseRecord:
    effect = dataclasses.replace(record.effects[0], design=design)
    return dataclasses.replace(record, effects=(effect,))


def grade(public_id: str) -> int | None:
    return CaseStudy.objects.get(public_id=public_id).evidence_points


def test_a_comparison_group_raises_the_grade_at_once(solution):
    record = case("Borås")
    save_case(record, **BY)
    before = grade("boras")
    save_case(with_design(record, "quasi-experiment"), **BY)
    assert grade("boras") == before + 1


def test_withdrawing_a_study_lowers_the_grade_of_its_siblings(solution):
    for place in ("Borås", "Lund", "Umeå"):
        save_case(case(place), **BY)
    together = grade("lund")
    save_case(case("Umeå", status="withdrawn"), **BY)
    assert grade("lund") == together - 1
    assert AuditEvent.objects.filter(verb="regrade", public_id="lund").exists()


def test_each_published_state_is_kept_once(solution):
    record = case("Borås")
    save_case(record, **BY)
    save_case(record, **BY)
    stored = CaseStudy.objects.get(public_id="boras")
    assert [v.number for v in stored.versions.all()] == [1]
    save_case(dataclasses.replace(record, outcome="mixed"), **BY)
    first, second = stored.versions.all()
    assert (first.snapshot["outcome"], second.snapshot["outcome"]) == ("worked", "mixed")
    assert first.digest != second.digest


def test_unknown_quantities_stay_unknown(solution):
    stored = save_case(case("Borås"), **BY)
    assert stored.cost_minor is None
    assert stored.staff_time is None
    assert stored.lead_time is None
    assert stored.versions.get().snapshot["cost"] is None


def test_a_draft_is_not_graded_with_the_others_and_has_no_version(solution):
    stored = save_case(case("Borås", status="draft", sources=()), **BY)
    assert stored.versions.count() == 0
    assert stored.evidence_points is None


def test_review_falls_due_a_year_after_the_check(solution):
    stored = save_case(case("Borås", checked_on=dt.date(2026, 3, 1)), **BY)
    assert stored.review_by == dt.date(2027, 3, 1)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"solution": "nothing"}, "case.solution: “nothing” is not in the list"),
        (
            {"place": PlaceRecord("Borås", "SE", city_id="atlantis")},
            "“atlantis” is not in the list",
        ),
        ({"adapted_from": "boras"}, "“boras” is not another published case"),
        ({"sources": ()}, "case.sources: Name at least one source"),
        ({"public_id": "Not an id"}, "case.id: “Not an id” is not"),
        ({"texts": ()}, "case.texts: Write at least"),
        ({"topics": ("equity", "equity")}, "case.topics: One of these"),
        (
            {"sources": (SourceRecord("x", "javascript:alert(1)"),)},
            "does not begin with https:// or http://",
        ),
    ],
)
def test_broken_rules_are_named_and_nothing_is_written(solution, changes, rule):
    with pytest.raises(InvalidData, match="case") as caught:
        save_case(case("Borås", **changes), **BY)
    assert rule in str(caught.value)
    assert not CaseStudy.objects.exists()


def test_a_translation_knows_the_revision_it_was_made_from(solution):
    english = CaseTextRecord("en", "Pricing", "Drivers pay.")
    swedish = CaseTextRecord("sv", "Avgifter", "Bilister betalar.", status="translated")
    record = case("Borås", texts=(english, swedish))
    stored = save_case(record, **BY)
    assert stored.texts.get(language="sv").source_revision == 1
    changed = dataclasses.replace(english, summary="Drivers pay more.")
    save_case(dataclasses.replace(record, texts=(changed, swedish)), **BY)
    assert stored.texts.get(language="en").revision == 2
    assert stored.texts.get(language="sv").source_revision == 1, "the translation is behind"
