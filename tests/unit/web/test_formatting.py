import datetime as dt
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from alliance.web import formatting

N = "\u00a0"  # no-break space
T = "\u202f"  # narrow no-break space


@pytest.mark.parametrize(
    ("value", "digits", "language", "text"),
    [
        (-1234.5, None, "en", "−1,234.5"),
        (-1234.5, None, "fr", f"−1{T}234,5"),
        (-1234.5, None, "sv", f"−1{N}234,5"),
        (0.1, None, "en", "0.1"),
        (22.0, None, "en", "22"),
        (22.0, 1, "en", "22.0"),
        (2.25, 1, "en", "2.2"),
        (1e-7, None, "en", "0"),
        (-0.01, 1, "en", "0.0"),
        (1234567, None, "sv", f"1{N}234{N}567"),
    ],
)
def test_numbers_follow_the_language(value, digits, language, text):
    assert formatting.number(value, digits, language=language) == text


@pytest.mark.parametrize(
    ("value", "en", "fr", "sv"),
    [
        (1_000_000, "1 million", "1 million", "1 miljon"),
        (1_040_000, "1 million", "1 million", "1 miljon"),
        (1_500_000, "1.5 million", "1,5 million", "1,5 miljoner"),
        (2_000_000, "2 million", "2 millions", "2 miljoner"),
        (-1_000_000, "−1 million", "−1 million", "−1 miljon"),
        (999_999_999, "1 billion", "1 milliard", "1 miljard"),
    ],
)
def test_one_million_is_one(value, en, fr, sv):
    told = [formatting.amount(value, language=language) for language in ("en", "fr", "sv")]
    assert [text.replace(N, " ") for text in told] == [en, fr, sv]


@pytest.mark.parametrize(
    ("language", "colon", "semicolon", "quoted"),
    [
        ("en", ":", ";", "“x”"),
        ("fr", f"{N}:", f"{N};", f"«{N}x{N}»"),
        ("sv", ":", ";", "”x”"),
        ("de", ":", ";", "“x”"),
    ],
)
def test_signs_follow_the_language(language, colon, semicolon, quoted):
    assert formatting.colon(language=language) == colon
    assert formatting.semicolon(language=language) == semicolon
    assert formatting.quoted("x", language=language) == quoted


@pytest.mark.parametrize(
    ("unit", "name", "rest"),
    [
        ("%", "percent of rainfall", "of rainfall"),
        ("%", "procent av väljarna", "av väljarna"),
        ("%", "pour cent des votants", "des votants"),
        ("%", "% des votants", "des votants"),
        ("%", "share", "share"),
        ("t", "percent of rainfall", "percent of rainfall"),
        ("d de Cohen", "d de Cohen", ""),
    ],
)
def test_a_sign_stands_for_the_first_word_of_a_unit(unit, name, rest):
    assert formatting.rest_of_unit(unit, name) == rest


@pytest.mark.parametrize(
    "parted",
    [
        "Luft|kvalitet", "Trafik|säkerhet", "Partici|pation", "Circulation et dépla|cements",
        "Rättvisa och hushållens kostnader",
    ],
)  # fmt: skip
def test_a_long_word_of_a_narrow_column_has_a_place_to_break(parted):
    told = formatting.with_soft_hyphens(parted.replace("|", ""))
    assert told == parted.replace("|", "\u00ad")


def test_a_plus_is_written_only_where_asked_and_never_before_nought():
    assert formatting.number(4.5, signed=True) == "+4.5"
    assert formatting.number(-4.5, signed=True) == "−4.5"
    assert formatting.number(0, signed=True) == "0"
    assert formatting.number(0.01, 1, signed=True) == "0.0"
    assert formatting.number(4.5) == "4.5"


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (-22.46, None, "−22"),
        (-22.46, 1, "−22"),
        (1_243.0, 0, "+1,200"),
        (9.96, None, "+10"),
        (5.0, None, "+5"),
        (4.26, None, "+4.3"),
        (4.26, 0, "+4"),
        (0.01234, None, "+0.012"),
        (0.34, 0, "0"),
        (0, None, "0"),
    ],
)
def test_an_estimate_has_at_most_two_digits_that_count(value, digits, text):
    assert formatting.estimate(value, "%", digits, signed=True) == f"{text}{N}%"


@pytest.mark.parametrize(
    ("value", "is_change", "text"),
    [
        (-12.47, True, "−12"), (1809.0, True, "+1,800"), (-4.65, True, "−4.7"), (0.0, True, "0"),
        (-99.6, True, "−99.6"), (-100.0, True, "−100"), (35.27, False, "35.27"),
    ],
)  # fmt: skip
def test_a_recorded_change_has_two_digits_and_a_level_its_own(value, is_change, text):
    assert formatting.effect(value, "%", is_change=is_change) == f"{text}{N}%"


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(ValueError, match="not a finite number"):
        formatting.number(value)


@pytest.mark.parametrize(
    ("value", "currency", "year", "language", "text"),
    [
        (Decimal("180000000.00"), "EUR", 2000, "en", f"180{N}million{N}EUR (2000 prices)"),
        (Decimal("182345678"), "EUR", 2000, "fr", f"182,3{N}millions{N}EUR (2000 prices)"),
        (Decimal("1500000000"), "SEK", 2017, "sv", f"1,5{N}miljarder{N}SEK (2017 prices)"),
        (Decimal("950000"), "SEK", None, "sv", f"950{N}000{N}SEK (price year not known)"),
        (Decimal("12.50"), "EUR", 2020, "en", f"12.50{N}EUR (2020 prices)"),
        (Decimal("0"), "EUR", 2020, "en", f"0{N}EUR (2020 prices)"),
    ],
)
def test_money_names_its_currency_and_price_year(value, currency, year, language, text):
    assert formatting.money(value, currency, year, language=language) == text


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        (2006, 2011, "2006–2011"),
        (2006, 2006, "2006"),
        (2006, None, "from 2006"),
        (None, 2011, "until 2011"),
        (None, None, "years not known"),
    ],
)
def test_periods(start, end, text):
    assert formatting.period(start, end) == text


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        (
            "en",
            [
                "1 July 2026",
                "1–3 July 2026",
                "1 July to 2 August 2026",
                "1 July 2026 to 1 May 2027",
            ],
        ),
        (
            "fr",
            [
                "le 1er juillet 2026",
                "du 1er au 3 juillet 2026",
                "du 1er juillet au 2 août 2026",
                "du 1er juillet 2026 au 1er mai 2027",
            ],
        ),
        (
            "sv",
            ["den 1 juli 2026", "1–3 juli 2026", "1 juli–2 augusti 2026", "1 juli 2026–1 maj 2027"],
        ),
    ],
)
def test_days_name_what_they_share_once(language, shown):
    lasts = [dt.date(2026, 7, 1), dt.date(2026, 7, 3), dt.date(2026, 8, 2), dt.date(2027, 5, 1)]
    spans = [formatting.days(dt.date(2026, 7, 1), one, language=language) for one in lasts]
    assert spans == shown


def test_dates_and_languages_follow_the_active_language():
    date = dt.date(2026, 11, 24)
    assert formatting.day(date) == "24 November 2026"
    with translation.override("fr"):
        assert formatting.day(date) == "24 novembre 2026"
        assert formatting.day(dt.date(2026, 11, 1)) == "1er novembre 2026"
        assert formatting.language_name("sv") == "suédois"
    with translation.override("sv"):
        assert formatting.month(date) == "november 2026"
        assert formatting.currency_name("SEK") == "svensk krona"
    assert formatting.language_name("xx") == "xx"


@given(
    st.floats(-1e12, 1e12, allow_nan=False),
    st.sampled_from(["en", "fr", "sv"]),
    st.none() | st.integers(0, 4),
)
def test_numbers_never_break_and_never_use_a_hyphen(value, language, digits):
    text = formatting.number(value, digits, language=language)
    assert "-" not in text and " " not in text
    plain = text.replace("−", "-").replace(N, "").replace(T, "")
    plain = plain.replace(",", "") if language == "en" else plain.replace(",", ".")
    assert float(plain) == pytest.approx(value, abs=0.5 if digits == 0 else 0.06, rel=1e-9)


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("en", ["2025", "March 2025", "1 March 2025", "Q3 2025"]),
        ("fr", ["2025", "mars 2025", "1er mars 2025", "Q3 2025"]),
        ("sv", ["2025", "mars 2025", "1 mars 2025", "Q3 2025"]),
    ],
)
def test_times_of_data_are_written_in_words(language, shown):
    with translation.override(language):
        times = ("2025", "2025-03", "2025-03-01", "Q3 2025")
        assert [formatting.time_of_data(one) for one in times] == shown
