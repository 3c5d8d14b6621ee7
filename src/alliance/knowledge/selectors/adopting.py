"""With whom a city can agree to adopt a case or a solution."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from alliance.core.audit import Actor
from alliance.knowledge.models import CaseStudy, Solution
from alliance.knowledge.selectors.access import visible_cases
from alliance.knowledge.selectors.localise import chosen_text, local_name
from alliance.network.enums import OrganisationKind, SubjectKind
from alliance.network.models import City, Organisation
from alliance.network.selectors.needs_offers import city_teams
from alliance.network.services.partnerships import Subject


@dataclass(frozen=True)
class Knowing:
    """What can be adopted, and the municipalities of the cities that know it, by name of the city.

    `cities_without_team`: cities that know it and whose municipality is not recorded here.
    """

    subject: Subject
    teams: tuple[Organisation, ...]
    cities_without_team: tuple[str, ...]


def may_adopt(actor: Actor, case: CaseStudy, language: str) -> bool:
    """Whether the page of a case offers to adopt it: to those who speak for another city.

    One query, and none for a visitor.
    """
    if case.city is None or case.is_masked:
        return False
    return any(team.city_id != case.city.public_id for team in city_teams(actor, language))


def may_adopt_solution(actor: Actor, language: str) -> bool:
    """Whether the page of a solution offers to adopt it: to those who speak for a city.

    One query, and none for a visitor. Whether another city can be asked is told where they are led.
    """
    return bool(city_teams(actor, language))


def knowing_case(case: CaseStudy, language: str) -> Knowing:
    """Of a case: its city. None where the case tells no city, or hides it. Two queries."""
    text = chosen_text(case.texts.all(), language, case.original_language)
    subject = Subject(SubjectKind.CASE.value, case.public_id, text.text.title, text.language)
    cities = [case.city] if case.city is not None and not case.is_masked else []
    return _knowing(subject, cities, language)


def knowing_solution(solution: Solution, language: str) -> Knowing:
    """Of a solution: the cities with a published case of it that is not hidden. Four queries."""
    text = chosen_text(solution.texts.all(), language)
    subject = Subject(SubjectKind.SOLUTION.value, solution.public_id, text.text.name, text.language)
    tried = visible_cases(None).filter(solution=solution, is_masked=False).values("city")
    return _knowing(subject, City.objects.filter(pk__in=tried), language)


def _knowing(subject: Subject, cities: Iterable[City], language: str) -> Knowing:
    named = {city.pk: local_name(city, language) for city in cities}
    teams = Organisation.objects.filter(
        city__in=named, kind=OrganisationKind.MUNICIPALITY
    ).select_related("city")
    found: dict[int, Organisation] = {}
    for team in teams.order_by("name", "id"):
        if team.city_id is not None:
            found.setdefault(team.city_id, team)
    by_name = sorted(named, key=lambda pk: (named[pk].casefold(), pk))
    return Knowing(
        subject=subject,
        teams=tuple(found[pk] for pk in by_name if pk in found),
        cities_without_team=tuple(named[pk] for pk in by_name if pk not in found),
    )
