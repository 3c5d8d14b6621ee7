"""Template filters for challenges."""

from __future__ import annotations

import datetime as dt

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.testbeds import challenge_rules as rules
from alliance.testbeds.enums import ChallengePhase
from alliance.testbeds.models import Challenge
from alliance.testbeds.selectors.challenges import CLOSED, DECIDED, OPEN, WAITING, WITHDRAWN

register = template.Library()

_PARTS: dict[str, Promise] = {
    OPEN: _("Open"),
    CLOSED: _("Closed, awaiting a decision"),
    WAITING: _("Waiting a long time for a decision"),
    DECIDED: _("Decided"),
    WITHDRAWN: _("Withdrawn"),
}
_OFFERS: dict[str, Promise] = {"place": _("Place"), "data": _("Data"), "budget": _("Budget")}


@register.filter
def challenge_part(code: str) -> str | Promise:
    """The label of a part of the list of challenges."""
    return _PARTS.get(code, code)


@register.filter
def phase(challenge: Challenge, today: dt.date) -> ChallengePhase:
    """The phase of a challenge on a day."""
    return rules.phase(challenge, today)


@register.filter
def days_late(challenge: Challenge, today: dt.date) -> int:
    """For how many days a decision has been waiting, if longer than the limit; else 0."""
    days = rules.days_waiting(challenge, today)
    return days if days > rules.WAITING_DAYS else 0


@register.filter
def offers(challenge: Challenge) -> list[tuple[str, str]]:
    """The kinds of offers of a city with their texts."""
    return [(name, getattr(challenge, f"offers_{name}")) for name in _OFFERS]


@register.filter
def offer_name(code: str) -> str | Promise:
    """The label of a kind of offer."""
    return _OFFERS.get(code, code)
