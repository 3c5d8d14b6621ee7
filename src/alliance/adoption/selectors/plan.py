"""The starting point of the plan of an adoption: the adopted case compared with the adopting
city."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from alliance.adoption.models import Adoption
from alliance.knowledge.models import CaseStudy, Effect, Solution
from alliance.knowledge.selectors.access import visible_cases
from alliance.knowledge.selectors.cases import CaseFacts, case_facts
from alliance.knowledge.selectors.effects import EffectView, baseline_of, effect_view
from alliance.knowledge.selectors.localise import country_name, local_place
from alliance.network.bands import climate_zone, size_band
from alliance.network.enums import SubjectKind
from alliance.network.models import City
from alliance.testbeds.fit.page import need_lines
from alliance.web.formatting import number


@dataclass(frozen=True)
class FactLine:
    """A fact of both cities; empty if not recorded. `same` is None if unknown."""

    label: str
    there: str
    here: str
    same: bool | None


@dataclass(frozen=True)
class Inherited(CaseFacts):
    """Facts of a case for the plan.

    `scaled` is its converted cost per resident times the residents of the adopting city; None if
    one of them is not recorded. `measures`: the outcome measures, to be measured again.
    """

    scaled: float | None
    measures: tuple[EffectView, ...]


def handed_down(adoption: Adoption, *, language: str) -> dict[str, Any]:
    """The context of the page of a plan, in at most nine queries.

    `needs` are the prerequisites of the solution with the adopting city's own answers. `inherited`
    is None if a solution is adopted and not a case, and if the case is no longer published or hides
    its city.
    """
    case = _case(adoption)
    inherited = _inherited(case, adoption.adopting_city, language) if case else None
    there = adoption.source_city
    solution = _solution(adoption, case)
    return {
        "needs": need_lines(solution, adoption.adopting_city, language) if solution else (),
        "facts": _facts(there, adoption.adopting_city, language) if there else (),
        "inherited": inherited,
    }


def began_at(adoption: Adoption, language: str) -> dict[str, Any]:
    """The baseline of the main result of the adopted case, and its `place`; empty if it is not
    recorded, or the case names no city. One query.
    """
    if adoption.subject_kind != SubjectKind.CASE:
        return {}
    cases = visible_cases(None).filter(public_id=adoption.subject_id, is_masked=False)
    effects = Effect.objects.filter(case__in=cases, pool_exclusion="", baseline__isnull=False)
    effects = effects.select_related("unit", "baseline_unit", "case__city")
    main = effects.order_by("-is_main", "position").first()
    if main is None:
        return {}
    return {"place": local_place(main.case, language), **baseline_of(main, language)}


def _case(adoption: Adoption) -> CaseStudy | None:
    if adoption.subject_kind != SubjectKind.CASE:
        return None
    rows = visible_cases(None).filter(public_id=adoption.subject_id, is_masked=False)
    return (
        rows.select_related("city", "solution")
        .prefetch_related(
            "texts",
            "effects__measure",
            "effects__unit",
            "effects__baseline_unit",
            "solution__texts",
        )
        .first()
    )


def _solution(adoption: Adoption, case: CaseStudy | None) -> Solution | None:
    if case is not None:
        return case.solution
    rows = Solution.objects.filter(public_id=adoption.subject_id).prefetch_related("texts")
    return rows.first() if adoption.subject_kind == SubjectKind.SOLUTION else None


def _fact(label: str, there: str, here: str) -> FactLine:
    return FactLine(label, there, here, there == here if there and here else None)


def _facts(source: City, adopter: City, language: str) -> tuple[FactLine, ...]:
    def density(city: City) -> str:
        if not city.population or not city.area_km2:
            return ""
        return _("%(n)s per km²") % {"n": number(round(city.population / city.area_km2))}

    def people(city: City) -> str:
        return number(city.population) if city.population else ""

    size = (size_band(source), size_band(adopter))
    climate = (climate_zone(source), climate_zone(adopter))
    figures = (
        (_("Residents"), people(source), people(adopter)),
        (_("Population density"), density(source), density(adopter)),
    )
    return (
        _fact(_("Country"), *(country_name(city.country, language) for city in (source, adopter))),
        _fact(_("Population size"), *(str(band.label) if band else "" for band in size)),
        _fact(_("Climate"), *(str(zone.label) if zone else "" for zone in climate)),
        # Different figures alone do not imply a relevant difference.
        *(FactLine(label, there, here, None) for label, there, here in figures),
    )


def _inherited(case: CaseStudy, adopter: City, language: str) -> Inherited:
    facts = case_facts(case, language)
    each = facts.cost.per_inhabitant
    return Inherited(
        **vars(facts),
        scaled=round(each.value * adopter.population) if each and adopter.population else None,
        measures=tuple(
            effect_view(effect, language)
            for effect in case.effects.all()
            if not effect.pool_exclusion
        ),
    )
