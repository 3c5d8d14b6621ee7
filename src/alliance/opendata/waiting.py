"""Tasks of the secretariat: subscriptions that stopped, and records that differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from alliance.accounts.enums import NetworkRole
from alliance.core.waiting import Asked, Provider, Row, Turn, Waiting
from alliance.opendata.models import (
    RecordState,
    Subscription,
    SubscriptionState,
    UpstreamRecord,
)
from alliance.opendata.subscriptions import SILENT_FOR


def _reads(asked: Asked) -> Iterator[tuple[str, QuerySet[Any], dict[str, Any]]]:
    if not asked.has_role(NetworkRole.SECRETARIAT):
        return
    failing = Q(state=SubscriptionState.STOPPED) | Q(
        state=SubscriptionState.ACTIVE, failing_since__lte=asked.at - SILENT_FOR
    )
    yield (
        "network-stopped",
        Subscription.objects.filter(failing, failing_since__isnull=False),
        {"part": "public_id", "since": "failing_since", "title": "name"},
    )
    yield (
        "network-choice",
        UpstreamRecord.objects.filter(state=RecordState.CONFLICT),
        {
            "part": "subscription__public_id",
            "since": "at",
            "title": "title",
            "note": "subscription__name",
        },
    )


def _all(asked: Asked, rows: Iterable[Row]) -> Iterator[Waiting]:
    for row in rows:
        yield Waiting(
            kind=row.kind,
            public_id=row.public_id,
            turn=Turn(role=NetworkRole.SECRETARIAT),
            since=row.since or asked.at,
            route="knowledge:desk-network",
            args=(row.part,),
            titles=row.titles,
            notes=row.notes,
        )


_ACTS = {
    "network-stopped": _("Find out why another network’s content has stopped arriving"),
    "network-choice": _("Choose between our version and another network’s version"),
}

PROVIDERS = (
    Provider(_ACTS, _all, reads=_reads, roles=dict.fromkeys(_ACTS, NetworkRole.SECRETARIAT)),
)
