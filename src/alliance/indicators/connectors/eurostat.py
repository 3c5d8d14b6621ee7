"""Eurostat's dissemination API (statistics 1.0), which responds in JSON-stat.

https://ec.europa.eu/eurostat/web/user-guides/data-browser/api-data-access/api-getting-started
"""

from __future__ import annotations

from alliance.indicators.connectors.asking import Asker
from alliance.indicators.connectors.cubes import cube_rows
from alliance.indicators.connectors.query import Fetched, Query, as_csv, half_an_answer

ADDRESS = "https://ec.europa.eu/eurostat/api/dissemination"

#: Regional tables, whose dimension of places differs from that of tables on cities.
REGIONAL = ("met_", "nama_10r", "demo_r", "lfst_r", "edat_lfse")


def fetch(asker: Asker, query: Query) -> Fetched:
    """The figures of a dataset such as urb_cenv. Places are in the dimension `cities`, else
    `geo`."""
    url = f"{query.address or ADDRESS}/statistics/1.0/data/{query.dataset}"
    city = "geo" if query.dataset.startswith(REGIONAL) else "cities"
    parameters = [("format", "JSON"), ("lang", "EN")]
    parameters += [(city, code) for code in query.codes]
    parameters += [(name, value) for name, values in query.filters.items() for value in values]
    if query.first_year is not None:
        parameters.append(("sinceTimePeriod", str(query.first_year)))
    if query.last_year is not None:
        parameters.append(("untilTimePeriod", str(query.last_year)))
    answer = asker.get(url, parameters)
    dataset = asker.json(answer)
    if isinstance(dataset, dict) and dataset.get("warning"):
        # Large queries are answered asynchronously elsewhere, which is not supported.
        raise half_an_answer("Eurostat", str(dataset["warning"])[:200])
    sex = "sex" if isinstance(dataset, dict) and "sex" in dataset.get("id", ()) else ""
    rows = cube_rows(
        dataset, publisher="Eurostat", city=city, time="time", sex=sex, added=query.added
    )
    return Fetched(
        content=as_csv(rows),
        file_name=f"eurostat-{query.dataset}.csv",
        url=answer.url,
        title=f"Eurostat, {query.dataset}: {dataset.get('label', '')}".rstrip(": "),
    )
