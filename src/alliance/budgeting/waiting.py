"""Tasks in budgets: to estimate the cost of a proposal, to decide on eligibility, and to count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from alliance.budgeting.enums import Consent
from alliance.budgeting.models import Project
from alliance.core.waiting import Asked, Provider, Row, Turn, Waiting
from alliance.participation.enums import ContributionKind, ProcessKind, ProcessState
from alliance.participation.models import Contribution, Process

ESTIMATE, DECIDE, COUNT = "budget-estimate", "budget-decide", "budget-count"


def _reads(asked: Asked) -> Iterator[tuple[str, QuerySet[Any], dict[str, Any]]]:
    if asked.teams is not None and not asked.teams:
        return
    own = Process.objects.filter(
        asked.of_team("organisation__public_id"), kind=ProcessKind.BUDGET
    ).exclude(state=ProcessState.DRAFT)
    open_ = own.filter(Q(budget=None) | Q(budget__declared_at=None))
    unpriced = Contribution.objects.filter(
        process=OuterRef("pk"), kind=ContributionKind.PROPOSAL, project=None
    ).shown()
    undecided = Project.objects.filter(budget=OuterRef("pk"), eligible="").exclude(
        consent=Consent.YES, other_consent=Consent.YES, merge_into__isnull=False
    )
    first_unpriced = Subquery(unpriced.order_by("shown_at").values("shown_at")[:1])
    first_undecided = Subquery(undecided.order_by("estimated_at").values("estimated_at")[:1])
    columns = {"team": "organisation__public_id", "language": "language", "title": "title"}
    since = columns | {"since": "since_at"}
    yield ESTIMATE, open_.annotate(since_at=first_unpriced).filter(since_at__isnull=False), since
    yield DECIDE, open_.annotate(since_at=first_undecided).filter(since_at__isnull=False), since
    closed = own.filter(
        state=ProcessState.CLOSED, budget__declared_at__isnull=False, budget__count=None
    )
    yield COUNT, closed, columns | {"since": "closed_at", "by": "decides_by"}


def _all(asked: Asked, rows: Iterable[Row]) -> Iterator[Waiting]:
    """Proposals without a cost, undecided projects, votes to count."""
    for row in rows:
        yield Waiting(
            kind=row.kind,
            public_id=row.public_id,
            turn=Turn(team=row.team),
            since=row.since or asked.at,
            by=row.by,
            route="budgeting:manage",
            args=(row.public_id,),
            titles=row.titles,
        )


PROVIDERS = (
    Provider(
        {
            ESTIMATE: _("Enter the cost of each proposal"),
            DECIDE: _("Decide which projects are eligible"),
            COUNT: _("Count the votes"),
        },
        _all,
        reads=_reads,
    ),
)
