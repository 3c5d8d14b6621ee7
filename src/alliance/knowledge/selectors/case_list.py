"""One line of a list of cases: what a reader needs to decide whether to open it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from django.db.models import Prefetch, QuerySet

from alliance.knowledge.documents import main_effect
from alliance.knowledge.enums import Language
from alliance.knowledge.models import CaseStudy, CaseText, Effect, Solution, SolutionText
from alliance.knowledge.selectors.localise import (
    chosen_text,
    country_name,
    local_name,
    local_place,
    local_symbol,
)
from alliance.network.localise import Localised as Localised
from alliance.network.localise import localised as localised


@dataclass(frozen=True)
class EffectLine:
    """The effect shown beside a case in a list."""

    measure: str
    value: float
    unit: str
    symbol: str
    is_change: bool
    qualifier: Localised
    design: str


@dataclass(frozen=True)
class CaseLine:
    """A published case in a list. Years and grade are None where none is recorded.

    `effect` is None where no effect stands for the case, though some may be recorded
    (`any_effect`) that an editor took out of every count.
    """

    public_id: str
    solution_id: str
    solution: Localised
    title: Localised
    place: str
    country_code: str
    country: str
    start_year: int | None
    end_year: int | None
    outcome: str
    reasons: tuple[str, ...]
    what_did_not: Localised
    effect: EffectLine | None
    any_effect: bool
    evidence_points: int | None


class Ranked(Protocol):
    """What the order of `strongest_first` rests on."""

    @property
    def public_id(self) -> str: ...

    @property
    def evidence_points(self) -> int | None: ...

    @property
    def start_year(self) -> int | None: ...


R = TypeVar("R", bound=Ranked)


def line_fields(cases: QuerySet[CaseStudy]) -> QuerySet[CaseStudy]:
    """`cases` with the fields alone that lists and counts read; any other costs a query."""
    return cases.only(
        "public_id", "solution", "original_language", "city", "place_name", "place_name_fr",
        "place_name_sv", "country", "start_year", "end_year", "outcome", "reasons",
        "evidence_points", "revision",
    )  # fmt: skip


def line_texts() -> tuple[Prefetch, Prefetch]:
    """The texts that `case_line` reads, without the long ones: of cases, of their solutions."""
    return (
        Prefetch(
            "texts",
            queryset=CaseText.objects.defer("summary", "problem", "what_worked", "equity_notes"),
        ),
        Prefetch(
            "solution__texts",
            queryset=SolutionText.objects.defer("summary", "how_it_works", "prerequisites"),
        ),
    )


def with_line_parts(cases: QuerySet[CaseStudy]) -> QuerySet[CaseStudy]:
    """`cases` with all that `case_line` reads, in a fixed number of further queries."""
    return line_fields(cases).prefetch_related(
        Prefetch("solution", queryset=Solution.objects.only("public_id")),
        *line_texts(),
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
        qualifier=localised(effect.qualifier, case.original_language, language),
        design=effect.design,
    )


def case_line(case: CaseStudy, language: str) -> CaseLine:
    """The line of a case read through `with_line_parts`, in `language` as far as it goes."""
    text = chosen_text(case.texts.all(), language, case.original_language)
    solution = chosen_text(case.solution.texts.all(), language)
    return CaseLine(
        public_id=case.public_id,
        solution_id=case.solution.public_id,
        solution=Localised(solution.text.name, solution.lang_attr),
        title=Localised(text.text.title, text.lang_attr),
        place=local_place(case, language),
        country_code=case.country,
        country=country_name(case.country, language),
        start_year=case.start_year,
        end_year=case.end_year,
        outcome=case.outcome,
        reasons=tuple(case.reasons),
        what_did_not=Localised(text.text.what_did_not, text.lang_attr),
        effect=effect_line(case, language),
        any_effect=bool(case.effects.all()),
        evidence_points=case.evidence_points,
    )


def case_lines(cases: QuerySet[CaseStudy], language: str) -> tuple[CaseLine, ...]:
    """The lines of `cases`, in their order, in five queries."""
    return tuple(case_line(case, language) for case in with_line_parts(cases))


def lines_of(cases: QuerySet[CaseStudy], keys: Iterable[int], language: str) -> dict[int, CaseLine]:
    """The lines of those of `cases` whose primary keys are given, by key, in five queries."""
    found = with_line_parts(cases.filter(pk__in=list(keys)))
    return {case.pk: case_line(case, language) for case in found}


def strongest_first(cases: Iterable[R]) -> tuple[R, ...]:
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
