"""How much a person, token or team may write in an hour: saves, bytes and files.

Counted in the database, so that all nodes share it, with one statement for each request that
writes. The limits are settings; a team may write several times as much as a person.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from alliance.core.models import WriteCount
from alliance.core.throttle import Limit, Throttled, digests_of

WINDOW = dt.timedelta(hours=1)
_NAMES = ("saves", "size", "files")
_MILLION = 1_000_000


@dataclass(frozen=True)
class Writer:
    """Whose writing is counted; for a team that of all its people and tokens."""

    key: str
    is_team: bool = False


class OverBudget(Throttled):
    """A write budget is exceeded. `what` is `saves`, `size` or `files`; `most` is its limit (size
    in MB)."""

    def __init__(self, what: str, most: int, retry_after: int, *, is_team: bool):
        self.what, self.most, self.is_team = what, most, is_team
        super().__init__(Limit(f"write-{what}", most, WINDOW), retry_after)


def most_of(what: str, *, is_team: bool) -> int:
    """The limit of a window: requests, MB, or files."""
    most: int = {
        "saves": settings.SAVES_PER_HOUR,
        "size": settings.SENT_MB_PER_HOUR,
        "files": settings.FILES_PER_HOUR,
    }[what]
    return most * (settings.TEAM_BUDGET if is_team else 1)


def charge(writers: Iterable[Writer], *, size: int, files: int, at: dt.datetime) -> None:
    """Count a request that writes `size` bytes and `files` files. Raises OverBudget.

    Call it before the work, outside of a transaction that may be rolled back.
    """
    by_key = {f"write:{writer.key}": writer for writer in writers}
    if not by_key:
        return
    by_digest = {digest: by_key[key] for key, digest in digests_of(by_key, at=at).items()}
    now = int(at.timestamp())
    for digest, opened, *counts in _counted(sorted(by_digest), (1, size, files), now):
        is_team = by_digest[digest].is_team
        for what, count in zip(_NAMES, counts, strict=True):
            most = most_of(what, is_team=is_team)
            if count > most * (_MILLION if what == "size" else 1):
                ends = opened + int(WINDOW.total_seconds())
                raise OverBudget(what, most, max(1, ends - now), is_team=is_team)


def _counted(
    digests: list[str], amounts: tuple[int, int, int], now: int
) -> list[tuple[str, int, int, int, int]]:
    """Add the amounts to each count, or restart it if its window is over."""
    table = WriteCount._meta.db_table
    is_open = f"{table}.opened_at > excluded.opened_at - %s"
    # Where the clock was set back, what was written stays counted for one window from now.
    begun = f"{table}.opened_at <= excluded.opened_at"
    changes = [
        f"opened_at = CASE WHEN {is_open} AND {begun} THEN {table}.opened_at"
        " ELSE excluded.opened_at END"
    ]
    changes += [
        f"{name} = excluded.{name} + CASE WHEN {is_open} THEN {table}.{name} ELSE 0 END"
        for name in _NAMES
    ]
    rows = ", ".join(["(%s, %s, %s, %s, %s)"] * len(digests))
    statement = (
        f"INSERT INTO {table} (key_digest, opened_at, {', '.join(_NAMES)}) VALUES {rows}"  # noqa: S608
        f" ON CONFLICT (key_digest) DO UPDATE SET {', '.join(changes)}"
        f" RETURNING key_digest, opened_at, {', '.join(_NAMES)}"
    )
    values: list[str | int] = []
    for key in digests:
        values += [key, now, *amounts]
    values += [int(WINDOW.total_seconds())] * len(changes)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        counted: list[tuple[str, int, int, int, int]] = cursor.fetchall()
    return counted


def forget_old(*, at: dt.datetime) -> int:
    """Delete counts whose window is over; returns their number."""
    ended = int((at - WINDOW).timestamp())
    return WriteCount._default_manager.filter(opened_at__lt=ended).delete()[0]
