"""What the page about the evidence grade shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from alliance.analysis.evidence_grade import (
    MAX_POINTS,
    MAX_POINTS_UNMEASURED,
    MIN_POINTS_MEASURED,
    RULE_VERSION,
)
from alliance.core.audit import Actor
from alliance.knowledge.messages.grades import (
    LineText,
    bounds,
    explain,
    rule_texts,
    solution_rule_texts,
)
from alliance.knowledge.models import CaseStudy, Measure
from alliance.knowledge.selectors.access import visible_cases
from alliance.knowledge.selectors.localise import local_name


@dataclass(frozen=True)
class GradeView:
    """The evidence grade with every line of the rule in words. `points` None: not graded."""

    points: int | None
    most: int
    lines: tuple[LineText, ...]
    bound: str
    rule_version: str
    any_effect: bool


def measure_names(lines: Iterable[Mapping[str, Any]], language: str) -> dict[str, str]:
    """The names to show for the measures that stored lines of a grade speak of."""
    named = {line["params"]["measure"] for line in lines if "measure" in line["params"]}
    if not named:
        return {}
    return {
        measure.name: local_name(measure, language)
        for measure in Measure.objects.filter(name__in=named)
    }


def _example(actor: Actor | None, language: str) -> dict[str, Any] | None:
    # The best known case shows the most lines that count; its id decides between equals.
    best = (
        visible_cases(actor)
        .filter(evidence_points__isnull=False)
        .order_by("-evidence_points", "public_id")
        .values_list("pk", flat=True)
        .first()
    )
    if best is None:
        return None
    # Read by itself, so that the database sorts no long rows.
    case = visible_cases(actor).prefetch_related("texts").get(pk=best)
    names = measure_names(case.evidence_lines, language)
    return {
        "case": case,
        "lines": explain(case.evidence_lines, names=names),
        "bounds": bounds(case.evidence_lines, case.evidence_points or 0),
    }


def grade_page(actor: Actor | None, language: str) -> dict[str, Any]:
    """The rule, how many cases have which grade (None: not graded), and one line by line.

    `example` is None where no published case is graded.
    """
    counts = dict(
        visible_cases(actor).order_by().values_list("evidence_points").annotate(Count("id"))
    )
    return {
        "version": RULE_VERSION,
        "max_points": MAX_POINTS,
        "least_measured": MIN_POINTS_MEASURED,
        "most_unmeasured": MAX_POINTS_UNMEASURED,
        "rule": rule_texts(),
        "solution_rule": solution_rule_texts(),
        "counts": [
            (points, counts.get(points, 0)) for points in (*range(MAX_POINTS, -1, -1), None)
        ],
        "n_cases": sum(counts.values()),
        "example": _example(actor, language),
    }


def grade_view(case: CaseStudy, language: str) -> GradeView:
    """The grade of a case in words; its effects must be loaded."""
    effects = list(case.effects.all())
    names = {effect.measure.name: local_name(effect.measure, language) for effect in effects}
    points = case.evidence_points
    return GradeView(
        points=points,
        most=MAX_POINTS,
        lines=explain(case.evidence_lines, names=names),
        bound="" if points is None else bounds(case.evidence_lines, points),
        rule_version=case.evidence_rule_version,
        any_effect=bool(effects),
    )
