"""The UN's database of SDG indicators. https://unstats.un.org/sdgs/UNSDGAPIV5/swagger/"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from alliance.indicators.connectors.asking import Asker
from alliance.indicators.connectors.query import (
    Fetched,
    Query,
    Row,
    ambiguous_dimension_error,
    as_csv,
    half_an_answer,
)

ADDRESS = "https://unstats.un.org/SDGAPI/v1/sdg"
PAGE = 1_000
MOST_PAGES = 1_000
_SEXES = {"BOTHSEX": "_T", "MALE": "M", "FEMALE": "F"}
#: Spellings of the dimension of cities in the database.
_CITY = ("Cities", "City", "[Cities]")
#: Nature of a figure: country data, adjusted, estimated, modelled, global monitoring.
_STATUS = {"C": "A", "CA": "A", "G": "A", "E": "E", "M": "E", "N": "A", "NA": "A"}


def fetch(asker: Asker, query: Query) -> Fetched:
    """The figures of a series such as SP_TRN_PUBL, of cities.

    `filters` select values of the other dimensions, and countries by `areaCode` (M49).
    """
    url = f"{query.address or ADDRESS}/Series/Data"
    parameters = [("seriesCode", query.dataset), ("pageSize", str(PAGE))]
    parameters += [("areaCode", code) for code in query.filters.get("areaCode", ())]
    if query.first_year is not None:
        parameters.append(("timePeriodStart", str(query.first_year)))
    if query.last_year is not None:
        parameters.append(("timePeriodEnd", str(query.last_year)))
    rows: list[Row] = []
    seen: dict[str, set[str]] = {}
    for page in _pages(asker, url, parameters):
        rows += _rows(page, query, seen)
        asker.report(
            f"UN SDG: {len(rows)} figures, page {page['pageNumber']} of {page['totalPages']}"
        )
    for name, values in seen.items():
        if len(values) > 1:
            raise ambiguous_dimension_error("UN SDG", name, sorted(values))
    return Fetched(
        content=as_csv(rows),
        file_name=f"un-sdg-{query.dataset}.csv",
        url=url,
        title=f"UN Statistics Division, SDG database, {query.dataset}",
    )


def _pages(asker: Asker, url: str, parameters: list[tuple[str, str]]) -> Iterator[Any]:
    number, last = 1, 1
    while number <= min(last, MOST_PAGES):
        page = asker.json(asker.get(url, [*parameters, ("page", str(number))]))
        if not isinstance(page, dict) or not {"data", "totalPages", "pageNumber"} <= set(page):
            raise half_an_answer("UN SDG", "data, totalPages, pageNumber")
        yield page
        last = int(page["totalPages"])
        number += 1
    if last > MOST_PAGES:
        raise half_an_answer("UN SDG", "the last page")


def _rows(page: Any, query: Query, seen: dict[str, set[str]]) -> Iterator[Row]:
    wanted = set(query.codes)
    try:
        for entry in page["data"]:
            dimensions = dict(entry["dimensions"])
            city = next((str(dimensions[name]) for name in _CITY if name in dimensions), "")
            chosen = all(
                str(dimensions.get(name)) in values
                for name, values in query.filters.items()
                if name != "areaCode"
            )
            if not city or (wanted and city not in wanted) or not chosen:
                continue
            for name, code in dimensions.items():
                if name not in {*_CITY, "Sex", "Reporting Type"}:
                    seen.setdefault(name, set()).add(str(code))
            value = str(entry["value"]).strip()
            has_value = value not in {"", "N", "NaN", "None", "null"}
            nature = str((entry.get("attributes") or {}).get("Nature") or "C")
            yield Row(
                city=city,
                period=str(int(float(entry["timePeriodStart"]))),
                value=value if has_value else "",
                status=_STATUS.get(nature, "A") if has_value else "M",
                sex=_SEXES.get(str(dimensions.get("Sex", "BOTHSEX")), "_T"),
            )
    except (KeyError, TypeError, ValueError) as error:
        raise half_an_answer("UN SDG", str(error)) from error
