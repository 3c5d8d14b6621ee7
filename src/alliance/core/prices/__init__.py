"""Price indices and exchange rates that ship with the platform, each value with its source.

The data files are beside this one: `consumer_price_index.csv` (annual average, 2010 = 100),
`exchange_rates.csv` (annual mean, units per euro), `national_currencies.csv` (legal tender by year)
and `sources.json` (title, publisher, address, licence, date read, note for each source id).
"""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path

from alliance.analysis.prices import PriceTable
from alliance.core.money import EXPONENTS

_FOLDER = Path(__file__).parent


def _rows(name: str) -> list[dict[str, str]]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def load_sources() -> dict[str, dict[str, str]]:
    """Sources by id: title, publisher, url, licence, read_on (ISO date), note."""
    sources: dict[str, dict[str, str]] = json.loads(
        (_FOLDER / "sources.json").read_text(encoding="utf-8")
    )
    return sources


@cache
def load_price_table() -> PriceTable:
    """The shipped price table, loaded once. Its version is the latest date on which a source was
    read.

    Raises MethodError, naming the row, if a shipped file is malformed.
    """
    return PriceTable.from_rows(
        indices=_rows("consumer_price_index.csv"),
        rates=_rows("exchange_rates.csv"),
        currencies=_rows("national_currencies.csv"),
        exponents=EXPONENTS,
        version=max(source["read_on"] for source in load_sources().values()),
    )


@cache
def default_price_year() -> int:
    """The latest year in which every country of the table has an index and a rate to the euro."""
    year = load_price_table().latest_common_year()
    if year is None:
        raise LookupError("the price table has no year common to all its countries")
    return year
