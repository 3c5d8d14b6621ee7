"""Open files of a dialogue, in the format of Polis."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from django.db.models import Count, Q

from alliance.analysis.opinion import votes_to_csv
from alliance.core.errors import NotFound
from alliance.core.text import csv_cell
from alliance.dialogues.selectors import FEWEST
from alliance.dialogues.services.opinions import hour_ms, open_id, open_rows
from alliance.participation.enums import ContributionKind
from alliance.participation.models import Contribution, Process

COMMENT_COLUMNS = (
    "timestamp", "comment-id", "author-id", "agrees", "disagrees", "moderated", "comment-body",
    "language", "written-by",
)  # fmt: skip


def votes_lines(process: Process) -> Iterator[str]:
    """The votes of a process under random ids. Raises NotFound before enough people voted."""
    rows = open_rows(process)
    if len({person for _, _, person, _ in rows}) < FEWEST:
        raise NotFound("votes", process.public_id)
    return votes_to_csv(rows)


def statements_lines(process: Process) -> Iterator[str]:
    """The statements of a process; what was hidden, or waits, comes without its words."""
    rows = Contribution.objects.filter(process=process, kind=ContributionKind.STATEMENT)
    rows = rows.select_related("post").annotate(
        agrees=Count("votes", filter=Q(votes__value=1)),
        disagrees=Count("votes", filter=Q(votes__value=-1)),
    )
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COMMENT_COLUMNS)
    for one in rows.order_by("pk"):
        shown = one.shown_at is not None and one.post.hidden_at is None
        state = 1 if shown else -1 if one.post.hidden_at else 0
        author = open_id(process, one.participant_id) if one.participant_id else ""
        writer.writerow(
            [
                hour_ms(one.post.at), one.public_id, author, one.agrees, one.disagrees, state,
                csv_cell(one.post.text) if shown else "", one.post.language, one.author,
            ]
        )  # fmt: skip
    return iter([buffer.getvalue()])
