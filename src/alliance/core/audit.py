"""Writing and reading the audit trail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from alliance.core.models import AuditEvent

if TYPE_CHECKING:
    from alliance.accounts.models import User


# The length of the column; the label of an organisation's token may be longer.
LONGEST_LABEL = 80


@dataclass(frozen=True)
class Actor:
    """Who acts, and with which permissions: a visitor, a person, a team's API token, or a named
    process.

    `roles` are the person's network-wide roles in force; `teams` the role in each organisation by
    its public id. `scopes` limit what an API token may do; None for all others.
    """

    label: str
    user: User | None = None
    roles: frozenset[str] = frozenset()
    teams: Mapping[str, str] = field(default_factory=dict, hash=False)
    scopes: frozenset[str] | None = None
    elevated: bool = False
    # A process of the installation itself, started by its operator.
    is_system: bool = False

    @property
    def is_known(self) -> bool:
        """Whether the actor is anything but a visitor."""
        return self.user is not None or self.scopes is not None or self.is_system


VISITOR = Actor("visitor")
STARTER = Actor("starter", is_system=True)
WORKER = Actor("worker", is_system=True)
COMMAND_LINE = Actor("command line", is_system=True)


def record(
    kind: str, public_id: Any, verb: str, *, actor: Actor, at: dt.datetime, **details: Any
) -> AuditEvent:
    """Add an action to the trail; call it inside the transaction of the action itself.

    `public_id` may be the record itself.
    """
    event = _event(kind, public_id, verb, actor, at, details)
    event.save(force_insert=True)
    return event


def record_all(
    kind: str, rows: Iterable[Any], verb: str, *, actor: Actor, at: dt.datetime, **details: Any
) -> None:
    """Add the same action on each of many records, as `record` does."""
    AuditEvent.objects.bulk_create(_event(kind, row, verb, actor, at, details) for row in rows)


def _event(
    kind: str, public_id: Any, verb: str, actor: Actor, at: dt.datetime, details: dict[str, Any]
) -> AuditEvent:
    return AuditEvent(
        actor=actor.user,
        actor_label=actor.label[:LONGEST_LABEL],
        at=at,
        verb=verb,
        kind=kind,
        public_id=getattr(public_id, "public_id", public_id),
        details=details,
    )


def noting(kind: str, about: str = "public_id", **details: str) -> Callable[..., AuditEvent]:
    """A function that adds actions on records of one kind: call it with a record, a verb, `actor`
    and `at`.

    `about` and `details` are paths from the record to what is stored: an id, or a value.
    """

    def note(
        row: object, verb: str, *, actor: Actor, at: dt.datetime, **more: object
    ) -> AuditEvent:
        fields = {name: attrgetter(path)(row) for name, path in details.items()}
        return record(kind, attrgetter(about)(row), verb, actor=actor, at=at, **fields | more)

    return note


def last_id() -> int:
    """The id of the newest entry, 0 if there is none."""
    return AuditEvent.objects.order_by("-id").values_list("id", flat=True).first() or 0


def touched_since(event_id: int) -> set[tuple[str, str]]:
    """The distinct (kind, public id) of records with an entry after `event_id`."""
    # For a DISTINCT, SQLite would read the whole trail in the order of another index.
    acts = AuditEvent.objects.filter(id__gt=event_id).order_by()
    return set(acts.values_list("kind", "public_id").iterator())
