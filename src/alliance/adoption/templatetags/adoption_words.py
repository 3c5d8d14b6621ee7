"""Template tags and filters of the page of an adoption."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from alliance.adoption import rules
from alliance.adoption.enums import Stage
from alliance.adoption.forms import PlanForm
from alliance.adoption.models import Adoption
from alliance.adoption.selectors.adoptions import HistoryLine
from alliance.equity.questions import JUSTICE
from alliance.network.enums import SubjectKind

register = template.Library()

TURNS: dict[str, str | Promise] = {
    rules.AGREE: _("read the terms, then agree to them, change them or decline."),
    rules.CHOOSE: _("choose a solution to the need."),
    rules.PLAN: _("complete the plan."),
    rules.CHECK: _("show who gains and who pays, before anything is tested on people."),
    rules.PILOT: _("register a pilot, or roll out directly."),
    rules.DECIDE: _("the pilot has ended: decide whether to roll it out."),
    rules.PUBLISH: _("publish the result as a case, whether it worked or not."),
}
ICONS = {
    Stage.NEED: "need",
    Stage.CHOSEN: "search",
    Stage.AGREED: "partner",
    Stage.PLANNED: "plan",
    Stage.PILOTED: "pilot",
    Stage.ROLLED_OUT: "result",
    Stage.REPORTED: "case",
}
_HISTORY: dict[str, str | Promise] = {
    "propose": _("started by %(side)s"),
    "choose": _("solution chosen by %(side)s"),
    "change": _("terms changed by %(side)s"),
    "agree": _("terms accepted by %(side)s"),
    "review": _("%(side)s asked for a peer review"),
    "do step": _("task %(step)s marked as done by %(side)s"),
    "undo step": _("task %(step)s marked as not done by %(side)s"),
    "plan": _("plan written by %(side)s"),
    "check": _("fairness check chosen by %(side)s"),
    "pilot": _("pilot registered"),
    "result": _("result published"),
    "end": _("ended by %(side)s"),
}


@register.filter
def justice_answers(line: Adoption) -> list[tuple[Any, str]]:
    """The four dimensions of justice, each with the answer of the plan, or of its published
    fairness check.
    """
    check = line.fairness
    answers = {**(check.answers if check and check.opened_at else {}), **line.justice}
    return [(dimension.text, answers.get(dimension.code, "")) for dimension in JUSTICE]


@register.filter
def turn_words(act: str) -> str | Promise:
    """The label of the next action."""
    return TURNS[act]


@register.filter
def stage_icon(stage: str) -> str:
    """The icon of a stage."""
    return ICONS[Stage(stage)]


@register.filter
def plan_label(name: str) -> str:
    """The label of a field of the plan."""
    label = PlanForm.base_fields[name.removesuffix("_minor")].label
    return str(label)


@register.simple_tag
def history_words(line: HistoryLine) -> str:
    """The text of an action in the history."""
    return str(_HISTORY[line.verb]) % {"side": line.side, "step": line.step}


@register.filter
def case_href(adoption: Adoption) -> str:
    """The address at which the case of the result is started."""
    asked = {"team": adoption.adopter.public_id}
    if adoption.subject_kind == SubjectKind.CASE and not adoption.is_hidden:
        asked["adapted_from"] = adoption.subject_id
    return f"{reverse('knowledge:write-new')}?{urlencode(asked)}"
