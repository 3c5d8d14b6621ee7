"""What waits in campaigns: what was measured is to be sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from alliance.core.waiting import Asked, Provider, Turn, Waiting, rows_of
from alliance.participation.enums import ProcessKind, ProcessState
from alliance.participation.models import Process

OUTCOME = "campaign-outcome"
#: So long before its day, it is on the list.
AHEAD = dt.timedelta(days=45)


def _reads(asked: Asked) -> Iterator[tuple[str, QuerySet[Any], dict[str, Any]]]:
    if asked.teams is not None and not asked.teams:
        return
    own = Process.objects.filter(
        asked.of_team("organisation__public_id"),
        kind=ProcessKind.CAMPAIGN,
        state__in=[ProcessState.OPEN, ProcessState.CLOSED],
        answers_by__lte=asked.at.date() + AHEAD,
        promises__kind="answer",
        promises__kept_at=None,
    )
    yield (
        OUTCOME,
        own,
        {
            "team": "organisation__public_id",
            "language": "language",
            "title": "title",
            "since": Coalesce("closed_at", "opened_at"),
            "by": "answers_by",
        },
    )


def _all(asked: Asked) -> Iterator[Waiting]:
    """Campaigns whose promised result is not here: in one query."""
    for row in rows_of(asked, _reads):
        yield Waiting(
            kind=row.kind,
            public_id=row.public_id,
            turn=Turn(team=row.team),
            since=row.since or asked.at,
            by=row.by,
            route="campaigns:manage",
            args=(row.public_id,),
            titles=row.titles,
        )


PROVIDERS = (Provider({OUTCOME: _("Send what the campaign changed")}, _all),)
