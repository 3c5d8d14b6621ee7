"""Words for the codes of pilots."""

from __future__ import annotations

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.testbeds.enums import EvaluationState, PilotState
from alliance.testbeds.messages.verdicts import design_name
from alliance.testbeds.selectors.lists import OVERDUE, RESULTS, RUNNING, STOPPED

register = template.Library()

_PARTS: dict[str, Promise] = {
    RUNNING: _("Running"),
    OVERDUE: _("Result overdue"),
    RESULTS: _("With results"),
    STOPPED: _("Stopped early"),
}


@register.filter
def pilot_state(code: str) -> str | Promise:
    """The word of a state of a pilot."""
    return PilotState(code).label if code in PilotState.values else code


@register.filter
def result_state(code: str) -> str | Promise:
    """The word of a state of an analysis."""
    return EvaluationState(code).label if code in EvaluationState.values else code


@register.filter
def pilot_design(code: str) -> str:
    """The word of a design."""
    return design_name(code)


@register.filter
def part_name(code: str) -> str | Promise:
    """The name of a part of the list of pilots."""
    return _PARTS.get(code, code)


@register.filter
def get(mapping: dict[str, object], key: str) -> object:
    """The value at a key that a variable holds."""
    return mapping.get(key)
