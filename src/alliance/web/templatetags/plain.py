"""Tags for emails, which are plain text: the words of a component without its HTML."""

from __future__ import annotations

from django import template

from alliance.web import formatting

register = template.Library()
register.simple_tag(formatting.day)
register.simple_tag(formatting.days)
