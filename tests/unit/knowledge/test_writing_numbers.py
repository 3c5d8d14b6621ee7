"""Numbers as people write them: read as they mean it, or asked back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from alliance.writing.forms.numbers import NumberField, WholeField, YearField, parse_number, written

LANGUAGES = ("sv", "fr", "en")


@pytest.mark.parametrize(
    ("language", "text", "number"),
    [
        ("sv", "", None),
        ("sv", "  ", None),
        ("sv", "12", "12"),
        ("sv", "1 234,5", "1234.5"),
        ("sv", "1\u00a0234\u00a0567", "1234567"),
        ("fr", "1\u202f234,5", "1234.5"),
        ("fr", "1\u2009234", "1234"),
        ("sv", "−0,5", "-0.5"),
        ("sv", "-22", "-22"),
        ("sv", "+5", "5"),
        ("sv", ",5", "0.5"),
        ("sv", "0.5", "0.5"),
        ("sv", "0.125", "0.125"),
        ("sv", "12.75", "12.75"),
        ("sv", "1.234,5", "1234.5"),
        ("en", "1,234.5", "1234.5"),
        ("en", "1 234.5", "1234.5"),
        ("en", "1.234", "1.234"),
        ("en", "1234.567", "1234.567"),
    ],
)
def test_a_number_is_read_as_its_language_writes_it(language, text, number):
    assert parse_number(text, language) == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("sv", "1.234"),  # a thousand, or one and a bit
        ("fr", "12.345.678"),
        ("en", "12,5"),
        ("en", "1,23"),
        ("sv", "1 23"),
        ("sv", "1,2,3"),
        ("sv", "1234,"),
        ("sv", "12 %"),
        ("sv", "1e5"),
        ("sv", "nan"),
        ("sv", "inf"),
        ("sv", "-"),
        ("sv", "--5"),
        ("en", "."),
        ("sv", "٣"),
        ("en", "1,234 567"),
        ("sv", "12 tkr"),
    ],
)
def test_what_is_no_number_or_could_be_two_is_refused(language, text):
    with pytest.raises(ValidationError) as caught, translation.override("en"):
        parse_number(text, language)
    assert text in caught.value.message


def test_a_number_that_can_be_read_in_two_ways_is_asked_back_with_both():
    with pytest.raises(ValidationError) as caught, translation.override("en"):
        parse_number("1.234", "sv")
    assert caught.value.message == "“1.234” can be read in two ways. Enter 1234 or 1,234."


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(LANGUAGES))
def test_a_stored_number_is_read_back_from_its_field_to_the_last_digit(value, language):
    back = parse_number(written(value, language), language)
    assert back is not None and float(back) == value


@given(st.text(max_size=30), st.sampled_from(LANGUAGES))
def test_any_text_is_a_number_or_is_refused(text, language):
    try:
        number = parse_number(text, language)
    except ValidationError:
        return
    assert number is None or number.is_finite()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_field_shows_a_stored_number_in_the_language_of_the_page(language):
    with translation.override(language):
        shown = NumberField().prepare_value(-1234.5)
        assert shown == ("−1234.5" if language == "en" else "−1234,5")
        assert NumberField().clean(shown) == -1234.5
        # What somebody typed is shown as it was typed.
        assert NumberField().prepare_value("1 2 3") == "1 2 3"


@pytest.mark.parametrize(
    ("field", "text", "part"),
    [
        (WholeField(least=1), "2,5", "whole number"),
        (WholeField(), "-1", "between"),
        (WholeField(), "2147483648", "between 0 and 2"),
        (NumberField(), "9" * 310, "too large"),
        (NumberField(most=100), "101", "too large"),
        (YearField(), "21", "four digits"),
        (YearField(), "2021-22", "four digits"),
    ],
)
def test_the_rule_of_a_field_is_named(field, text, part):
    with translation.override("sv"), pytest.raises(ValidationError):
        field.clean(text)
    with translation.override("en"), pytest.raises(ValidationError) as caught:
        field.clean(text.replace(",", "."))
    assert part in caught.value.messages[0]
