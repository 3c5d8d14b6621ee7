"""The facts of a case, one by one, and what the team of its city says about each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from alliance.cases.enums import CaseStatus
from alliance.cases.models import CaseStudy
from alliance.cases.selectors.snapshot_fields import Field, fields_of
from alliance.cases.selectors.snapshot_names import names_for
from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.core.text import digest
from alliance.network.enums import OrganisationKind
from alliance.network.models import Organisation
from alliance.network.rules import is_secretariat
from alliance.writing.models import FactCheck, FactCheckRequest
from alliance.writing.selectors.leads import in_figures

#: The facts that every case has, by the fields of a version that state them. One without a value
#: is asked about too: the city may know it.
FACTS: Mapping[str, tuple[str, ...]] = {
    "years": ("start_year", "end_year"),
    "running": ("running", "running_year"),
    "outcome": ("outcome", "reasons"),
    "cost": ("cost",),
    "gained": ("gained",),
    "paid": ("paid",),
}
#: Each result is a fact of its own: these fields of it.
_OF_EFFECT = ("measure", "qualifier", "unit", "value", "low", "high", "period_start", "period_end")


@dataclass(frozen=True)
class Fact:
    """One fact as the page shows it; `check`: the last answer to it, None where it is open."""

    code: str
    label: str
    value: str
    source: str
    check: FactCheck | None


def _effect_code(effect: Mapping[str, Any]) -> str:
    return "effect." + digest([effect["measure"], effect.get("qualifier") or ""])[:16]


def fact_states(state: Mapping[str, Any]) -> dict[str, str]:
    """The digest of what a version says of each fact, by the code of the fact."""
    states = {code: digest([state.get(name) for name in names]) for code, names in FACTS.items()}
    for effect in state.get("effects", ()):
        states[_effect_code(effect)] = digest([effect.get(name) for name in _OF_EFFECT])
    return states


def current_checks(case: CaseStudy, state: Mapping[str, Any]) -> dict[str, FactCheck]:
    """The answers that still hold, by fact: what they were about has not changed since."""
    states = fact_states(state)
    checks = case.fact_checks.filter(team__city=case.city_id).select_related("checked_by")
    return {check.fact: check for check in checks if states.get(check.fact) == check.state}


def facts_of(case: CaseStudy, language: str) -> list[Fact]:
    """The facts of the newest version, in words of the page, with their answers."""
    state = newest_state(case)
    checks = current_checks(case, state)
    names = names_for([state], language)
    fields = {field.key: field for field in fields_of(state, language, names)}
    facts = [Fact(code, *_in_words(code, fields, state), checks.get(code)) for code in FACTS]
    for effect in state.get("effects", ()):
        code = _effect_code(effect)
        text = capfirst(in_figures(effect, language, unit_name=effect["unit"]))
        label = ", ".join(filter(None, (_("Result"), effect.get("qualifier"))))
        facts.append(Fact(code, label, text, effect.get("source") or "", checks.get(code)))
    return facts


def _in_words(
    code: str, fields: Mapping[str, Field], state: Mapping[str, Any]
) -> tuple[str, str, str]:
    """Label, value and source of a fact of the case itself."""
    labels = {
        "years": _("Years"),
        "running": _("Still running"),
        "outcome": _("Outcome"),
        "cost": _("Cost"),
        "gained": _("Who gained"),
        "paid": _("Who paid"),
    }
    values = [fields[name].value for name in FACTS[code]]
    if code == "years" and any(values):
        text = " – ".join(value or "…" for value in values)
    else:
        text = ", ".join(filter(None, values))
    source = state.get("running_source") if code == "running" else ""
    return labels[code], text, source or ""


def newest_state(case: CaseStudy) -> dict[str, Any]:
    """What the newest version says; every published case has one."""
    state: dict[str, Any] = case.versions.order_by("-number").values_list("snapshot", flat=True)[0]
    return state


def town_hall(case: CaseStudy) -> Organisation | None:
    """The team of the city of a case, which can check it; None for a case from elsewhere."""
    if case.from_network or case.is_masked or case.city_id is None:
        return None
    teams = Organisation.objects.filter(city=case.city_id, kind=OrganisationKind.MUNICIPALITY)
    return teams.order_by("pk").first()


def cases_to_check(team: Organisation) -> QuerySet[CaseStudy]:
    """The published cases of this network in the city of a team, those not yet checked first."""
    cases = CaseStudy.objects.filter(
        city=team.city_id, status=CaseStatus.PUBLISHED, from_network="", is_masked=False
    )
    answered = Count("fact_checks", filter=Q(fact_checks__team=team))
    return cases.annotate(n_answered=answered).order_by("city_checked_on", "public_id")


def get_team_to_check(actor: Actor, public_id: str) -> Organisation:
    """The municipality of that id for its members and the secretariat, else NotFound."""
    team = Organisation.objects.filter(
        public_id=public_id, kind=OrganisationKind.MUNICIPALITY, city__isnull=False
    ).first()
    if team is None or not may_see_checks(actor, team):
        raise NotFound("team", public_id)
    return team


def may_see_checks(actor: Actor, team: Organisation) -> bool:
    """The members of the team, who answer, and the secretariat, which follows them."""
    return actor.scopes is None and (team.public_id in actor.teams or is_secretariat(actor))


def teams_with_cases() -> Iterator[dict[str, Any]]:
    """Each municipality with cases in its city: how many, how many it has checked, when it was
    asked. Two queries."""
    asked = dict(FactCheckRequest.objects.values_list("team", "asked_at"))
    cases = Q(
        city__cases__status=CaseStatus.PUBLISHED,
        city__cases__from_network="",
        city__cases__is_masked=False,
    )
    checked = cases & Q(city__cases__city_checked_on__isnull=False)
    teams = Organisation.objects.filter(kind=OrganisationKind.MUNICIPALITY).annotate(
        n=Count("city__cases", filter=cases), n_checked=Count("city__cases", filter=checked)
    )
    for team in teams.filter(n__gt=0).order_by("name"):
        row = {"team": team, "n": team.n, "n_checked": team.n_checked}
        yield row | {"asked_at": asked.get(team.pk)}
