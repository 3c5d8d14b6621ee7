"""How pages of dialogues write shares."""

from __future__ import annotations

from django import template

from alliance.web import formatting

register = template.Library()


@register.filter
def share(value: float | None) -> str:
    """A share from 0 to 1 as a whole percentage; a dash where nobody voted."""
    return "–" if value is None else formatting.quantity(round(100 * value), "%")
