"""Withdrawing what was published, and putting cases back."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.cases import masking, rules
from alliance.cases.enums import CaseStatus
from alliance.cases.models import CaseStudy, Solution
from alliance.core import audit
from alliance.core.errors import NotAllowed, refuse
from alliance.evidence.services.grading import regrade_siblings
from alliance.network.enums import Origin
from alliance.network.text_checks import text_faults
from alliance.writing.services import review_letters as letters


def withdraw_case(
    case: CaseStudy, *, reason: str, actor: audit.Actor, at: dt.datetime, language: str = ""
) -> CaseStudy:
    """Take a case out of the public record, with a reason that its address goes on to tell.

    `language` is the one the reason is written in, empty where that is not known. The team gets a
    letter. Raises InvalidData, NotAllowed.
    """
    faults = text_faults("reason", reason, required=True)
    with transaction.atomic():
        current = (
            CaseStudy.objects.select_for_update(of=("self",))
            .select_related("owner", "masked_city")
            .get(pk=case.pk)
        )
        if not rules.may_withdraw(actor, current):
            raise NotAllowed(
                _("Only the secretariat and the team responsible for a case can withdraw it.")
            )
        faults += masking.hidden_city_faults("reason", reason, masking.hidden_by_case(current))
        refuse(faults)
        current.status = CaseStatus.WITHDRAWN
        current.withdrawn_because = reason.strip()
        current.edited_at = at
        current.save(update_fields=["status", "withdrawn_because", "edited_at", "updated_at"])
        audit.record("case", current, "withdraw", actor=actor, at=at, language=language)
        regrade_siblings(current.solution, at, but=current.public_id)
        letters.withdrawn(current, by=actor, at=at)
    return current


def restore_case(case: CaseStudy, *, actor: audit.Actor, at: dt.datetime) -> CaseStudy:
    """Put a withdrawn case back, as it was: the secretariat alone."""
    with transaction.atomic():
        current = CaseStudy.objects.select_for_update(of=("self",)).get(pk=case.pk)
        if not rules.may_restore(actor, current):
            raise NotAllowed(_("Only the secretariat can restore a withdrawn case."))
        current.status = CaseStatus.PUBLISHED
        current.withdrawn_because = ""
        current.save(update_fields=["status", "withdrawn_because", "updated_at"])
        audit.record("case", current, "restore", actor=actor, at=at)
        regrade_siblings(current.solution, at, but=current.public_id)
    return current


def withdraw_solution(solution: Solution, *, at: dt.datetime) -> None:
    """Take a solution of another network, which no case needs, out of the public record.

    Its address goes on to tell where it came from.
    """
    Solution.objects.filter(pk=solution.pk).update(withdrawn_at=at, updated_at=at)
    audit.record("solution", solution, "withdraw", actor=audit.WORKER, at=at)


def take_over_solution(solution: Solution, *, at: dt.datetime) -> None:
    """Make a solution of another network, which no longer tells it, one of ours: cases of ours need
    it. It goes on to name the network that wrote it."""
    Solution.objects.filter(pk=solution.pk).update(
        origin=Origin.MEMBERS, from_address="", updated_at=at
    )
    audit.record("solution", solution, "take over", actor=audit.WORKER, at=at)
