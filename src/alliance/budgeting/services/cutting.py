"""Separation of ballots from voters: who has voted and the ballots stay, without a link between
them.

The former identity of a ballot is deleted in the same transaction: its number, keys, time, channel,
and the digest of its code, address or account. Then the files of the database are rewritten,
because deleted rows can be read in them for some time.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections import defaultdict
from typing import Any

from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.models import Q

from alliance.accounts.models import TypedText
from alliance.budgeting.models import Ballot, BallotEntry, Budget, Voter, VoterCode
from alliance.participation.models import Process

_log = logging.getLogger(__name__)
_BATCH = 5_000
#: Tables in which deleted rows linked voters to ballots.
_TABLES = (Ballot, BallotEntry, TypedText)
#: Seconds before each attempt to empty SQLite's log: it does not wait for another process that,
#: having written right after the rewrite, is emptying it.
_WAITS = (0.0, 0.5, 1.0, 2.0, 4.0)


def cut_off(process: Process) -> int:
    """Separate the ballots of a process from their voters; returns their number.

    Each is replaced by another row, and these are written in the order of new random numbers.
    """
    with transaction.atomic():
        rows = Ballot.objects.filter(process=process, participant__isnull=False).order_by()
        named = defaultdict(list)
        entries = BallotEntry.objects.filter(ballot__in=rows).order_by()
        for ballot, project, value in entries.values_list("ballot_id", "project_id", "value"):
            named[ballot].append((project, value))
        ballots = list(rows.values_list("pk", flat=True))
        digests = rows.values("voter_digest")
        VoterCode.objects.filter(process=process, digest__in=digests).update(is_used=True)
        people = rows.order_by("participant_id").values_list("participant_id", flat=True)
        Voter.objects.bulk_create(
            [Voter(participant_id=person) for person in people], batch_size=_BATCH
        )
        entries.delete()
        rows.delete()
        new = [Ballot(process=process, voter_digest=None, channel="") for _ in ballots]
        new.sort(key=lambda new_ballot: new_ballot.public_id)
        Ballot.objects.bulk_create(new, batch_size=_BATCH)
        secrets.SystemRandom().shuffle(ballots)
        BallotEntry.objects.bulk_create(
            [
                BallotEntry(ballot=after, project_id=project, value=value)
                for after, before in zip(new, ballots, strict=True)
                for project, value in sorted(named[before])
            ],
            batch_size=_BATCH,
        )
        _forget_typing(process)
        Budget.objects.filter(pk=process.pk).update(has_remains=True)
        transaction.on_commit(erase_remains)
    return len(ballots)


def _forget_typing(process: Process) -> None:
    """Delete autosaved and unsubmitted ballot forms, including those for paper ballots."""
    page = f"/take-part/{process.public_id}"
    forms = Q(address__startswith=f"{page}/ballot") | Q(address__startswith=f"{page}/budget/paper")
    TypedText.objects.filter(forms).delete()


def forget_voters() -> int:
    """Separate the ballots of processes that ended long ago and were never counted, and delete the
    codes of all that ended long ago; returns the number of ballots."""
    over = Process.objects.filter(cleared_at__isnull=False, ballots__participant__isnull=False)
    n = sum(cut_off(process) for process in over.distinct())
    VoterCode.objects.filter(process__cleared_at__isnull=False).delete()
    return n


def erase_remains() -> bool:
    """Rewrite the database files from which ballots were separated; returns whether nothing is left
    to do. A full disk or a busy database changes nothing: call it again later.

    Call it outside of a transaction.
    """
    due = list(Budget.objects.filter(has_remains=True).values_list("pk", flat=True))
    if not due:
        return True
    try:
        rewrite_files()
    except DatabaseError:
        _log.warning("Old rows of ballots that were cut off are not erased yet.", exc_info=True)
        return False
    Budget.objects.filter(pk__in=due).update(has_remains=False)
    return True


def rewrite_files() -> None:
    """Remove all deleted rows from the files. Raises DatabaseError if that is impossible now."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            tables = ", ".join(connection.ops.quote_name(table._meta.db_table) for table in _TABLES)
            cursor.execute(f"VACUUM FULL {tables}")
            return
        # Deleted data are overwritten, but reused pages contain fragments in between.
        cursor.execute("VACUUM")
        _empty_log(cursor)


def _empty_log(cursor: Any) -> None:
    """Empty the log of SQLite. Raises OperationalError if it stays busy."""
    for wait in _WAITS:
        time.sleep(wait)
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (is_busy, *_pages) = cursor.fetchone()
        if not is_busy:
            return
    raise OperationalError("Somebody reads an older state of the database.")
