"""Texts of workshops in the language of the reader, and their days and times in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from alliance.network.localise import Localised, localised
from alliance.web import formatting
from alliance.workshops import zones
from alliance.workshops.models import Workshop

register = template.Library()


@register.filter
def said(texts: Mapping[str, str], written_in: str = "") -> Localised:
    """A text in the reader's language, else in that it was written in."""
    language = get_language() or "en"
    if language in texts:
        return Localised(texts[language])
    own = written_in if written_in in texts else next(iter(texts), "")
    return localised(texts.get(own, ""), own, language)


@register.simple_tag
def span_of(workshop: Workshop) -> str:
    """The days of a workshop: one, or from the first to the last."""
    first, last = formatting.day(workshop.first_day), formatting.day(workshop.last_day)
    return first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}


@register.filter
def clock(at: dt.datetime, zone: str) -> str:
    """The time of a moment as a clock in `zone` shows it."""
    return f"{zones.shown(at, zone):%H:%M}"


@register.filter
def zone_city(zone: str) -> str:
    """The city after which a time zone is named."""
    return zones.city_of(zone)


@register.filter
def language_word(code: str) -> str:
    """The name of a language."""
    return formatting.language_name(code)
