"""Words for codes, and texts that carry their language, for the templates of this app."""

from __future__ import annotations

from django import template
from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from alliance.knowledge import enums
from alliance.knowledge.messages.methods import IAP2_MEANINGS
from alliance.knowledge.method_filter import FIELD_NAMES
from alliance.knowledge.models import CaseStudy, Draft, Unit
from alliance.knowledge.selectors.case_list import Localised, title_of
from alliance.knowledge.selectors.localise import chosen_text, local_name, local_place, local_symbol
from alliance.network.enums import OrganisationKind

register = template.Library()

_KINDS: dict[str, type[TextChoices]] = {
    "cost": enums.CostLevel,
    "design": enums.Design,
    "direction": enums.EffectDirection,
    "iap2": enums.Iap2Level,
    "mode": enums.Mode,
    "organisation": OrganisationKind,
    "reason": enums.Reason,
    "solution": enums.SolutionKind,
    "theme": enums.Theme,
    "topic": enums.Topic,
}


@register.filter
def word(code: str, kind: str) -> str | Promise:
    """The word of a code, such as `{{ "stopped"|word:"reason" }}`. A code without one is shown."""
    choices = _KINDS[kind]
    return choices(code).label if code in choices.values else code


@register.filter
def iap2_meaning(code: str) -> str | Promise:
    """What a level of the IAP2 spectrum means."""
    return IAP2_MEANINGS.get(code, "")


@register.filter
def filter_name(parameter: str) -> str | Promise:
    """The name that the form of methods gives to a parameter of its address."""
    return FIELD_NAMES.get(parameter, parameter)


@register.filter
def with_lang(value: str, lang_attr: str) -> Localised:
    """A text with its language, empty where it is the page's: a label for `breadcrumbs`."""
    return Localised(value, lang_attr)


@register.simple_tag
def localised(text: Localised) -> SafeString:
    """Words of a record, marked with their language where it is not the page's."""
    if not text.lang_attr:
        return conditional_escape(text.value)
    return format_html('<span lang="{}">{}</span>', text.lang_attr, text.value)


@register.filter
def draft_title(draft: Draft) -> Localised:
    """The title of a draft in its own language, else in any; empty where none is written yet."""
    return title_of(draft.content, get_language() or "en")


@register.filter
def case_title(case: CaseStudy) -> Localised:
    """The title of a case that came with its texts, in the language of the page if there is one."""
    text = chosen_text(case.texts.all(), get_language() or "en", case.original_language)
    return Localised(text.text.title, text.lang_attr)


@register.filter
def case_city(case: CaseStudy) -> str:
    """The place of a case, its city too where that is hidden from readers: for the secretariat."""
    language = get_language() or "en"
    if case.masked_city is not None:
        return local_name(case.masked_city, language)
    return local_place(case, language)


@register.filter
def symbol(unit: Unit) -> str:
    """The short sign of a unit, or its name where it has none."""
    return local_symbol(unit, get_language() or "en")
