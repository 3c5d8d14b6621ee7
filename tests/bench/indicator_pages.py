"""Pages of the indicators at 2 million observations: server time and number of queries.

python -m tests.bench.indicator_pages
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator

from tests.bench.figures import Figure
from tests.bench.starter_database import NOW, fresh_database

CITIES, INDICATORS, YEARS = 1_000, 100, 20


def lay_figures() -> None:
    """Indicators, cities, one figure a year of each, and a release with a score for each pair."""
    from django.db import connection, transaction

    from alliance.indicators.models import Indicator, IndicatorGroup, Series
    from alliance.network.models import City
    from tests.factories.indicators import make_definition, make_release

    with transaction.atomic():
        cities = City.objects.bulk_create(
            City(
                public_id=f"big-{number}", name=f"Big {number}", country="SE",
                is_member=number < 20, latitude=55 + number % 15, longitude=number % 20,
                population=50_000 + number * 700,
            )
            for number in range(CITIES)
        )  # fmt: skip
        group = IndicatorGroup.objects.first()
        definitions = [
            make_definition(f"BIG{number}", f"BIG{number}", at=NOW, valid_max=None, valid_min=None)
            for number in range(INDICATORS)
        ]
        Indicator.objects.filter(code__startswith="BIG").update(group=group)
        Series.objects.bulk_create(
            (
                Series(city=city, definition=definition, boundary="municipality")
                for definition in definitions
                for city in cities
            ),
            batch_size=5_000,
        )
        release = make_release(at=NOW, year=2024)
        with connection.cursor() as cursor:
            cursor.execute(
                """
                WITH RECURSIVE year(n) AS (SELECT 2005 UNION ALL SELECT n + 1 FROM year
                                           WHERE n < 2004 + %s)
                INSERT INTO indicators_observation (series_id, period, year, value, status, quality,
                    definition_number, method, batch_id, recorded_at)
                SELECT s.id, CAST(year.n AS TEXT), year.n,
                    (s.id * 7919 + year.n * 31) %% 1000 / 10.0, 'A', 'B', 1, '',
                    (SELECT MAX(id) FROM indicators_observationbatch), %s
                FROM indicators_series s
                    JOIN indicators_definition d ON d.id = s.definition_id, year
                WHERE d.key LIKE 'BIG%%'
                """,
                [YEARS, NOW],
            )
            cursor.execute(
                """
                INSERT INTO indicators_score (release_id, city_id, kind, node, definition_key,
                    boundary, value, period, age, status, error_basis, score, rank, n_ranked,
                    percentile, percentile_low, percentile_high, peer_group, k, standing,
                    standing_reason, not_ranked, trend, slope, slope_low, slope_high, n_years)
                SELECT %s, s.city_id, 'indicator', i.code, d.key, s.boundary,
                    (s.id * 7919 + 2024 * 31) %% 1000 / 10.0, '2024', 0, 'A', 'grade', 50.0,
                    1 + s.city_id %% 1000, 1000,
                    (s.id %% 100) / 100.0, 0.4, 0.9, 'country:SE', 1000,
                    CASE s.id %% 5 WHEN 0 THEN 'leading' WHEN 1 THEN 'must-do-more'
                        WHEN 2 THEN 'unclear' ELSE 'typical' END,
                    '', '', 'no-target', 1.0, s.id %% 3 - 1, 2.0, 8
                FROM indicators_series s JOIN indicators_definition d ON d.id = s.definition_id
                    JOIN indicators_indicator i ON i.id = d.indicator_id
                WHERE d.key LIKE 'BIG%%'
                """,
                [release.pk],
            )


PATHS = {
    "city profile": ["/en/cities/big-7/indicators/", "/sv/cities/big-500/indicators/"],
    "city profile, as of": ["/fr/cities/big-7/indicators/?as_of=2026-11-24"],
    "indicator": ["/en/indicators/big5/", "/fr/indicators/big50/?page=9"],
    "all indicators": ["/en/indicators/"],
    "compare": [
        "/en/indicators/compare?city=big-1&city=big-2&city=big-3",
        "/sv/indicators/compare?city=big-1&city=big-2&indicator=big5",
    ],
    "revisions": ["/en/indicators/revisions/"],
}


def run() -> Iterator[Figure]:
    """Measure with the client in process, without the memory that answers visitors."""
    from django.test import Client
    from django.test.utils import override_settings

    from alliance.indicators.models import Observation
    from tests.bench.pages import page_figures

    yield Figure("observations", Observation.objects.count(), "")
    with override_settings(PAGE_CACHE_BYTES=0):
        client = Client()
        client.get("/en/indicators/")
    yield from page_figures(client, PATHS)


def main() -> int:
    """Print each figure beside its limit; 1 where a limit is broken."""
    os.environ["ALLIANCE_LOG_LEVEL"] = "ERROR"
    with fresh_database():
        from alliance.core.tasks.housekeeping import count_rows_for_planner

        lay_figures()
        count_rows_for_planner.call()
        importlib.import_module("alliance.config.warm").set_aside_what_stays()
        broken = 0
        for figure in run():
            print(figure, flush=True)
            broken += figure.is_broken
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
