"""Filters for texts, phases and steps of processes."""

from __future__ import annotations

import datetime as dt

from django import template
from django.template.defaultfilters import truncatewords
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from alliance.analysis.taking_part import Share
from alliance.core import clock
from alliance.network import localise
from alliance.network.localise import Localised
from alliance.network.models import City
from alliance.network.templatetags.records import paragraphs
from alliance.participation.enums import ProcessStage
from alliance.participation.models import Phase, Process, Translated
from alliance.participation.selectors.pages import residents_line
from alliance.web import formatting

register = template.Library()


@register.simple_tag
def in_words(record: Translated, field: str) -> Localised:
    """A text of the city in the language of the page; else the original, marked."""
    return record.localised_text(field, get_language() or "en")


@register.simple_tag
def marked(record: Translated, field: str, most: int = 0) -> str | SafeString:
    """A text on one line, see `in_words`; if longer than `most` words, truncated."""
    wording = in_words(record, field)
    text = truncatewords(wording.value, most) if most else wording.value
    return in_language(text, wording.lang_attr)


@register.filter
def in_language(text: str, written_in: str) -> str | SafeString:
    """A text on one line, marked if it is in another language than the page."""
    if written_in in ("", get_language()):
        return text
    return format_html('<span lang="{}">{}</span>', written_in, text)


@register.simple_tag
def paragraphs_of(record: Translated, field: str) -> SafeString:
    """A text of several lines, see `in_words`."""
    wording = in_words(record, field)
    return paragraphs(wording.value, wording.lang_attr)


@register.simple_tag
def written_in(text: Localised) -> SafeString:
    """A note about the language of a text, if it is not the page's."""
    words = localise.written_in(text)
    return format_html('<span class="note">{}</span>', words) if words else SafeString("")


@register.filter
def from_day(phase: Phase) -> dt.date:
    """The first date of a phase, in the time zone of the cities."""
    return phase.first_day


@register.filter
def to_day(phase: Phase) -> dt.date:
    """The last date of a phase, in the time zone of the cities."""
    return phase.last_day


@register.filter
def last_phase(process: Process) -> Phase | None:
    """The phase that closes last."""
    return max(process.phases.all(), key=lambda phase: phase.closes_at, default=None)


@register.filter
def process_state(code: str) -> str:
    """The label of a stage; an unknown code as it is."""
    return str(ProcessStage(code).label) if code in ProcessStage.values else code


@register.filter
def process_step(step: str) -> str:
    """The URL name of a step, which may belong to another app."""
    return step if ":" in step else f"participation:{step}"


@register.simple_tag
def residents_of(city: City) -> dict[str, int]:
    """What a city asks its residents, and how many promises to them are overdue; one query."""
    return residents_line(city, clock.today())


@register.filter
def points(difference: float) -> str:
    """A difference of shares in whole percentage points, with its sign."""
    return formatting.number(round(100 * difference), signed=True)


@register.filter
def percent(share: float) -> str:
    """A share from 0 to 1 in whole per cent."""
    return f"{formatting.number(round(100 * share))}{formatting.NBSP}%"


@register.filter
def language_words(code: str) -> str:
    """The name of a language in the language of the page."""
    return formatting.language_name(code)


@register.filter
def percents(share: Share) -> str:
    """The interval of a share in whole per cent, with one sign: "9–20 %"."""
    return f"{formatting.number(round(100 * share.low))}–{percent(share.high)}"
