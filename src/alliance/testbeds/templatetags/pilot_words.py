"""Template tags and filters for pilots."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from alliance.network.access import actor_of
from alliance.testbeds import rules
from alliance.testbeds.enums import PilotState
from alliance.testbeds.messages.cautions import fault_text
from alliance.testbeds.messages.verdicts import design_name
from alliance.testbeds.models import Evaluation
from alliance.testbeds.selectors.lists import OVERDUE, RESULTS, RUNNING, STOPPED, headline_of
from alliance.web.formatting import time_of_data

register = template.Library()
register.filter(time_of_data)

_PARTS: dict[str, Promise] = {
    RUNNING: _("Running"),
    OVERDUE: _("Result overdue"),
    RESULTS: _("With results"),
    STOPPED: _("Stopped early"),
}


@register.inclusion_tag("testbeds/parts/pilot_button.html", takes_context=True)
def pilot_button(context: template.Context, **asked: str) -> dict[str, Any]:
    """A link to the first step of a pilot, prefilled with `asked`, for editors of a
    municipality."""
    request: HttpRequest | None = context.get("request")
    if request is None or not rules.answering_teams(actor_of(request)):
        return {}
    return {"href": f"{reverse('testbeds:pilot-new')}?{urlencode(asked)}"}


@register.filter
def pilot_state(code: str) -> str | Promise:
    """The label of a state of a pilot."""
    return PilotState(code).label if code in PilotState.values else code


@register.filter
def headline(evaluation: Evaluation) -> str:
    """The result in one sentence."""
    return headline_of(evaluation, evaluation.pilot.plan)


@register.filter
def analysis_fault(fault: dict[str, object]) -> str:
    """Why an analysis failed."""
    return fault_text(fault) if fault else ""


@register.filter
def pilot_design(code: str) -> str:
    """The label of a design."""
    return design_name(code)


@register.filter
def part_name(code: str) -> str | Promise:
    """The label of a part of the list of pilots."""
    return _PARTS.get(code, code)


@register.filter
def get(mapping: dict[str, object], key: str) -> object:
    """The value at a variable key."""
    return mapping.get(key)
