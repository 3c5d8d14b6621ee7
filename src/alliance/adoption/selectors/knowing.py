"""What a city can adopt, with which partner, and which data are copied to the plan."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from alliance.adoption.models import OF_SOLUTION
from alliance.adoption.services.adoptions import Subject
from alliance.core.money import to_major
from alliance.knowledge.models import CaseStudy, Solution
from alliance.knowledge.selectors.access import visible_cases
from alliance.knowledge.selectors.localise import chosen_text, local_name, local_place
from alliance.network.enums import HelpAnswer, HelpReply, NeedState, OrganisationKind, SubjectKind
from alliance.network.models import City, Need, NeedHelp, Organisation
from alliance.web import formatting


@dataclass(frozen=True)
class Knowing:
    """What can be adopted, and the municipalities of cities with experience, by name of the city.

    `cities_without_team`: cities with experience whose municipality is not recorded here.
    """

    subject: Subject
    solution: Solution
    case: CaseStudy | None
    teams: tuple[Organisation, ...]
    cities_without_team: tuple[str, ...]


def knowing_case(case: CaseStudy, language: str) -> Knowing:
    """The city of a case; empty if the case has no city, or hides it. Two queries."""
    text = chosen_text(case.texts.all(), language, case.original_language)
    subject = Subject(
        SubjectKind.CASE.value, case.public_id, text.text.title, text.language, case.city_id
    )
    cities = [case.city] if case.city is not None and not case.is_masked else []
    return _knowing(subject, case.solution, case, cities, language)


def knowing_solution(solution: Solution, language: str) -> Knowing:
    """The cities with a published case of a solution that is not hidden. Four queries."""
    text = chosen_text(solution.texts.all(), language)
    subject = Subject(SubjectKind.SOLUTION.value, solution.public_id, text.text.name, text.language)
    tried = visible_cases(None).filter(solution=solution, is_masked=False).values("city")
    return _knowing(subject, solution, None, City.objects.filter(pk__in=tried), language)


def known_of(knowing: Knowing, language: str) -> dict[str, Any]:
    """Columns of a plan to copy, in `language`: measure and unit of the main result, its cost, and
    the conditions of the solution. At most four queries.
    """
    text = chosen_text(knowing.solution.texts.all(), language).text
    known: dict[str, Any] = {"conditions": OF_SOLUTION if text.prerequisites else ""}
    case = knowing.case
    if case is None:
        return known
    effects = case.effects.filter(pool_exclusion="").select_related("measure", "unit")
    if main := effects.order_by("-is_main", "position").first():
        known["measure"], known["unit"] = main.measure.name, main.unit.name
    if case.cost_minor is not None:
        amount = to_major(case.cost_minor, case.cost_currency)
        known["costs"] = _("%(place)s: %(cost)s") % {
            "place": local_place(case, language),
            "cost": formatting.money(amount, case.cost_currency, case.cost_price_year),
        }
    return known


def _knowing(
    subject: Subject,
    solution: Solution,
    case: CaseStudy | None,
    cities: Iterable[City],
    language: str,
) -> Knowing:
    named = {city.pk: local_name(city, language) for city in cities}
    teams = Organisation.objects.filter(
        city__in=named, kind=OrganisationKind.MUNICIPALITY
    ).select_related("city")
    team_by_city: dict[int, Organisation] = {}
    for team in teams.order_by("name", "id"):
        if team.city_id is not None:
            team_by_city.setdefault(team.city_id, team)
    by_name = sorted(named, key=lambda pk: (named[pk].casefold(), pk))
    return Knowing(
        subject=subject,
        solution=solution,
        case=case,
        teams=tuple(team_by_city[pk] for pk in by_name if pk in team_by_city),
        cities_without_team=tuple(named[pk] for pk in by_name if pk not in team_by_city),
    )


def open_needs(teams: Collection[str]) -> list[Need]:
    """The open needs of these municipalities, newest first. One query."""
    rows = Need.objects.filter(organisation__public_id__in=teams, state=NeedState.OPEN)
    return list(rows.select_related("organisation__city", "city").order_by("-stated_at", "-id"))


def helpers(needs: Collection[Need]) -> list[Organisation]:
    """The municipalities that offered help with one of the needs. One query."""
    rows = NeedHelp.objects.filter(need__in=needs, answer=HelpAnswer.CAN).exclude(
        reply=HelpReply.DECLINED
    )
    return [row.organisation for row in rows.select_related("organisation__city")]
