"""Words and small drawings of this app's templates."""

from __future__ import annotations

from typing import Any

from django import template
from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from alliance.indicators import enums
from alliance.indicators.models import Score
from alliance.indicators.selectors import standing_texts
from alliance.indicators.selectors.words import Words, told

register = template.Library()

_KINDS: dict[str, type[TextChoices]] = {
    "boundary": enums.Boundary,
    "direction": enums.Direction,
    "nature": enums.Nature,
    "scale": enums.Scale,
    "standing": enums.Standing,
    "status": enums.Status,
    "trend": enums.TrendLabel,
    "batch": enums.BatchKind,
    "error": enums.ErrorBasis,
}
#: The shapes of outcomes serve for standings too: they differ without their colour.
_MARKS = {"leading": "worked", "typical": "mixed", "must-do-more": "did-not-work"}


@register.filter
def word(code: str, kind: str) -> str | Promise:
    """The word of a code, such as `{{ "E"|word:"status" }}`. A code without one is shown."""
    choices = _KINDS[kind]
    return choices(code).label if code in choices.values else code


@register.filter
def mark_of(standing: str) -> str:
    """The code of the mark that stands for a standing."""
    return _MARKS.get(standing, "unknown")


@register.filter
def standing_word(mark: str) -> str | Promise:
    """The word of the standing that a mark of a map stands for."""
    for standing, code in _MARKS.items():
        if code == mark:
            return enums.Standing(standing).label
    return _("unclear, not ranked or no data")


@register.filter
def arrow(score: Score | None) -> str:
    """The arrow of a score's trend; empty where none is told."""
    if score is None:
        return ""
    return standing_texts.arrow(score.trend, score.slope_low, score.slope_high)


@register.filter
def clause(code: str) -> str | Promise:
    """Why a figure is not put in an order."""
    return standing_texts.clause_text(code)


@register.filter
def peers(code: str) -> str:
    """The name of a group of peers."""
    return standing_texts.peer_group_text(code, (get_language() or "en")[:2])


@register.filter
def percent(share: float | None) -> float | None:
    """A share of 1 as a percentage."""
    return None if share is None else 100 * share


@register.simple_tag
def say(text: Words) -> SafeString:
    """Words marked with their language where it is not the page's."""
    if not text.foreign:
        return conditional_escape(text.value)
    return format_html('<span lang="{}">{}</span>', text.foreign, text.value)


@register.filter
def own(record: Any, field: str) -> str:
    """What a field of a record says in the page's language, such as `{{ city|own:"name" }}`."""
    return told(record, field, get_language() or "en")
