"""What the audit log says, in words, for its page."""

from __future__ import annotations

from django import template
from django.utils.functional import Promise

from alliance.core.models import AuditEvent
from alliance.desk.messages import KINDS, VERBS
from alliance.desk.selectors.audit import details_of, href_of

register = template.Library()


@register.filter
def act_word(verb: str) -> str | Promise:
    """An act in words; empty where there are none."""
    return VERBS.get(verb, "")


@register.filter
def kind_word(kind: str) -> str | Promise:
    """A kind of record in words; empty where there are none."""
    return KINDS.get(kind, "")


@register.filter
def record_href(event: AuditEvent) -> str:
    """The page of the record that was acted on; empty where it has none."""
    return href_of(event.kind, event.public_id)


@register.filter
def details(event: AuditEvent) -> tuple[tuple[str, str], ...]:
    """Pairs of a key and what it says."""
    return details_of(event.details)
