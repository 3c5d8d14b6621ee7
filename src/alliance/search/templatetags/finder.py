"""What the templates of home page and finder need to tell a hit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from alliance.cases.costs import target
from alliance.cases.selectors.localise import country_name
from alliance.search.labels import UNKNOWN, code_label, kind_name
from alliance.search.query import parameter_name
from alliance.search.results import Chip, FacetGroup, FacetOption
from alliance.search.selectors.hits import pilot_words
from alliance.web.templatetags.components import mark, number

register = template.Library()


@register.filter
def parameter(key: str) -> str:
    """What a parameter is called on the page."""
    return parameter_name(key)


@register.filter
def here(names: Mapping[str, str] | None) -> str:
    """The name in the page's language from names by language; the English one where it lacks."""
    if not names:
        return ""
    return names.get(get_language() or "en") or names.get("en") or next(iter(names.values()), "")


@register.filter
def country(code: str | None) -> str:
    """The name of a country in the page's language."""
    return country_name(code, get_language() or "en") if code else ""


@register.filter
def kind_word(code: str) -> str:
    """What a kind of record is called, such as "case"."""
    return kind_name(code, 1)


@register.filter
def pilot_says(extra: Mapping[str, Any]) -> str:
    """What came out of a pilot, in one sentence; empty where nothing did yet."""
    return pilot_words(extra, get_language() or "en")


@register.filter
def cost_word(band: str) -> str:
    """A band of total costs, with its currency."""
    return f"{code_label('cost_band', band, get_language() or 'en')} {target()[0]}"


@register.filter
def iso_day(text: str | None) -> dt.date | None:
    """A day as the index keeps it."""
    return dt.date.fromisoformat(text) if text else None


@register.filter
def choice_label(choice: Chip | FacetOption) -> str:
    """The label of a choice; languages are named in themselves, and say so."""
    if choice.key != "language" or choice.code == UNKNOWN:
        return choice.label
    return format_html('<span lang="{}">{}</span>', choice.code, choice.label)


@register.simple_tag
def filter_options(group: FacetGroup) -> SafeString:
    """The choices of a filter, each with the hits it would give. The finder shows hundreds: as a
    template they took a tenth of its time."""
    kind = "radio" if group.key == "grade" else "checkbox"
    choices = []
    for option in group.options:
        label = conditional_escape(choice_label(option))
        code, checked = escape(option.code), " checked" if option.selected else ""
        if group.key == "outcome" and option.code != UNKNOWN:
            label = format_html(
                '<span class="outcome {}">{}{}</span>', option.code, mark(option.code), label
            )
        choices.append(
            f'<label><input type="{kind}" id="filter-{group.key}-{code}" name="{group.key}" '
            f'value="{code}"{checked}><span>{label}</span>'
            f'<span class="count">{number(option.count)}</span></label>\n'
        )
    return SafeString("".join(choices))


@register.filter
def single(facets: Mapping[str, tuple[Any, ...]], key: str) -> Any:
    """The one code of a facet, None where the record has none."""
    return next(iter(facets.get(key, ())), None)
