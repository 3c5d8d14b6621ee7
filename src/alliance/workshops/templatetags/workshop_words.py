"""Texts of workshops in the language of the reader, and their days and times in words."""

from __future__ import annotations

import datetime as dt

from django import template

from alliance.web import formatting
from alliance.workshops import zones
from alliance.workshops.models import Workshop
from alliance.workshops.texts import localised_text

register = template.Library()
register.filter(localised_text)


@register.simple_tag
def span_of(workshop: Workshop) -> str:
    """The days of a workshop as text; a month that both days share is written once."""
    return formatting.days(workshop.first_day, workshop.last_day)


@register.filter
def clock(at: dt.datetime, zone: str) -> str:
    """The time of day in `zone`."""
    return f"{zones.shown(at, zone):%H:%M}"


@register.filter
def zone_city(zone: str) -> str:
    """The city that a time zone is named after."""
    return zones.city_of(zone)


@register.filter
def language_word(code: str) -> str:
    """The name of a language."""
    return formatting.language_name(code)
