"""The price table that ships: sourced, gapless where it must be, near well-known figures."""

from datetime import date

import pytest

from alliance.analysis.prices import convert_cost
from alliance.core.money import exponent, validate_currency
from alliance.core.prices import default_price_year, load_price_table, load_sources

TABLE = load_price_table()
COUNTRIES = {country for country, _ in TABLE.indices}


def test_every_value_has_a_source_with_title_address_and_licence():
    sources = load_sources()
    used = {quote.source_id for quote in (*TABLE.indices.values(), *TABLE.rates.values())}
    assert used <= sources.keys()
    for source in sources.values():
        assert source.keys() == {"title", "publisher", "url", "licence", "read_on", "note"}
        assert all(source.values())
        assert source["url"].startswith("https://")
        date.fromisoformat(source["read_on"])


def test_index_years_have_no_gap_and_start_in_1995():
    for country in COUNTRIES:
        years = sorted(year for other, year in TABLE.indices if other == country)
        assert years == list(range(1995, years[-1] + 1)), country
        assert years[-1] >= 2024, country
        assert TABLE.indices[country, 2010].value == pytest.approx(100, abs=1e-4), country


def test_every_country_has_one_currency_in_every_year_and_it_is_valid_money():
    for country in COUNTRIES:
        for year in range(1996, 2026):
            currency = TABLE.national_currency(country, year)
            assert currency is not None, (country, year)
    for country in COUNTRIES:
        for row in TABLE.currencies[country]:
            if row.currency != "ECS":  # the sucre, withdrawn in 2000, appears in no cost
                validate_currency(row.currency)
                assert TABLE.exponents.get(row.currency, 2) == exponent(row.currency)


def test_default_price_year_has_data_for_every_country():
    year = default_price_year()
    assert year == 2024
    for country in COUNTRIES:
        currency = TABLE.national_currency(country, year)
        result = convert_cost(
            100, currency, 2010, country, to_currency="EUR", to_year=year, table=TABLE
        )
        assert result.value > 0, country


def test_rates_agree_with_the_annual_averages_the_ecb_publishes():
    # ECB Data Portal, EXR annual averages for 2024: USD 1.0824, SEK 11.4325, GBP 0.84662.
    assert TABLE.rates["USD", 2024].value == pytest.approx(1.0824, abs=1e-4)
    assert TABLE.rates["SEK", 2024].value == pytest.approx(11.4325, abs=1e-4)
    assert TABLE.rates["GBP", 2024].value == pytest.approx(0.84662, abs=1e-5)


def test_years_that_a_series_covers_in_part_are_left_out():
    for key in (("ISK", 2008), ("ISK", 2018), ("CNY", 2005), ("BGN", 2000), ("USD", 2026)):
        assert key not in TABLE.rates


def test_a_real_cost_by_hand():
    # Malmö, 2007: 1,220,000 SEK x 137.253 / 96.0454 = 1,743,429 SEK of 2024; / 11.4325 = 152,498.
    result = convert_cost(
        122_000_000, "SEK", 2007, "SE", to_currency="EUR", to_year=2024, table=TABLE
    )
    assert result.value == pytest.approx(152_498, abs=1)
    assert result.deflator_sources == ("wb-cpi", "wb-cpi-change")
    assert result.rate_sources == ("ecb-reference-rates",)


def test_missing_us_index_of_2025_is_named():
    result = convert_cost(100, "USD", 2010, "US", to_currency="EUR", to_year=2025, table=TABLE)
    assert result.field == "price index US 2025"
