"""The gate: nothing is tried on people or rolled out before a check of that action is complete."""

from __future__ import annotations

from django.db.models import Q

from alliance.cases.models import CaseStudy
from alliance.core.errors import Fault, refuse
from alliance.equity.models import DistributionCheck
from alliance.equity.questions import action_of
from alliance.equity.rules import passes
from alliance.network.enums import SubjectKind
from alliance.network.models import Organisation

#: Kind and public id of a solution or a case; both are empty if there is none.
Subject = tuple[str, str]
NOTHING: Subject = ("", "")


def solution_of(subject: Subject) -> str:
    """The public id of the solution that the subject is or belongs to, empty without one. One
    query."""
    kind, public_id = subject
    if kind != SubjectKind.CASE:
        return public_id
    solution_ids = CaseStudy.objects.filter(public_id=public_id).values_list("solution__public_id")
    return next((solution_id or "" for (solution_id,) in solution_ids[:1]), "")


def about(*subjects: Subject) -> Q:
    """Checks of one of these subjects, or of another case of the same solution. Checks without a
    subject are included if their kind of action is the same, or if it is unknown."""
    kinds: set[str] = set()
    condition = Q(pk=None)
    for kind, public_id in subjects:
        solution = solution_of((kind, public_id))
        if solution:
            kinds.add(action_of(solution))
        if public_id:
            condition |= Q(subject_kind=kind, subject_id=public_id)
        if solution:
            cases = CaseStudy.objects.filter(solution__public_id=solution).values("public_id")
            condition |= Q(subject_kind=SubjectKind.SOLUTION, subject_id=solution)
            condition |= Q(subject_kind=SubjectKind.CASE, subject_id__in=cases)
    unnamed = Q(subject_id="")
    return condition | (unnamed & Q(action__in=kinds) if kinds else unnamed)


def _is_about(check: DistributionCheck, subjects: tuple[Subject, ...]) -> bool:
    return DistributionCheck.objects.filter(about(*subjects), pk=check.pk).exists()


def faults_at(
    check: DistributionCheck | None,
    *subjects: Subject,
    team: Organisation,
    where: str,
    first: str = "check-first",
) -> list[Fault]:
    """Why the gate is closed: no complete check, or one of another city or another action.

    `first`: the code of the fault if there is no complete check.
    """
    if check is None or not passes(check):
        return [Fault(where, first)]
    if check.organisation_id != team.pk or not _is_about(check, subjects):
        return [Fault(where, "check-of-other-action", {"title": check.title})]
    return []


def assign_check(
    check: DistributionCheck, *subjects: Subject, team: Organisation, is_free: bool
) -> None:
    """Assign a check to an adoption or a pilot: if it had no subject, it gets this one.

    `is_free`: nothing else depends on it. Raises InvalidData naming `check`.
    """
    if check.organisation_id != team.pk:
        refuse([Fault("check", "check-of-other-city")])
    subject = subject_of_check(*subjects)
    is_free = is_free or bool(check.subject_id or subject[1])
    if not is_free or not _is_about(check, subjects):
        refuse([Fault("check", "check-of-other-action", {"title": check.title})])
    if not check.subject_id and subject[1]:
        check.subject_kind, check.subject_id = subject
        check.save(update_fields=["subject_kind", "subject_id"])


def subject_of_check(*subjects: Subject) -> Subject:
    """The subject that a check names: the first; the solution for a case with a hidden city."""
    kind, public_id = next((subject for subject in subjects if subject[1]), NOTHING)
    hides = CaseStudy.objects.filter(public_id=public_id, is_masked=True)
    if kind == SubjectKind.CASE and hides.exists():
        # The check names its city.
        solution = solution_of((kind, public_id))
        return (SubjectKind.SOLUTION.value, solution) if solution else NOTHING
    return (kind, public_id)
