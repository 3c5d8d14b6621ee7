"""Whether what was acknowledged is there after kills, and what it costs that it is on the disk.

Web, worker and PostgreSQL are killed by turns while programs write. The databases lie in the folder
for temporary files: TMPDIR=/srv/alliance measures the disk there.

python -m tests.bench.durability [sqlite] [postgresql] [disk]

BENCH_WRITES makes it smaller.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tests.bench.figures import Figure, milliseconds, percentile
from tests.bench.starter_database import NOW, fresh_database
from tests.factories.kills import DATABASES, write_under_kills

#: Acknowledged while processes are killed, on each database.
WRITES = int(os.environ.get("BENCH_WRITES", "5000"))
KILLS = 12
WRITES_TO_DISK = 500
#: A page that saves has 150 ms in all.
LIMIT_MS = 50


def _write() -> None:
    """The least that any act writes: one transaction with one row of the audit trail."""
    from django.db import transaction

    from alliance.core import audit

    with transaction.atomic():
        audit.record(actor=audit.STARTER, at=NOW, verb="measure", kind="bench", public_id="bench")


def kills(database: str) -> Iterator[Figure]:
    """Programs write until all is acknowledged, whatever is killed meanwhile."""
    with tempfile.TemporaryDirectory(prefix="alliance-bench-") as folder:
        found = write_under_kills(
            database, Path(folder), dict(os.environ), writes=WRITES, kills=KILLS
        )
    said = ", ".join(f"{n} {name}" for name, n in found.kills.items())
    yield Figure(f"{database}, killed: {said}", found.kills.total(), "", KILLS, at_least=True)
    yield Figure("  sent again", found.sent_again, "")
    yield Figure("  acknowledged", found.acknowledged, "", WRITES, at_least=True)
    yield Figure("  acknowledged, under kills", found.acknowledged / found.seconds, "per second")
    yield Figure("  lost", found.lost, "", 0)
    yield Figure("  doubled", found.doubled, "", 0)


def disk() -> Iterator[Figure]:
    """The same writes on SQLite with both settings."""
    with fresh_database():
        yield from _disk()


def _disk() -> Iterator[Figure]:
    from django.db import connection

    medians = {}
    for level in ("NORMAL", "FULL"):
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA synchronous={level}")
        times = [milliseconds(_write) for _ in range(WRITES_TO_DISK)]
        medians[level] = percentile(times, 0.5)
        yield Figure(f"one write, {level}, median", medians[level], "ms")
        limit = LIMIT_MS if level == "FULL" else None
        yield Figure(f"one write, {level}, p95", percentile(times, 0.95), "ms", limit)
    yield Figure("FULL over NORMAL, median", medians["FULL"] / medians["NORMAL"], "times")


PARTS: dict[str, Callable[[], Iterator[Figure]]] = {
    **{database: partial(kills, database) for database in DATABASES},
    "disk": disk,
}


def main(wanted: list[str]) -> int:
    """Print each figure beside its limit; 1 where a limit is broken."""
    broken = 0
    for name in wanted or PARTS:
        for figure in PARTS[name]():
            print(figure, flush=True)
            broken += figure.is_broken
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
