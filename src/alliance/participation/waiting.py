"""Tasks in processes: to open one, to moderate, to fulfil promises."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from alliance.core.waiting import Asked, Provider, Row, Turn, Waiting, start_of
from alliance.participation.enums import ProcessKind, ProcessState, PromiseKind
from alliance.participation.models import Contribution, Process, Promise

OPEN, READ, OUTCOME = "process-open", "process-read", "campaign-outcome"
PROMISE_DUE = {kind: f"promise-{kind.value}" for kind in PromiseKind}
#: How long before its due date a promise becomes a task.
AHEAD = dt.timedelta(days=45)


def _reads(asked: Asked) -> Iterator[tuple[str, QuerySet[Any], dict[str, Any]]]:
    if asked.teams is not None and not asked.teams:
        return
    own = Process.objects.filter(asked.of_team("organisation__public_id"))
    unread = Contribution.objects.filter(
        process=OuterRef("pk"), shown_at=None, post__hidden_at=None
    ).order_by("post__at")
    texts = own.annotate(unread_at=Subquery(unread.values("post__at")[:1]))
    promises = Promise.objects.filter(
        asked.of_team("process__organisation__public_id"),
        kept_at=None,
        due_on__lte=asked.at.date() + AHEAD,
    )
    of_process = {"team": "organisation__public_id", "language": "language", "title": "title"}
    of_promise = {
        "team": "process__organisation__public_id",
        "part": "process__public_id",
        "since": "made_at",
        "by": "due_on",
        "language": "process__language",
        "title": "process__title",
        "note_language": "language",
        "note": "text",
    }
    yield OPEN, own.filter(state=ProcessState.DRAFT), of_process | {"since": "changed_at"}
    yield READ, texts.filter(unread_at__isnull=False), of_process | {"since": "unread_at"}
    # The answer of a campaign is its effect.
    of_campaigns = Q(kind=PromiseKind.ANSWER, process__kind=ProcessKind.CAMPAIGN)
    yield OUTCOME, promises.filter(of_campaigns), of_promise
    for kind in PromiseKind:
        yield PROMISE_DUE[kind], promises.filter(~of_campaigns, kind=kind), of_promise


def _all(asked: Asked, rows: Iterable[Row]) -> Iterator[Waiting]:
    """Processes to open, texts to moderate, promises that are due soon or overdue."""
    for row in rows:
        since = row.since or asked.at
        yield Waiting(
            kind=row.kind,
            public_id=row.public_id,
            turn=Turn(team=row.team),
            since=max(since, start_of(row.by - AHEAD)) if row.by else since,
            by=row.by,
            route="participation:waiting" if row.kind == READ else "participation:manage",
            args=(row.part or row.public_id,),
            titles=row.titles,
            notes=row.notes,
        )


PROVIDERS = (
    Provider(
        {
            OPEN: _("Open the process you have prepared"),
            READ: _("Read contributions from residents"),
            OUTCOME: _("Submit the campaign results"),
            PROMISE_DUE[PromiseKind.DECISION]: _("Publish the decision"),
            PROMISE_DUE[PromiseKind.ANSWER]: _("Answer every contribution"),
            PROMISE_DUE[PromiseKind.WORK]: _("Report whether the promised work has been done"),
        },
        _all,
        reads=_reads,
    ),
)
