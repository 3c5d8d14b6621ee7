"""What the API and the downloads read of published records."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from alliance.cases.enums import CaseStatus
from alliance.cases.models import CaseClassification, CaseStudy, Effect, Solution


def with_summary_parts(cases: QuerySet[CaseStudy]) -> QuerySet[CaseStudy]:
    """`cases` with what `case_summary` reads, in four further queries."""
    return cases.select_related("solution", "city").prefetch_related(
        "texts", "classifications", "solution__texts"
    )


def with_all_parts(cases: QuerySet[CaseStudy]) -> QuerySet[CaseStudy]:
    """`cases` with everything a reader may see of them, in a fixed number of queries."""
    return cases.select_related("solution", "city", "adapted_from").prefetch_related(
        "texts",
        "solution__texts",
        "nulls__measure",
        "amounts",
        "sources",
        Prefetch(
            "classifications", queryset=CaseClassification.objects.select_related("organisation")
        ),
        Prefetch(
            "effects", queryset=Effect.objects.select_related("measure", "unit", "baseline_unit")
        ),
    )


def codes(record: CaseStudy | Solution, scheme: str) -> list[str]:
    """The codes a record carries in one scheme, in their order."""
    return [row.code for row in record.classifications.all() if row.scheme == scheme]


def published_origin(case: CaseStudy) -> str | None:
    """The id of the case that this one was adapted from, None where it is not published."""
    origin = case.adapted_from
    if origin is None or origin.status != CaseStatus.PUBLISHED:
        return None
    return origin.public_id
