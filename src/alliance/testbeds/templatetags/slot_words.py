"""Template tags for free slots, in words and never by colour alone."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

from alliance.testbeds.slots import Month

register = template.Library()


@register.simple_tag
def free_slots(taken: int, capacity: int) -> str:
    """The number of free slots: “2 of 3 free”; an overbooked period has none."""
    return _("%(free)s of %(all)s free") % {"free": max(capacity - taken, 0), "all": capacity}


@register.simple_tag
def month_slots(month: Month, capacity: int) -> str:
    """The number of free slots in a month, also if it changes within the month."""
    values = {"least": month.least, "most": month.most, "all": capacity}
    if month.most == 0:
        return _("full")
    if month.least == 0:
        return _("full on some days")
    if month.least == month.most:
        return _("%(most)s of %(all)s free") % values
    return _("%(least)s to %(most)s of %(all)s free") % values
