"""The date as of which a page, chart, download or API response shows the data."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from alliance.core.errors import Fault, InvalidData

PARAMETER = "as_of"


def moment_of(text: str | None, *, now: dt.datetime) -> dt.datetime | None:
    """Parses `?as_of=` to a time in UTC; None for the present.

    A date such as 2026-06-30 means the end of that day. Raises InvalidData for anything else that
    is not a time, and for the future, since nobody knows yet what will be known then.
    """
    if not text:
        return None
    try:
        moment = (
            dt.datetime.combine(dt.date.fromisoformat(text), dt.time.max, dt.UTC)
            if len(text) == len("2026-06-30")
            else dt.datetime.fromisoformat(text)
        )
    except ValueError:
        raise InvalidData([Fault(PARAMETER, "not-a-moment", {"value": text})]) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    moment = moment.astimezone(dt.UTC)
    if moment.date() > now.date():
        raise InvalidData([Fault(PARAMETER, "in-future")])
    return None if moment >= now else moment


def known_at(moment: dt.datetime | None) -> Q:
    """The condition on observations that were in force at `moment`; None for the present."""
    if moment is None:
        return Q(superseded_at=None)
    return Q(recorded_at__lte=moment) & (Q(superseded_at=None) | Q(superseded_at__gt=moment))
