"""Open data files of a dialogue, in the format of Polis: export and import."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from alliance.analysis.opinion import VOTE_COLUMNS
from alliance.core import audit
from alliance.core.errors import SENTENCES, Fault, InvalidData, NotAllowed, refuse
from alliance.core.files.contained import read_contained
from alliance.core.files.rows import Broken, Limits
from alliance.core.text import csv_chunks
from alliance.dialogues.models import OpenFiles, Vote
from alliance.dialogues.selectors import FEWEST
from alliance.dialogues.services.opinions import moment_ms
from alliance.network.enums import Language
from alliance.participation import rules
from alliance.participation.enums import Author, ContributionKind, ProcessKind, ProcessState
from alliance.participation.models import Contribution, Participant, Process
from alliance.participation.services.contributions import ContributionData, add_all_own
from alliance.participation.services.issuing import NotIssued
from alliance.participation.services.processes import locked

_LIMITS = Limits(rows=2_000_000, memory=1_500_000_000, seconds=60)
COMMENT_COLUMNS = (
    "timestamp", "comment-id", "author-id", "agrees", "disagrees", "moderated", "comment-body",
    "language", "written-by",
)  # fmt: skip


def _files_of(process: Process) -> OpenFiles:
    files = OpenFiles.objects.filter(process=process).first()
    if files is None:
        raise NotIssued(process)
    return files


def votes_lines(process: Process) -> Iterator[bytes]:
    """The votes of the last issue with random ids. Raises NotIssued before enough people have
    voted."""
    files = _files_of(process)
    if files.n_people < FEWEST:
        raise NotIssued(process)
    packed = gzip.GzipFile(fileobj=io.BytesIO(files.votes))
    rows = csv.reader(io.TextIOWrapper(packed, "utf-8", newline=""))
    return csv_chunks(VOTE_COLUMNS, ([*row, int(value)] for *row, value in rows))


def statements_lines(process: Process) -> Iterator[bytes]:
    """The statements of the last issue; those hidden since, or waiting, without their text. Raises
    NotIssued before there is one."""
    return csv_chunks(COMMENT_COLUMNS, _statements(process, _files_of(process)))


def _statements(process: Process, files: OpenFiles) -> Iterator[list[Any]]:
    rows = Contribution.objects.filter(process=process, kind=ContributionKind.STATEMENT)
    moment = moment_ms(files.issued_at)
    for row in rows.select_related("post").order_by("post__public_id"):
        if str(row.pk) not in files.statements:
            continue
        author, agrees, disagrees = files.statements[str(row.pk)]
        shown = row.shown_at is not None and row.post.hidden_at is None
        state = 1 if shown else -1 if row.post.hidden_at else 0
        yield [
            moment, row.public_id, author if row.participant_id else "", agrees, disagrees, state,
            row.post.text if shown else "", row.post.language, row.author,
        ]  # fmt: skip


def import_dialogue(
    process: Process, votes: bytes, comments: bytes, *, actor: audit.Actor, at: dt.datetime
) -> int:
    """Import a dialogue held elsewhere, from its two open data files; returns the number of votes.

    All or nothing, before the process opens and while it has no vote. Statements that were rejected
    there are left out; people are imported with nothing but their votes. Raises InvalidData naming
    file and row, NotAllowed.
    """
    if not rules.may_run(actor, process):
        raise NotAllowed(_("You need to be an editor of the city’s municipality to do this."))
    texts, n_people, cast = _read(votes, comments)
    longest = process.statement_length
    wrong = [name for name, body, *_more in texts if not 0 < len(body.strip()) <= longest]
    refuse(
        [
            Fault("comments", "statement-length", {"id": name, "most": longest})
            for name in wrong[:20]
        ]
    )
    with transaction.atomic():
        current = locked(process)
        has_votes = Vote.objects.filter(statement__process=current).exists()
        if current.state != ProcessState.DRAFT or current.kind != ProcessKind.DIALOGUE or has_votes:
            raise InvalidData([Fault("votes", "take-over-first")])
        written = [
            # Files of Polis do not state the author: residents' statements must not become the
            # city's.
            (
                ContributionData(
                    body, language if language in Language.values else current.language
                ),
                by if by in Author.values else Author.RESIDENT,
            )
            for _name, body, language, by in texts
        ]
        taken: set[Contribution] = set()
        statements: dict[int, Contribution] = {}
        for place, contribution in enumerate(add_all_own(current, written, actor=actor, at=at)):
            # Of two statements with the same text the first one is used.
            if contribution not in taken:
                statements[place] = contribution
                taken.add(contribution)
        people = Participant.objects.bulk_create(
            Participant(
                process=current, language=current.language, made_at=at, entered_by=actor.user
            )
            for _number in range(n_people)
        )
        made = [
            Vote(participant=people[row], statement=statements[place], value=value, at=at)
            for row, place, value in zip(*cast, strict=True)
            if place in statements
        ]
        Vote.objects.bulk_create(made, batch_size=5_000)
        audit.record("process", current, "take-over", actor=actor, at=at, votes=len(made))
    return len(made)


def _read(votes: bytes, comments: bytes) -> tuple[list[list[str]], int, list[list[int]]]:
    """The statements, the number of people and the votes of two files. Raises InvalidData."""
    content = votes + comments
    try:
        texts, (n_people,), cast = read_contained(
            "alliance.dialogues.open_files:read", content, limits=_LIMITS, ends=len(votes)
        )
    except Broken as error:
        where, params = error.params["where"], error.params["params"]
        # Faults that no file can have (columns of unequal length, size limits) have no message of
        # their own.
        code = error.code if error.code in SENTENCES else "open-file"
        raise InvalidData([Fault(where, code, params)]) from error
    return texts, n_people, cast
