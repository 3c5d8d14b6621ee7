"""Filters and tags for shares in dialogues."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from alliance.dialogues.selectors import Shares
from alliance.web import formatting

register = template.Library()


@register.filter
def share(value: float | str | None) -> str:
    """A share from 0 to 1 as a whole percentage; a dash if nobody voted or too few are known."""
    return (
        "–"
        if value is None or isinstance(value, str)
        else formatting.quantity(round(100 * value), "%")
    )


@register.simple_tag
def vote_bar(votes: Shares) -> SafeString:
    """Agree, pass and disagree as the parts of one bar; the numbers are next to it as text."""
    agree, passed, against = (
        100 * (share or 0) for share in (votes.agree, votes.passed, votes.disagree)
    )
    return format_html(
        '<svg class="bar" aria-hidden="true"><rect class="agree" width="{0}%" height="100%"/>'
        '<rect class="pass" x="{0}%" width="{1}%" height="100%"/>'
        '<rect class="against" x="{2}%" width="{3}%" height="100%"/></svg>',
        *(f"{percent:.1f}" for percent in (agree, passed, agree + passed, against)),
    )
