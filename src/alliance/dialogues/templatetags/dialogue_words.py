"""How pages of dialogues write shares."""

from __future__ import annotations

from django import template

from alliance.web import formatting

register = template.Library()


@register.filter
def share(value: float | str | None) -> str:
    """A share from 0 to 1 as a whole percentage; a dash where nobody voted or too few are known."""
    return (
        "–"
        if value is None or isinstance(value, str)
        else formatting.quantity(round(100 * value), "%")
    )
