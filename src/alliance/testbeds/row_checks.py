"""Checks that testbeds and challenges share; each fault names the field or row."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from alliance.core.errors import Fault

LONGEST_URL = 500
_https = URLValidator(schemes=["https"])


def address_faults(where: str, address: str, *, required: bool = False) -> list[Fault]:
    """Faults of a web address: it must be a complete https address without credentials."""
    if not address:
        return [Fault(where, "missing")] if required else []
    try:
        _https(address)
        is_whole = "@" not in urlsplit(address).netloc
    except (ValidationError, ValueError):
        is_whole = False
    return [] if is_whole and len(address) <= LONGEST_URL else [Fault(where, "not-https")]


def range_faults(where: str, value: float | None, low: float, high: float) -> list[Fault]:
    """Faults of a number outside its range, ends included; None is unknown and valid."""
    if value is None or low <= value <= high:
        return []
    return [Fault(where, "not-between", {"low": low, "high": high})]


def most_faults(where: str, rows: Collection[object], most: int) -> list[Fault]:
    """Faults of a list with too many rows."""
    if len(rows) <= most:
        return []
    return [Fault(where, "too-many", {"most": most})]
