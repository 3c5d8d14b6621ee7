"""Numbers as people write them in Swedish, French and English, read without guessing."""

from __future__ import annotations

import re
import sys
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from alliance.web import formatting

#: Digits in one number: those of the smallest that a float holds.
MOST_DIGITS = 340
#: The largest whole number that both databases hold.
LARGEST = 2**31 - 1
#: More than this in major units, no database column holds in minor ones.
MOST_MONEY = 10**14

_SPACES = re.compile("[\u0020\u00a0\u2009\u202f]")
_GROUPED = {
    " ": re.compile(r"^[1-9]\d{0,2}( \d{3})+$"),
    ",": re.compile(r"^[1-9]\d{0,2}(,\d{3})+$"),
    ".": re.compile(r"^[1-9]\d{0,2}(\.\d{3})+$"),
}
_MINUS = str.maketrans({"\u2212": "-", "\u2013": "-", "\u2010": "-", "\u2011": "-"})


def decimal_sign(language: str) -> str:
    """The sign before decimals: a comma in Swedish and French, a point in English."""
    return "." if language == "en" else ","


def _refuse(text: str, language: str) -> ValidationError:
    example = "−1,234.5" if language == "en" else "−1\N{NO-BREAK SPACE}234,5"
    return ValidationError(
        _("“%(text)s” is not a number. Enter digits only, for example %(example)s.")
        % {"text": text, "example": example}
    )


def _unclear(text: str, language: str) -> ValidationError:
    digits = text.replace(",", "").replace(".", "")
    left, right = re.split("[.,]", text, maxsplit=1)
    return ValidationError(
        _("“%(text)s” can be read in two ways. Enter %(whole)s or %(part)s.")
        % {"text": text, "whole": digits, "part": f"{left}{decimal_sign(language)}{right}"}
    )


def _digits(whole: str) -> str | None:
    """`whole` without its thousands signs; None where they do not stand in threes."""
    for sign, pattern in _GROUPED.items():
        if sign in whole:
            return whole.replace(sign, "") if pattern.match(whole) else None
    return whole if whole.isdigit() else None


def parse_number(text: str, language: str) -> Decimal | None:
    """The number that `text` means in `language`; None where it is empty.

    Thousands may be set apart by spaces, in English by commas. Raises ValidationError for what is
    no number, and for what could be two: "1.234" in Swedish, "12,5" in English is refused too.
    """
    typed = text.strip()
    if not typed:
        return None
    plain = _SPACES.sub(" ", typed).translate(_MINUS)
    sign = plain[0] if plain[0] in "+-" else ""
    plain = plain[len(sign) :].lstrip()
    point = decimal_sign(language)
    other = "," if point == "." else "."
    whole, separator, decimals = plain.partition(point)
    if not separator and language != "en" and "." in plain:
        # A point is no Swedish or French sign, but many type it for the comma.
        if _GROUPED["."].match(plain):
            raise _unclear(typed, language)
        whole, separator, decimals = plain.partition(".")
    digits = _digits(whole) if whole or not separator else "0"
    mixed = other in whole and " " in whole
    if digits is None or mixed or (separator and not (decimals.isascii() and decimals.isdigit())):
        raise _refuse(typed, language)
    if not digits.isascii() or len(digits) + len(decimals) > MOST_DIGITS:
        raise _refuse(typed, language)
    return Decimal(f"{'-' if sign == '-' else ''}{digits}.{decimals or 0}")


def written(value: float | int | None, language: str) -> str:
    """A number as it stands in a field: every digit, no thousands signs."""
    if value is None:
        return ""
    text = format(Decimal(repr(value)), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(".", decimal_sign(language)).replace("-", "−")


def _language() -> str:
    return (get_language() or "en")[:2]


class NumberField(forms.CharField):
    """A number in the language of the page, as float; None where the field is empty.

    `most`: how far from nought it may lie.
    """

    def __init__(self, *, most: float = sys.float_info.max, **options: Any) -> None:
        self.most = most
        options.setdefault("required", False)
        options.setdefault(
            "widget",
            forms.TextInput(attrs={"autocomplete": "off", "size": 10}),
        )
        super().__init__(**options)

    def prepare_value(self, value: Any) -> Any:
        """What the field shows: a stored number in words of the page, typed text as it is."""
        return value if isinstance(value, str) or value is None else written(value, _language())

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        number = parse_number(text, _language())
        if number is None:
            return None
        if abs(number) > self.most:
            raise ValidationError(
                _("“%(text)s” is too large. Enter a smaller number.") % {"text": text}
            )
        return float(number)


class WholeField(NumberField):
    """A whole number from `least` to `most`; None where the field is empty."""

    def __init__(self, *, least: int = 0, most: int = LARGEST, **options: Any) -> None:
        super().__init__(most=most, **options)
        self.least = least

    def clean(self, value: Any) -> Any:
        number = parse_number(forms.CharField.clean(self, value), _language())
        if number is None:
            return None
        if number != number.to_integral_value():
            raise ValidationError(_("Enter a whole number."))
        if not self.least <= number <= self.most:
            raise ValidationError(
                _("Enter a number between %(least)s and %(most)s.")
                % {
                    "least": formatting.number(self.least),
                    "most": formatting.number(self.most),
                }
            )
        return int(number)


class YearField(WholeField):
    """A year of four digits; None where the field is empty."""

    def __init__(self, **options: Any) -> None:
        super().__init__(least=0, most=9999, **options)
        self.widget.attrs.update(inputmode="numeric", size=5)
        self.error_messages["invalid"] = gettext_lazy("Enter the year with four digits.")

    def clean(self, value: Any) -> Any:
        text = forms.CharField.clean(self, value).strip()
        if text and not (text.isascii() and text.isdigit() and len(text) == 4):
            raise ValidationError(self.error_messages["invalid"])
        return int(text) if text else None
