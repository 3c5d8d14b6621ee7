"""Addresses of solutions in the API."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.forms.models import model_to_dict
from django.http import HttpRequest
from ninja import Field, Query, Router

from alliance.core.errors import Fault, InvalidData
from alliance.knowledge import enums
from alliance.knowledge.api.build import SOLUTION_TEXT, evidence, texts
from alliance.knowledge.api.effect_groups import effect_groups
from alliance.knowledge.api.schemas import solutions as schemas
from alliance.knowledge.effects import counted_places
from alliance.knowledge.models import (
    CaseStudy,
    Solution,
    SolutionClassification,
    SolutionCost,
    SolutionVerdict,
)
from alliance.knowledge.records import COST_COLUMNS, COST_WORDS
from alliance.knowledge.selectors.access import get_solution_for, visible_cases
from alliance.knowledge.selectors.case_list import with_line_parts
from alliance.knowledge.selectors.localise import chosen_text, local_place
from alliance.knowledge.selectors.open_data import codes
from alliance.knowledge.selectors.outlook import Useful
from alliance.knowledge.selectors.register import Tally, failure_register, tallies
from alliance.knowledge.selectors.verdicts import as_answer
from alliance.network.api.common import (
    LanguageQuery,
    PageQuery,
    api_address,
    page_address,
    page_of,
)
from alliance.network.localise import by_language

router = Router(tags=["solutions"])


class SolutionQuery(PageQuery):
    topic: list[enums.Topic] = Field([], description="Topics; any of them.")
    theme: list[enums.Theme] = Field([], description="Themes; any of them.")


class UsefulQuery(LanguageQuery):
    of: str = Field("", max_length=200, description="Key of a group of effects.")
    useful: float | None = Field(
        None, gt=0, le=1e12, description="Smallest useful change, a size in the unit of the group."
    )


def _summary(solution: Solution, language: str, tally: Tally) -> dict[str, Any]:
    text = chosen_text(solution.texts.all(), language)
    public_id = solution.public_id
    return {
        "id": public_id,
        "kind": solution.kind,
        "name": text.text.name,
        "summary": text.text.summary,
        "language": text.language,
        "topics": codes(solution, enums.Scheme.TOPIC),
        "themes": codes(solution, enums.Scheme.THEME),
        "sdg_targets": codes(solution, enums.Scheme.SDG),
        "evidence": evidence(solution),
        "verdict": next(
            (as_answer(verdict) for verdict in solution.verdicts.all() if verdict.is_main), None
        ),
        "cases": tally,
        "licence": solution.licence,
        "origin": solution.origin,
        "from_network": solution.from_network,
        "updated_at": solution.updated_at,
        "links": {
            "self": api_address(f"solutions/{public_id}"),
            "page": page_address("knowledge:solution", language, public_id),
            "cases": api_address(f"cases?solution={public_id}"),
        },
    }


def _cost(cost: SolutionCost) -> dict[str, Any]:
    return model_to_dict(cost, COST_COLUMNS) | {
        name: by_language(cost, name) for name in COST_WORDS
    }


@router.get("/solutions", response=schemas.SolutionPage, summary="List solutions")
def list_solutions(request: HttpRequest, query: Query[SolutionQuery]) -> dict[str, Any]:
    """Approaches, methods and tools that cities applied, with how often they worked."""
    solutions = Solution.objects.order_by("public_id").prefetch_related(
        "texts", "classifications", "verdicts__measure", "verdicts__unit"
    )
    for scheme, values in ((enums.Scheme.TOPIC, query.topic), (enums.Scheme.THEME, query.theme)):
        if values:
            rows = SolutionClassification.objects.filter(scheme=scheme, code__in=values)
            solutions = solutions.filter(pk__in=rows.values("solution"))
    counts = tallies(None)
    return page_of(
        request,
        query,
        solutions,
        lambda row: _summary(row, query.lang, counts.get(row.pk, Tally())),
    )


def _failures(cases: Iterable[CaseStudy], language: str) -> list[dict[str, Any]]:
    failures = []
    for case in cases:
        text = chosen_text(case.texts.all(), language, case.original_language)
        failures.append(
            {
                "case": case.public_id,
                "title": text.text.title,
                "language": text.language,
                "place": local_place(case, language),
                "country": case.country,
                "outcome": case.outcome,
                "reasons": case.reasons,
                "what_did_not": text.text.what_did_not,
            }
        )
    return failures


@router.get("/solutions/{id}", response=schemas.Solution, summary="One solution")
def get_solution(request: HttpRequest, id: str, query: Query[UsefulQuery]) -> dict[str, Any]:
    """A solution with its effects measure by measure over places, and its failure register.

    With `of` and `useful`, the chance of a useful change in one more place is told too.
    """
    if (query.useful is None) != (not query.of):
        raise InvalidData([Fault("useful", "without-of")])
    useful = None if query.useful is None else Useful(query.of, query.useful)
    solution = get_solution_for(None, id)
    cases = with_line_parts(visible_cases(None).filter(solution=solution).order_by("public_id"))
    prefetch_related_objects(cases, "effects__baseline_unit")
    register = failure_register(cases)
    prefetch_related_objects(
        [solution],
        *("texts", "classifications", "costs", "methods"),
        Prefetch("verdicts", SolutionVerdict.objects.select_related("measure", "unit")),
    )
    return _summary(solution, query.lang, register) | {
        "texts": texts(solution, SOLUTION_TEXT),
        "prerequisite_kinds": solution.prerequisite_kinds,
        "costs": [_cost(cost) for cost in solution.costs.all()],
        "evidence": evidence(solution, lines=True),
        "verdicts": [as_answer(verdict) for verdict in solution.verdicts.all()],
        "places": len(set(counted_places(cases).values())),
        "effects": effect_groups(cases, query.lang, useful),
        "failures": {
            "reasons": dict(register.reasons),
            "did_not_work": _failures(register.failures, query.lang),
            "mixed": _failures(register.partly, query.lang),
        },
        "methods": [method.public_id for method in solution.methods.all()],
    }
