"""Words for the codes of challenges."""

from __future__ import annotations

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.testbeds.selectors.challenges import CLOSED, DECIDED, OPEN, WAITING, WITHDRAWN

register = template.Library()

_PARTS: dict[str, Promise] = {
    OPEN: _("Open"),
    CLOSED: _("Closed, not decided"),
    WAITING: _("Waiting for long"),
    DECIDED: _("Decided"),
    WITHDRAWN: _("Withdrawn"),
}
_OFFERS: dict[str, Promise] = {"place": _("Place"), "data": _("Data"), "budget": _("Budget")}


@register.filter
def challenge_part(code: str) -> str | Promise:
    """The name of a part of the list of challenges."""
    return _PARTS.get(code, code)


@register.filter
def offer_name(code: str) -> str | Promise:
    """What a city offers besides the task."""
    return _OFFERS.get(code, code)
