"""SDMX REST services. https://github.com/sdmx-twg/sdmx-rest"""

from __future__ import annotations

from alliance.core.errors import Fault, InvalidData
from alliance.indicators.connectors.asking import Asker
from alliance.indicators.connectors.query import Fetched, Query

#: Accepted formats in order of preference; each is read like an uploaded file.
ACCEPT = (
    "application/vnd.sdmx.data+csv;version=2.0.0,"
    " application/vnd.sdmx.data+csv;version=1.0.0;q=0.9,"
    " application/vnd.sdmx.data+xml;version=3.0.0;q=0.8,"
    " application/vnd.sdmx.structurespecificdata+xml;version=2.1;q=0.7"
)


def fetch(asker: Asker, query: Query) -> Fetched:
    """The data of a flow such as ESTAT,URB_CENV,1.0 from a service at `address`.

    `filters["key"]` is the service's key of the series; without it, all series are read.
    """
    if not query.address:
        raise InvalidData([Fault("address", "no-service")])
    key = next(iter(query.filters.get("key", ())), "all")
    url = f"{query.address.rstrip('/')}/data/{query.dataset}/{key}"
    parameters = []
    if query.first_year is not None:
        parameters.append(("startPeriod", str(query.first_year)))
    if query.last_year is not None:
        parameters.append(("endPeriod", str(query.last_year)))
    answer = asker.get(url, parameters, accept=ACCEPT)
    kind = "xml" if answer.body.lstrip()[:1] == b"<" else "csv"
    return Fetched(
        content=answer.body,
        file_name=f"sdmx-{query.dataset.replace(',', '-')}.{kind}",
        url=answer.url,
        title=f"SDMX, {query.dataset}",
    )
