"""The moment of knowledge that a page, chart, download or answer is asked for."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.utils.translation import gettext as _

from alliance.core.errors import Fault, InvalidData

PARAMETER = "as_of"


def moment_of(text: str | None, *, now: dt.datetime) -> dt.datetime | None:
    """What `?as_of=` asks for, in UTC; None where it asks for the present.

    A date such as 2026-06-30 means the end of that day. Raises InvalidData for anything else that
    is no moment, and for one in the future: nobody knows yet what will be known then.
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
        rule = _("is no date such as 2026-06-30, and no moment such as 2026-06-30T12:00:00Z")
        raise InvalidData([Fault(PARAMETER, rule)]) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    moment = moment.astimezone(dt.UTC)
    if moment.date() > now.date():
        rule = _("lies in the future: what will be known then is not known yet")
        raise InvalidData([Fault(PARAMETER, rule)])
    return None if moment >= now else moment


def known_at(moment: dt.datetime | None) -> Q:
    """The condition on observations that were in force at `moment`; None for the present."""
    if moment is None:
        return Q(superseded_at=None)
    return Q(recorded_at__lte=moment) & (Q(superseded_at=None) | Q(superseded_at__gt=moment))
