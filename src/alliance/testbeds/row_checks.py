"""Checks that the texts of testbeds and challenges share; each names the field or the row."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from alliance.core.errors import Fault

LONGEST_URL = 500
_https = URLValidator(schemes=["https"])


def address_faults(where: str, address: str, *, required: bool = False) -> list[Fault]:
    """The fault of an address on the web: https, whole, without a name and password in it."""
    if not address:
        return [Fault(where, "missing")] if required else []
    try:
        _https(address)
        is_whole = "@" not in urlsplit(address).netloc
    except (ValidationError, ValueError):
        is_whole = False
    return [] if is_whole and len(address) <= LONGEST_URL else [Fault(where, "not-https")]


def range_faults(where: str, value: float | None, low: float, high: float) -> list[Fault]:
    """The fault of a number outside of its range, ends counted; None is not said and no fault."""
    if value is None or low <= value <= high:
        return []
    return [Fault(where, "not-between", {"low": low, "high": high})]


def most_faults(where: str, rows: Collection[object], most: int) -> list[Fault]:
    """The fault of more rows than are taken."""
    if len(rows) <= most:
        return []
    return [Fault(where, "too-many", {"most": most})]
