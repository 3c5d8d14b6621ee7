"""Before the vote: terms, costs, eligibility and merging of projects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import shapely
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from alliance.budgeting import enums, rules, selectors
from alliance.budgeting.messages import MISSING
from alliance.budgeting.models import CURRENCIES, Budget, Project, Quota
from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed, refuse
from alliance.core.money import MoneyError, to_minor
from alliance.network.text_checks import choice_faults, text_faults
from alliance.participation import rules as taking_part
from alliance.participation.models import Contribution, Participant, Process
from alliance.participation.services.contributions import point_faults
from alliance.participation.services.processes import locked

_note = audit.noting("process")
LONGEST_TITLE, LONGEST_TEXT, LONGEST_NAME, LONGEST_NOTE = 160, 3_000, 80, 300
MOST_QUOTAS = 12
#: More currency units than any city's budget: a typing error.
MOST_MONEY = 10**11
MOST_NUMBER = 30_000
_ANSWERS = ("consent", "consent_note", "other_consent", "other_note")


@dataclass(frozen=True)
class QuotaData:
    """A quota as entered; money in currency units."""

    category: str = ""
    area: str = ""
    most_projects: int | None = None
    most_cost: Decimal | None = None


@dataclass(frozen=True)
class Terms:
    """The terms as entered; money in currency units."""

    amount: Decimal | None
    currency: str
    ballot: str = enums.BallotKind.APPROVAL
    most_projects: int | None = None
    points: int | None = None
    fits_budget: bool = False
    voters: str = enums.Voters.CODE
    rule: str = enums.Rule.EQUAL_SHARES
    utility: str = enums.Utility.COST
    completion: str = enums.Completion.ADD1U
    unaffordable: str = enums.Unaffordable.SKIP
    min_votes: int | None = 0
    quotas: Sequence[QuotaData] = ()


@dataclass(frozen=True)
class Estimate:
    """A proposal as on the ballot, with its cost in currency units and the basis of it."""

    title: str
    language: str
    cost: Decimal | None
    cost_basis: str
    text: str = ""
    category: str = ""
    area: str = ""
    place: str = ""
    latitude: float | None = None
    longitude: float | None = None
    only_one_of: str = ""


def _to_change(process: Process, actor: audit.Actor) -> tuple[Process, Budget]:
    """The process, locked, and its budget, if it is not declared yet."""
    current = locked(process)
    if not taking_part.may_run(actor, current):
        raise NotAllowed(_("You need to be an editor of the city’s municipality to do this."))
    budget = selectors.budget_of(current)
    if budget.declared_at is not None:
        raise InvalidData([Fault("declared", "declared-already")])
    return current, budget


def _parts(where: str, amount: Decimal | None, currency: str, faults: list[Fault]) -> int | None:
    """Minor units of an amount above 0; None, with its fault, if it is not."""
    if amount is None:
        return None
    if not 0 < amount <= MOST_MONEY:
        faults.append(Fault(where, "not-between", {"low": 1, "high": MOST_MONEY}))
        return None
    try:
        return to_minor(amount, currency)
    except MoneyError as error:
        faults.append(error.at(where))
        return None


def has_single_sign_on() -> bool:
    """Whether people can sign in here with OpenID Connect."""
    return bool(settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"])


def set_terms(process: Process, words: Terms, *, actor: audit.Actor, at: dt.datetime) -> Budget:
    """Change the terms. Raises InvalidData naming the faulty fields, NotAllowed."""
    faults: list[Fault] = []
    for name, allowed in (
        ("currency", list(CURRENCIES)),
        ("ballot", enums.BallotKind.values),
        ("voters", enums.Voters.values),
        ("rule", enums.Rule.values),
        ("utility", enums.Utility.values),
        ("completion", enums.Completion.values),
        ("unaffordable", enums.Unaffordable.values),
    ):
        faults += choice_faults(name, getattr(words, name), allowed)
    refuse(faults)
    if words.voters == enums.Voters.OIDC and not has_single_sign_on():
        faults.append(Fault("voters", "no-single-sign-on"))
    is_ticked = words.ballot == enums.BallotKind.APPROVAL
    if is_ticked and words.utility == enums.Utility.POINTS:
        faults.append(Fault("utility", "points-on-ticks"))
    for name, least in (("most_projects", 1), ("points", 1), ("min_votes", 0)):
        number = getattr(words, name)
        if number is not None and not least <= number <= MOST_NUMBER:
            faults.append(Fault(name, "not-between", {"low": least, "high": MOST_NUMBER}))
    if words.ballot == enums.BallotKind.CUMULATIVE and words.points is None:
        faults.append(Fault("points", "missing"))
    amount = _parts("amount", words.amount, words.currency, faults)
    quotas = _quotas(words, faults)
    with transaction.atomic():
        current, budget = _to_change(process, actor)
        refuse(faults)
        budget.amount = amount or 0
        for name in (
            "currency", "ballot", "most_projects", "points", "fits_budget", "voters", "rule",
            "utility", "completion", "unaffordable",
        ):  # fmt: skip
            setattr(budget, name, getattr(words, name))
        budget.min_votes = words.min_votes or 0
        budget.save()
        budget.quotas.all().delete()
        for quota in quotas:
            quota.budget = budget
        Quota.objects.bulk_create(quotas)
        _note(current, "set-budget", actor=actor, at=at)
    return budget


def _quotas(words: Terms, faults: list[Fault]) -> list[Quota]:
    if len(words.quotas) > MOST_QUOTAS:
        faults.append(Fault("quotas", "too-many", {"most": MOST_QUOTAS}))
    quotas = []
    for place, quota in enumerate(words.quotas):
        where = f"quotas[{place}]"
        category, area = quota.category.strip(), quota.area.strip()
        for name, text in (("category", category), ("area", area)):
            faults += text_faults(f"{where}.{name}", text, longest=LONGEST_NAME)
        if bool(category) == bool(area):
            faults.append(Fault(f"{where}.category", "quota-of-what"))
        if quota.most_projects is None and quota.most_cost is None:
            faults.append(Fault(f"{where}.most_projects", "quota-of-nothing"))
        n = quota.most_projects
        if n is not None and not 1 <= n <= MOST_NUMBER:
            ends = {"low": 1, "high": MOST_NUMBER}
            faults.append(Fault(f"{where}.most_projects", "not-between", ends))
        cost = _parts(f"{where}.most_cost", quota.most_cost, words.currency, faults)
        quotas.append(Quota(category=category, area=area, most_projects=n, most_cost=cost))
    return quotas


def estimate(
    process: Process,
    proposal: Contribution | None,
    words: Estimate,
    *,
    project: Project | None = None,
    actor: audit.Actor,
    at: dt.datetime,
) -> Project:
    """Save the cost of a proposal and its text on the ballot, or change those of a project.

    Raises InvalidData naming the faulty fields, NotAllowed.
    """
    faults = text_faults("title", words.title, required=True, longest=LONGEST_TITLE)
    faults += text_faults("text", words.text, longest=LONGEST_TEXT)
    faults += text_faults("cost_basis", words.cost_basis, required=True, longest=LONGEST_TEXT)
    faults += text_faults("place", words.place, longest=LONGEST_TITLE)
    for name in ("category", "area", "only_one_of"):
        faults += text_faults(name, getattr(words, name), longest=LONGEST_NAME)
    point = (words.latitude, words.longitude)
    if (point[0] is None) != (point[1] is None):
        faults.append(Fault("latitude", "point-in-part"))
    elif not (-90 <= (point[0] or 0) <= 90 and -180 <= (point[1] or 0) <= 180):
        faults.append(Fault("latitude", "point-off-earth"))
    elif point[0] is not None:
        at_point = shapely.Point(point[1], point[0])
        faults += point_faults(process, "latitude", lambda: at_point)
    if words.cost is None:
        faults.append(Fault("cost", "missing"))
    with transaction.atomic():
        current, budget = _to_change(process, actor)
        cost = _parts("cost", words.cost, budget.currency, faults)
        refuse(faults)
        if budget._state.adding:
            budget.save()
        estimated = project or Project(budget=budget, proposal=proposal)
        for name in (
            "title", "language", "cost_basis", "text", "category", "area", "place", "only_one_of",
        ):  # fmt: skip
            setattr(estimated, name, getattr(words, name).strip())
        estimated.latitude, estimated.longitude = point
        estimated.cost, estimated.estimated_at = cost or 0, at
        estimated.full_clean(validate_constraints=False)
        estimated.save()
        _note(
            current,
            "estimate",
            actor=actor,
            at=at,
            project=estimated.public_id,
            cost=estimated.cost,
        )
    return estimated


def decide(
    project: Project, *, eligible: str, reason: str, actor: audit.Actor, at: dt.datetime
) -> Project:
    """Decide whether a project is eligible, and why. Raises InvalidData, NotAllowed."""
    faults = choice_faults("eligible", eligible, enums.Eligible.values)
    faults += text_faults("reason", reason, required=True, longest=LONGEST_TEXT)
    refuse(faults)
    with transaction.atomic():
        current, _budget = _to_change(project.budget.process, actor)
        project.eligible, project.reason = eligible, reason.strip()
        project.save(update_fields=["eligible", "reason"])
        _note(current, "decide", actor=actor, at=at, project=project.public_id, eligible=eligible)
    return project


def ask_to_merge(
    project: Project, into: Project | None, *, actor: audit.Actor, at: dt.datetime
) -> Project:
    """Ask both authors whether a proposal may be merged into another one; None withdraws the
    question.

    Raises InvalidData, NotAllowed.
    """
    with transaction.atomic():
        current, budget = _to_change(project.budget.process, actor)
        if into is not None and project.merging.exists():
            raise InvalidData([Fault("into", "merge-is-target")])
        if into is not None and (
            into.pk == project.pk or into.budget_id != budget.pk or into.merge_into_id is not None
        ):
            raise InvalidData([Fault("into", "merge-into-what")])
        project.merge_into = into
        for name in _ANSWERS:
            setattr(project, name, "")
        project.save(update_fields=["merge_into", *_ANSWERS])
        _note(current, "ask-to-merge", actor=actor, at=at, project=project.public_id)
    return project


def answer_merge(project: Project, participant: Participant, *, yes: bool) -> Project:
    """Save an author's answer to merging: for the project, the one it is merged into, or both.
    Raises InvalidData, also if she is not asked (any more). Without an audit entry, which would
    reveal the author."""
    with transaction.atomic():
        locked(project.budget.process)
        budget = Budget.objects.get(pk=project.budget_id)
        current = selectors.projects_of(budget).get(pk=project.pk)
        proposals = {enums.Side.AUTHOR: current.proposal}
        if current.merge_into is not None:
            proposals[enums.Side.OTHER] = current.merge_into.proposal
        sides = [
            side
            for side, proposal in proposals.items()
            if side in current.awaits and proposal and proposal.participant_id == participant.pk
        ]
        if budget.declared_at is not None or not sides:
            raise InvalidData([Fault("yes", "declared-already")])
        for side in sides:
            _answered(current, side, yes=yes, note="")
        return current


def enter_answer(
    project: Project, *, side: str, consent: str, note: str, actor: audit.Actor, at: dt.datetime
) -> Project:
    """Enter an author's answer on paper or by phone, and how it was given. Raises InvalidData,
    NotAllowed."""
    faults = choice_faults("consent", consent, enums.Consent.values)
    faults += choice_faults("side", side, enums.Side.values)
    refuse(faults + text_faults("note", note, required=True, longest=LONGEST_NOTE))
    with transaction.atomic():
        current, _budget = _to_change(project.budget.process, actor)
        if project.merge_into_id is None:
            raise InvalidData([Fault("consent", "merge-into-what")])
        _note(current, "enter-consent", actor=actor, at=at, project=project.public_id)
        return _answered(project, side, yes=consent == enums.Consent.YES, note=note.strip())


def _answered(project: Project, side: str, *, yes: bool, note: str) -> Project:
    consent = enums.Consent.YES if yes else enums.Consent.NO
    if side == enums.Side.AUTHOR:
        project.consent, project.consent_note = consent, note
    else:
        project.other_consent, project.other_note = consent, note
    if not yes:
        project.merge_into = None
    project.save(update_fields=["merge_into", *_ANSWERS])
    return project


def declare(process: Process, *, actor: audit.Actor, at: dt.datetime) -> Budget:
    """Declare everything before the vote: projects get their numbers, and nothing changes any more.

    Raises InvalidData with a fault for each missing item, NotAllowed.
    """
    with transaction.atomic():
        current, budget = _to_change(process, actor)
        projects = list(selectors.projects_of(budget).order_by("pk"))
        missing = rules.missing_before_declaring(
            budget,
            projects,
            list(current.phases.all()),
            n_unpriced=selectors.unpriced(current).count(),
            n_waiting=selectors.n_waiting(current),
            at=at,
        )
        refuse([Fault(code, "before-declaring", {"what": str(MISSING[code])}) for code in missing])
        chosen = sorted(rules.on_ballot(projects), key=_on_paper)
        for number, project in enumerate(chosen, start=1):
            project.number = number
        Project.objects.bulk_update(chosen, ["number"])
        budget.declared_at = at
        budget.save(update_fields=["declared_at"])
        _note(current, "declare", actor=actor, at=at, **_declared(budget, chosen))
    return budget


def _on_paper(project: Project) -> tuple[Any, ...]:
    return (project.category, project.area, project.pk)


def _declared(budget: Budget, projects: list[Project]) -> dict[str, Any]:
    """What the audit trail records of a declaration, so that everybody can verify that it did not
    change."""
    names = ("amount", "currency", "ballot", "most_projects", "points", "fits_budget", "voters",
             "rule", "utility", "completion", "unaffordable", "min_votes")  # fmt: skip
    quotas = [[quota.category, quota.area, quota.most_projects, quota.most_cost]
              for quota in budget.quotas.all()]  # fmt: skip
    costs = {str(project.number): project.cost for project in projects}
    return {**{name: getattr(budget, name) for name in names}, "quotas": quotas, "costs": costs}


def withdraw_declaration(process: Process, *, actor: audit.Actor, at: dt.datetime) -> Budget:
    """Withdraw a declaration before the vote begins. Raises InvalidData, NotAllowed."""
    with transaction.atomic():
        current = locked(process)
        if not taking_part.may_run(actor, current):
            raise NotAllowed(_("You need to be an editor of the city’s municipality to do this."))
        budget = selectors.budget_of(current)
        if not rules.may_withdraw_declaration(budget, current.phases.all(), at):
            raise InvalidData([Fault("declared", "declared-already")])
        budget.projects.update(number=None)
        budget.declared_at = None
        budget.save(update_fields=["declared_at"])
        _note(current, "take-back", actor=actor, at=at)
    return budget
