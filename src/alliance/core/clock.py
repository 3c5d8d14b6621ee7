"""The clock, in one place so that services and tests can set the time."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

#: The time zone of the cities: a phase opens and closes at their midnight.
CITY_TIME = ZoneInfo("Europe/Stockholm")


def now() -> dt.datetime:
    """The present time, aware, in UTC."""
    return dt.datetime.now(dt.UTC)


def hour_of(at: dt.datetime) -> dt.datetime:
    """The beginning of the hour: all that is stored of when a resident took part or voted.

    A finer time would link a vote to whatever else was written in the same moment.
    """
    return at.replace(minute=0, second=0, microsecond=0)


def day_of(at: dt.datetime) -> dt.datetime:
    """The beginning of the day, in UTC."""
    return hour_of(at.astimezone(dt.UTC)).replace(hour=0)


def last_day(end: dt.datetime) -> dt.date:
    """The last date, in UTC, that is before `end`."""
    return (end - dt.timedelta(microseconds=1)).astimezone(dt.UTC).date()


def today() -> dt.date:
    """The present date in UTC."""
    return now().date()
