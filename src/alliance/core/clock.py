"""The one place that asks what time it is, so that services and tests can be told."""

from __future__ import annotations

import datetime as dt


def now() -> dt.datetime:
    """The present moment, aware, UTC."""
    return dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """The present date in UTC."""
    return now().date()
