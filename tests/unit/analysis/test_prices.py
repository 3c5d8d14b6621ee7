"""Costs in one currency and price year: hand-computed cases, gaps, and the way back."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.analysis.errors import MethodError
from alliance.analysis.prices import (
    ConvertedCost,
    NotComparable,
    PriceTable,
    convert_cost,
    cost_per_inhabitant,
)


def index(country, year, value, source_id="cpi"):
    return {"country": country, "year": year, "index": value, "source_id": source_id}


def rate(currency, year, per_eur):
    return {"currency": currency, "year": year, "per_eur": per_eur, "source_id": "ecb"}


def tender(country, currency, first_year, last_year=""):
    return {
        "country": country,
        "currency": currency,
        "first_year": first_year,
        "last_year": last_year,
    }


INDICES = [
    index("SE", 1997, 90),
    index("SE", 2010, 100),
    index("SE", 2020, 110),
    index("SE", 2024, 132, "cpi-new"),
    index("FR", 1997, 80),
    index("FR", 2010, 100),
    index("FR", 2024, 125),
    index("JP", 2010, 100),
    index("JP", 2024, 110),
    index("HR", 2015, 100),
    index("HR", 2024, 130),
]
RATES = [
    rate("SEK", 2010, "9.5"),
    rate("SEK", 2024, "11"),
    rate("JPY", 2024, "160"),
    rate("USD", 2010, "1.25"),
    rate("USD", 2024, "1.1"),
    rate("HRK", 2015, "7.6"),
]
CURRENCIES = [
    tender("SE", "SEK", 1873),
    tender("FR", "EUR", "1999"),
    tender("FR", "FRF", "1960", "2002"),
    tender("JP", "JPY", 1871),
    tender("HR", "HRK", 1994, 2023),
    tender("HR", "EUR", 2023),
]
TABLE = PriceTable.from_rows(
    indices=INDICES, rates=RATES, currencies=CURRENCIES, exponents={"JPY": 0}, version="t1"
)


def to_eur_2024(amount_minor, currency, price_year, country):
    return convert_cost(
        amount_minor, currency, price_year, country, to_currency="EUR", to_year=2024, table=TABLE
    )


def test_deflates_with_own_index_then_converts_at_target_year_rate():
    # 1,000.00 SEK of 2010 = 1,000 x 132/100 = 1,320 SEK of 2024; / 11 SEK per EUR = 120 EUR.
    result = to_eur_2024(100_000, "SEK", 2010, "SE")
    assert isinstance(result, ConvertedCost)
    assert result.value == pytest.approx(120)
    assert (result.currency, result.year) == ("EUR", 2024)
    assert (result.amount, result.from_currency, result.price_year) == (1000.0, "SEK", 2010)
    assert result.price_factor == pytest.approx(1.32)
    assert result.exchange_factor == pytest.approx(1 / 11)
    assert (result.deflator_country, result.deflator_sources) == ("SE", ("cpi", "cpi-new"))
    assert result.rate_sources == ("ecb",)
    assert (result.method, result.version, result.table_version) == ("cpi-then-fx", "1", "t1")


def test_euro_cost_uses_the_index_of_its_country_and_needs_no_rate():
    result = to_eur_2024(10_000, "EUR", 2010, "FR")
    assert result.value == pytest.approx(125)
    assert result.exchange_factor == 1
    assert result.rate_sources == ()


def test_currency_without_decimals_is_not_divided_by_a_hundred():
    # 16,000 JPY of 2010 = 17,600 of 2024 = 110 EUR.
    assert to_eur_2024(16_000, "JPY", 2010, "JP").value == pytest.approx(110)


def test_between_two_other_currencies_goes_through_the_euro():
    # 1,100 SEK of 2024 = 100 EUR = 110 USD.
    result = convert_cost(110_000, "SEK", 2024, "SE", to_currency="USD", to_year=2024, table=TABLE)
    assert result.value == pytest.approx(110)


def test_same_year_uses_no_deflator_even_where_no_index_exists():
    result = convert_cost(100, "USD", 2010, "SE", to_currency="USD", to_year=2010, table=TABLE)
    assert result.value == 1
    assert (result.deflator_country, result.deflator_sources) == ("", ())
    unknown_country = to_eur_2024(110, "USD", 2024, "ZZ")
    assert unknown_country.value == pytest.approx(1)


def test_target_year_may_lie_before_the_price_year():
    result = convert_cost(13_200, "SEK", 2024, "SE", to_currency="SEK", to_year=2010, table=TABLE)
    assert result.value == pytest.approx(100)


def test_foreign_currency_passes_through_the_national_one_at_the_price_years_rate():
    # 100 EUR spent in Sweden in 2010 = 950 SEK; x 1.32 = 1,254 SEK of 2024; / 11 = 114 EUR,
    # not 132 EUR, which Swedish prices on a euro amount would give.
    result = to_eur_2024(10_000, "EUR", 2010, "SE")
    assert result.value == pytest.approx(114)
    assert result.method == "fx-then-cpi-then-fx"
    assert result.value == pytest.approx(
        result.amount * result.price_factor * result.exchange_factor
    )


@pytest.mark.parametrize(
    ("cost", "field", "code"),
    [
        ((None, "SEK", 2010, "SE"), "amount", "amount"),
        ((100, "", 2010, "SE"), "currency", "currency"),
        ((100, None, 2010, "SE"), "currency", "currency"),
        ((100, "SEK", None, "SE"), "price year", "price-year"),
        ((100, "SEK", 2010, ""), "country", "country"),
        ((100, "SEK", 2011, "SE"), "price index SE 2011", "price-index"),
        ((100, "USD", 2020, "SE"), "exchange rate USD 2020", "exchange-rate"),
        ((100, "NOK", 2024, "NO"), "exchange rate NOK 2024", "exchange-rate"),
        ((100, "FRF", 1997, "FR"), "exchange rate FRF 2024", "exchange-rate"),
        ((100, "USD", 2015, "HR"), "national currency HR 2015-2024", "national-currency"),
        ((100, "USD", 2010, "CO"), "price index CO 2010", "price-index"),
    ],
)
def test_gap_is_named_and_never_guessed(cost, field, code):
    result = to_eur_2024(*cost)
    assert isinstance(result, NotComparable)
    assert (result.field, result.code) == (field, code)


def test_gap_of_a_table_value_carries_its_key():
    assert to_eur_2024(100, "SEK", 2011, "SE").params == {"country": "SE", "year": 2011}
    assert to_eur_2024(100, "NOK", 2024, "NO").params == {"currency": "NOK", "year": 2024}


def test_missing_target_year_names_the_target_year():
    result = convert_cost(100, "SEK", 2010, "SE", to_currency="EUR", to_year=2030, table=TABLE)
    assert result.field == "price index SE 2030"


def test_euro_before_1999_compares_with_euro_only():
    assert to_eur_2024(8_000, "EUR", 1997, "FR").value == pytest.approx(125)
    in_sek = convert_cost(8_000, "EUR", 1997, "FR", to_currency="SEK", to_year=2024, table=TABLE)
    assert in_sek.field == "exchange rate EUR 1997"
    in_sweden = to_eur_2024(8_000, "EUR", 1997, "SE")
    assert in_sweden.field == "exchange rate EUR 1997"


def test_euro_counts_as_own_currency_where_it_came_between_the_two_years():
    assert to_eur_2024(10_000, "EUR", 2015, "HR").value == pytest.approx(130)


def test_cost_per_inhabitant():
    cost = to_eur_2024(100_000, "SEK", 2010, "SE")
    result = cost_per_inhabitant(cost, 60)
    assert result.value == pytest.approx(2)
    assert result.cost is cost


def test_cost_per_inhabitant_without_population_or_cost_is_not_comparable():
    cost = to_eur_2024(100_000, "SEK", 2010, "SE")
    assert cost_per_inhabitant(cost, None) == NotComparable("population", "population")
    gap = to_eur_2024(100, "SEK", None, "SE")
    assert cost_per_inhabitant(gap, 60) is gap


@pytest.mark.parametrize("population", [0, -1, 2.5, True, math.nan])
def test_impossible_population_is_an_error(population):
    with pytest.raises(MethodError) as error:
        cost_per_inhabitant(to_eur_2024(100, "SEK", 2010, "SE"), population)
    assert error.value.code == "bad-population"


@pytest.mark.parametrize("amount", [1.5, True, "100"])
def test_amount_must_be_whole_minor_units(amount):
    with pytest.raises(MethodError) as error:
        to_eur_2024(amount, "SEK", 2010, "SE")
    assert (error.value.code, error.value.where) == ("bad-amount", "amount_minor")


def test_year_must_be_a_whole_number():
    with pytest.raises(MethodError) as error:
        to_eur_2024(100, "SEK", 2010.5, "SE")
    assert (error.value.code, error.value.where) == ("bad-year", "price_year")


@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "", "n/a"])
def test_table_refuses_values_that_are_no_positive_number(value):
    with pytest.raises(MethodError) as error:
        PriceTable.from_rows(
            indices=[index("SE", 2010, 100), index("SE", 2011, value)], rates=[], currencies=[]
        )
    assert (error.value.code, error.value.where) == ("bad-row", "indices[1].index")


def test_table_refuses_a_key_that_comes_twice():
    with pytest.raises(MethodError) as error:
        PriceTable.from_rows(indices=[], rates=[RATES[0], RATES[0]], currencies=[])
    assert (error.value.code, error.value.where) == ("duplicate-row", "rates[1]")


def test_latest_common_year_needs_index_and_rate_of_every_country():
    assert TABLE.latest_common_year(["SE", "FR", "JP"]) == 2024
    assert TABLE.latest_common_year(["SE"]) == 2024
    assert TABLE.latest_common_year() == 2024
    assert TABLE.latest_common_year(["SE", "NO"]) is None
    assert TABLE.latest_common_year([]) is None
    without_2024 = PriceTable.from_rows(
        indices=INDICES,
        rates=[row for row in RATES if row["year"] != 2024],
        currencies=CURRENCIES,
    )
    assert without_2024.latest_common_year(["SE"]) == 2010


@given(
    amount=st.integers(min_value=-(10**12), max_value=10**12),
    start=st.sampled_from([("SEK", 2010), ("SEK", 2024), ("EUR", 2010), ("USD", 2010)]),
    target=st.sampled_from([("SEK", 2010), ("EUR", 2024), ("USD", 2024), ("USD", 2010)]),
)
def test_there_and_back_gives_the_amount(amount, start, target):
    currency, year = start
    there = convert_cost(
        amount, currency, year, "SE", to_currency=target[0], to_year=target[1], table=TABLE
    )
    minor = round(there.value * 100)
    back = convert_cost(
        minor, target[0], target[1], "SE", to_currency=currency, to_year=year, table=TABLE
    )
    # The only loss allowed is the rounding of the intermediate amount to half a minor unit.
    allowed = 0.5 / 100 * back.price_factor * back.exchange_factor
    assert back.value == pytest.approx(amount / 100, rel=1e-12, abs=allowed * 1.0001 + 1e-9)
    assert there.price_factor * back.price_factor == pytest.approx(1)
    assert there.exchange_factor * back.exchange_factor == pytest.approx(1)
