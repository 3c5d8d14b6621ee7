"""Votes on statements. A vote writes no audit entry.

Simultaneous votes are written in one transaction, because waiting for the disk takes longest; each
is acknowledged only after the commit.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.backends.utils import CursorWrapper

from alliance.core import throttle
from alliance.core.clock import hour_of
from alliance.core.errors import Fault, InvalidData, refuse
from alliance.core.ids import PUBLIC_ID
from alliance.dialogues import enums
from alliance.network.text_checks import choice_faults
from alliance.participation import rules
from alliance.participation.models import Participant, Phase

#: The submitted values with the stored numbers.
VALUES = {option.name.lower(): option.value for option in enums.Vote}
#: First votes are limited by the number of statements; only changes could go on without end.
VOTE_CHANGE_LIMIT = throttle.Limit("change-vote", most=300, window=dt.timedelta(hours=1))
#: These queries run while others wait to write, once for all votes of a batch, because each query
#: may yield the thread; models would take ten times as long.
_HOLD = "SELECT id FROM participation_process WHERE id IN ({}) ORDER BY id FOR SHARE"
_PHASES = """
    SELECT process.id, process.state, phase.kind, phase.opens_at, phase.closes_at
    FROM participation_process process
    LEFT JOIN participation_phase phase ON phase.process_id = process.id
    WHERE process.id IN ({})
"""
#: The public statements of their processes, each with the participant's vote on it.
_SHOWN = """
    WITH ballot (process, participant, public_id) AS (VALUES {})
    SELECT DISTINCT ballot.participant, ballot.public_id, statement.post_id, own.value,
        own.is_important
    FROM ballot
    JOIN network_post post ON post.public_id = ballot.public_id
    JOIN participation_contribution statement
        ON statement.post_id = post.id AND statement.process_id = ballot.process
    LEFT JOIN dialogues_vote own
        ON own.statement_id = statement.post_id AND own.participant_id = ballot.participant
    WHERE statement.kind = 'statement' AND statement.shown_at IS NOT NULL
        AND post.hidden_at IS NULL
"""
#: If another process saved the same vote at the same time, the later one counts.
_WRITE = """
    INSERT INTO dialogues_vote (participant_id, statement_id, value, is_important, at, changes)
    VALUES {}
    ON CONFLICT (participant_id, statement_id) DO UPDATE
    SET value = excluded.value, is_important = excluded.is_important, at = excluded.at,
        changes = dialogues_vote.changes + 1
"""


def vote(
    participant: Participant,
    statement_id: str,
    *,
    value: str,
    is_important: bool = False,
    at: dt.datetime,
) -> None:
    """Save a vote on a statement of the participant's process, or change it.

    Checks and writes are one transaction: what is acknowledged counts, what is refused does not.
    `statement_id`: the public id of its post; `value`: agree, disagree or pass. Raises InvalidData,
    also if voting is over or the statement is not public. Call it outside of a transaction.
    """
    refuse(choice_faults("value", value, VALUES))
    if not PUBLIC_ID.match(statement_id):
        raise InvalidData([Fault("statement", "statement-gone")])
    ballot = _Ballot(
        participant.process_id, participant.pk, statement_id, VALUES[value], is_important, at
    )
    if not _BATCHER.write(ballot):
        try:
            throttle.take(VOTE_CHANGE_LIMIT, participant.pk, at=at)
        except throttle.Throttled as error:
            raise InvalidData(
                [Fault("value", "too-often", {"most": VOTE_CHANGE_LIMIT.most})]
            ) from error
        _BATCHER.write(replace(ballot, is_change=True))


@dataclass(eq=False)
class _Ballot:
    """A pending vote. `outcome`: None while pending, then whether it counts or was superseded by
    another vote, or the exception that refused it."""

    process: int
    participant: int
    statement: str
    value: int
    is_important: bool
    at: dt.datetime
    is_change: bool = False
    outcome: bool | Exception | None = field(default=None, init=False)


class _VoteBatcher:
    """Votes that threads of this process are about to write.

    The first thread writes; those that come meanwhile add theirs, and the next of them writes all
    that are pending. So nobody waits for a batch to fill, and a busy process uses one transaction
    for many.
    """

    def __init__(self) -> None:
        self._waiting: deque[_Ballot] = deque()
        self._writing = threading.Lock()

    def write(self, ballot: _Ballot) -> bool:
        """Whether the vote counts; False if it was superseded by another one.

        Raises the exception that refused it.
        """
        self._waiting.append(ballot)
        with self._writing:
            # Not set by the previous writer: it came later, or that one failed.
            if ballot.outcome is None:
                pending = {ballot, *(self._waiting.popleft() for _ in range(len(self._waiting)))}
                # In the same order everywhere, so that no two transactions deadlock.
                ballots = sorted(
                    pending,
                    key=lambda pending_ballot: (
                        pending_ballot.participant,
                        pending_ballot.statement,
                    ),
                )
                for pending_ballot, outcome in zip(ballots, _outcomes(ballots), strict=True):
                    pending_ballot.outcome = outcome
        if isinstance(ballot.outcome, Exception):
            raise ballot.outcome
        return bool(ballot.outcome)


_BATCHER = _VoteBatcher()


def _outcomes(ballots: list[_Ballot]) -> list[bool | Exception]:
    try:
        return _written(ballots)
    except DatabaseError as error:
        if len(ballots) == 1:
            return [error]
        # One of them is the cause, as when its participant is being deleted.
        return [outcome for ballot in ballots for outcome in _outcomes([ballot])]


def _written(ballots: list[_Ballot]) -> list[bool | Exception]:
    # If it were part of another transaction that is rolled back, it would lose others' votes.
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        phases = _phases_held_open({ballot.process for ballot in ballots}, cursor)
        asked = [(ballot.process, ballot.participant, ballot.statement) for ballot in ballots]
        cursor.execute(_SHOWN.format(_rows(asked)), list(chain(*asked)))
        shown = {(who, what): (key, *own) for who, what, key, *own in cursor.fetchall()}
        changed: dict[tuple[int, int], list[Any]] = {}
        outcomes: list[bool | Exception] = [
            _take(ballot, phases.get(ballot.process), shown, changed) for ballot in ballots
        ]
        if changed:
            cursor.execute(_WRITE.format(_rows(changed.values())), list(chain(*changed.values())))
    return outcomes


def _rows(values: Iterable[Collection[object]]) -> str:
    return ", ".join(f"({', '.join(['%s'] * len(value))})" for value in values)


def _phases_held_open(
    processes: set[int], cursor: CursorWrapper
) -> dict[int, tuple[str, list[Phase]]]:
    """The state and the phases of processes, locked so that nobody closes them before this
    transaction ends.

    Other votes go on meanwhile. SQLite has one writer at a time, so no lock is needed.
    """
    keys, places = list(processes), ", ".join(["%s"] * len(processes))
    if connection.vendor == "postgresql":
        # Separately: what is read in the same query may be older than the lock.
        cursor.execute(_HOLD.format(places), keys)
    cursor.execute(_PHASES.format(places), keys)
    phases_by_process: dict[int, tuple[str, list[Phase]]] = {}
    for key, state, kind, opens_at, closes_at in cursor.fetchall():
        _state, phases = phases_by_process.setdefault(key, (state, []))
        if kind is not None:
            phases.append(
                Phase(kind=kind, opens_at=_moment(opens_at), closes_at=_moment(closes_at))
            )
    return phases_by_process


def _moment(value: dt.datetime) -> dt.datetime:
    # SQLite stores no time zone; it is UTC.
    return value if value.tzinfo else value.replace(tzinfo=dt.UTC)


def _take(
    ballot: _Ballot,
    process: tuple[str, list[Phase]] | None,
    shown: dict[tuple[int, str], tuple[Any, ...]],
    changed: dict[tuple[int, int], list[Any]],
) -> bool | InvalidData:
    """Whether the vote counts, or why it is refused; rows to write are added to `changed`."""
    existing = shown.get((ballot.participant, ballot.statement))
    if existing is None or process is None:
        return InvalidData([Fault("statement", "statement-gone")])
    if not rules.votes_are_taken(*process, ballot.at):
        return InvalidData([not_now()])
    statement, value, is_important = existing
    is_same = (value, is_important) == (ballot.value, ballot.is_important)
    if value is not None and not is_same and not ballot.is_change:
        return False
    at = connection.ops.adapt_datetimefield_value(hour_of(ballot.at))
    # The same person may vote twice at once; the second then supersedes the first.
    shown[ballot.participant, ballot.statement] = (statement, ballot.value, ballot.is_important)
    changed[ballot.participant, statement] = [
        ballot.participant, statement, ballot.value, ballot.is_important, at, 0,
    ]  # fmt: skip
    return True


def not_now() -> Fault:
    """The fault of a vote outside of the voting phase."""
    return Fault("value", "votes-not-now")
