"""Names and addresses of today for the ids and English names that kept versions hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from alliance.cases.models import Measure, Solution, Unit
from alliance.cases.selectors.access import visible_cases
from alliance.cases.selectors.case_list import Localised
from alliance.cases.selectors.localise import chosen_text, local_name
from alliance.network.models import City

State = Mapping[str, Any]


@dataclass(frozen=True)
class Named:
    """A record that still exists: its name in the language of the page, and its page."""

    name: Localised
    href: str


@dataclass(frozen=True)
class PresentNames:
    """What is still there of what some versions name, by its kept id or English name."""

    measures: Mapping[str, str]
    units: Mapping[str, str]
    solutions: Mapping[str, Named]
    cities: Mapping[str, Named]
    cases: Mapping[str, Named]


def _non_empty(values: Iterable[str | None]) -> set[str]:
    return {value for value in values if value}


def names_for(states: Iterable[State], language: str) -> PresentNames:
    """Look up what the versions name, in at most seven queries, however many they are.

    Only records that any reader may open are among them.
    """
    all_states = list(states)
    effects = [effect for state in all_states for effect in state.get("effects") or ()]
    results = [*effects, *(null for state in all_states for null in state.get("nulls") or ())]
    solutions = Solution.everything.filter(
        public_id__in=_non_empty(state.get("solution") for state in all_states)
    ).prefetch_related("texts")
    cities = City.objects.filter(
        public_id__in=_non_empty((state.get("place") or {}).get("city") for state in all_states)
    )
    cases = (
        visible_cases(None)
        .filter(public_id__in=_non_empty(state.get("adapted_from") for state in all_states))
        .prefetch_related("texts")
    )
    solution_texts = {
        solution.public_id: chosen_text(solution.texts.all(), language) for solution in solutions
    }
    case_texts = {
        case.public_id: chosen_text(case.texts.all(), language, case.original_language)
        for case in cases
    }
    return PresentNames(
        measures={
            measure.name: local_name(measure, language)
            for measure in Measure.objects.filter(
                name__in=_non_empty(e["measure"] for e in results)
            )
        },
        units={
            unit.name: local_name(unit, language)
            for unit in Unit.objects.filter(
                name__in=_non_empty(
                    e.get(name) for e in effects for name in ("unit", "baseline_unit")
                )
            )
        },
        solutions={
            key: Named(
                Localised(solution_text.text.name, solution_text.lang_attr),
                reverse("knowledge:solution", args=[key]),
            )
            for key, solution_text in solution_texts.items()
        },
        cities={
            city.public_id: Named(
                Localised(local_name(city, language)),
                reverse("knowledge:city", args=[city.public_id]),
            )
            for city in cities
        },
        cases={
            key: Named(
                Localised(case_text.text.title, case_text.lang_attr),
                reverse("knowledge:case", args=[key]),
            )
            for key, case_text in case_texts.items()
        },
    )
