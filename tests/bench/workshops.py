"""Tables for 500 people, 100 registrations at once, and how fast a calendar answers.

python -m tests.bench.workshops
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

from alliance.analysis.meeting import seat
from tests.bench.figures import Figure, percentile
from tests.bench.starter_database import NOW, fresh_database

PEOPLE, AT_ONCE, PLACES = 500, 100, 50
TABLES_LIMIT_S, CALENDAR_P95_MS = 5.0, 50.0


def seconds_to_seat() -> float:
    """Eight rounds at tables of eight."""
    start = time.perf_counter()
    seat(PEOPLE, 8, 8, seed=1)
    return time.perf_counter() - start


def registrations(workshop: Any) -> list[Any]:
    """Guests who have not confirmed yet."""
    from alliance.workshops.models import Registration

    return Registration.objects.bulk_create(
        Registration(
            workshop=workshop,
            name=f"Guest {n}",
            email=f"guest{n}@example.org",
            language="fr",
            zone="Europe/Paris",
            state="asked",
            made_at=NOW,
        )
        for n in range(AT_ONCE)
    )


def all_confirm(guests: list[Any]) -> float:
    """Each in a thread of its own, as requests come; the seconds until the last is answered."""
    from django.db import connection

    from alliance.workshops.services.registering import confirm

    together = threading.Barrier(len(guests) + 1)

    def one(guest: Any) -> None:
        together.wait()
        try:
            confirm(guest, at=NOW)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(guest,)) for guest in guests]
    for thread in threads:
        thread.start()
    together.wait()
    start = time.perf_counter()
    for thread in threads:
        thread.join()
    return time.perf_counter() - start


def run() -> Iterator[Figure]:
    """On a fresh database."""
    from django.test import Client

    from alliance.core.audit import COMMAND_LINE
    from alliance.workshops.tokens import calendar_token
    from tests.factories.workshops import make_workshop

    yield Figure("tables for 500 people, 8 rounds of 8", seconds_to_seat(), "s", TABLES_LIMIT_S)
    workshop = make_workshop(COMMAND_LINE, capacity=PLACES)
    guests = registrations(workshop)
    yield Figure("100 registrations at once", all_confirm(guests), "s")
    rows = list(workshop.registrations.order_by("number").values_list("state", flat=True))
    in_order = rows == ["in"] * PLACES + ["waiting"] * (AT_ONCE - PLACES)
    yield Figure("50 in, the rest in order", float(in_order), "", 1, at_least=True)
    client, taken = Client(), []
    address = f"/fr/workshops/calendars/{calendar_token(guests[0])}.ics"
    for _ask in range(100):
        start = time.perf_counter()
        assert client.get(address).status_code == 200
        taken.append(1000 * (time.perf_counter() - start))
    yield Figure("calendar, p95", percentile(taken, 0.95), "ms", CALENDAR_P95_MS)


def main() -> int:
    """Print each figure beside its limit; 1 where a limit is broken."""
    os.environ["ALLIANCE_LOG_LEVEL"] = "ERROR"
    broken = 0
    with fresh_database(with_starter=False):
        for figure in run():
            print(figure, flush=True)
            broken += figure.is_broken
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
