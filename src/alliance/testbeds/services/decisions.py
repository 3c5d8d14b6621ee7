"""The decision on a challenge: a reason for each answer, and the decider's declaration."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from alliance.core import audit
from alliance.core.errors import Fault, NotAllowed, refuse
from alliance.network.models import Membership
from alliance.network.text_checks import text_faults
from alliance.testbeds import challenge_rules as rules
from alliance.testbeds.enums import AnswerState, ChallengeState
from alliance.testbeds.models import Answer, Challenge
from alliance.testbeds.services.answers import ConflictData, conflict_faults, declare
from alliance.testbeds.services.challenges import (
    LONGEST_WORDS,
    locked,
    note,
    notify_answering_teams,
)


@dataclass(frozen=True)
class Selection:
    """Whether an answer is chosen, and why; `is_chosen` is None if it was left open."""

    is_chosen: bool | None
    reason: str


def decide(
    challenge: Challenge,
    verdicts: Mapping[str, Selection],
    *,
    outcome: str,
    conflict: ConflictData,
    actor: audit.Actor,
    at: dt.datetime,
) -> Challenge:
    """Decides a closed challenge for one answer, several or none; public at once and final.

    `verdicts` are by the public ids of all submitted answers. Raises InvalidData naming
    `outcome`, the declaration, or `answers.ID.is_chosen` and `answers.ID.reason`; NotAllowed.
    """
    with transaction.atomic():
        current = locked(challenge)
        if not rules.may_decide(actor, current, at.date()):
            raise NotAllowed(
                _(
                    "To decide, you need to be an editor of the city, and the challenge "
                    "must be closed."
                )
            )
        answers = list(
            current.answers.filter(state=AnswerState.HANDED_IN).select_related("organisation")
        )
        _refuse_party(current, answers, actor)
        faults = text_faults("outcome", outcome, required=True, longest=LONGEST_WORDS)
        faults += conflict_faults(conflict) + _verdict_faults(answers, verdicts)
        refuse(faults)
        for answer in answers:
            verdict = verdicts[answer.public_id]
            answer.is_chosen, answer.reason = verdict.is_chosen, verdict.reason.strip()
            answer.save(update_fields=["is_chosen", "reason"])
        declare(current, conflict, actor=actor, at=at)
        current.state, current.outcome = ChallengeState.DECIDED, outcome.strip()
        current.ended_at = at
        current.full_clean(validate_constraints=False)
        current.save()
        chosen = [answer.public_id for answer in answers if answer.is_chosen]
        note(current, "decide", actor=actor, at=at, chosen=chosen, answers=len(answers))
        notify_answering_teams(current, "challenge_decided", at=at)
    return current


def is_party(challenge: Challenge, answers: list[Answer], actor: audit.Actor) -> bool:
    """Whether the person has been in an answering team at any time since the challenge opened."""
    opened = dt.datetime.combine(challenge.opens_on, dt.time(), tzinfo=dt.UTC)
    since = Q(ended_at=None) | Q(ended_at__gte=opened)
    held = since & (Q(expires_at=None) | Q(expires_at__gte=opened))
    teams = [answer.organisation_id for answer in answers]
    return Membership.objects.filter(held, user=actor.user, organisation__in=teams).exists()


def _refuse_party(challenge: Challenge, answers: list[Answer], actor: audit.Actor) -> None:
    if is_party(challenge, answers, actor):
        raise NotAllowed(
            _("You are, or have been, on the team of an organisation that answered, so "
                "someone else must decide.")
        )  # fmt: skip


def _verdict_faults(answers: list[Answer], verdicts: Mapping[str, Selection]) -> list[Fault]:
    ids = {answer.public_id for answer in answers}
    faults = [
        Fault(f"answers.{public_id}", "not-an-answer")
        for public_id in sorted(set(verdicts) - ids)[:5]
    ]
    for answer in answers:
        where = f"answers.{answer.public_id}"
        verdict = verdicts.get(answer.public_id, Selection(None, ""))
        if verdict.is_chosen is None:
            faults.append(Fault(f"{where}.is_chosen", "not-said-chosen"))
        faults += text_faults(
            f"{where}.reason", verdict.reason, required=True, longest=LONGEST_WORDS
        )
    return faults
