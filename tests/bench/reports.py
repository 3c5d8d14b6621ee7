"""How long a report of 200 cases, 30 cities and 50 charts takes in the worker.

python -m tests.bench.reports
"""

from __future__ import annotations

import datetime as dt
import os
import sys
import time
from collections.abc import Iterator

from tests.bench.figures import Figure
from tests.bench.starter_database import NOW, fresh_database

SOLUTIONS, TRIALS, CITIES, CHARTS = 50, 4, 30, 50
LIMIT_S = 60.0


def lay() -> None:
    """50 solutions on one topic, each tried in four of 30 cities: 200 cases."""
    from alliance.cases.records import SolutionRecord, SolutionTextRecord
    from alliance.core.audit import COMMAND_LINE
    from alliance.network.services import save_city
    from alliance.writing.services import save_solution
    from tests.factories.knowledge import a_place, effect, lay_ground, make_case

    lay_ground()
    for n in range(CITIES):
        save_city(f"city-{n}", name=f"City {n}", country="SE", actor=COMMAND_LINE, at=NOW)
    for place in range(SOLUTIONS):
        text = SolutionTextRecord("en", f"Solution {place}")
        record = SolutionRecord(f"solution-{place}", "approach", (text,), topics=("equity",))
        save_solution(record, actor=COMMAND_LINE, at=NOW)
        for n in range(TRIALS):
            city = (place * TRIALS + n) % CITIES
            make_case(
                f"City {city}",
                public_id=f"case-{place}-{n}",
                solution=f"solution-{place}",
                place=a_place(f"City {city}", city=f"city-{city}"),
                effects=(effect(-10.0 - n, low=-20.0, high=-5.0),),
                at=NOW,
            )


def run() -> Iterator[Figure]:
    """The seconds of processor time of one build, with a chart for each solution."""
    from alliance.core.audit import COMMAND_LINE
    from alliance.reports.selectors import report_topic
    from alliance.reports.services import reports

    lay()
    report_topic.CHARTS = CHARTS
    at = NOW + dt.timedelta(days=1)
    report = reports.start(
        kind="topic", topic="equity", as_of=at.date(), language="en", actor=COMMAND_LINE, at=at
    )
    edition = report.editions.get()
    start = time.process_time()
    reports.build(edition.public_id, at=at)
    seconds = time.process_time() - start
    edition.refresh_from_db()
    drawn = sum(
        block["type"] == "picture"
        for chapter in edition.content["en"]["chapters"]
        for block in chapter["blocks"]
    )
    yield Figure("pictures in the report", drawn, "", CHARTS, at_least=True)
    yield Figure("report of 200 cases in three languages, processor time", seconds, "s", LIMIT_S)


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
