"""Votes on statements. A vote writes no audit row.

Votes that come at the same time are written in one transaction, for waiting until the disk has it
is what takes longest; each is acknowledged only after that.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import deque
from dataclasses import dataclass, field, replace

from django.db import DatabaseError, connection, transaction
from django.db.backends.utils import CursorWrapper

from alliance.core import throttle
from alliance.core.errors import Fault, InvalidData, refuse
from alliance.core.ids import PUBLIC_ID
from alliance.dialogues import enums
from alliance.network.text_checks import choice_faults
from alliance.participation import rules
from alliance.participation.models import Participant, Phase

#: What may be sent, by the number that is kept.
VALUES = {one.name.lower(): one.value for one in enums.Vote}
#: First votes are as many as there are statements; what could go on without end is changing them.
CHANGING = throttle.Limit("change-vote", most=300, window=dt.timedelta(hours=1))
#: A statement of a process that is shown, and the vote of a participant on it. This and what is
#: below it is asked of each vote while others wait to write; models would take ten times as long.
_SHOWN = """
    SELECT statement.post_id, own.value, own.is_important
    FROM participation_contribution statement
    JOIN network_post post ON post.id = statement.post_id
    LEFT JOIN dialogues_vote own
        ON own.statement_id = statement.post_id AND own.participant_id = %s
    WHERE statement.process_id = %s AND post.public_id = %s AND statement.kind = 'statement'
        AND statement.shown_at IS NOT NULL AND post.hidden_at IS NULL
"""
_PHASES = "SELECT kind, opens_at, closes_at FROM participation_phase WHERE process_id = %s"
#: Where the same vote came in another process at the same time, the later one counts.
_WRITE = """
    INSERT INTO dialogues_vote (participant_id, statement_id, value, is_important, at)
    VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (participant_id, statement_id) DO UPDATE
    SET value = excluded.value, is_important = excluded.is_important, at = excluded.at
"""


def vote(
    participant: Participant,
    statement_id: str,
    *,
    value: str,
    is_important: bool = False,
    at: dt.datetime,
) -> None:
    """Take what somebody says to a statement of her process, or change it.

    One transaction looks and writes: what is acknowledged counts, what is refused does not.
    `statement_id`: the public id of its post; `value`: agree, disagree or pass. Raises InvalidData,
    also where voting is over or the statement is not (any more) shown. Call it outside of a
    transaction.
    """
    refuse(choice_faults("value", value, VALUES))
    if not PUBLIC_ID.match(statement_id):
        raise InvalidData([Fault("statement", "statement-gone")])
    ballot = _Ballot(
        participant.process_id, participant.pk, statement_id, VALUES[value], is_important, at
    )
    if not _BOX.write(ballot):
        try:
            throttle.take(CHANGING, participant.pk, at=at)
        except throttle.Throttled as error:
            raise InvalidData([Fault("value", "too-often", {"most": CHANGING.most})]) from error
        _BOX.write(replace(ballot, is_change=True))


@dataclass(eq=False)
class _Ballot:
    """A vote on its way. `outcome`: None on the way, then whether it counts or another vote stands
    in its place, or why it was refused."""

    process: int
    participant: int
    statement: str
    value: int
    is_important: bool
    at: dt.datetime
    is_change: bool = False
    outcome: bool | Exception | None = field(default=None, init=False)


class _Box:
    """Ballots that threads of this process want to have written.

    Who comes first writes; who comes meanwhile lays hers down, and the next of them writes all that
    lie there. So nobody waits for a box to fill, and a busy one takes one transaction for many.
    """

    def __init__(self) -> None:
        self._waiting: deque[_Ballot] = deque()
        self._writing = threading.Lock()

    def write(self, ballot: _Ballot) -> bool:
        """Whether the ballot counts from now on; False where another vote stands in its place.

        Raises what refused it.
        """
        self._waiting.append(ballot)
        with self._writing:
            # Not set by who wrote before: it came later, or that one failed.
            if ballot.outcome is None:
                found = {ballot, *(self._waiting.popleft() for _ in range(len(self._waiting)))}
                # In one order everywhere, so that no two transactions wait for each other.
                ballots = sorted(found, key=lambda one: (one.participant, one.statement))
                for one, outcome in zip(ballots, _outcomes(ballots), strict=True):
                    one.outcome = outcome
        if isinstance(ballot.outcome, Exception):
            raise ballot.outcome
        return bool(ballot.outcome)


_BOX = _Box()


def _outcomes(ballots: list[_Ballot]) -> list[bool | Exception]:
    try:
        return _written(ballots)
    except DatabaseError as error:
        if len(ballots) == 1:
            return [error]
        # One of them is the reason, as where its participant is deleted at this moment.
        return [outcome for one in ballots for outcome in _outcomes([one])]


def _written(ballots: list[_Ballot]) -> list[bool | Exception]:
    # Part of another transaction that is undone later, it would lose votes of others.
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        ends = {one: _phases_held_open(one, cursor) for one in {one.process for one in ballots}}
        return [_take(one, *ends[one.process], cursor) for one in ballots]


def _phases_held_open(process: int, cursor: CursorWrapper) -> tuple[str, list[Phase]]:
    """The state and the phases of a process, which nobody closes before this transaction ends.

    Other votes go on beside it. SQLite has one writer at a time, so there is nothing to hold.
    """
    hold = "FOR SHARE" if connection.vendor == "postgresql" else ""
    cursor.execute(f"SELECT state FROM participation_process WHERE id = %s {hold}", [process])  # noqa: S608
    (state,) = cursor.fetchone() or ("",)
    cursor.execute(_PHASES, [process])
    rows = cursor.fetchall()
    return state, [
        Phase(kind=kind, opens_at=_moment(a), closes_at=_moment(b)) for kind, a, b in rows
    ]


def _moment(value: dt.datetime) -> dt.datetime:
    # SQLite says no zone; it is UTC.
    return value if value.tzinfo else value.replace(tzinfo=dt.UTC)


def _take(
    one: _Ballot, state: str, phases: list[Phase], cursor: CursorWrapper
) -> bool | InvalidData:
    cursor.execute(_SHOWN, [one.participant, one.process, one.statement])
    found = cursor.fetchone()
    if found is None:
        return InvalidData([Fault("statement", "statement-gone")])
    if not rules.votes_are_taken(state, phases, one.at):
        return InvalidData([not_now()])
    statement, *there = found
    is_there = there[0] is not None
    is_same = is_there and there == [one.value, one.is_important]
    if is_there and not is_same and not one.is_change:
        return False
    at = connection.ops.adapt_datetimefield_value(one.at)
    cursor.execute(_WRITE, [one.participant, statement, one.value, one.is_important, at])
    return True


def not_now() -> Fault:
    """The fault of a vote before or after its time."""
    return Fault("value", "votes-not-now")
