"""How long a million figures take from a CSV file into the database, with every check.

    python -m tests.bench.imports [postgresql]

1,000 made-up cities, 50 definitions, 20 years: one new series every 20 rows. On a fresh SQLite
database, and on PostgreSQL where that is asked for (the server of the tests). The second time
nothing is new, and every figure is compared with the one that is known. Then a release of them.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figures import Figure
from tests.bench.starter_database import NOW

CITIES, DEFINITIONS, YEARS = 1_000, 50, range(2000, 2020)
LIMIT_S = 60.0
LIMIT_GB = 1.5


def write_csv(path: Path) -> int:
    """The file, and how many rows it has."""
    draw = random.Random(1)
    with path.open("w", encoding="utf-8") as file:
        file.write("city,scheme,definition,period,value,status,boundary\n")
        for city in range(CITIES):
            for definition in range(DEFINITIONS):
                file.writelines(
                    f"C{city:05},GEONAMES,D{definition:02},{year},{draw.uniform(0, 100):.3f},A,"
                    "municipality\n"
                    for year in YEARS
                )
    return CITIES * DEFINITIONS * len(YEARS)


def lay_ground() -> None:
    """The cities with their codes, and the definitions."""
    from alliance.indicators.models import CityCode
    from alliance.network.models import City
    from tests.factories.indicators import make_definition

    cities = City.objects.bulk_create(
        City(public_id=f"c{number:05}", name=f"City {number}", country="SE")
        for number in range(CITIES)
    )
    CityCode.objects.bulk_create(
        CityCode(city=city, scheme="GEONAMES", code=city.public_id.upper()) for city in cities
    )
    for number in range(DEFINITIONS):
        make_definition(f"I{number:02}", f"D{number:02}")


def take(path: Path) -> tuple[float, float, int]:
    """Seconds to check, seconds to write, and figures added."""
    from alliance.core.audit import COMMAND_LINE
    from alliance.indicators.enums import BatchKind
    from alliance.indicators.importing.checking import check
    from alliance.indicators.importing.options import Options
    from alliance.indicators.importing.reading import read_path
    from alliance.indicators.importing.taking import take_over

    start = time.perf_counter()
    checked = check(read_path(path), Options(source_title="fictional"), today=NOW.date())
    middle = time.perf_counter()
    batch = take_over(
        [(checked, path.name, "")], actor=COMMAND_LINE, at=NOW, kind=BatchKind.COMMAND
    )[0]
    return middle - start, time.perf_counter() - middle, batch.added


def release() -> tuple[float, float, float]:
    """Seconds to read all figures, and to make a whole release of them, which reads them again; and
    its processor time."""
    from alliance.core.audit import COMMAND_LINE
    from alliance.indicators import services
    from alliance.indicators.releases.reading import read_figures

    at = NOW + dt.timedelta(days=1)
    start = time.perf_counter()
    read_figures(at)
    middle, before = time.perf_counter(), time.process_time()
    started = services.start_release(actor=COMMAND_LINE, at=at, by_worker=False)
    services.make_release(started.public_id, at=at)
    return middle - start, time.perf_counter() - middle, time.process_time() - before


@contextlib.contextmanager
def database(kind: str) -> Iterator[None]:
    """Django on an empty database of that kind."""
    with tempfile.TemporaryDirectory(prefix="alliance-bench-") as folder:
        os.environ["ALLIANCE_HOME"] = folder
        os.environ.pop("ALLIANCE_DATABASE_URL", None)
        server = None
        if kind == "postgresql":
            from tests.factories.postgresql import start_postgresql

            server = start_postgresql(Path(folder, "server"))
            os.environ["ALLIANCE_DATABASE_URL"] = server.get_uri()
        os.environ["DJANGO_SETTINGS_MODULE"] = "alliance.config.settings"
        import django

        django.setup()
        from django.db import connections

        from tests.template_database import lay_own

        lay_own()
        try:
            yield
        finally:
            connections.close_all()
            if server is not None:
                server.cleanup()


def main(kind: str) -> int:
    with database(kind), tempfile.NamedTemporaryFile(suffix=".csv") as file:
        path = Path(file.name)
        rows = write_csv(path)
        lay_ground()
        checking, writing, added = take(path)
        assert added == rows
        again_checking, comparing, added = take(path)
        assert added == 0
        reading, making, processing = release()
        cpu = resource.getrusage(resource.RUSAGE_SELF)
        figures = [
            Figure(f"{rows:,} rows into {kind}: all", checking + writing, "s", LIMIT_S),
            Figure("  of that reading and checking every cell", checking, "s"),
            Figure("  of that writing", writing, "s"),
            Figure("the same once more: nothing new", again_checking + comparing, "s", LIMIT_S),
            Figure("a release of them", making, "s", LIMIT_S),
            Figure("  processor time of that", processing, "s"),
            Figure("  of that reading the figures", reading, "s"),
            Figure("processor time of all", cpu.ru_utime + cpu.ru_stime, "s"),
            Figure("memory at its most", cpu.ru_maxrss / 1e6, "GB", LIMIT_GB),
        ]
    for figure in figures:
        print(figure)
    return int(any(figure.is_broken for figure in figures))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "sqlite"))
