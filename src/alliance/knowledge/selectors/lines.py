"""One line of a list of cases: what a reader needs to decide whether to open it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from alliance.knowledge.documents import main_effect
from alliance.knowledge.enums import Scheme
from alliance.knowledge.models import CaseStudy, Effect
from alliance.knowledge.selectors.localise import (
    country_name,
    local_name,
    local_place,
    local_symbol,
    pick,
)


@dataclass(frozen=True)
class Told:
    """Words of a record. `foreign` is their language where it is not the page's own, else empty."""

    value: str
    foreign: str = ""

    def __bool__(self) -> bool:
        return bool(self.value)

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class EffectLine:
    """The effect shown beside a case in a list."""

    measure: str
    value: float
    unit: str
    symbol: str
    is_change: bool
    qualifier: Told
    design: str


@dataclass(frozen=True)
class CaseLine:
    """A published case in a list. Years and grade are None where none is recorded.

    `effect` is None where no effect stands for the case, though some may be recorded
    (`any_effect`) that an editor took out of every count.
    """

    public_id: str
    solution_id: str
    solution: Told
    title: Told
    summary: Told
    place: str
    city_id: str
    country_code: str
    country: str
    start_year: int | None
    end_year: int | None
    outcome: str
    reasons: tuple[str, ...]
    what_did_not: Told
    effect: EffectLine | None
    any_effect: bool
    evidence_points: int | None
    latitude: float | None
    longitude: float | None
    topics: tuple[str, ...]


def with_line_parts(cases: QuerySet[CaseStudy]) -> QuerySet[CaseStudy]:
    """`cases` with all that `case_line` reads, in a fixed number of further queries."""
    return cases.select_related("city", "solution").prefetch_related(
        "texts",
        "classifications",
        "solution__texts",
        Prefetch("effects", queryset=Effect.objects.select_related("measure", "unit")),
    )


def effect_line(case: CaseStudy, language: str) -> EffectLine | None:
    """The main effect of a case, None where no effect stands for the case."""
    effect = main_effect(case)
    if effect is None:
        return None
    return EffectLine(
        measure=local_name(effect.measure, language),
        value=effect.value,
        unit=local_name(effect.unit, language),
        symbol=local_symbol(effect.unit, language),
        is_change=effect.unit.is_change,
        qualifier=told(effect.qualifier, case.original_language, language),
        design=effect.design,
    )


def told(value: str, written_in: str, language: str) -> Told:
    """`value` with its language, where that is another than the page's."""
    return Told(value, written_in if value and written_in != language else "")


def case_line(case: CaseStudy, language: str) -> CaseLine:
    """The line of a case read through `with_line_parts`, in `language` as far as it goes."""
    text = pick(case.texts.all(), language, case.original_language)
    solution = pick(case.solution.texts.all(), language)
    return CaseLine(
        public_id=case.public_id,
        solution_id=case.solution.public_id,
        solution=Told(solution.text.name, solution.foreign),
        title=Told(text.text.title, text.foreign),
        summary=Told(text.text.summary, text.foreign),
        place=local_place(case, language),
        city_id=case.city.public_id if case.city else "",
        country_code=case.country,
        country=country_name(case.country, language),
        start_year=case.start_year,
        end_year=case.end_year,
        outcome=case.outcome,
        reasons=tuple(case.reasons),
        what_did_not=Told(text.text.what_did_not, text.foreign),
        effect=effect_line(case, language),
        any_effect=bool(case.effects.all()),
        evidence_points=case.evidence_points,
        latitude=case.latitude,
        longitude=case.longitude,
        topics=tuple(row.code for row in case.classifications.all() if row.scheme == Scheme.TOPIC),
    )


def case_lines(cases: QuerySet[CaseStudy], language: str) -> tuple[CaseLine, ...]:
    """The lines of `cases`, in their order, in at most six queries."""
    return tuple(case_line(case, language) for case in with_line_parts(cases))


def strongest_first(lines: Iterable[CaseLine]) -> tuple[CaseLine, ...]:
    """Best evidence first, then the newest; a case without a grade or year comes last."""
    return tuple(
        sorted(
            lines,
            key=lambda line: (
                -(line.evidence_points or 0),
                -(line.start_year or 0),
                line.public_id,
            ),
        )
    )
