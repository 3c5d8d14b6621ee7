"""What pages for visitors depend on besides their address: `web.page_cache` asks for it."""

from __future__ import annotations

import datetime as dt
import threading

from django.db.models import BigIntegerField, Count, ExpressionWrapper, Max, Q, Subquery

from alliance.core import clock
from alliance.core.models import AuditEvent
from alliance.search.index import Index
from alliance.search.store import store

#: Acts that are counted, from the newest back. On PostgreSQL an act of a long transaction appears
#: behind newer ones: the newest id stays, the number does not.
RECENT = 1_000
#: Acts after which every page of a visitor is as it was: what teams write before it is published,
#: and what lets programs and new members in.
UNSEEN = Q(kind__in=("api-token", "invitation", "statement draft", "webhook")) | (
    Q(kind="draft") & ~Q(verb="publish")
)


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


def page_state() -> tuple[dt.date, int, int, int, int]:
    """Date, newest act, how many of the last acts there are, search index, acts not yet in it.

    Acts that no visitor sees anything of are left out. Two queries, which do not grow with the
    content. Raises DatabaseError.
    """
    seen = AuditEvent.objects.exclude(UNSEEN)
    newest = seen.order_by("-id").values("id")[:1]
    since = ExpressionWrapper(Subquery(newest) - RECENT, output_field=BigIntegerField())
    acts = seen.filter(id__gt=since).aggregate(newest=Max("id"), count=Count("id"))
    current = store.current(at=clock.now())
    return (
        clock.today(),
        acts["newest"] or 0,
        acts["count"],
        _numbered.number(current.index),
        current.behind,
    )
