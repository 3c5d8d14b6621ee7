"""Lists of cases: what is read for a line of one, and their order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from alliance.cases.case_fields import JUSTICE
from alliance.cases.enums import Language
from alliance.cases.models import CaseStudy, CaseText, Effect, NullResult, SolutionText
from alliance.cases.selectors.localise import dispute_of
from alliance.network.localise import Localised as Localised
from alliance.network.localise import localised as localised


def line_fields(cases: QuerySet[CaseStudy], *more: str) -> QuerySet[CaseStudy]:
    """`cases` with the fields alone that lists and counts read, the names of their cities, why
    results are `disputed`, and `more`; any other costs a query."""
    names = ("name", "name_fr", "name_sv", "aliases", "public_id")
    return cases.select_related("city").annotate(disputed=dispute_of("public_id")).only(
        *more,
        *(f"city__{name}" for name in names),
        "public_id", "solution", "original_language", "city", "place_name", "place_name_fr",
        "place_name_sv", "country", "start_year", "end_year", "outcome", "reasons",
        "evidence_points", "revision", "has_nulls", "from_network",
    )  # fmt: skip


def line_texts() -> tuple[Prefetch, Prefetch]:
    """The texts that a line reads, without the long ones: of cases, of their solutions."""
    return (
        Prefetch(
            "texts",
            queryset=CaseText.objects.defer(
                *("lead", "summary", "problem", "what_worked", "equity_notes"),
                *(row.name for row in JUSTICE),
            ),
        ),
        Prefetch(
            "solution__texts",
            queryset=SolutionText.objects.defer("summary", "how_it_works", "prerequisites"),
        ),
    )


def with_line_parts(cases: QuerySet[CaseStudy]) -> list[CaseStudy]:
    """`cases` with all that a line of a list reads, in a fixed number of further queries.

    One of them, for results without a number, only where a case has some.
    """
    records = list(
        line_fields(cases, "solution__public_id")
        .select_related("solution")
        .prefetch_related(
            *line_texts(),
            Prefetch("effects", queryset=Effect.objects.select_related("measure", "unit")),
        )
    )
    with_nulls(records)
    return records


def with_nulls(cases: Iterable[CaseStudy]) -> None:
    """Read the results without a number of those `cases` that have some, in one query."""
    prefetch_related_objects(
        [case for case in cases if case.has_nulls],
        Prefetch("nulls", queryset=NullResult.objects.select_related("measure")),
    )


def cases_by_key(cases: QuerySet[CaseStudy], keys: Iterable[int]) -> dict[int, CaseStudy]:
    """Those of `cases` whose primary keys are given, by key, in six queries at most."""
    return {case.pk: case for case in with_line_parts(cases.filter(pk__in=list(keys)))}


def strongest_first(cases: Iterable[CaseStudy]) -> tuple[CaseStudy, ...]:
    """Best evidence first, then the newest; a case without a grade or year comes last."""
    return tuple(
        sorted(
            cases,
            key=lambda case: (
                -(case.evidence_points or 0),
                -(case.start_year or 0),
                case.public_id,
            ),
        )
    )


def title_of(content: dict[str, Any], language: str) -> Localised:
    """The title of a draft in its own language, else in any; empty where none is written yet."""
    texts = content.get("texts") or {}
    for code in (content.get("original_language"), *Language.values):
        title = (texts.get(code) or {}).get("title")
        if title:
            return localised(title, str(code), language)
    return Localised("")
