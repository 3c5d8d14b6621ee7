"""Labels of the counts of give and take."""

from __future__ import annotations

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()

COUNTED: dict[str, str | Promise] = {
    "cases": _("Published cases"),
    "failures": _("of which did not work"),
    "adapted": _("Adapted by other cities"),
    "answered": _("Answered questions"),
    "offers": _("Offers published"),
    "helps": _("Agreements to help another city"),
    "needs_of_others": _("Needs of other cities met"),
    "adapting": _("Adapted from other cities"),
    "adopts": _("Agreements to adopt a solution from another city"),
    "needs_answered": _("Own needs met"),
    "unanswered": _("Questions not answered yet"),
    "needs_open": _("Own open needs"),
    "steps_overdue": _("Overdue agreed tasks"),
}


@register.filter
def counted(name: str) -> str | Promise:
    """The label of a count."""
    return COUNTED[name]
