"""What it costs on SQLite that a write is on the disk before it is answered.

The database lies in the folder for temporary files: TMPDIR=/srv/alliance measures the disk there.

python -m tests.bench.durability
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from tests.bench.figures import Figure, milliseconds, percentile
from tests.bench.starter_database import NOW, fresh_database

WRITES = 500
#: A page that saves has 150 ms in all.
LIMIT_MS = 50


def _write() -> None:
    """The least that any act writes: one transaction with one row of the audit trail."""
    from django.db import transaction

    from alliance.core import audit

    with transaction.atomic():
        audit.record(actor=audit.STARTER, at=NOW, verb="measure", kind="bench", public_id="bench")


def run() -> Iterator[Figure]:
    """The same writes with both settings."""
    from django.db import connection

    medians = {}
    for level in ("NORMAL", "FULL"):
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA synchronous={level}")
        times = [milliseconds(_write) for _ in range(WRITES)]
        medians[level] = percentile(times, 0.5)
        yield Figure(f"one write, {level}, median", medians[level], "ms")
        limit = LIMIT_MS if level == "FULL" else None
        yield Figure(f"one write, {level}, p95", percentile(times, 0.95), "ms", limit)
    yield Figure("FULL over NORMAL, median", medians["FULL"] / medians["NORMAL"], "times")


def main() -> int:
    """Print each figure beside its limit; 1 where a limit is broken."""
    broken = 0
    with fresh_database():
        for figure in run():
            print(figure, flush=True)
            broken += figure.is_broken
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
