"""What pages for visitors depend on besides their address, for `web.page_cache`."""

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

#: At least this many of the latest audit entries are counted. On PostgreSQL an entry of a long
#: transaction appears behind newer ones: the newest id stays, the number does not.
RECENT = 1_000
#: Actions that change no page for visitors: what teams write before it is published, and what
#: admits programs and new members.
UNSEEN = Q(kind__in=("api-token", "invitation", "join request", "statement draft", "webhook")) | (
    Q(kind="draft") & ~Q(verb="publish")
)
#: The pseudo-kind of views that show search results, among the kinds of actions.
SEARCH = "search"


class _Numbered:
    """Numbers each index that this process has loaded, so that states can be compared."""

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
    """The date, the search index, and for each kind the newest action and the number of recent
    ones."""

    date: dt.date
    #: The number of the index and of the actions that are not yet in it.
    search: tuple[int, int]
    acts: dict[str, tuple[int, int]]

    def of(self, kinds: frozenset[str] | None) -> Hashable:
        """The state of a page that shows these kinds of actions; None: everything that visitors
        see."""
        if kinds is None:
            return (self.date, self.search, *sorted(self.acts.items()))
        acts = (self.acts.get(kind) for kind in sorted(kinds))
        return (self.date, self.search if SEARCH in kinds else None, *acts)


def page_state() -> Seen:
    """The present state for visitors, without actions that are invisible to them.

    Two queries, which do not grow with the content. Raises DatabaseError.
    """
    newest = Subquery(AuditEvent.objects.order_by("-id").values("id")[:1])
    # Between two round numbers no action leaves the count because others came.
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
