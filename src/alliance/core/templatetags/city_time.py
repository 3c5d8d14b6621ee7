"""Times in the time zone of the cities, in the templates of all apps."""

from __future__ import annotations

import datetime as dt

from django import template
from django.templatetags.tz import do_timezone

from alliance.core import clock

register = template.Library()


@register.filter
def city_time(at: dt.datetime | None) -> dt.datetime | None:
    """A time in the time zone of the cities, which later filters do not convert back to UTC."""
    return at and do_timezone(at, clock.CITY_TIME)
