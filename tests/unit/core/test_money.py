"""Minor units of currencies, and the price table that ships."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.core.money import MoneyError, exponent, to_major, to_minor, validate_currency


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        (12.5, "EUR", 1250),
        ("0.10", "EUR", 10),
        (0.1, "SEK", 10),
        (1200, "JPY", 1200),
        (Decimal("1E+3"), "SEK", 100_000),
        (Decimal("1.234"), "KWD", 1234),
        (-3, "GBP", -300),
        (0, "EUR", 0),
        (Decimal("12.500"), "EUR", 1250),
        (Decimal("98765432109876543210987654321.09"), "EUR", 9876543210987654321098765432109),
    ],
)
def test_to_minor(amount, currency, minor):
    assert to_minor(amount, currency) == minor


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        (1.005, "EUR", "decimals"),
        ("0.5", "JPY", "decimals"),
        ("twelve", "EUR", "not-a-number"),
        (None, "EUR", "not-a-number"),
        (True, "EUR", "not-a-number"),
        (float("nan"), "EUR", "not-a-number"),
        ("inf", "EUR", "not-a-number"),
        ("1e999999", "EUR", "amount-too-large"),
        ("1e-999999", "EUR", "amount-too-large"),
    ],
)
def test_to_minor_refuses_and_says_why(amount, currency, code):
    with pytest.raises(MoneyError) as caught:
        to_minor(amount, currency)
    assert caught.value.code == code


def test_to_major_is_exact_and_keeps_the_decimals():
    assert str(to_major(1250, "EUR")) == "12.50"
    assert str(to_major(1200, "JPY")) == "1200"
    assert str(to_major(-5, "KWD")) == "-0.005"


@pytest.mark.parametrize("minor", [12.5, True, "100"])
def test_to_major_refuses_what_is_not_a_whole_number(minor):
    with pytest.raises(MoneyError, match="Enter a whole number"):
        to_major(minor, "EUR")


@pytest.mark.parametrize("code", ["SEK", "EUR", "XOF", "DEM", "EEK", "BGN"])
def test_currency_codes_of_today_and_before(code):
    assert validate_currency(code) == code


@pytest.mark.parametrize("code", ["sek", "kr", "", "ABC", "XXX", "XAU", "XTS", "EURO", None, 978])
def test_what_is_no_currency_is_refused(code):
    with pytest.raises(MoneyError, match="is not a currency in the list"):
        validate_currency(code)


def test_error_is_a_value_error():
    assert issubclass(MoneyError, ValueError)


def test_exponents():
    codes = ("EUR", "JPY", "ISK", "CLP", "KRW", "KWD", "CLF", "HUF", "ITL")
    assert [exponent(code) for code in codes] == [2, 0, 0, 0, 0, 3, 4, 2, 0]


@given(
    minor=st.integers(min_value=-(10**40), max_value=10**40),
    currency=st.sampled_from(["EUR", "JPY", "TND", "SEK", "UYW"]),
)
def test_major_and_back_gives_the_same_minor_units(minor, currency):
    assert to_minor(to_major(minor, currency), currency) == minor
