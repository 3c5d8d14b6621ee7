"""Filters for the changes of a text."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from alliance.plans.changes import Part

register = template.Library()


@register.simple_tag
def taken_away(parts: Sequence[Part]) -> SafeString:
    """A paragraph with removed words struck through."""
    return _marked(parts, "<del>{}</del>")


@register.simple_tag
def added(parts: Sequence[Part]) -> SafeString:
    """A paragraph with added words underlined."""
    return _marked(parts, "<ins>{}</ins>")


def _marked(parts: Sequence[Part], changed: str) -> SafeString:
    # Nothing is inserted between two parts: they contain the blanks of the text.
    return SafeString(
        "".join(format_html(changed if part.is_changed else "{}", part.text) for part in parts)
    )
