"""The page of a city's areas at 5,000 of them, and its map at 500.

python -m tests.bench.areas
"""

from __future__ import annotations

import gzip
import importlib
import json
import os
import sys
from collections.abc import Iterator
from typing import Any

from tests.bench.figures import Figure, percentile
from tests.bench.starter_database import NOW, fresh_database

PAGE_LIMIT_MS = 150
MAP_LIMIT_KB = 300
MAX_QUERIES = 15
ROUNDS = 40


def lay_areas(across: int, down: int) -> Any:
    """A made-up city of so many areas with people by income and four factors, measured."""
    import numpy as np

    from alliance.config.demo_equity import made_up_areas
    from alliance.equity.services import figures, measuring
    from alliance.equity.services.areas import About, bring_areas
    from alliance.network.models import City
    from tests.factories.equity import bring
    from tests.factories.people import acting, join, person, team

    n = across * down
    city = City.objects.exclude(latitude=None).order_by("pk")[n % 7]
    organisation = team(city.public_id)
    editor = person(f"Editor {n}")
    join(editor, organisation)
    actor = acting(editor)
    shapes = json.dumps(made_up_areas(city.latitude, city.longitude, across, down)).encode()
    about = About("Bench", "own", "en", 2025, "Made up", "CC0 1.0")
    made = bring_areas(organisation, about, shapes, actor=actor, at=NOW)
    random = np.random.default_rng(1)
    people = random.integers(100, 2_600, n)
    poor = np.floor(people * random.uniform(0.05, 0.6, n)).astype(int)
    bring(made, actor, figures.PEOPLE, {"Population": people, "Low income": poor}, trait="income")
    for kind, name, values in (
        ("burden", "NO2", random.gamma(8, 2, n)),
        ("burden", "Noise", random.normal(55, 6, n)),
        ("benefit", "Green space", random.uniform(0, 70, n)),
        ("means", "Income", random.lognormal(5.6, 0.3, n)),
    ):
        bring(made, actor, kind, {name: values.round(2)}, unit="unit")
    made.refresh_from_db()
    return measuring.measure(made, at=NOW)


def run() -> Iterator[Figure]:
    """Measure with the client in process, each view as it is made, not from the memory of pages."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import override_settings

    from tests.bench.pages import noting, timed

    made = lay_areas(100, 50)
    address = f"/en/equity/areas/{made.public_id}/"
    with override_settings(PAGE_CACHE_BYTES=0):
        client = Client()
        client.get(address)
    own = [
        f"?w-0={a}&w-1={b}&w-2={c}&w-3=1"
        for a in (2, 3, 5)
        for b in (1, 2, 3, 5)
        for c in (0, 1, 2, 3)
    ]
    by = made.exposures.first().public_id
    for name, queries in (
        ("equal weights", [""] * ROUNDS),
        ("a factor on the map", [f"?by={by}&page=7"] * ROUNDS),
        ("own weights, seen for the first time", own[:ROUNDS]),
        ("own weights, seen again", own[:1] * ROUNDS),
    ):
        client.get(address)
        asked: list[str] = []
        with connection.execute_wrapper(noting(asked)):
            client.get(f"{address}{queries[0]}&cut=20" if queries[0] else address)
        times, work = zip(*(timed(client.get, address + one) for one in queries), strict=True)
        yield Figure(f"5,000 areas, {name} p95", percentile(list(times), 0.95), "ms", PAGE_LIMIT_MS)
        yield Figure(f"5,000 areas, {name} processor", percentile(list(work), 0.95), "ms")
        yield Figure(f"5,000 areas, {name} queries", len(asked), "", MAX_QUERIES)
    few = lay_areas(25, 20)
    page = client.get(f"/en/equity/areas/{few.public_id}/").content
    svg = page[page.index(b'<figure class="areas">') : page.index(b"</figure>")]
    yield Figure(
        "map of 500 areas, compressed", len(gzip.compress(svg, 6)) / 1000, "kB", MAP_LIMIT_KB
    )
    yield Figure("page of 500 areas, compressed", len(gzip.compress(page, 6)) / 1000, "kB")


def main() -> int:
    """Print each figure beside its limit; 1 where a limit is broken."""
    os.environ["ALLIANCE_LOG_LEVEL"] = "ERROR"
    with fresh_database():
        from alliance.core.tasks.housekeeping import count_rows_for_planner

        importlib.import_module("alliance.config.warm").set_aside_what_stays()
        count_rows_for_planner.call()
        broken = 0
        for figure in run():
            print(figure, flush=True)
            broken += figure.is_broken
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
