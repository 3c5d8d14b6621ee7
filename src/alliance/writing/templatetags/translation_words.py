"""Names of languages and addresses of translations, for the templates of translating."""

from __future__ import annotations

from django import template
from django.urls import reverse

from alliance.web import formatting
from alliance.writing.translation_fields import kinds

register = template.Library()


@register.filter
def language_word(code: str) -> str:
    """The name of a language in the language of the page, such as "French"."""
    return formatting.language_name(code)


@register.simple_tag
def translate_href(kind: str, public_id: str, to: str) -> str:
    """The page on which a record is translated into `to`."""
    return reverse(kinds()[kind].translate_name, args=[public_id, to])
