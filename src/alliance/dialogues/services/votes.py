"""Votes on statements. A vote writes no audit row."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection, transaction

from alliance.core import throttle
from alliance.core.errors import Fault, InvalidData, refuse
from alliance.dialogues import enums
from alliance.dialogues.models import Vote
from alliance.network.text_checks import choice_faults
from alliance.participation import rules
from alliance.participation.enums import ContributionKind
from alliance.participation.models import Contribution, Participant, Process

#: What may be sent, by the number that is kept.
VALUES = {one.name.lower(): one.value for one in enums.Vote}
#: First votes are as many as there are statements; what could go on without end is changing them.
CHANGING = throttle.Limit("change-vote", most=300, window=dt.timedelta(hours=1))


def vote(
    participant: Participant,
    statement_id: str,
    *,
    value: str,
    is_important: bool = False,
    at: dt.datetime,
) -> Vote:
    """Take what somebody says to a statement of her process, or change it.

    One transaction looks and writes: what is acknowledged counts, what is refused does not.
    `statement_id`: the public id of its post; `value`: agree, disagree or pass. Raises InvalidData,
    also where voting is over or the statement is not (any more) shown. Call it outside of a
    transaction.
    """
    refuse(choice_faults("value", value, VALUES))
    said: dict[str, Any] = {"value": VALUES[value], "is_important": is_important}
    rows = Vote.objects.filter(participant=participant, statement__post__public_id=statement_id)
    present = rows.values_list(*said).first()
    if present not in (None, tuple(said.values())):
        try:
            throttle.take(CHANGING, participant.pk, at=at)
        except throttle.Throttled as error:
            raise InvalidData([Fault("value", "too-often", {"most": CHANGING.most})]) from error
    with transaction.atomic():
        _keep_open(participant.process_id)
        statement = (
            Contribution.objects.filter(
                process_id=participant.process_id,
                kind=ContributionKind.STATEMENT,
                post__public_id=statement_id,
            )
            .shown()
            .select_related("process")
            .first()
        )
        if statement is None:
            raise InvalidData([Fault("statement", "statement-gone")])
        if not rules.takes_votes(statement.process, at):
            raise InvalidData([not_now()])
        made = Vote(participant=participant, statement=statement, at=at, **said)
        Vote.objects.bulk_create(
            [made],
            update_conflicts=True,
            unique_fields=["participant", "statement"],
            update_fields=["value", "is_important", "at"],
        )
    return made


def not_now() -> Fault:
    """The fault of a vote before or after its time."""
    return Fault("value", "votes-not-now")


def _keep_open(process_id: int) -> None:
    """Let nobody close the process before this transaction ends; other votes go on beside it.

    SQLite has one writer at a time, so there is nothing to hold.
    """
    if connection.vendor == "postgresql":
        table = connection.ops.quote_name(Process._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT id FROM {table} WHERE id = %s FOR SHARE", [process_id])  # noqa: S608 - a name of ours
