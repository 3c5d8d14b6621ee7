"""Votes on statements. A vote writes no audit row."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, connection, transaction

from alliance.core import throttle
from alliance.core.errors import Fault, InvalidData, refuse
from alliance.dialogues import enums
from alliance.dialogues.models import Vote
from alliance.network.text_checks import choice_faults
from alliance.participation import rules
from alliance.participation.models import Participant, Phase, Process

#: What may be sent, by the number that is kept.
VALUES = {one.name.lower(): one.value for one in enums.Vote}
#: First votes are as many as there are statements; what could go on without end is changing them.
CHANGING = throttle.Limit("change-vote", most=300, window=dt.timedelta(hours=1))
#: A statement of a process that is shown, and the state of the process. Each vote asks this while
#: others wait to write; making it from models would take ten times as long as the answer.
_SHOWN = """
    SELECT statement.post_id, process.state
    FROM participation_contribution statement
    JOIN network_post post ON post.id = statement.post_id
    JOIN participation_process process ON process.id = statement.process_id
    WHERE statement.process_id = %s AND post.public_id = %s AND statement.kind = 'statement'
        AND statement.shown_at IS NOT NULL AND post.hidden_at IS NULL
"""


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
    try:
        # Most votes are the first on their statement; the table knows.
        return _write(participant, statement_id, said, at)
    except IntegrityError:
        rows = Vote.objects.filter(participant=participant, statement__post__public_id=statement_id)
        is_change = rows.exclude(**said).exists()
    if is_change:
        try:
            throttle.take(CHANGING, participant.pk, at=at)
        except throttle.Throttled as error:
            raise InvalidData([Fault("value", "too-often", {"most": CHANGING.most})]) from error
    return _write(participant, statement_id, said, at, **_REPLACING)


#: How an insert of a vote takes the place of the one that is there.
_REPLACING: dict[str, Any] = {
    "update_conflicts": True,
    "unique_fields": ["participant", "statement"],
    "update_fields": ["value", "is_important", "at"],
}


def _write(
    participant: Participant, statement_id: str, said: dict[str, Any], at: dt.datetime, **how: Any
) -> Vote:
    with transaction.atomic():
        _keep_open(participant.process_id)
        with connection.cursor() as cursor:
            cursor.execute(_SHOWN, [participant.process_id, statement_id])
            found = cursor.fetchone()
        if found is None:
            raise InvalidData([Fault("statement", "statement-gone")])
        statement, state = found
        phases = Phase.objects.filter(process=participant.process_id).order_by()
        if not rules.votes_are_taken(state, phases, at):
            raise InvalidData([not_now()])
        made = Vote(participant=participant, statement_id=statement, at=at, **said)
        Vote.objects.bulk_create([made], **how)
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
