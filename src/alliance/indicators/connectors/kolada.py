"""Kolada, the key figures of Swedish municipalities (RKA). https://www.kolada.se/om-oss/api/"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from alliance.indicators.connectors.asking import Asker
from alliance.indicators.connectors.query import Fetched, Query, Row, as_csv, half_an_answer

ADDRESS = "https://api.kolada.se/v3"
#: Longer lists of municipalities are requested in parts.
MOST_CODES = 50
MOST_PAGES = 1_000
_SEXES = {"T": "_T", "K": "F", "M": "M"}
_WITHOUT = {"missing": "M", "private": "Q"}


def fetch(asker: Asker, query: Query) -> Fetched:
    """The figures of a KPI such as N00401, for both sexes together and separately if available."""
    rows: list[Row] = []
    base = f"{query.address or ADDRESS}/data/kpi/{query.dataset}"
    for start in range(0, len(query.codes), MOST_CODES):
        part = ",".join(query.codes[start : start + MOST_CODES])
        url = f"{base}/municipality/{part}"
        if query.first_year is not None:
            last = query.last_year or query.first_year
            url += "/year/" + ",".join(map(str, range(query.first_year, last + 1)))
        for number, page in enumerate(_pages(asker, url), start=1):
            rows += _rows(page)
            asker.report(f"Kolada: {len(rows)} figures, page {number}")
    return Fetched(
        content=as_csv(rows),
        file_name=f"kolada-{query.dataset}.csv",
        url=base,
        title=f"Kolada (RKA), {query.dataset}",
    )


def _pages(asker: Asker, url: str) -> Iterator[Any]:
    following: str | None = url
    for _number in range(MOST_PAGES):
        if not following:
            return
        page = asker.json(asker.get(following))
        if not isinstance(page, dict) or "values" not in page:
            raise half_an_answer("Kolada", "values")
        yield page
        # Version 3 of the API has next_url, version 2 next_page.
        following = page.get("next_url") or page.get("next_page")
    raise half_an_answer("Kolada", "the last page")


def _rows(page: Any) -> Iterator[Row]:
    try:
        for entry in page["values"]:
            for figure in entry["values"]:
                value = figure["value"]
                status = "A" if value is not None else "M"
                if value is None:
                    status = _WITHOUT.get(str(figure.get("status", "")).casefold(), "M")
                yield Row(
                    city=str(entry["municipality"]),
                    period=str(entry["period"]),
                    value="" if value is None else repr(value),
                    status=status,
                    sex=_SEXES.get(figure.get("gender") or "T", "_T"),
                )
    except (KeyError, TypeError) as error:
        raise half_an_answer("Kolada", str(error)) from error
