"""The evidence grade that a draft would get if it were published as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Subquery

from alliance.analysis import evidence_grade
from alliance.analysis.effect_spread import PlaceEffect
from alliance.knowledge import grade_texts
from alliance.knowledge.case_document import check_shape, record_of
from alliance.knowledge.effects import UNDISCLOSED, place_effect
from alliance.knowledge.enums import CaseStatus
from alliance.knowledge.models import CaseStudy, Draft, Effect, Measure, Unit
from alliance.knowledge.records import EffectRecord
from alliance.knowledge.selectors.cases import GradeView
from alliance.network.models import City

_FIGURES = (
    "qualifier", "value", "low", "high", "standard_error", "n", "period_start", "period_end",
    "design", "direction", "pool_exclusion",
)  # fmt: skip


def _others(draft: Draft, solution: str, city: str) -> list[Effect]:
    """The effects of the other published cases of the solution.

    Each bears as `own_city` the key of the draft's own city, which saves a query of its own.
    """
    own_city = Subquery(City.objects.filter(public_id=city).values("pk")[:1])
    return list(
        Effect.objects.filter(case__solution__public_id=solution, case__status=CaseStatus.PUBLISHED)
        .exclude(case=draft.case_id)
        .select_related("case", "measure", "unit")
        .annotate(own_city=own_city)
        .order_by("case__public_id", "position")
    )


def _effect(
    record: EffectRecord, measures: Mapping[str, Measure], units: Mapping[str, Unit]
) -> Effect:
    return Effect(
        measure=measures.get(record.measure) or Measure(name=record.measure),
        unit=units.get(record.unit) or Unit(name=record.unit),
        **{name: getattr(record, name) for name in _FIGURES},
    )


def grade_of_draft(
    draft: Draft,
    document: Mapping[str, Any],
    *,
    measures: Mapping[str, Measure],
    units: Mapping[str, Unit],
    measure_names: Mapping[str, str],
) -> GradeView:
    """The grade by the published rule, with its lines in words. One query."""
    record = record_of(check_shape(document), public_id=draft.public_id)
    others = _others(draft, record.solution, record.place.city_id or "") if record.effects else []
    # Not saved: it lends its place to the rules that speak of cases.
    case = CaseStudy(
        public_id=draft.public_id,
        country=UNDISCLOSED if record.is_masked else record.place.country,
        city_id=others[0].own_city if others else None,  # type: ignore[attr-defined]
        place_name=record.place.name,
    )
    own: list[PlaceEffect] = [
        place_effect(case, _effect(one, measures, units)) for one in record.effects
    ]
    # The sources of a case that hides its city are not published, so that they count for nothing.
    sources = [
        evidence_grade.GradeSource(source.url, source.independent, draft.public_id)
        for source in (() if record.is_masked else record.sources)
    ]
    grade = evidence_grade.grade(
        own,
        solution_effects=[*own, *(place_effect(one.case, one) for one in others)],
        sources=sources,
    )
    lines = [
        {"code": one.code, "points": one.points, "met": one.met, "params": dict(one.params)}
        for one in grade.lines
    ]
    points = grade.points if grade.graded else None
    return GradeView(
        points=points,
        most=evidence_grade.MAX_POINTS,
        lines=grade_texts.explain(lines, names=measure_names),
        bound="" if points is None else grade_texts.bounds(lines, points),
        rule_version=grade.rule_version,
        any_effect=bool(own),
    )
