"""Filters for the browsers with which people sign in."""

from __future__ import annotations

import re

from django import template
from django.utils.translation import gettext

register = template.Library()

# The first match counts: browsers also name those they imitate.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@register.simple_tag
def browser_name(user_agent: str) -> str:
    """A browser in words: "Firefox, Linux"; an unknown one as it names itself, truncated."""
    names = [
        next((name for mark, name in marks if mark in user_agent), "")
        for marks in (_BROWSERS, _SYSTEMS)
    ]
    if any(names):
        return ", ".join(name for name in names if name)
    plain = re.sub(r"[^\w./ -]", "", user_agent)[:40].strip()
    return plain or gettext("unknown browser")
