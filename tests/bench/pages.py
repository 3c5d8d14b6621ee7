"""Pages at 10,000 cases: server time, number of queries, and throughput beside a bare view.

python -m tests.bench.pages
"""

from __future__ import annotations

import gzip
import importlib
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from typing import Any
from unittest.mock import patch

from tests.bench.figures import Figure, milliseconds, percentile
from tests.bench.starter_database import fresh_database

CASES = 10_000
MAX_MS = 100
MAX_QUERIES = 15
MAX_PAGE_KB = 100
#: What the answer above the hits may add to the page, in milliseconds of the processor.
MAX_ANSWER_MS = 10
#: While somebody types, every few seconds.
MAX_KEEP_MS = 50
ROUNDS = 40

CASE_PAGE = "/en/cases/milan-area-c/"
PATHS = {
    "home": ["/en/", "/fr/", "/sv/"],
    "finder, all records": ["/en/find", "/sv/find?page=3", "/fr/find?sort=evidence"],
    "finder, filtered": [
        "/en/find?outcome=did-not-work&theme=mobility",
        "/sv/find?country=SE&size=300k-1m&grade=2",
        "/fr/find?topic=equity&sdg=11.1&outcome=worked&outcome=mixed",
    ],
    "finder, searched": [
        "/sv/find?q=minskar+tr%C3%A4ngselskatt+trafiken",
        "/sv/find?q=renovering+flerbostadshus",
        "/fr/find?q=pistes+cyclables",
        "/en/find?q=congestion+charge+stockholm",
        "/en/find?q=city",
    ],
    "case": [CASE_PAGE, "/sv/cases/gothenburg-congestion-tax/"],
    "solution": ["/sv/solutions/congestion-charging/", "/en/solutions/low-emission-zones/"],
    "solutions": ["/sv/solutions/"],
    "cities": ["/en/cities/"],
    "problem": ["/en/problems/car-traffic/", "/sv/problems/emissions/", "/fr/problems/homes/"],
    "topic": ["/en/topics/equity/", "/fr/topics/engaging-citizens/"],
    "group of 1,000 posts": ["/en/groups/bench-group/", "/sv/groups/bench-group/?page=20"],
    "evidence map": [
        "/en/evidence/map",
        "/sv/evidence/map?theme=mobility",
        "/fr/evidence/map?country=SE&design=compared",
    ],
    "fit": ["/sv/solutions/congestion-charging/fit?city=goteborg"],
    "compare": ["/en/compare?case=milan-area-c&case=stockholm-congestion-tax"],
    "city": ["/sv/cities/goteborg/"],
    "methods": ["/fr/methods/"],
    "API search": ["/api/v1/search?q=cykelv%C3%A4gar&lang=sv"],
    "API cases": ["/api/v1/cases?limit=50"],
}


#: Questions that name a solution, so that an answer stands above the hits.
ANSWERED = [*PATHS["finder, searched"][:1], "/en/find?q=does+congestion+charging+work"]


def noting(queries: list[str]) -> Callable[..., Any]:
    """A wrapper of queries that keeps each in `queries`."""

    def wrapper(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        queries.append(sql)
        return execute(sql, *arguments)

    return wrapper


def timed(get: Callable[[str], object], address: str) -> tuple[float, float]:
    """Milliseconds by the clock, and of work of the processor."""
    start = time.process_time()
    by_clock = milliseconds(lambda: get(address))
    return by_clock, (time.process_time() - start) * 1000


def _per_second(get: Callable[[str], object], address: str, seconds: float = 2.0) -> float:
    count, end = 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        get(address)
        count += 1
    return count / seconds


def _kept_typing(client: Any) -> Figure:
    """How long it takes to keep what was typed into a form of 20,000 characters."""
    from alliance.accounts.autosave import mark_of
    from alliance.accounts.models import User

    writer = User.objects.create_user("writer@example.org", name="A writer")
    sent = {"typing": mark_of(writer, "/write/x/story/"), "typing_page": "p", "typing_only": "1"}
    times = [
        milliseconds(
            lambda turn=turn: client.post(
                "/en/write/x/story/", {**sent, "typing_turn": turn, "problem": "ord " * 5_000}
            )
        )
        for turn in range(ROUNDS)
    ]
    return Figure("typed text kept p95", percentile(times, 0.95), "ms", MAX_KEEP_MS)


def _answer_box(client: Any) -> Iterator[Figure]:
    """What the answer adds to a searched page: the same page with it and without, by turns."""
    from alliance.search.selectors import finder

    for address in ANSWERED:
        took: dict[bool, list[float]] = {True: [], False: []}
        assert 'class="answer"' in client.get(address).content.decode(), address
        for turn in range(2 * ROUNDS):
            with_it = turn % 2 == 0
            with nullcontext() if with_it else patch.object(finder, "answer", return_value=None):
                took[with_it].append(timed(client.get, address)[1])
        added = percentile(took[True], 0.5) - percentile(took[False], 0.5)
        yield Figure(f"answer box {address}"[:53], added, "ms CPU", MAX_ANSWER_MS)


def page_figures(client: Any, paths: Mapping[str, Sequence[str]]) -> Iterator[Figure]:
    """Server time, queries and size of each page at the addresses under each name."""
    from django.db import connection

    for name, addresses in paths.items():
        for address in addresses:
            answer = client.get(address)
            assert answer.status_code == 200, (address, answer.status_code)
            queries: list[str] = []
            with connection.execute_wrapper(noting(queries)):
                client.get(address)
            times, work = zip(*(timed(client.get, address) for _ in range(ROUNDS)), strict=True)
            title = f"{name} {address}"[:53]
            yield Figure(f"{title} p95", percentile(list(times), 0.95), "ms", MAX_MS)
            # What other programs on the machine do is not in it.
            yield Figure(f"{title} processor", percentile(list(work), 0.95), "ms")
            yield Figure(f"{title} queries", len(queries), "", MAX_QUERIES)
            if not address.startswith("/api/"):
                size = len(gzip.compress(answer.content, 6)) / 1000
                yield Figure(f"{title} page", size, "kB", MAX_PAGE_KB)


def run() -> Iterator[Figure]:
    """Measure with the client in process: server time without the network.

    Each page is measured as for people who have signed in: its view makes it, of parts that all
    readers share and that are kept until an act. Only the last figure is about the memory that
    answers visitors.
    """
    # Django must be set up on the database of the benchmark before any of this is imported.
    from django.test import Client
    from django.test.utils import override_settings

    from alliance.web import page_cache
    from tests.factories.groups import make_discussed_group

    client, visitor = Client(), Client()
    make_discussed_group(1_000)
    with patch.object(page_cache, "is_from_visitor", return_value=False):
        yield from page_figures(client, PATHS)
        yield from _answer_box(client)
        yield _kept_typing(client)
        made = _per_second(client.get, CASE_PAGE)
    kept = _per_second(visitor.get, CASE_PAGE)
    with override_settings(ROOT_URLCONF="tests.bench.bare_view"):
        bare = _per_second(visitor.get, "/hello/")
    yield Figure("bare view", bare, "per second")
    yield Figure("case page as its view makes it, share of that", made / bare, "")
    yield Figure("case page for visitors, share of that", kept / bare, "", 0.25, True)


def main() -> int:
    """Print each figure beside its limit; 1 where a limit is broken."""
    os.environ["ALLIANCE_LOG_LEVEL"] = "ERROR"
    with fresh_database():
        from alliance.cases.models import Solution
        from alliance.core import clock
        from alliance.core.tasks.housekeeping import count_rows_for_planner
        from alliance.evidence.services.grading import regrade
        from alliance.search.services import rebuild
        from tests.bench.generate import multiply_cases

        multiply_cases(CASES)
        # What grades, verdicts and the evidence map are made of grew with the cases.
        for solution in Solution.objects.all():
            regrade(solution, clock.now())
        rebuild(at=clock.now())
        count_rows_for_planner.call()
        # As the server does when it has started.
        importlib.import_module("alliance.config.warm").set_aside_what_stays()
        broken = 0
        for figure in run():
            print(figure, flush=True)
            broken += figure.is_broken
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
