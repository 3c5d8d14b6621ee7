"""Filters for records: names and texts in the language of the page, and last dates."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from alliance.accounts.enums import NetworkRole
from alliance.core import clock
from alliance.network import localise
from alliance.network.enums import OfferKind, TagScheme, Theme
from alliance.network.models import Need, Offer, Webhook
from alliance.network.selectors.needs_offers import tags_of
from alliance.network.services.webhooks import secret_of
from alliance.web import narrative

register = template.Library()


@register.filter
def local_name(record: Any) -> str:
    """The name of a record in the language of the page; empty for no record."""
    return localise.local_name(record, get_language() or "en") if record else ""


@register.filter
def country_name(code: str) -> str:
    return localise.country_name(code, get_language() or "en")


@register.filter
def last_day(end: dt.datetime | None) -> dt.date | None:
    """The last date before that time; None without one."""
    return clock.last_day(end) if end else None


@register.filter
def days_to(since: dt.datetime, at: dt.datetime) -> int:
    """The number of whole days between two times."""
    return (at - since).days


@register.simple_tag
def localised_text(value: str, written_in: str) -> localise.Localised:
    """A text of a record with its language, if that is not the page's."""
    return localise.localised(value, written_in, get_language() or "en")


@register.simple_tag
def paragraphs(value: str, written_in: str) -> SafeString:
    """A text of several lines, marked with its language if that is not the page's."""
    lang = localise.localised(value, written_in, get_language() or "en").lang_attr
    mark = format_html(' lang="{}"', lang) if lang else SafeString("")
    return format_html("<div{}>{}</div>", mark, narrative.html_of(value))


@register.filter
def themes(statement: Need | Offer) -> list[Theme]:
    return [Theme(code) for code in tags_of(statement, TagScheme.THEME)]


@register.filter
def sdg_targets(statement: Need | Offer) -> tuple[str, ...]:
    return tags_of(statement, TagScheme.SDG)


@register.filter
def kinds(offer: Offer) -> list[OfferKind]:
    """The kinds of an offer, in the order of the list."""
    return [kind for kind in OfferKind if kind.value in offer.kinds]


@register.filter
def secret(webhook: Webhook) -> str:
    """The secret with which a receiver checks signatures of a webhook."""
    return secret_of(webhook)


@register.filter
def role_name(role: str) -> str | Promise:
    """The name of a network role, or "city team"."""
    return dict(NetworkRole.choices).get(role) or _("city team")
