"""Filters and tags for fairness checks, for this app and lower ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.equity.models import CheckLine
from alliance.equity.rules import Missing
from alliance.equity.selectors.access import area_sets
from alliance.equity.selectors.checks import check_of_process
from alliance.participation.models import Process
from alliance.web import formatting

register = template.Library()

_MISSING: Mapping[str, str | Promise] = {
    Missing.GROUPS: gettext_lazy("a table row about a group"),
    Missing.AREAS: gettext_lazy("a table row about an area"),
    Missing.HEARD: gettext_lazy("a testimony"),
    Missing.MITIGATION: gettext_lazy("support for those who pay"),
    Missing.PUBLISHED: gettext_lazy("publication"),
}


@register.filter
def missing_words(codes: Iterable[str]) -> str:
    """What a check lacks, in words."""
    return ", ".join(str(_MISSING[code]) for code in codes)


@register.simple_tag
def figure_of(line: CheckLine) -> str:
    """The figure of a line with its unit and its range; empty if it has none."""
    if line.value is None:
        return ""
    text = formatting.quantity(line.value, line.unit)
    if line.low is not None and line.high is not None:
        low, high = formatting.number(line.low), formatting.number(line.high)
        return str(_("%(value)s (%(low)s to %(high)s)")) % {"value": text, "low": low, "high": high}
    if line.low is not None:
        return str(_("%(value)s, at least %(low)s")) % {
            "value": text,
            "low": formatting.number(line.low),
        }
    if line.high is not None:
        return str(_("%(value)s, at most %(high)s")) % {
            "value": text,
            "high": formatting.number(line.high),
        }
    return text


@register.simple_tag
def range_strip(line: CheckLine, scales: Mapping[str, tuple[float, float]]) -> SafeString:
    """The range of a figure, drawn on the scale of its unit; nothing without one."""
    low, high = scales.get(line.unit, (0.0, 0.0))
    if line.value is None or high <= low:
        return SafeString("")

    def x(value: float) -> str:
        return f"{4 + 92 * (value - low) / (high - low):.1f}%"

    left = line.value if line.low is None else line.low
    right = line.value if line.high is None else line.high
    return format_html(
        '<svg class="strip" aria-hidden="true">'
        '<line class="ax" x1="0" x2="100%" y1="50%" y2="50%"/>'
        '<line class="zero" x1="{0}" x2="{0}" y1="10%" y2="90%"/>'
        '<line class="ci" x1="{1}" x2="{2}" y1="50%" y2="50%"/>'
        '<circle class="dot" cx="{3}" cy="50%" r="5"/></svg>',
        x(0.0),
        x(left),
        x(right),
        x(line.value),
    )


@register.inclusion_tag("equity/parts/of_process.html")
def check_to_challenge(process: Process) -> dict[str, Any]:
    """The fairness check that residents of a process may challenge, and the areas of their city
    whose figures they may challenge. Two queries."""
    areas = area_sets().filter(organisation=process.organisation).defer("measured", "remarks")
    return {"check": check_of_process(process), "areas": areas.order_by("-year", "-id").first()}
