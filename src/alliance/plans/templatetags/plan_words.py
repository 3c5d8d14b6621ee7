"""How pages of plans write what changed."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from alliance.plans.changes import Part

register = template.Library()


@register.simple_tag
def taken_away(parts: Sequence[Part]) -> SafeString:
    """A paragraph with what is no longer in it struck out."""
    return _marked(parts, "<del>{}</del>")


@register.simple_tag
def added(parts: Sequence[Part]) -> SafeString:
    """A paragraph with what is new in it underlined."""
    return _marked(parts, "<ins>{}</ins>")


def _marked(parts: Sequence[Part], changed: str) -> SafeString:
    # Nothing stands between two parts: they hold the blanks of the text.
    return SafeString(
        "".join(format_html(changed if part.is_changed else "{}", part.text) for part in parts)
    )
