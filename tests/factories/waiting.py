"""What waits for a person, in words."""

from __future__ import annotations

import datetime as dt

from alliance.core.audit import Actor
from alliance.network.selectors.waiting import WaitingLine, items_for, lines


def waiting_for(actor: Actor, *, at: dt.datetime, language: str) -> tuple[WaitingLine, ...]:
    """What the page "My work" shows to a person, with no word on whose turn it is."""
    return lines(items_for(actor, at=at), at=at, language=language)
