"""Tasks in fairness checks and areas: challenges to answer, testimonies that expire soon."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from alliance.core.waiting import Asked, Provider, Row, Turn, Waiting, start_of
from alliance.equity.models import Claim, Testimony
from alliance.equity.services.claims import ANSWER_WITHIN

ANSWER, AREAS, TESTIMONY = "check-answer", "areas-answer", "testimony-due"
#: How long before its last day a testimony becomes a task.
AHEAD = dt.timedelta(days=30)
_PAGES = {
    ANSWER: "equity:challenge-answer",
    AREAS: "equity:areas-challenge-answer",
    TESTIMONY: "equity:heard",
}


def _reads(asked: Asked) -> Iterator[tuple[str, QuerySet[Any], dict[str, Any]]]:
    if asked.teams is not None and not asked.teams:
        return

    def of(owner: str, title: str) -> dict[str, Any]:
        return {
            "team": f"{owner}__organisation__public_id",
            "part": f"{owner}__public_id",
            "language": f"{owner}__language",
            "title": f"{owner}__{title}",
        }

    mine, of_check = asked.of_team("check_of__organisation__public_id"), of("check_of", "title")
    post_fields = {
        "public_id": "post__public_id",
        "since": "post__at",
        "note_language": "post__language",
        "note": "post__text",
    }
    claims = Claim.objects.filter(answered_at=None, post__hidden_at=None)
    yield ANSWER, claims.filter(mine, area_set=None), of_check | post_fields
    of_areas = claims.filter(asked.of_team("area_set__organisation__public_id"), check_of=None)
    yield AREAS, of_areas, of("area_set", "name") | post_fields
    heard = Testimony.objects.filter(
        mine, forgotten_at=None, keep_until__lte=asked.at.date() + AHEAD
    )
    yield TESTIMONY, heard, of_check | {"by": "keep_until"}


def _all(asked: Asked, rows: Iterable[Row]) -> Iterator[Waiting]:
    """Unanswered challenges, and testimonies that will be deleted soon."""
    for row in rows:
        since, by = row.since, row.by
        if since is not None:
            by = (since + ANSWER_WITHIN).date()
        elif by is not None:
            since = start_of(by - AHEAD)
        yield Waiting(
            kind=row.kind,
            public_id=row.public_id,
            turn=Turn(team=row.team),
            since=since or asked.at,
            by=by,
            route=_PAGES[row.kind],
            args=(row.part, row.public_id),
            titles=row.titles,
            notes=row.notes,
        )


PROVIDERS = (
    Provider(
        {
            ANSWER: _("Respond to a dispute about a fairness check"),
            AREAS: _("Respond to a dispute about a figure for your areas"),
            TESTIMONY: _("Renew consent to a testimony, or let it be deleted"),
        },
        _all,
        reads=_reads,
    ),
)
