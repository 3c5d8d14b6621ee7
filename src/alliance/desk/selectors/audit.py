"""The audit log: search, pagination, and export as CSV.

Pagination uses the id of the last row, never an offset, and nothing is counted, so that a million
rows are as fast as a thousand.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Q, QuerySet
from django.urls import NoReverseMatch, reverse

from alliance.core import clock
from alliance.core.models import AuditEvent
from alliance.core.text import fold
from alliance.desk.messages import KINDS, VERBS
from alliance.testbeds.selectors.challenges import sealed_answers

ROWS_PER_PAGE = 100
#: At most so many matching names are searched together; more must be narrowed down first.
MOST_NAMES = 20
#: The maximum number of names listed to choose from.
MOST_LISTED = 200
_CHUNK = 2_000
#: A row is written after its action begins, and within a day however long the job.
_LATEST_WRITTEN = dt.timedelta(days=1)
#: Kinds of records whose actions reveal authors; only for the secretariat.
CONTENT_KINDS = ("case", "draft", "question", "agreement", "booking", "challenge answer")
#: Columns of the CSV export.
COLUMNS = ("id", "at", "who", "verb", "kind", "record", "details")

#: The page of a record by its kind in the log.
_PAGES = {
    "case": "knowledge:case",
    "solution": "knowledge:solution",
    "method": "knowledge:method",
    "city": "knowledge:city",
    "organisation": "knowledge:organisation",
    "draft": "knowledge:draft",
    "question": "knowledge:question",
    "team": "network:team",
    "person": "knowledge:desk-person",
    "need": "network:need",
    "offer": "network:offer",
    "agreement": "adoption:adoption",
    "peer review": "network:peer-review",
    "process": "participation:take-part",
    "areas": "equity:areas",
    "testbed": "testbeds:testbed",
    "challenge": "testbeds:challenge",
    "workshop": "workshops:workshop",
    "report": "reports:write",
    "subscription": "knowledge:desk-network",
}


@dataclass(frozen=True)
class LogFilter:
    """The filters of a search; empty means all. `until` is the last day included."""

    who: str = ""
    verb: str = ""
    kind: str = ""
    record: str = ""
    since: dt.date | None = None
    until: dt.date | None = None

    @property
    def query(self) -> str:
        """The query string of these filters; empty without filters."""
        return urlencode(
            {name: str(value) for name, value in vars(self).items() if value not in ("", None)}
        )

    def of(self, who: str) -> str:
        """The query string for actions of exactly this name, with the other filters."""
        return replace(self, who=f"={who}").query


def values_of(column: str) -> tuple[str, ...]:
    """Every distinct value of a column of the log, in order: one index lookup for each."""
    table = connection.ops.quote_name(AuditEvent._meta.db_table)
    name = connection.ops.quote_name(column)
    # DISTINCT would read every row of the log; this jumps from each value to the next. The
    # statement only contains our own names.
    statement = f"""
        WITH RECURSIVE found(word) AS (
            SELECT MIN({name}) FROM {table}
            UNION ALL
            SELECT (SELECT MIN({name}) FROM {table} WHERE {name} > found.word)
            FROM found WHERE found.word IS NOT NULL
        )
        SELECT word FROM found WHERE word IS NOT NULL
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return tuple(row[0] for row in cursor.fetchall())


def names_matching(who: str) -> tuple[str, ...] | None:
    """The names in the log that contain `who`, ignoring accents and case; None if all do.

    `=Name` is exactly that name, as in links on the page.
    """
    if not who:
        return None
    if who.startswith("="):
        return (who[1:],)
    wanted = fold(who).casefold()
    return tuple(name for name in values_of("actor_label") if wanted in fold(name).casefold())


def _start(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)


def _in_time(rows: QuerySet[AuditEvent], wanted: LogFilter) -> QuerySet[AuditEvent]:
    """The rows in the requested days, with bounds of their ids for an efficient query.

    Ids are roughly, but not exactly, in order of time: a row has the time at which its action
    began. A row dated before the first day was written before that day, and so were all smaller
    ids. The time is filtered by exclusion, because otherwise SQLite would use its index, and then
    sort.
    """
    if wanted.since is not None:
        first = _start(wanted.since)
        rows = rows.exclude(at__lt=first)
        before = AuditEvent.objects.filter(at__lte=first - _LATEST_WRITTEN).order_by("-at", "-id")
        if (last := before.values_list("pk", flat=True).first()) is not None:
            rows = rows.filter(pk__gt=last)
    if wanted.until is not None and wanted.until < dt.date.max - 2 * _LATEST_WRITTEN:
        end = _start(wanted.until) + dt.timedelta(days=1)
        rows = rows.exclude(at__gte=end)
        after = AuditEvent.objects.filter(at__gte=end + _LATEST_WRITTEN).order_by("at", "id")
        if (following := after.values_list("pk", flat=True).first()) is not None:
            rows = rows.filter(pk__lt=following)
    return rows


def _rows(wanted: LogFilter, sees_content: bool) -> QuerySet[AuditEvent]:
    """The matching rows, unordered and by any actor, without sealed answers to a challenge, whose
    authors are sealed too."""
    sealed = sealed_answers(clock.today()).values("public_id")
    rows = _in_time(AuditEvent.objects.all(), wanted)
    rows = rows.exclude(kind="challenge answer", public_id__in=sealed)
    if not sees_content:
        rows = rows.exclude(kind__in=CONTENT_KINDS)
    exact = {"verb": wanted.verb, "kind": wanted.kind, "public_id": wanted.record}
    return rows.filter(**{name: value for name, value in exact.items() if value})


def _newest(
    rows: QuerySet[AuditEvent], names: tuple[str, ...] | None, *, below: int | None, most: int
) -> list[AuditEvent]:
    """At most `most` of `rows` with an id below `below`, newest first.

    With names, the newest rows of each are read by an index and then merged.
    """
    if below is not None:
        rows = rows.filter(pk__lt=below)
    if names is None:
        return list(rows.order_by("-id")[:most])
    if not names:
        return []
    each = [rows.filter(actor_label=name).order_by("-id").values("pk")[:most] for name in names]
    if len(each) == 1:
        return list(rows.filter(actor_label=names[0]).order_by("-id")[:most])
    either = reduce(or_, (Q(pk__in=newest) for newest in each))
    return list(AuditEvent.objects.filter(either).order_by("-id")[:most])


def log_page(
    wanted: LogFilter, *, below: int | None = None, sees_content: bool = True
) -> dict[str, Any]:
    """The newest matching actions below an id. At most six queries, each by an index.

    `names`: too many names match, and each is listed with its query string. `older` is the id below
    which the next page begins, None on the last page.

    Without `sees_content`, actions on cases, drafts and questions are excluded: the actor would
    reveal a hidden city.
    """
    names = names_matching(wanted.who)
    too_many = names is not None and len(names) > MOST_NAMES
    acts = []
    if not too_many:
        acts = _newest(_rows(wanted, sees_content), names, below=below, most=ROWS_PER_PAGE + 1)
    shown = acts[:ROWS_PER_PAGE]
    return {
        "acts": shown,
        "names": [(name, wanted.of(name)) for name in (names or ())[:MOST_LISTED]]
        if too_many
        else [],
        "n_names": len(names or ()),
        "verbs": [(code, VERBS.get(code, code)) for code in values_of("verb")],
        "kinds": [(code, KINDS.get(code, code)) for code in values_of("kind")],
        "filter": wanted,
        "older": shown[-1].pk if len(acts) > len(shown) else None,
        "is_first": below is None,
    }


def log_rows(wanted: LogFilter, *, sees_content: bool = True) -> Iterator[AuditEvent]:
    """All matching actions, newest first, read in chunks."""
    names = names_matching(wanted.who)
    chosen = None
    if names is not None and len(names) > MOST_NAMES:
        # Many names make up most of the log: it is read sequentially, skipping the others.
        chosen, names = frozenset(names), None
    rows, below = _rows(wanted, sees_content), None
    while part := _newest(rows, names, below=below, most=_CHUNK):
        yield from (row for row in part if chosen is None or row.actor_label in chosen)
        below = part[-1].pk


def csv_row(row: AuditEvent) -> tuple[Any, ...]:
    """A row of the CSV export."""
    details = "; ".join(f"{key}: {value}" for key, value in details_of(row.details))
    return row.pk, row.at, row.actor_label, row.verb, row.kind, row.public_id, details


def details_of(details: Any) -> tuple[tuple[str, str], ...]:
    """Sorted pairs of a key and its value."""
    # The two databases store the keys of an object in different orders.
    pairs = sorted(details.items()) if isinstance(details, dict) else ()
    return tuple(
        (key, _display_value(value)) for key, value in pairs if value not in (None, "", [])
    )


def _display_value(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_display_value(item) for item in value)
    return str(value)


def href_of(kind: str, public_id: str) -> str:
    """The page of a record; empty if it has none."""
    name = _PAGES.get(kind)
    if name is None or not public_id:
        return ""
    try:
        return reverse(name, args=[public_id])
    except NoReverseMatch:
        # The id is invalid in an address, so it has no page.
        return ""
