"""Evidence grades: from rows to the published rule of `alliance.analysis`, and back into rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet

from alliance.analysis import evidence_grade
from alliance.analysis.effect_spread import PlaceEffect
from alliance.analysis.evidence import evidence_map
from alliance.analysis.evidence import solution_verdict as verdict_rule
from alliance.cases.costs import target
from alliance.cases.effects import null_effects, place_effects
from alliance.cases.enums import CaseStatus
from alliance.cases.models import CaseStudy, Effect, Measure, Solution
from alliance.core import audit
from alliance.evidence.models import SolutionVerdict
from alliance.evidence.services.verdicts import judge


def published_cases(solution: Solution) -> list[CaseStudy]:
    """The published cases of a solution with what grading reads, in a fixed number of queries."""
    return list(
        CaseStudy.objects.filter(solution=solution, status=CaseStatus.PUBLISHED)
        .select_related("city")
        .prefetch_related(
            Prefetch("effects", queryset=Effect.objects.select_related("measure", "unit")),
            "nulls__measure",
            "sources",
        )
        .order_by("public_id")
    )


def _lines(grade: evidence_grade.EvidenceGrade) -> list[dict[str, Any]]:
    return [
        {
            "code": line.code,
            "points": line.points,
            "met": line.met,
            "params": dict(line.params),
        }
        for line in grade.lines
    ]


def _sources(cases: Iterable[CaseStudy]) -> list[evidence_grade.GradeSource]:
    return [
        evidence_grade.GradeSource(source.url, source.independent, case.public_id)
        for case in cases
        for source in case.sources.all()
    ]


def _store(record: CaseStudy | Solution, grade: evidence_grade.EvidenceGrade) -> bool:
    """Put the grade on the record; returns whether it changed."""
    points = grade.points if grade.graded else None
    lines = _lines(grade)
    if (
        record.evidence_points == points
        and record.evidence_lines == lines
        and record.evidence_rule_version == grade.rule_version
    ):
        return False
    record.evidence_points = points
    record.evidence_lines = lines
    record.evidence_rule_version = grade.rule_version
    return True


def regrade(solution: Solution, at: dt.datetime) -> list[str]:
    """Grade the solution and all its published cases anew; one case's change may move others.

    The verdicts of the solution are made again with it.

    Returns the public ids of the cases whose grade changed. Call it in the transaction of the
    change that made it necessary.
    """
    cases = published_cases(solution)
    effects = {case.pk: place_effects(case) + null_effects(case) for case in cases}
    everywhere: Sequence[PlaceEffect] = [effect for own in effects.values() for effect in own]
    changed = [
        case
        for case in cases
        if _store(
            case,
            evidence_grade.grade(
                effects[case.pk], solution_effects=everywhere, sources=_sources([case])
            ),
        )
    ]
    columns = ["evidence_points", "evidence_lines", "evidence_rule_version"]
    CaseStudy.objects.bulk_update(changed, columns)
    whole = evidence_grade.solution_grade(everywhere, sources=_sources(cases))
    if _store(solution, whole.grade):
        solution.save(update_fields=columns)
    judge(solution, cases, (whole.measure, whole.unit), at)
    return [case.public_id for case in changed]


def measured_by(measures: Iterable[Measure]) -> QuerySet[Solution]:
    """The solutions of which a published case measured one of `measures`."""
    published = CaseStudy.objects.filter(status=CaseStatus.PUBLISHED)
    condition = Q(effects__measure__in=measures) | Q(nulls__measure__in=measures)
    return Solution.objects.filter(pk__in=published.filter(condition).values("solution"))


def regrade_siblings(solution: Solution, at: dt.datetime, *, but: str = "") -> None:
    """Grade a solution and its cases anew; the search index follows the audit trail of that.

    `but`: the public id of the case whose change made it necessary, which has a row of its own.
    """
    for public_id in regrade(solution, at):
        if public_id != but:
            audit.record("case", public_id, "regrade", actor=audit.WORKER, at=at)


def regrade_outdated(*, at: dt.datetime) -> int:
    """Grade anew what was graded by another version of the rule; how many solutions there were.

    For after an upgrade: until a record changes, its grade stays the one it was stored with.
    """
    graded = Q(evidence_rule_version__gt="") & ~Q(evidence_rule_version=evidence_grade.RULE_VERSION)
    currency, year = target()
    judged = SolutionVerdict.objects.filter(
        rule_version=verdict_rule.VERSION,
        details__currency=currency,
        details__price_year=year,
        details__has_key="cost_per_inhabitant",
    )
    published = CaseStudy.objects.filter(status=CaseStatus.PUBLISHED)
    outdated = Solution.objects.filter(
        graded
        | Q(pk__in=published.exclude(solution__in=judged.values("solution")).values("solution"))
        | Q(pk__in=published.filter(graded).values("solution"))
        | Q(pk__in=published.values("solution")) & ~Q(outcomes_version=evidence_map.VERSION)
    )
    count = 0
    for solution in outdated:
        with transaction.atomic():
            audit.record("solution", solution, "regrade", actor=audit.WORKER, at=at)
            regrade_siblings(solution, at)
        count += 1
    return count
