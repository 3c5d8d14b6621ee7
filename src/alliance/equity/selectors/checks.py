"""Fairness checks: permission-checked getters, the list, and the page of each."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Case, F, Prefetch, Q, QuerySet, When

from alliance.cases.enums import CaseStatus, DraftState, Outcome
from alliance.cases.models import CaseStudy
from alliance.cases.selectors.localise import local_text
from alliance.core.audit import Actor
from alliance.core.errors import NotFound
from alliance.core.ids import get_by_public_id
from alliance.equity import rules
from alliance.equity.enums import By, Quantity, Side
from alliance.equity.models import (
    AreaSet,
    CheckLine,
    Claim,
    DistributionCheck,
    Exposure,
    Testimony,
)
from alliance.equity.questions import JUSTICE, Question, questions_of, template_of
from alliance.equity.selectors.access import area_sets
from alliance.equity.selectors.claims import Answering, answering_of, claims_of, shown_claims
from alliance.equity.selectors.pages import clear_differences_of, maps_of
from alliance.equity.services.checks import parts_of
from alliance.equity.services.measuring import latest
from alliance.network import rules as network
from alliance.network.enums import SubjectKind
from alliance.network.localise import Localised
from alliance.network.models import City, Organisation
from alliance.participation.models import Process

PAGE_SIZE = 20
#: How many cases a check shows, harmful or failed ones first.
MOST_CASES = 6
MOST_MAPS = 2
_WORST_FIRST = (Outcome.DID_NOT_WORK, Outcome.MIXED)


def _checks() -> QuerySet[DistributionCheck]:
    return DistributionCheck.objects.select_related(
        "city", "organisation__city", "area_set", "process"
    ).prefetch_related("lines", "mitigations", "heard", Prefetch("claims", queryset=shown_claims()))


def get_check_for(actor: Actor, public_id: str) -> DistributionCheck:
    """A check that the actor may read. Raises NotFound."""
    return get_by_public_id(_checks(), "check", public_id, partial(rules.may_read_check, actor))


def get_check_to_edit(actor: Actor, public_id: str) -> DistributionCheck:
    """A check whose parts the actor may change. Raises NotFound."""
    return get_by_public_id(_checks(), "check", public_id, partial(rules.may_edit, actor))


def get_open_check(public_id: str) -> DistributionCheck:
    """A published check. Raises NotFound."""
    return get_by_public_id(_checks().filter(opened_at__isnull=False), "check", public_id)


def get_testimony(actor: Actor, public_id: str, testimony_id: str) -> Testimony:
    """A testimony in a check that the actor may change. Raises NotFound."""
    check = get_check_to_edit(actor, public_id)
    rows = Testimony.objects.filter(check_of=check, forgotten_at=None).select_related("check_of")
    return get_by_public_id(rows, "testimony", testimony_id)


def get_claim(actor: Actor, public_id: str, post_id: str) -> Claim:
    """A challenge that the actor may answer for her city. Raises NotFound."""
    check = get_check_to_edit(actor, public_id)
    rows = Claim.objects.filter(check_of=check, answered_at=None)
    return get_by_public_id(
        rows.select_related("post", "check_of"), "challenge", post_id, field="post__public_id"
    )


def of_city(organisation: Organisation) -> tuple[list[AreaSet], list[Process]]:
    """The areas and the processes that a check of a city may name, newest first."""
    areas = area_sets().filter(organisation=organisation).defer("measured")
    return list(areas), list(Process.objects.filter(organisation=organisation).order_by("-id")[:50])


def changes_of(check: DistributionCheck) -> list[Exposure]:
    """The figures of a check's areas about changes and costs of an action, newest year first."""
    if check.area_set is None:
        return []
    rows = check.area_set.exposures.exclude(quantity=Quantity.LEVEL).defer("margins")
    return list(rows.order_by("-year", "name"))


def checks_of_team(organisation: Organisation) -> QuerySet[DistributionCheck]:
    """All checks of a team, last changed first."""
    return DistributionCheck.objects.filter(organisation=organisation)


@dataclass(frozen=True)
class CheckRow:
    """A check in the list."""

    check: DistributionCheck
    sides: list[tuple[Any, list[CheckLine]]]
    answering: Answering


def check_list(actor: Actor, *, city: str, number: int, at: dt.datetime) -> dict[str, Any]:
    """The published checks and those of the reader's teams, next decision first.

    Raises NotFound for a missing page or city.
    """
    place = get_by_public_id(City.objects.all(), "city", city) if city else None
    seen = Q(opened_at__isnull=False)
    if actor.teams:
        seen |= Q(organisation__public_id__in=list(actor.teams))
    rows = _checks() if network.is_secretariat(actor) else _checks().filter(seen)
    if place is not None:
        rows = rows.filter(city=place)
    ahead = Case(When(decided_on__gte=at.date(), then=F("decided_on")))
    rows = rows.order_by(
        ahead.asc(nulls_last=True), F("decided_on").desc(nulls_first=True), "-changed_at", "-id"
    )
    pages: Paginator[Any] = Paginator(rows, PAGE_SIZE)
    if number not in pages.page_range:
        raise NotFound("page", str(number))
    page = pages.page(number)
    page.object_list = [_row(check, at) for check in page.object_list]
    return {"page": page, "city": place}


def _row(check: DistributionCheck, at: dt.datetime) -> CheckRow:
    gains, costs = _sides(check)
    sides = [(Side.GAIN.label, gains), (Side.COST.label, costs)]
    return CheckRow(check, sides, answering_of(list(check.claims.all()), at))


def _sides(check: DistributionCheck) -> tuple[list[CheckLine], list[CheckLine]]:
    # Groups before areas: who is affected matters more than where.
    lines = sorted(check.lines.all(), key=lambda line: (line.by != By.GROUP, line.number))
    return (
        [line for line in lines if line.side == Side.GAIN],
        [line for line in lines if line.side == Side.COST],
    )


@dataclass(frozen=True)
class Elsewhere:
    """What a case reports about who gained and who paid."""

    public_id: str
    title: Localised
    notes: Localised
    outcome: str


@dataclass(frozen=True)
class CheckQuestion:
    """A question with its answer, empty if it is open, and the cases that missed it."""

    question: Question
    answer: str
    cases: list[tuple[str, Localised]]


def check_page(
    check: DistributionCheck, actor: Actor, *, language: str, at: dt.datetime
) -> dict[str, Any]:
    """The context of the page of a check. Its parts are prefetched; up to eleven more queries."""
    gains, costs = _sides(check)
    cases = _cases(check)
    titles = {case.public_id: local_text(case, "title", language) for case in cases}
    asked = [
        CheckQuestion(
            question,
            check.answers.get(question.code, ""),
            [(case, titles[case]) for case in question.cases if case in titles],
        )
        for question in questions_of(check.action)
    ]
    n_own = len(template_of(check.action).questions)
    return {
        "check": check,
        "may_keep": rules.may_edit(actor, check),
        "may_moderate": network.is_moderator(actor),
        "missing": [part.value for part in rules.missing_in(parts_of(check))],
        "sides": [(Side.GAIN, gains), (Side.COST, costs)],
        "scale": _scales([*gains, *costs]),
        "mitigations": list(check.mitigations.all()),
        "heard": list(check.heard.all()),
        "asked": asked[:n_own],
        "justice": asked[n_own:],
        "n_open": sum(not asked_question.answer for asked_question in asked),
        "n_asked": len(asked),
        **claims_of(check, at),
        "subject_case": check.subject_id
        if check.subject_kind == SubjectKind.CASE
        and any(case.public_id == check.subject_id and not case.is_masked for case in cases)
        else "",
        "elsewhere": _elsewhere(check, cases, language),
        "results": [(result, local_text(result, "title", language)) for result in _results(check)],
        "today_said": clear_differences_of(check.area_set) if check.area_set else [],
        "maps": _maps(check),
    }


def _maps(check: DistributionCheck) -> list[dict[str, Any]]:
    """Maps of costs and changes by area, or of present levels if unknown. Two queries."""
    if check.area_set is None:
        return []
    newest = [exposure for exposure in latest(changes_of(check)) if exposure.array.any()]
    newest.sort(key=lambda exposure: exposure.quantity != Quantity.COST)
    return maps_of(check.area_set, newest[:MOST_MAPS])


def _cases(check: DistributionCheck) -> list[CaseStudy]:
    """The cases of the solutions of this kind of action, and those that its questions name."""
    template = template_of(check.action)
    named = {case for question in (*template.questions, *JUSTICE) for case in question.cases}
    condition = Q(public_id__in=named) | Q(solution__public_id__in=template.solutions)
    if check.subject_kind == SubjectKind.SOLUTION:
        condition |= Q(solution__public_id=check.subject_id)
    elif check.subject_kind == SubjectKind.CASE:
        # An adoption of a case with a hidden city names its partner: the two must not be linked.
        condition |= Q(public_id=check.subject_id, is_masked=False)
    rows = CaseStudy.objects.filter(condition, status=CaseStatus.PUBLISHED)
    return list(rows.prefetch_related("texts").order_by("public_id"))


def _results(check: DistributionCheck) -> QuerySet[CaseStudy]:
    """The published cases of the adoptions and pilots for which the check was made; none with a
    hidden city, which the check names."""
    of_check = Q(adoptions__fairness=check, adoptions__public_at__isnull=False)
    of_pilot = Q(drafts__state=DraftState.PUBLISHED, drafts__pilot_places__pilot__fairness=check)
    rows = CaseStudy.objects.filter(of_check | of_pilot)
    rows = rows.filter(status=CaseStatus.PUBLISHED, is_masked=False)
    return rows.prefetch_related("texts").distinct().order_by("public_id")


def _elsewhere(check: DistributionCheck, cases: list[CaseStudy], language: str) -> list[Elsewhere]:
    examples = [
        Elsewhere(case.public_id, local_text(case, "title", language), notes, case.outcome)
        for case in cases
        if (notes := local_text(case, "equity_notes", language))
    ]
    examples.sort(
        key=lambda example: (
            _WORST_FIRST.index(Outcome(example.outcome))
            if example.outcome in _WORST_FIRST
            else len(_WORST_FIRST)
        )
    )
    return examples[:MOST_CASES]


def _scales(lines: list[CheckLine]) -> dict[str, tuple[float, float]]:
    """By unit the limits of the drawings of its ranges, including 0."""
    scales: dict[str, tuple[float, float]] = {}
    for line in lines:
        known = [value for value in (line.low, line.value, line.high) if value is not None]
        if known:
            low, high = scales.get(line.unit, (0.0, 0.0))
            scales[line.unit] = (min(low, *known), max(high, *known))
    return scales


def check_of_process(process: Process) -> DistributionCheck | None:
    """The check that residents of a process may challenge. One query."""
    rows = DistributionCheck.objects.filter(process=process, opened_at__isnull=False)
    return rows.order_by("-id").first()
