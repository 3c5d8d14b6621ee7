"""Moments as the clock of the cities shows them, in the templates of all rooms."""

from __future__ import annotations

import datetime as dt

from django import template
from django.templatetags.tz import do_timezone

from alliance.core import clock

register = template.Library()


@register.filter
def city_time(at: dt.datetime | None) -> dt.datetime | None:
    """A moment by the clock of the cities, which later filters do not turn back into UTC."""
    return at and do_timezone(at, clock.CITY_TIME)
