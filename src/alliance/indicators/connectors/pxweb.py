"""PxWeb, the server of Statistics Sweden and other offices, which responds in JSON-stat 2.

https://www.scb.se/en/services/open-data-api/
"""

from __future__ import annotations

from alliance.indicators.connectors.asking import Asker
from alliance.indicators.connectors.cubes import cube_rows
from alliance.indicators.connectors.query import Fetched, Query, as_csv, half_an_answer

ADDRESS = "https://api.scb.se/OV0104/v1/doris/en/ssd"
REGION, TIME = "Region", "Tid"


def fetch(asker: Asker, query: Query) -> Fetched:
    """The figures of a table, named by its path such as BE/BE0101/BE0101A/BefolkningNy."""
    url = f"{query.address or ADDRESS}/{query.dataset}"
    chosen = {REGION: query.codes, **query.filters}
    if query.first_year is not None and TIME not in chosen:
        last = query.last_year or query.first_year
        chosen[TIME] = tuple(str(year) for year in range(query.first_year, last + 1))
    question = {
        "query": [
            {"code": name, "selection": {"filter": "item", "values": list(values)}}
            for name, values in chosen.items()
            if values
        ],
        "response": {"format": "json-stat2"},
    }
    answer = asker.post(url, question)
    dataset = asker.json(answer)
    if not isinstance(dataset, dict):
        raise half_an_answer("PxWeb", "dataset")
    sex = next((name for name in ("Kon", "Sex") if name in dataset.get("id", ())), "")
    rows = cube_rows(dataset, publisher="PxWeb", city=REGION, time=TIME, sex=sex, added=query.added)
    return Fetched(
        content=as_csv(rows),
        file_name=f"pxweb-{query.dataset.rsplit('/', 1)[-1]}.csv",
        url=url,
        title=f"{dataset.get('source', 'PxWeb')}: {dataset.get('label', query.dataset)}",
    )
