"""Visitors of a real server while others write and download, and its memory over time.

python -m tests.bench.crowd [acts] [save] [export] [memory]

BENCH_CASES, BENCH_REQUESTS and BENCH_SECONDS make it smaller.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection

from tests.bench.figures import Figure, milliseconds, percentile
from tests.bench.starter_database import NOW, fresh_database
from tests.factories.server import Server, serving

CASES = int(os.environ.get("BENCH_CASES", "10000"))
REQUESTS = int(os.environ.get("BENCH_REQUESTS", "20000"))
#: Seconds that each kind of visit is measured for.
SECONDS = float(os.environ.get("BENCH_SECONDS", "30"))
READERS = 2
#: Of the rate on a quiet server, while one act a second is written.
LEAST_SHARE = 0.3
#: A page beside the save of a case of the largest solution, which has 580 at 10,000 cases.
MOST_P99_MS = 300.0
#: What an export adds to the p95 of home.
MOST_ADDED_MS = 50.0
#: What the server may grow by after the first fifth of its requests.
MOST_MB = 50.0
EXPORT = "/api/v1/export/cases.csv"
MIXED = (
    "/en/", "/en/find", "/sv/find?q=trafik", "/fr/solutions/", "/en/cities/", "/api/v1/cases",
    "/sv/evidence/map", "/en/solutions/congestion-charging/", "/en/nowhere/", "/static/none.css",
)  # fmt: skip


class Reader:
    """A visitor who asks again and again by one connection."""

    def __init__(self, server: Server) -> None:
        self._connection = HTTPConnection(server.at, timeout=120)

    def get(self, path: str) -> int:
        """The status of a page that was read to its end."""
        self._connection.request("GET", path)
        answer = self._connection.getresponse()
        answer.read()
        return answer.status


def _together(work: Callable[[int], object], n: int = READERS) -> None:
    threads = [threading.Thread(target=work, args=(number,)) for number in range(n)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _times(server: Server, path: str) -> list[float]:
    """How long each page took, in milliseconds, of some readers who do not pause."""
    found: list[float] = []

    def read(_number: int) -> None:
        reader, end = Reader(server), time.monotonic() + SECONDS
        while time.monotonic() < end:
            found.append(milliseconds(lambda: _well(reader.get(path))))

    _together(read)
    return found


def _well(status: int) -> None:
    assert status == 200, status


@contextmanager
def _beside(work: Callable[[], object], *, pause: float) -> Iterator[list[float]]:
    """Do something again and again in a thread of its own, with a pause in seconds; how long each
    took, in milliseconds."""
    is_over = threading.Event()
    took: list[float] = []

    def go() -> None:
        from django.db import connection

        while not is_over.wait(pause):
            took.append(milliseconds(work))
        connection.close()

    thread = threading.Thread(target=go)
    thread.start()
    try:
        yield took
    finally:
        is_over.set()
        thread.join()


def acts(server: Server) -> Iterator[Figure]:
    """Pages that are kept, while acts come that the pages do not show."""
    from alliance.core import audit

    def act() -> None:
        audit.record("need", "bench", "update", actor=audit.COMMAND_LINE, at=NOW)

    Reader(server).get("/en/")
    quiet = len(_times(server, "/en/"))
    with _beside(act, pause=1):
        busy = len(_times(server, "/en/"))
    yield Figure("home, kept", quiet / SECONDS, "per second")
    yield Figure("  under an act a second, share of that", busy / quiet, "", LEAST_SHARE, True)


def save(server: Server) -> Iterator[Figure]:
    """A case page, while the case is saved whose solution has most."""
    from django.db.models import Count

    from alliance.cases.case_document import check_shape
    from alliance.cases.models import CaseStudy, Solution
    from alliance.cases.snapshots import document_of
    from alliance.core import audit, clock
    from alliance.writing.services.cases import save_case

    largest = Solution.objects.annotate(n=Count("cases")).order_by("-n").first()
    assert largest is not None
    case, read = CaseStudy.objects.filter(solution=largest).order_by("pk")[:2]
    document = check_shape(document_of(case))

    def again() -> None:
        given = {"public_id": case.public_id, "status": case.status, "origin": case.origin}
        save_case(document, actor=audit.STARTER, at=clock.now(), **given)

    page = f"/en/cases/{read.public_id}/"
    Reader(server).get(page)
    with _beside(again, pause=0.5) as saves:
        times = _times(server, page)
    yield Figure("  saves meanwhile", len(saves), "")
    name = f"case page while one of {largest.n} cases is saved, p99"
    yield Figure(name, percentile(times, 0.99), "ms", MOST_P99_MS)


def export(server: Server) -> Iterator[Figure]:
    """Home, while all cases are downloaded again and again, in changing states of the data."""
    from alliance.core import audit

    def download() -> None:
        audit.record("case", "bench", "update", actor=audit.COMMAND_LINE, at=NOW)
        Reader(server).get(EXPORT)

    Reader(server).get("/en/")
    quiet = percentile(_times(server, "/en/"), 0.95)
    with _beside(download, pause=0.1) as downloads:
        busy = percentile(_times(server, "/en/"), 0.95)
    yield Figure("home, p95", quiet, "ms")
    yield Figure("  downloads meanwhile", len(downloads), "")
    yield Figure(f"  added by an export of {CASES:,} cases", busy - quiet, "ms", MOST_ADDED_MS)


def memory(server: Server) -> Iterator[Figure]:
    """The size of the server after the first fifth of many requests, and after all."""

    def read(part: range) -> None:
        reader = Reader(server)
        for number in part:
            path = MIXED[number % len(MIXED)]
            # Pages that nobody asked for before, too.
            more = f"page={number // len(MIXED) % 50}"
            reader.get(f"{path}{'&' if '?' in path else '?'}{more}")

    first = REQUESTS // 5
    _together(lambda n: read(range(n, first, READERS)))
    before = server.megabytes()
    _together(lambda n: read(range(first + n, REQUESTS, READERS)))
    yield Figure(f"memory after {first:,} mixed requests", before, "MB")
    yield Figure(f"  more after {REQUESTS:,}", server.megabytes() - before, "MB", MOST_MB)


PARTS = {one.__name__: one for one in (acts, save, export, memory)}


def main(wanted: list[str]) -> int:
    """Print each figure beside its limit; 1 where a limit is broken."""
    os.environ["ALLIANCE_LOG_LEVEL"] = "ERROR"
    broken = 0
    with fresh_database():
        from alliance.cases.models import Solution
        from alliance.core import clock
        from alliance.evidence.services.grading import regrade
        from alliance.search.services import rebuild
        from tests.bench.generate import multiply_cases

        multiply_cases(CASES)
        for solution in Solution.objects.all():
            regrade(solution, clock.now())
        rebuild(at=clock.now())
        with serving() as server:
            for name in wanted or PARTS:
                for figure in PARTS[name](server):
                    print(figure, flush=True)
                    broken += figure.is_broken
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
