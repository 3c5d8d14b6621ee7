"""Money as integer minor units of an ISO 4217 currency: codes, exponents and conversion."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from functools import cache

import pycountry

from alliance.core.errors import BrokenRule

DEFAULT_EXPONENT = 2

# Number of decimals of each currency that does not have two (ISO 4217, column "minor unit").
# The withdrawn ESP, ITL, LUF and TRL follow the Unicode CLDR, which gives them no decimals.
EXPONENTS: dict[str, int] = {
    **dict.fromkeys(
        (
            *("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF"),
            *("UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"),
            *("ESP", "ITL", "LUF", "TRL"),
        ),
        0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}

# Withdrawn currencies in which older European costs were recorded; pycountry lists current ones.
WITHDRAWN = frozenset(
    {
        *("ATS", "BEF", "BGL", "BGN", "CYP", "DEM", "EEK", "ESP", "FIM", "FRF", "GRD", "HRK"),
        *("IEP", "ITL", "LTL", "LUF", "LVL", "MTL", "NLG", "PTE", "ROL", "SIT", "SKK", "TRL"),
    }
)

# ISO 4217 codes in X are metals, funds and tests, except these, in which people are paid.
_SUPRANATIONAL = frozenset({"XAF", "XCD", "XCG", "XOF", "XPF"})


class MoneyError(BrokenRule):
    """An amount or a currency code breaks a rule."""


@cache
def _is_currency(code: str) -> bool:
    if code in WITHDRAWN:
        return True
    currency = pycountry.currencies.get(alpha_3=code)
    # pycountry accepts "sek" too
    if currency is None or currency.alpha_3 != code:
        return False
    return not code.startswith("X") or code in _SUPRANATIONAL


def validate_currency(code: str) -> str:
    """Return `code` if it is an ISO 4217 currency, current or withdrawn; else raise MoneyError.

    Codes are three capital letters; "sek" and "kr" are refused, not guessed. Codes for metals,
    tests and "no currency" (XAU, XTS, XXX) are refused.
    """
    if not isinstance(code, str) or not _is_currency(code):
        raise MoneyError("not-a-currency", {"value": code})
    return code


def exponent(currency: str) -> int:
    """Number of decimals of a currency: 2 for EUR, 0 for JPY, 3 for KWD. MoneyError if unknown."""
    return EXPONENTS.get(validate_currency(currency), DEFAULT_EXPONENT)


def to_minor(amount: Decimal | float | int | str, currency: str) -> int:
    """Minor units of an amount in major units: (12.5, "EUR") gives 1250, (1200, "JPY") gives 1200.

    A float is read by its shortest decimal text, so 0.1 means one tenth. An amount with more
    decimals than the currency has is refused, never rounded silently.
    """
    decimals = exponent(currency)
    if isinstance(amount, bool) or not isinstance(amount, Decimal | float | int | str):
        raise MoneyError("not-a-number")
    try:
        value = Decimal(str(amount))
    except InvalidOperation:
        raise MoneyError("not-a-number") from None
    if not value.is_finite():
        raise MoneyError("not-a-number")
    # Tuple arithmetic is exact; Decimal's own would round to the precision of the context.
    sign, digits, power = value.as_tuple()
    number = int("".join(map(str, digits)))
    shift = int(power) + decimals
    if abs(shift) > 100 and number:
        raise MoneyError("amount-too-large")
    if shift >= 0:
        minor = number * 10**shift if number else 0
    else:
        minor, rest = divmod(number, 10**-shift) if number else (0, 0)
        if rest:
            raise MoneyError("decimals", {"currency": currency, "n": decimals})
    return -minor if sign else minor


def to_major(minor: int, currency: str) -> Decimal:
    """The exact amount in major units: (1250, "EUR") gives Decimal("12.50"). Minor units are
    integers."""
    decimals = exponent(currency)
    if isinstance(minor, bool) or not isinstance(minor, int):
        raise MoneyError("not-whole")
    digits = tuple(int(digit) for digit in str(abs(minor)))
    return Decimal((int(minor < 0), digits, -decimals))
