"""Grades of the starter network, recomputed by another program, and the page that lists them."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from alliance.analysis.evidence_grade import RULE_VERSION
from alliance.cases.effects import place_key
from alliance.cases.models import CaseStudy, Effect, NullResult, Solution, Source
from tests.reference.slow_grades import grade_case, grade_solution

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PAGE = Path(__file__).parents[3] / "docs" / "reference" / "starter-grades.md"


def _rows():
    """All results as plain dictionaries in the order of their listing."""
    effects = [
        _row(one)
        | {
            "unit": one.unit.name,
            "is_change": one.unit.is_change,
            "value": one.value,
            "low": one.low,
            "high": one.high,
            "se": one.standard_error,
            "n": one.n,
            "late": one.has_late_plan,
            "failed": one.has_failed_check,
            "excluded": one.pool_exclusion,
            "study": one.study,
            "sample": one.sample,
        }
        for one in Effect.objects.select_related("case", "measure", "unit")
    ]
    nothing = dict.fromkeys(("value", "low", "high", "se", "n"))
    empty = dict.fromkeys(("unit", "excluded", "study", "sample"), "")
    nulls = [
        _row(one) | nothing | empty | {"is_change": True, "late": False, "failed": False}
        for one in NullResult.objects.select_related("case", "measure")
    ]
    return effects + nulls


def _row(one):
    return {
        "case": one.case.public_id,
        "solution": one.case.solution_id,
        "position": one.position,
        "place": place_key(one.case),
        "measure": one.measure.name,
        "design": one.design,
        "part": one.qualifier,
        "from": one.period_start,
        "to": one.period_end,
    }


def _recomputed(version):
    """Points by kind and id, by the slow program."""
    rows = _rows()
    independent = {one: [] for one in CaseStudy.objects.values_list("public_id", flat=True)}
    for case, answer in Source.objects.values_list("case__public_id", "independent"):
        independent[case].append(answer)
    cases = {
        public_id: grade_case(
            [row for row in rows if row["case"] == public_id],
            [row for row in rows if row["solution"] == solution],
            independent[public_id],
            version,
        )
        for public_id, solution in CaseStudy.objects.values_list("public_id", "solution")
    }
    solutions = {
        public_id: grade_solution(
            [row for row in rows if row["solution"] == pk], independent, version
        )
        for pk, public_id in Solution.objects.values_list("pk", "public_id")
    }
    return cases, solutions


def _shown(points):
    return "not graded" if points is None else str(points)


def _page(before, now):
    lines = [
        "# Grades of the starter network\n",
        f"\nBy version {RULE_VERSION} of the [rule of evidence](../explanation/evidence-grade.md),",
        " and what version 3 gave. Listed\nare the records whose points changed: versions 4 and 5",
        " take the size of a sample",
        " for no uncertainty,\ngive 5 points to nothing without an interval",
        " and replication, and at most 2 to plans registered\nafter their data; a result left",
        (" out of counts supports its own case, and a study counts as one\n"
            "place; version 6 gives a"),
        " direction only to results whose whole interval lies on one side of zero.\n",
    ]  # fmt: skip
    for title, old, new in zip(("Cases", "Solutions"), before, now, strict=True):
        lines.append(f"\n## {title}\n\n| Points | Version 3 | Version {RULE_VERSION} |\n")
        lines.append("|---|---|---|\n")
        counts = Counter(old.values()), Counter(new.values())
        for points in (5, 4, 3, 2, 1, 0, None):
            lines.append(f"| {_shown(points)} | {counts[0][points]} | {counts[1][points]} |\n")
        changed = [one for one in sorted(new) if new[one] != old[one]]
        lines.append(f"\n{len(changed)} of {len(new)} changed:\n\n| Id | Before | Now |\n")
        lines.append("|---|---|---|\n")
        lines += [f"| `{one}` | {_shown(old[one])} | {_shown(new[one])} |\n" for one in changed]
    return "".join(lines)


def test_another_program_gives_the_same_points(starter: None) -> None:
    now = _recomputed(int(RULE_VERSION))
    for kept, found in zip((CaseStudy, Solution), now, strict=True):
        stored = dict(kept.objects.values_list("public_id", "evidence_points"))
        assert {one: (stored[one], found[one]) for one in stored if stored[one] != found[one]} == {}
    page = _page(_recomputed(3), now)
    if os.environ.get("ALLIANCE_TEST_WRITE_GRADES"):
        PAGE.write_text(page, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page, "ALLIANCE_TEST_WRITE_GRADES=1 writes it"
