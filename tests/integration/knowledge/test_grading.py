"""Grades in the database: which sources count where, and grades made by a former rule."""

from __future__ import annotations

import pytest

from alliance.cases.effects import place_effects, place_key
from alliance.cases.models import CaseStudy, Solution
from alliance.evidence.services.grading import regrade, regrade_outdated
from tests.factories.knowledge import NOW, a_place, a_source, effect, lay_ground, make_case

pytestmark = pytest.mark.django_db

INDEPENDENT = (a_source("A study", "https://example.org/study", independent=True),)
OWN = (a_source("A report", "https://example.org/report", independent=False),)


@pytest.fixture(autouse=True)
def ground(db: None) -> None:
    lay_ground()


def lines() -> dict[str, dict]:
    return {line["code"]: line for line in Solution.objects.get().evidence_lines}


def town(name: str, **changes: object) -> CaseStudy:
    return make_case(name, place=a_place(name, "SE"), **changes)


def test_an_independent_source_counts_for_the_place_of_its_case_alone() -> None:
    for name, sources in (("Ashby", INDEPENDENT), ("Birkvik", OWN), ("Corlay", OWN)):
        town(name, sources=sources)
    assert lines()["independent"]["met"] is False
    assert lines()["independent"]["params"] == {"places": 1, "unknown": 0, "of": 3}
    town("Birkvik", sources=INDEPENDENT)
    assert lines()["independent"]["met"] is True


def test_withdrawing_a_study_lowers_the_grade_of_the_solution() -> None:
    for name, design in (("Ashby", "rct"), ("Birkvik", "quasi-experiment"), ("Corlay", "survey")):
        town(name, effects=(effect(-10, design),))
    solution = Solution.objects.get()
    before = solution.evidence_points
    assert lines()["comparison"]["met"] is True
    town("Ashby", effects=(effect(-10, "rct"),), status="withdrawn")
    town("Corlay", effects=(effect(-10, "survey"),))
    town("Birkvik", effects=(effect(-10, "quasi-experiment", pool_exclusion="after-removal"),))
    solution.refresh_from_db()
    assert lines()["comparison"]["met"] is False
    assert solution.evidence_points < before


def test_grades_of_a_former_rule_are_made_anew_once() -> None:
    town("Ashby")
    solution = Solution.objects.get()
    now = (solution.evidence_points, solution.evidence_lines, solution.evidence_rule_version)
    for record in (solution, CaseStudy.objects.get()):
        record.evidence_rule_version = "1"
        record.evidence_points = 5
        record.save()
    assert regrade_outdated(at=NOW) == 1
    solution.refresh_from_db()
    assert now == (
        solution.evidence_points,
        solution.evidence_lines,
        solution.evidence_rule_version,
    )
    assert CaseStudy.objects.get().evidence_rule_version == now[2]
    assert regrade_outdated(at=NOW) == 0
    assert regrade(solution, NOW) == []


def test_the_length_of_a_period_needs_both_its_ends() -> None:
    case = town(
        "Ashby",
        effects=(
            effect(-1, period_start=2005, period_end=2009),
            effect(-2, period_start=2005),
            effect(-3, period_start=2007, period_end=2007),
            effect(-4),
        ),
    )
    assert [one.years for one in place_effects(case)] == [4, None, 0, None]


def test_hidden_cities_are_places_of_their_own() -> None:
    first, second = (
        CaseStudy(public_id=name, country="ZZ", place_name="City not disclosed") for name in "ab"
    )
    assert place_key(first) != place_key(second)
    same = [CaseStudy(public_id=name, country="SE", place_name="Ashby") for name in "ab"]
    assert place_key(same[0]) == place_key(same[1])
