"""Words for what is counted of give and take."""

from __future__ import annotations

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()

COUNTED: dict[str, str | Promise] = {
    "cases": _("Cases published"),
    "failures": _("of these: did not work"),
    "adapted": _("Adapted by other cities"),
    "answered": _("Questions answered"),
    "offers": _("Offers made"),
    "helps": _("Agreements to help another city"),
    "needs_of_others": _("Needs of other cities answered"),
    "adapting": _("Adapted from other cities"),
    "adopts": _("Agreements to adopt from another city"),
    "needs_answered": _("Own needs that were answered"),
    "unanswered": _("Questions without an answer"),
    "needs_open": _("Own needs still open"),
    "steps_overdue": _("Agreed steps that are overdue"),
}


@register.filter
def counted(name: str) -> str | Promise:
    """What a count is called."""
    return COUNTED[name]
