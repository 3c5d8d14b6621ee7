"""Costs in one currency and one price year.

A cost is first moved to the target year with the consumer price index of the country where the
money was spent, in that country's own currency, and then converted at the mean exchange rate of
the target year (method ``cpi-then-fx``). A cost recorded in a foreign currency is first brought
into the national one at the mean rate of its price year (``fx-then-cpi-then-fx``), because a
country's prices say nothing about the value of another country's money. This order keeps movements
of the exchange rate between the two years out of the comparison; see Turner, H. C. et al. (2019),
"Adjusting for Inflation and Currency Changes Within Health Economic Studies", Value in Health
22(9), 1026-1032.

What cannot be computed is a `NotComparable` naming the missing field, never a guess.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import NamedTuple

from alliance.analysis.errors import MethodError

METHOD = "cpi-then-fx"
METHOD_FOREIGN = "fx-then-cpi-then-fx"
VERSION = "1"

EURO = "EUR"
#: The euro is a currency from this year on; earlier amounts "in euro" hide an unknown conversion.
EURO_START = 1999
DEFAULT_EXPONENT = 2


class Quote(NamedTuple):
    """One value of a table and the id of the source it was read from."""

    value: float
    source_id: str


class Tender(NamedTuple):
    """A currency of a country, with the first and last calendar year of use (None: still)."""

    currency: str
    first_year: int
    last_year: int | None


@dataclass(frozen=True, kw_only=True)
class PriceTable:
    """Consumer price indices, exchange rates and national currencies; build it with `from_rows`.

    ``indices``: (ISO 3166 country, year) to the yearly mean index; only ratios within a country
    are used, so any base year will do. ``rates``: (ISO 4217 currency, year) to the mean number of
    units for one euro. ``currencies``: country to its legal tender, oldest first. ``exponents``:
    decimals of the currencies that do not have two. ``version`` names the edition of the data.
    """

    indices: Mapping[tuple[str, int], Quote]
    rates: Mapping[tuple[str, int], Quote]
    currencies: Mapping[str, tuple[Tender, ...]]
    exponents: Mapping[str, int] = dataclass_field(default_factory=dict)
    version: str = ""

    @classmethod
    def from_rows(
        cls,
        *,
        indices: Iterable[Mapping[str, str | int | float]],
        rates: Iterable[Mapping[str, str | int | float]],
        currencies: Iterable[Mapping[str, str | int]],
        exponents: Mapping[str, int] | None = None,
        version: str = "",
    ) -> "PriceTable":
        """Build a table from rows of a CSV reader.

        ``indices`` have country, year, index, source_id; ``rates`` have currency, year, per_eur,
        source_id; ``currencies`` have country, currency, first_year, last_year ("" if in use).

        Errors: MethodError ``bad-row`` for a value that is not a positive number, ``bad-year`` for
        a year that is not a whole number, ``duplicate-row`` for a repeated key; ``where`` names the
        row.
        """
        tender: dict[str, list[Tender]] = {}
        for position, row in enumerate(currencies):
            where = f"currencies[{position}]"
            last = row.get("last_year", "")
            tender.setdefault(str(row["country"]), []).append(
                Tender(
                    str(row["currency"]),
                    _year(row["first_year"], f"{where}.first_year"),
                    None if last in ("", None) else _year(last, f"{where}.last_year"),
                )
            )
        return cls(
            indices=_quotes(indices, "indices", "country", "index"),
            rates=_quotes(rates, "rates", "currency", "per_eur"),
            currencies={
                country: tuple(sorted(rows, key=lambda row: row.first_year))
                for country, rows in tender.items()
            },
            exponents=dict(exponents or {}),
            version=version,
        )

    def rate(self, currency: str, year: int) -> Quote | None:
        """Mean units of ``currency`` for one euro in ``year``; None if unknown. Euro: 1."""
        if currency == EURO:
            return Quote(1.0, "") if year >= EURO_START else None
        return self.rates.get((currency, year))

    def national_currency(self, country: str, year: int) -> str | None:
        """The legal tender of a country in a year; in a year of change the newer one."""
        currency = None
        for row in self.currencies.get(country, ()):
            if row.first_year <= year and (row.last_year is None or year <= row.last_year):
                currency = row.currency
        return currency

    def is_own_currency(self, country: str, currency: str, first: int, last: int) -> bool:
        """Whether ``currency`` was legal tender in ``country`` at any time from first to last."""
        return any(
            row.currency == currency
            and row.first_year <= last
            and (row.last_year is None or first <= row.last_year)
            for row in self.currencies.get(country, ())
        )

    def latest_common_year(self, countries: Iterable[str] | None = None) -> int | None:
        """Latest year with an index and a rate of the national currency for every country.

        ``countries`` defaults to all that have an index. None if there is no such year.
        """
        known = {country for country, _ in self.indices}
        wanted = known if countries is None else set(countries)
        if not wanted:
            return None
        for year in sorted({year for _, year in self.indices}, reverse=True):
            for country in wanted:
                currency = self.national_currency(country, year)
                if (
                    (country, year) not in self.indices
                    or currency is None
                    or self.rate(currency, year) is None
                ):
                    break
            else:
                return year
        return None


@dataclass(frozen=True, kw_only=True)
class ConvertedCost:
    """A cost in ``currency`` at the prices of ``year``, and how it was reached.

    ``value`` is in major units and equals ``amount * price_factor * exchange_factor``; ``amount``
    is the recorded cost in major units of ``from_currency`` at the prices of ``price_year``.
    ``deflator_country`` and ``deflator_sources`` name the consumer price index; both are empty
    when the two years are the same, as then none is used. ``rate_sources`` are the source ids of
    the exchange rates. ``table_version`` is the edition of the price table.
    """

    value: float
    currency: str
    year: int
    amount: float
    from_currency: str
    price_year: int
    country: str
    price_factor: float
    exchange_factor: float
    deflator_country: str
    deflator_sources: tuple[str, ...]
    rate_sources: tuple[str, ...]
    table_version: str
    method: str
    version: str = VERSION


@dataclass(frozen=True)
class NotComparable:
    """A cost that cannot be compared with others.

    ``field`` names in English what is missing ("price index SE 2030"); ``code`` with ``params`` is
    the same for programs and translations.
    """

    field: str
    code: str
    params: Mapping[str, str | int] = dataclass_field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class CostPerInhabitant:
    """Cost per inhabitant in major units of ``cost.currency`` at the prices of ``cost.year``."""

    value: float
    population: int
    cost: ConvertedCost


def convert_cost(  # noqa: C901
    amount_minor: int | None,
    currency: str | None,
    price_year: int | None,
    country: str | None,
    *,
    to_currency: str,
    to_year: int,
    table: PriceTable,
) -> ConvertedCost | NotComparable:
    """Put a recorded cost into ``to_currency`` at the prices of ``to_year``.

    ``amount_minor`` is in minor units of ``currency`` (cents, öre), may be negative (a saving);
    ``price_year`` is the year whose prices it is in; ``country`` is where the money was spent (ISO
    3166 alpha-2) and chooses the deflator. The target year may lie before the price year.

    Returns NotComparable with code ``amount``, ``currency``, ``price-year`` or ``country`` for a
    field that is not recorded, ``price-index`` (country, year) or ``exchange-rate`` (currency,
    year) for one that the table lacks, ``national-currency`` (country, year) where a cost in
    foreign currency would have to pass through a currency that is unknown or changed between
    the two years. An amount in euro at prices before 1999 is not comparable with other currencies.

    Errors: MethodError ``bad-amount`` or ``bad-year`` for a value that is not a whole number.
    """
    if amount_minor is None:
        return NotComparable("amount", "amount")
    if isinstance(amount_minor, bool) or not isinstance(amount_minor, int):
        raise MethodError("bad-amount", "minor units must be a whole number", "amount_minor")
    if not currency:
        return NotComparable("currency", "currency")
    if price_year is None:
        return NotComparable("price year", "price-year")
    if not country:
        return NotComparable("country", "country")
    price_year = _year(price_year, "price_year")
    to_year = _year(to_year, "to_year")

    if currency == EURO and price_year < EURO_START and to_currency != EURO:
        return _no_rate(EURO, price_year)

    price_factor = 1.0
    deflator: list[str] = []
    if price_year != to_year:
        ends = []
        for year in (price_year, to_year):
            quote = table.indices.get((country, year))
            if quote is None:
                return NotComparable(
                    f"price index {country} {year}",
                    "price-index",
                    {"country": country, "year": year},
                )
            ends.append(quote)
        price_factor = ends[1].value / ends[0].value
        deflator = [quote.source_id for quote in ends]

    steps: list[tuple[str, str, int]] = []  # exchanges: from, to, at the mean rate of this year
    held = currency
    first, last = sorted((price_year, to_year))
    if price_year != to_year and not table.is_own_currency(country, currency, first, last):
        own = table.national_currency(country, price_year)
        if own is None or own != table.national_currency(country, to_year):
            return NotComparable(
                f"national currency {country} {first}-{last}",
                "national-currency",
                {"country": country, "first_year": first, "last_year": last},
            )
        steps.append((held, own, price_year))
        held = own
    steps.append((held, to_currency, to_year))

    exchange_factor = 1.0
    rate_sources: list[str] = []
    for source, target, year in steps:
        if source == target:
            continue
        for code, power in ((source, -1), (target, 1)):
            rate = table.rate(code, year)
            if rate is None:
                return _no_rate(code, year)
            exchange_factor *= rate.value**power
            rate_sources.append(rate.source_id)

    amount = amount_minor / 10 ** table.exponents.get(currency, DEFAULT_EXPONENT)
    return ConvertedCost(
        value=amount * price_factor * exchange_factor,
        currency=to_currency,
        year=to_year,
        amount=amount,
        from_currency=currency,
        price_year=price_year,
        country=country,
        price_factor=price_factor,
        exchange_factor=exchange_factor,
        deflator_country=country if deflator else "",
        deflator_sources=_distinct(deflator),
        rate_sources=_distinct(rate_sources),
        table_version=table.version,
        method=METHOD if len(steps) == 1 else METHOD_FOREIGN,
    )


def cost_per_inhabitant(
    converted: ConvertedCost | NotComparable, population: int | None
) -> CostPerInhabitant | NotComparable:
    """Divide a converted cost by the number of inhabitants it serves.

    A cost that is not comparable stays so; without a population the result is NotComparable
    with code ``population``. Errors: MethodError ``bad-population`` if it is not a whole number
    above zero.
    """
    if isinstance(converted, NotComparable):
        return converted
    if population is None:
        return NotComparable("population", "population")
    if isinstance(population, bool) or not isinstance(population, int) or population <= 0:
        raise MethodError(
            "bad-population", "population must be a whole number above zero", "population"
        )
    return CostPerInhabitant(
        value=converted.value / population, population=population, cost=converted
    )


def _no_rate(currency: str, year: int) -> NotComparable:
    return NotComparable(
        f"exchange rate {currency} {year}", "exchange-rate", {"currency": currency, "year": year}
    )


def _distinct(source_ids: Iterable[str]) -> tuple[str, ...]:
    """Source ids once each, in order; the euro's rate of 1 has none."""
    return tuple(dict.fromkeys(source_id for source_id in source_ids if source_id))


def _year(value: object, where: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.isdecimal():
        return int(value)
    raise MethodError("bad-year", f"year must be a whole number, not {value!r}", where)


def _quotes(
    rows: Iterable[Mapping[str, str | int | float]], name: str, key: str, value_name: str
) -> dict[tuple[str, int], Quote]:
    quotes: dict[tuple[str, int], Quote] = {}
    for position, row in enumerate(rows):
        where = f"{name}[{position}]"
        try:
            value = float(row[value_name])
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and value > 0):
            raise MethodError(
                "bad-row", f"{value_name} must be a number above zero", f"{where}.{value_name}"
            )
        index = (str(row[key]), _year(row["year"], f"{where}.year"))
        if index in quotes:
            raise MethodError("duplicate-row", f"{index[0]} {index[1]} comes twice", where)
        quotes[index] = Quote(value, str(row["source_id"]))
    return quotes
