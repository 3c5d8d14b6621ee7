"""What pages for visitors depend on besides their address: `web.page_cache` asks for it."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Hashable
from dataclasses import dataclass

from django.db.models import BigIntegerField, Count, ExpressionWrapper, Max, Q, Subquery

from alliance.core import clock
from alliance.core.models import AuditEvent
from alliance.search.index import Index
from alliance.search.store import store

#: At least so many of the last acts are counted. On PostgreSQL an act of a long transaction appears
#: behind newer ones: the newest id stays, the number does not.
RECENT = 1_000
#: Acts after which every page of a visitor is as it was: what teams write before it is published,
#: and what lets programs and new members in.
UNSEEN = Q(kind__in=("api-token", "invitation", "join request", "statement draft", "webhook")) | (
    Q(kind="draft") & ~Q(verb="publish")
)
#: What a view declares that shows what the search finds, among the kinds of acts.
SEARCH = "search"


class _Numbered:
    """Gives each index that this process has held a number, so that states can be compared."""

    def __init__(self) -> None:
        self._number = 0
        self._index: Index | None = None
        self._lock = threading.Lock()

    def number(self, index: Index) -> int:
        with self._lock:
            if index is not self._index:
                self._number, self._index = self._number + 1, index
            return self._number


_numbered = _Numbered()


@dataclass(frozen=True)
class Seen:
    """The date, the search index, and by kind the newest act and how many of the last there are."""

    date: dt.date
    #: The number of the index and the acts that are not yet in it.
    search: tuple[int, int]
    acts: dict[str, tuple[int, int]]

    def of(self, kinds: frozenset[str] | None) -> Hashable:
        """What a page depends on that shows these kinds of acts; None: all that visitors see."""
        if kinds is None:
            return (self.date, self.search, *sorted(self.acts.items()))
        acts = (self.acts.get(kind) for kind in sorted(kinds))
        return (self.date, self.search if SEARCH in kinds else None, *acts)


def page_state() -> Seen:
    """What visitors see at present, without the acts of which they see nothing.

    Two queries, which do not grow with the content. Raises DatabaseError.
    """
    newest = Subquery(AuditEvent.objects.order_by("-id").values("id")[:1])
    # From one round number to the next no act leaves the count because others came.
    since = ExpressionWrapper(newest - newest % RECENT - RECENT, output_field=BigIntegerField())
    acts = (
        AuditEvent.objects.filter(id__gt=since)
        .exclude(UNSEEN)
        .order_by()
        .values_list("kind")
        .annotate(Max("id"), Count("id"))
    )
    by_kind = {kind: (newest_id, count) for kind, newest_id, count in acts}
    current = store.current(at=clock.now())
    return Seen(clock.today(), (_numbered.number(current.index), current.behind), by_kind)
