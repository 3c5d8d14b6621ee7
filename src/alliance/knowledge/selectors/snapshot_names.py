"""Names and addresses of today for the ids and English names that kept versions hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from alliance.knowledge.models import Measure, Solution, Unit
from alliance.knowledge.selectors.access import visible_cases
from alliance.knowledge.selectors.case_list import Localised
from alliance.knowledge.selectors.localise import chosen_text, local_name
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


def _kept(values: Iterable[str | None]) -> set[str]:
    return {value for value in values if value}


def names_for(states: Iterable[State], language: str) -> PresentNames:
    """Look up what the versions name, in at most seven queries, however many they are.

    Only records that any reader may open are among them.
    """
    given = list(states)
    effects = [effect for state in given for effect in state.get("effects") or ()]
    results = [*effects, *(null for state in given for null in state.get("nulls") or ())]
    solutions = Solution.everything.filter(
        public_id__in=_kept(state.get("solution") for state in given)
    ).prefetch_related("texts")
    cities = City.objects.filter(
        public_id__in=_kept((state.get("place") or {}).get("city") for state in given)
    )
    cases = (
        visible_cases(None)
        .filter(public_id__in=_kept(state.get("adapted_from") for state in given))
        .prefetch_related("texts")
    )
    solution_texts = {one.public_id: chosen_text(one.texts.all(), language) for one in solutions}
    case_texts = {
        one.public_id: chosen_text(one.texts.all(), language, one.original_language)
        for one in cases
    }
    return PresentNames(
        measures={
            one.name: local_name(one, language)
            for one in Measure.objects.filter(name__in=_kept(e["measure"] for e in results))
        },
        units={
            one.name: local_name(one, language)
            for one in Unit.objects.filter(
                name__in=_kept(e.get(name) for e in effects for name in ("unit", "baseline_unit"))
            )
        },
        solutions={
            key: Named(
                Localised(one.text.name, one.lang_attr), reverse("knowledge:solution", args=[key])
            )
            for key, one in solution_texts.items()
        },
        cities={
            one.public_id: Named(
                Localised(local_name(one, language)),
                reverse("knowledge:city", args=[one.public_id]),
            )
            for one in cities
        },
        cases={
            key: Named(
                Localised(one.text.title, one.lang_attr), reverse("knowledge:case", args=[key])
            )
            for key, one in case_texts.items()
        },
    )
