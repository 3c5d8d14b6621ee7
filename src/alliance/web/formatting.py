"""Numbers, money, dates, periods and punctuation as the reader's language writes them.

Rules: a true minus sign, no-break spaces, and no unrecorded value: these functions take known
values, and the components in `templatetags` print "not known" for all others.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import Decimal
from functools import cache, lru_cache

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_compact_decimal, format_decimal, get_currency_name
from django.utils.translation import get_language, gettext

NBSP = "\u00a0"
MINUS = "\u2212"

#: British English: day before month, as readers in Sweden and France expect.
_LOCALES = {"en": "en_GB", "fr": "fr_FR", "sv": "sv_SE"}

#: Opening and closing quotation marks.
_QUOTES = {
    "en": ("\u201c", "\u201d"),
    "fr": (f"\u00ab{NBSP}", f"{NBSP}\u00bb"),
    "sv": ("\u201d", "\u201d"),
}

#: A day, days of one month, and days of several months.
_SPANS = {
    "en": ("{}", "{}–{}", "{} to {}"),
    "fr": ("le {}", "du {} au {}", "du {} au {}"),
    "sv": ("den {}", "{}–{}", "{}–{}"),
}

_VOWELS = "aeiouyàâäåæéèêëîïôöœùûü"
#: Words that may be hyphenated in a narrow column, the consonants between two of their vowels, and
#: those that begin a syllable together; and the shortest length of a part of a word.
_LONG_WORD = re.compile(r"[^\W\d_]{12,}")
_CONSONANTS = re.compile(rf"(?<=[{_VOWELS}])[^\W\d_{_VOWELS}]+(?=[{_VOWELS}])", re.IGNORECASE)
_ONSET = re.compile(r"(?:[bcfgkp]l|[bcdfgkptv]r|[cpt]h|k[nv]|qu)$", re.IGNORECASE)
SHORTEST_PART = 4

#: From this amount on, money is written as "1.2 million".
COMPACT_FROM = 1_000_000


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(_LOCALES.get(language, "en_GB"))


def locale(language: str | None = None) -> Locale:
    """The Babel locale of a language code, or of the active language; English if unknown."""
    return _locale((language or get_language() or "en")[:2])


def _finish(text: str) -> str:
    return text.replace("-", MINUS).replace(" ", NBSP)


def colon(*, language: str | None = None) -> str:
    """A colon as the language sets it: after a no-break space in French."""
    return _after_word(":", language)


def semicolon(*, language: str | None = None) -> str:
    """A semicolon as the language sets it, like `colon`."""
    return _after_word(";", language)


def _after_word(sign: str, language: str | None) -> str:
    return f"{NBSP}{sign}" if locale(language).language == "fr" else sign


def quoted(text: str, *, language: str | None = None) -> str:
    """`text` in the quotation marks of the language: “x”, « x » in French, ”x” in Swedish."""
    before, after = _QUOTES[locale(language).language]
    return f"{before}{text}{after}"


def with_soft_hyphens(text: str) -> str:
    """`text` with a soft hyphen in each long word, for narrow table heads: between its parts where
    many consonants meet, else at the syllable nearest to the middle."""
    return _LONG_WORD.sub(lambda match: _parted(match.group()), text)


def _parted(word: str) -> str:
    places = []
    for between in _CONSONANTS.finditer(word):
        cluster = between.group()
        at = between.end() - (2 if _ONSET.search(cluster) else 1)
        if SHORTEST_PART <= at <= len(word) - SHORTEST_PART:
            places.append((-len(cluster), abs(2 * at - len(word)), at))
    if not places:
        return word
    at = min(places)[-1]
    return f"{word[:at]}\u00ad{word[at:]}"


def is_recorded(value: object) -> bool:
    """Whether there is a value: neither None, nor an empty text, nor NaN."""
    if value is None or value == "":
        return False
    return not (isinstance(value, float) and math.isnan(value))


def number(
    value: float | int | Decimal,
    digits: int | None = None,
    *,
    signed: bool = False,
    language: str | None = None,
) -> str:
    """A number in the reader's language: -1234.5 gives "−1,234.5", "−1 234,5" in French.

    Without `digits` the decimals are those of the value, at most six; with it, exactly that many.
    `signed` writes a plus before positive numbers. ValueError for NaN and infinity.
    """
    return _number(str(value), digits, signed, (language or get_language() or "en")[:2])


@lru_cache(maxsize=20_000)
def _number(value: str, digits: int | None, signed: bool, language: str) -> str:
    exact = Decimal(value)
    if not exact.is_finite():
        raise ValueError(f"{value} is not a finite number")
    decimals = "" if digits == 0 else "." + ("#" * 6 if digits is None else "0" * digits)
    text = format_decimal(exact, format=f"#,##0{decimals}", locale=locale(language))
    # A value that rounds to zero has no sign.
    nothing = not any(character in "123456789" for character in text)
    if nothing:
        text = text.removeprefix("-")
    return ("+" if signed and exact > 0 and not nothing else "") + _finish(text)


def significant(value: float, *, signed: bool = False, language: str | None = None) -> str:
    """A number with three significant digits, all digits before the point kept: 0.01234 gives
    "0.0123".

    ValueError for NaN and infinity.
    """
    size = math.floor(math.log10(abs(value))) if value else 0
    digits = min(max(0, 2 - size), 12)
    rounded = round(value, digits)
    return number(rounded, digits if rounded else 0, signed=signed, language=language)


def estimate(
    value: float,
    unit: str = "",
    digits: int | None = None,
    *,
    signed: bool = False,
    language: str | None = None,
) -> str:
    """A pooled or predicted effect with at most two significant digits: 1234 gives "1,200" and
    0.0123 gives "0.012". `digits`: the maximum number of decimals.

    ValueError for NaN and infinity.
    """
    rounded = float(f"{value:.1e}")
    decimals = max(0, 1 - math.floor(math.log10(abs(rounded)))) if rounded else 0
    if decimals and rounded == round(rounded, decimals - 1):
        decimals -= 1
    shown = min(decimals, 12 if digits is None else digits)
    return quantity(rounded, unit, shown, signed=signed, language=language)


#: The ends of a published range, which stands in place of a value.
Ends = tuple[float, float] | None


def effect(
    value: float,
    unit: str = "",
    *,
    is_change: bool,
    ends: Ends = None,
    language: str | None = None,
) -> str:
    """A recorded effect: a change with at most two digits that count, a level as it is recorded.

    A published range is written as one, whatever `value` is: "−39 to −23 %". Tables of figures, the
    API and downloads give all digits of the source.
    """
    if ends is not None:
        low, high = (
            effect(end, sign, is_change=is_change, language=language)
            for end, sign in zip(ends, ("", unit), strict=True)
        )
        return gettext("%(low)s to %(high)s") % {"low": low, "high": high}
    if not is_change:
        return quantity(value, unit, language=language)
    if unit == "%" and abs(value) < 100 <= abs(float(f"{value:.1e}")):
        # −99.6 % must not be rounded to −100 %.
        return quantity(value, unit, 1, signed=True, language=language)
    return estimate(value, unit, signed=True, language=language)


def quantity(
    value: float | int | Decimal,
    unit: str,
    digits: int | None = None,
    *,
    signed: bool = False,
    language: str | None = None,
) -> str:
    """A number with its unit after a no-break space; only the unit may break."""
    text = number(value, digits, signed=signed, language=language)
    return f"{text}{NBSP}{unit}" if unit else text


def rest_of_unit(unit: str, name: str) -> str:
    """The part of a unit's name that its symbol lacks: "of rainfall" of "percent of rainfall";
    empty if the name is the symbol."""
    if unit == name:
        return ""
    if unit == "%":
        for words in ("percent ", "procent ", "pour cent ", "% "):
            name = name.removeprefix(words)
    return name


def amount(value: Decimal | int | float, *, language: str | None = None) -> str:
    """An amount without its currency, compact from a million on: "180 million"."""
    exact = Decimal(str(value))
    if abs(exact) < COMPACT_FROM:
        digits = 0 if exact == exact.to_integral_value() else 2
        return number(exact, digits, language=language)
    return _compact(exact, locale(language).language)


@lru_cache(maxsize=4_000)
def _compact(value: Decimal, language: str) -> str:
    # Babel chooses the plural before it rounds, and takes "millions" for exactly one in French.
    unit = Decimal(10) ** (value.adjusted() // 3 * 3)
    value = Decimal(round(round(value / unit, 1) * unit))
    if language == "fr" and abs(value) in (10**6, 10**9, 10**12):
        value *= Decimal("1.000001")
    text = format_compact_decimal(
        value, format_type="long", fraction_digits=1, locale=locale(language)
    )
    return _finish(text)


def currency_name(currency: str, *, language: str | None = None) -> str:
    """The name of an ISO 4217 code in the reader's language; the code itself if unknown."""
    return str(get_currency_name(currency, locale=locale(language)))


def money(
    value: Decimal | int | float,
    currency: str,
    year: int | None = None,
    *,
    language: str | None = None,
) -> str:
    """An amount in major units with currency and price year: "180 million EUR (prices of 2000)"."""
    text = f"{amount(value, language=language)}{NBSP}{currency}"
    return f"{text} ({prices_of(year)})"


def prices_of(year: int | None) -> str:
    """The price year in words."""
    if year is None:
        return gettext("price year not known")
    return gettext("%(year)s prices") % {"year": year}


def grade(points: int | None) -> str:
    """An evidence grade in words: "Strength of evidence: 3 of 5", or "… not graded"."""
    if points is None:
        return gettext("Strength of evidence: not graded")
    return gettext("Strength of evidence: %(points)s of %(max)s") % {"points": points, "max": 5}


def period(start: int | None, end: int | None) -> str:
    """Years from `start` to `end`; "years not known" where both are missing."""
    if start is None and end is None:
        return gettext("years not known")
    if end is None:
        return gettext("from %(year)s") % {"year": start}
    if start is None:
        return gettext("until %(year)s") % {"year": end}
    return str(start) if start == end else f"{start}–{end}"


def day(date: dt.date, *, language: str | None = None) -> str:
    """A date in full, such as "24 November 2026"."""
    # A datetime is a date too, and counts as its day.
    return _day(dt.date(date.year, date.month, date.day), locale(language).language)


@lru_cache(maxsize=4_000)
def _day(date: dt.date, language: str) -> str:
    day = format_date(date, format="d MMMM y", locale=locale(language))
    # The first of a month is an ordinal in French.
    return f"1er{day[1:]}" if language == "fr" and date.day == 1 else day


def days(first: dt.date, last: dt.date, *, language: str | None = None) -> str:
    """The days from `first` to `last`, with shared parts once: "1–3 July 2026"; or a single day."""
    single, within, across = _SPANS[locale(language).language]
    begin, end = day(first, language=language), day(last, language=language)
    if first == last:
        return single.format(end)
    if first.year != last.year:
        return across.format(begin, end)
    number, name, _year = begin.split()
    return (
        within.format(number, end)
        if first.month == last.month
        else across.format(f"{number} {name}", end)
    )


def month(date: dt.date, *, language: str | None = None) -> str:
    """A month, such as "November 2026"."""
    return format_date(date, format="MMMM y", locale=locale(language))


def time_of_data(label: str) -> str:
    """The day or month of data in full, from "2025-03" or "2025-03-01"; a year as it is."""
    try:
        if len(label) == len("2025-03"):
            return month(dt.date.fromisoformat(f"{label}-01"))
        return day(dt.date.fromisoformat(label)) if "-" in label else label
    except ValueError:
        return label


def language_name(code: str, *, language: str | None = None) -> str:
    """The name of a language in the reader's language, such as "French" or "franska"."""
    return str(locale(language).languages.get(code, code))
