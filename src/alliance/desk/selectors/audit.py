"""The audit log: searched, read a page at a time, and taken away as a table.

Pages go by the id of the last row, never by a number of rows to skip, and nothing is counted, so
that a million rows read like a thousand.
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
#: Of the names that a search finds so many are searched together; more must be told apart first.
MOST_NAMES = 20
#: And so many are listed to choose from.
MOST_LISTED = 200
_CHUNK = 2_000
#: An act is written down after it begins and, however long its job, within a day.
_LATEST_WRITTEN = dt.timedelta(days=1)
#: Kinds of records whose acts tell who wrote what; for the secretariat alone.
CONTENT_KINDS = ("case", "draft", "question", "agreement", "booking", "challenge answer")
#: Columns of the table that is taken away.
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
    """What is searched for; empty means all. `until` is the last day that counts."""

    who: str = ""
    verb: str = ""
    kind: str = ""
    record: str = ""
    since: dt.date | None = None
    until: dt.date | None = None

    @property
    def query(self) -> str:
        """The part of an address that says the same; empty where all is asked for."""
        return urlencode(
            {name: str(value) for name, value in vars(self).items() if value not in ("", None)}
        )

    def of(self, who: str) -> str:
        """The query for the acts of exactly that name, all else as it is."""
        return replace(self, who=f"={who}").query


def values_of(column: str) -> tuple[str, ...]:
    """Every value that a column of the log holds, in order: one look into its index for each."""
    table = connection.ops.quote_name(AuditEvent._meta.db_table)
    name = connection.ops.quote_name(column)
    # DISTINCT would read every row of the log; this jumps from each value to the next one.
    # Nothing but names of our own goes into the statement.
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
    """The names in the log that hold `who`, whatever accents and case; None where all do.

    `=Name` is that name alone, as links on the page write it.
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
    """The rows of the days asked for, with the bounds of their ids, by which they are read.

    Ids follow the time nearly, not wholly: a row carries the time at which its act began. A row of
    a day before the first day was written before that day began, and so were all of smaller ids.
    The time itself is asked for by what it is not: SQLite would else read by it, and sort.
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
    """The rows that match, in no order yet and whoever acted; none of a sealed answer to a
    challenge, as who sent it is part of what is sealed."""
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
    """At most `most` of `rows` with an id below `below`, the newest first.

    With names, the newest of each are found by its index before they are put in one order.
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
    """The newest acts that match, below an id. At most six queries, each by an index.

    `names`: so many match that one is to be chosen, each with its query. `older` is the id below
    which the next page begins, None on the last one.

    Without `sees_content` acts on cases, drafts and questions are left out: who acted on one whose
    city is hidden would tell the city.
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
    """Every act that matches, the newest first, read in parts while they are taken."""
    names = names_matching(wanted.who)
    chosen = None
    if names is not None and len(names) > MOST_NAMES:
        # Many names hold most of the log: it is read through, and the others are left out.
        chosen, names = frozenset(names), None
    rows, below = _rows(wanted, sees_content), None
    while part := _newest(rows, names, below=below, most=_CHUNK):
        yield from (row for row in part if chosen is None or row.actor_label in chosen)
        below = part[-1].pk


def csv_row(row: AuditEvent) -> tuple[Any, ...]:
    """A row of the table that is taken away."""
    details = "; ".join(f"{key}: {value}" for key, value in details_of(row.details))
    return row.pk, row.at, row.actor_label, row.verb, row.kind, row.public_id, details


def details_of(details: Any) -> tuple[tuple[str, str], ...]:
    """Pairs of a key and what it says, in order."""
    # The two databases keep the keys of an object in different orders.
    pairs = sorted(details.items()) if isinstance(details, dict) else ()
    return tuple(
        (key, _display_value(value)) for key, value in pairs if value not in (None, "", [])
    )


def _display_value(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_display_value(item) for item in value)
    return str(value)


def href_of(kind: str, public_id: str) -> str:
    """The page of a record; empty where it has none."""
    name = _PAGES.get(kind)
    if name is None or not public_id:
        return ""
    try:
        return reverse(name, args=[public_id])
    except NoReverseMatch:
        # The id fits no address: nothing has a page under it.
        return ""
