"""Melodi, the data service of INSEE. https://portail-api.insee.fr/ (Melodi)"""

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

ADDRESS = "https://api.insee.fr/melodi"
PAGE = 10_000
MOST_PAGES = 1_000
LEVEL = "COM"
_SEXES = {"_T": "_T", "M": "M", "F": "F"}
_OWN = frozenset({"GEO", "TIME_PERIOD", "SEX", "FREQ"})


def fetch(asker: Asker, query: Query) -> Fetched:
    """The figures of a dataset such as DS_POPULATIONS_REFERENCE, by commune.

    `filters` choose values of the other dimensions; `measure` names the measure if there are
    several.
    """
    url = f"{query.address or ADDRESS}/data/{query.dataset}"
    filters = {name: values for name, values in query.filters.items() if name != "measure"}
    parameters = [("GEO", f"{LEVEL}-{code}") for code in query.codes]
    parameters += [(name, value) for name, values in filters.items() for value in values]
    if query.first_year is not None:
        last = query.last_year or query.first_year
        parameters += [("TIME_PERIOD", str(year)) for year in range(query.first_year, last + 1)]
    parameters += [("maxResult", str(PAGE)), ("totalCount", "TRUE")]
    wanted = next(iter(query.filters.get("measure", ())), "")
    rows: list[Row] = []
    seen: dict[str, set[str]] = {}
    for number, page in enumerate(_pages(asker, url, parameters), start=1):
        rows += _rows(page, wanted, seen)
        asker.report(f"Melodi: {len(rows)} figures, page {number}")
    for name, values in seen.items():
        if len(values) > 1:
            raise ambiguous_dimension_error("Melodi", name, sorted(values))
    return Fetched(
        content=as_csv(rows),
        file_name=f"melodi-{query.dataset}.csv",
        url=url,
        title=f"INSEE, Melodi, {query.dataset}",
    )


def _pages(asker: Asker, url: str, parameters: list[tuple[str, str]]) -> Iterator[Any]:
    answer = asker.get(url, parameters)
    for _number in range(MOST_PAGES):
        page = asker.json(answer)
        if not isinstance(page, dict) or "observations" not in page:
            raise half_an_answer("Melodi", "observations")
        yield page
        paging = page.get("paging") or {}
        if paging.get("isLast", True) or not paging.get("next"):
            return
        answer = asker.get(paging["next"])
    raise half_an_answer("Melodi", "the last page")


def _rows(page: Any, wanted: str, seen: dict[str, set[str]]) -> Iterator[Row]:
    """The rows of a page; `seen` collects the values of dimensions that rows do not have."""
    try:
        for entry in page["observations"]:
            dimensions, measures = entry["dimensions"], entry["measures"]
            for name, code in dimensions.items():
                if name not in _OWN:
                    seen.setdefault(name, set()).add(str(code))
            names = [wanted] if wanted else sorted(measures)
            if len(names) > 1:
                raise ambiguous_dimension_error("Melodi", "measure", names)
            value = measures[names[0]].get("value")
            status = str((entry.get("attributes") or {}).get("OBS_STATUS") or "A")
            yield Row(
                # 2024-COM-38185 in the geography of 2024, or COM-38185.
                city=str(dimensions["GEO"]).rsplit("-", 1)[-1],
                period=str(dimensions["TIME_PERIOD"]),
                value="" if value is None else repr(value),
                status=status if value is not None else "M",
                sex=_SEXES.get(str(dimensions.get("SEX", "_T")), "_T"),
            )
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise half_an_answer("Melodi", str(error)) from error
