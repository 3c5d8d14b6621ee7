"""How fast the search is, and how much memory it takes, at 10,000 and 100,000 documents.

    python -m tests.bench.search [DOCUMENTS ...]

The documents are the starter network's cases over and over: each copy takes half of its words from
another case, and its place, year, outcome and other codes from further ones, so that frequencies
and combinations stay as they are in real content.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from unittest import mock

from tests.bench.figures import Figure, milliseconds, percentile
from tests.bench.starter_database import NOW, fresh_database

TODAY = NOW.date()
LIMIT_P95_MS = 100.0
LIMIT_LOAD_S = 5.0
LIMIT_ANSWER_MS = 10.0
BATCH = 1_000
ADDRESSES = (
    "",
    "grade=3&sort=evidence",
    "outcome=did-not-work&outcome=mixed&theme=mobility",
    "year_from=2015&size=unknown&size=over-1m&sort=newest",
    "country=SE&country=FR&page=7",
)


# Run in a process of its own, so that the memory counted is that of the index alone.
_MEMORY_SCRIPT = """
import django
django.setup()
from pathlib import Path
from alliance.core import clock
from alliance.search import matching
from alliance.search.store import store

def now_mb():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024

before = now_mb()
index = store.current(at=clock.now()).index
for text, language in (("cykelväg", "sv"), ("free buses", "en")):
    matching.match(index, matching.parse(text), language, today=0)
print(now_mb() - before)
"""


def _memory_mb() -> float:
    done = subprocess.run(
        [sys.executable, "-c", _MEMORY_SCRIPT], check=True, capture_output=True, text=True
    )
    return float(done.stdout.splitlines()[-1])


def _mixed(rows: list[Any], number: int, chooser: random.Random) -> Any:
    """A document made of two cases."""
    from alliance.search.stored import StoredDocument

    one, other, codes = chooser.choice(rows), chooser.choice(rows), chooser.choice(rows)
    weights: dict[str, int] = {}
    for row in (one, other):
        pairs = list(zip(row.terms["tokens"].split(), row.terms["weights"], strict=True))
        weights |= dict(chooser.sample(pairs, len(pairs) // 2))
    sequence = [token for token in one.terms["sequence"].split() if token in weights]
    shown = {
        **one.shown,
        "facets": {**one.shown["facets"], "city": codes.shown["facets"].get("city", [])},
    }
    for name in ("outcome", "year", "evidence", "latitude", "longitude"):
        shown[name] = chooser.choice(rows).shown[name]
    shown["facets"]["theme"] = chooser.choice(rows).shown["facets"].get("theme", [])
    return StoredDocument(
        "case",
        f"made-{number}",
        one.language,
        {**shown, "title": f"{one.shown['title']} {number}"},
        {
            "tokens": " ".join(weights),
            "weights": list(weights.values()),
            "sequence": " ".join(sequence),
        },
    )


def _fill(total: int) -> None:
    """Make rows until the index has `total` documents, as one refresh would have written them."""
    from django.db import transaction

    from alliance.search import services
    from alliance.search.models import IndexedDocument
    from alliance.search.stored import StoredDocument

    services.refresh(at=NOW)
    rows = [
        StoredDocument(*row)
        for row in IndexedDocument.objects.filter(kind="case").values_list(
            "kind", "public_id", "language", "shown", "terms"
        )
    ]
    chooser = random.Random(1)
    for start in range(services.count_rows(), total, BATCH):
        numbers = range(start, min(start + BATCH, total))
        batch = [_mixed(rows, number, chooser) for number in numbers]
        with transaction.atomic():
            state = services._locked_state()
            services._write(batch, state.generation + 1)
            services._advance(state, at=NOW, cursor=state.cursor, gaps={})


def _searches() -> Iterator[tuple[str, str]]:
    from urllib.parse import quote

    from tests.reference.search_evaluation import judged_queries

    for number, query in enumerate(judged_queries()):
        filters = ADDRESSES[number % len(ADDRESSES)] if number % 3 == 0 else ""
        yield f"q={quote(query.text)}&{filters}", query.language
    for address in ADDRESSES:
        yield address, "en"


def run(total: int) -> Iterator[Figure]:
    """Fill an index, load it from the database and from disk, and time every judged query."""
    from django.http import QueryDict

    from alliance.search import selectors
    from alliance.search.query import FinderQuery
    from alliance.search.store import store

    def find(address: str, language: str) -> tuple[float, float]:
        """Milliseconds on the clock, and of the processor."""
        start = time.process_time()
        query = FinderQuery.from_params(QueryDict(address), language)
        clock = milliseconds(lambda: selectors.find(query, today=TODAY))
        return clock, (time.process_time() - start) * 1_000

    def load() -> float:
        store.forget()
        return milliseconds(lambda: store.current(at=NOW)) / 1_000

    label = f"search, {total:,} documents:"
    _fill(total)
    yield Figure(f"{label} first load from the database", load(), "s")
    yield Figure(f"{label} load from disk", load(), "s", LIMIT_LOAD_S)
    searches = list(_searches())
    for address, language in searches[:20]:
        find(address, language)
    measured = [find(address, language) for address, language in searches]
    clock, processor = [one[0] for one in measured], [one[1] for one in measured]
    yield Figure(f"{label} a search, median", percentile(clock, 0.5), "ms")
    yield Figure(f"{label} a search, p95", percentile(clock, 0.95), "ms", LIMIT_P95_MS)
    yield Figure(f"{label} processor time, p95", percentile(processor, 0.95), "ms")
    yield Figure(f"{label} memory of the index", _memory_mb(), "MB")
    answered = _answers([one for one in searches if one[0].startswith("q=")])
    yield Figure(f"{label} queries answered above the hits", len(answered), "")
    yield Figure(f"{label} the answer, p95", percentile(answered, 0.95), "ms more", LIMIT_ANSWER_MS)
    index = store.current(at=NOW).index
    gone = [b"case\x01made-5000"]
    change = milliseconds(lambda: index.changed([], gone))
    yield Figure(f"{label} one record taken out", change, "ms")


def _answers(searches: list[tuple[str, str]]) -> list[float]:
    """Milliseconds of the answer above the hits, of the queries that have one."""
    from django.http import QueryDict

    from alliance.search import selectors
    from alliance.search.query import FinderQuery
    from alliance.search.selectors import finder

    took = []

    def timed(*given: Any) -> Any:
        start = time.perf_counter()
        found = answer(*given)
        if found is not None:
            took.append((time.perf_counter() - start) * 1_000)
        return found

    answer = finder.answer
    with mock.patch.object(finder, "answer", timed):
        # The first round fills what stays.
        for _ in range(2):
            took.clear()
            for address, language in searches:
                query = FinderQuery.from_params(QueryDict(address), language)
                selectors.find(replace(query, is_main=True), today=TODAY)
    return took


def main(sizes: list[int]) -> int:
    """Print each figure beside its limit; 1 where a limit is broken."""
    broken = 0
    with fresh_database():
        for size in sizes:
            for figure in run(size):
                print(figure, flush=True)
                broken += figure.is_broken
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main([int(text) for text in sys.argv[1:]] or [10_000, 100_000]))
