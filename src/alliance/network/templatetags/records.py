"""What templates say of records: names in the language of the page, and last days."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.utils.translation import get_language

from alliance.core import clock
from alliance.network import localise

register = template.Library()


@register.filter
def local_name(record: Any) -> str:
    """The name of a record in the language of the page; empty for no record."""
    return localise.local_name(record, get_language() or "en") if record else ""


@register.filter
def country_name(code: str) -> str:
    """The name of a country by its code."""
    return localise.country_name(code, get_language() or "en")


@register.filter
def last_day(end: dt.datetime | None) -> dt.date | None:
    """The last day on which something holds that ends at that moment; None where it has no end."""
    return clock.last_day(end) if end else None


@register.filter
def days_to(since: dt.datetime, at: dt.datetime) -> int:
    """How many whole days lie between two moments."""
    return (at - since).days
