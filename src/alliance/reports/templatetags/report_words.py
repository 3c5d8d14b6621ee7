"""Template filters of reports."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from alliance.web import formatting
from alliance.web.narrative import html_of

register = template.Library()


@register.filter
def narrative(text: str) -> SafeString:
    """The text of an editor as paragraphs, lists and links."""
    return html_of(text)


@register.filter
def localised_html(words: Mapping[str, str]) -> SafeString:
    """A text of a report, marked with its language if that differs from the page's."""
    if words["lang"]:
        return format_html('<span lang="{}">{}</span>', words["lang"], words["value"])
    return conditional_escape(words["value"])


@register.filter
def drawing(svg: str) -> SafeString:
    """An SVG of `charts.figures`, which escapes all its texts."""
    return SafeString(svg)


@register.filter
def language_name(code: str) -> str:
    """The name of a language in the language of the page."""
    return formatting.language_name(code)
