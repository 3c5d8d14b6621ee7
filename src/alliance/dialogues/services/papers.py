"""Votes on paper, by phone or at a counter, entered by the team: in one count with all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import transaction

from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, refuse
from alliance.dialogues.models import Vote
from alliance.dialogues.selectors import statements_of
from alliance.dialogues.services.votes import VALUES, not_now
from alliance.network.text_checks import choice_faults
from alliance.participation.enums import VOTING
from alliance.participation.models import Participant, Process
from alliance.participation.services import contributions as writing
from alliance.participation.services.contributions import ContributionData


def enter_form(
    process: Process,
    votes: Mapping[str, str],
    texts: Sequence[ContributionData],
    *,
    channel: str,
    traits: dict[str, str] | None = None,
    actor: audit.Actor,
    at: dt.datetime,
) -> Participant:
    """Enter a form: a person's votes on statements, by their public ids, and her texts.

    All or nothing; the votes are marked with their channel. Forms can be entered until some days
    after the end. Raises InvalidData naming statements and rows, NotAllowed.
    """
    faults = [
        choice_fault
        for value in votes.values()
        for choice_fault in choice_faults("votes", value, VALUES)
    ]
    refuse(faults)
    with transaction.atomic():
        participant = writing.enter(
            process, texts, channel=channel, traits=traits, needs_text=not votes, actor=actor, at=at
        )
        if votes:
            _take(participant, votes, at)
            audit.record(
                "process", process, "enter", actor=actor, at=at, channel=channel, votes=len(votes)
            )
    return participant


def _take(participant: Participant, votes: Mapping[str, str], at: dt.datetime) -> None:
    process = participant.process
    if not any(phase.kind in VOTING and phase.opens_at <= at for phase in process.phases.all()):
        raise InvalidData([not_now()])
    rows = statements_of(process).filter(post__public_id__in=list(votes)).select_related("post")
    statements = {row.public_id: row for row in rows}
    refuse([Fault(f"vote_{key}", "statement-hidden") for key in votes if key not in statements])
    Vote.objects.bulk_create(
        Vote(participant=participant, statement=statements[key], value=VALUES[value], at=at)
        for key, value in votes.items()
    )
