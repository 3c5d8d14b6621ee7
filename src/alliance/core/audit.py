"""Writing and reading the audit trail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alliance.core.models import AuditEvent

if TYPE_CHECKING:
    from alliance.accounts.models import User


@dataclass(frozen=True)
class Actor:
    """Who acts: a signed-in person, or a named process such as the starter loader."""

    label: str
    user: User | None = None


STARTER = Actor("starter")
WORKER = Actor("worker")
COMMAND_LINE = Actor("command line")


def record(
    *, actor: Actor, at: dt.datetime, verb: str, kind: str, public_id: str, **details: Any
) -> AuditEvent:
    """Add one act to the trail; call it inside the transaction of the act itself."""
    return AuditEvent.objects.create(
        actor=actor.user,
        actor_label=actor.label,
        at=at,
        verb=verb,
        kind=kind,
        public_id=public_id,
        details=details,
    )


def last_id() -> int:
    """The id of the newest act, 0 where there is none."""
    return AuditEvent.objects.order_by("-id").values_list("id", flat=True).first() or 0


def touched_since(event_id: int) -> Iterable[tuple[str, str]]:
    """(kind, public id) of the records with an act after `event_id`, each once."""
    return (
        AuditEvent.objects.filter(id__gt=event_id)
        .order_by()
        .values_list("kind", "public_id")
        .distinct()
    )
