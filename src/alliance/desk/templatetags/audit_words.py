"""Template filters with the labels of the audit log and of failed jobs."""

from __future__ import annotations

from django import template
from django.utils.functional import Promise

from alliance.core.models import AuditEvent
from alliance.desk.messages import FAILURES, KINDS, VERBS
from alliance.desk.selectors.audit import details_of, href_of

register = template.Library()


@register.filter
def act_word(verb: str) -> str | Promise:
    """The label of an action; empty if unknown."""
    return VERBS.get(verb, "")


@register.filter
def kind_word(kind: str) -> str | Promise:
    """The label of a kind of record; empty if unknown."""
    return KINDS.get(kind, "")


@register.filter
def why_failed(path: str) -> str | Promise:
    """Why an email was not sent, by the path of an exception; its name if unknown."""
    name = path.rpartition(".")[2]
    return FAILURES.get(name, name)


@register.filter
def record_href(event: AuditEvent) -> str:
    """The page of the record of an action; empty if it has none."""
    return href_of(event.kind, event.public_id)


@register.filter
def details(event: AuditEvent) -> tuple[tuple[str, str], ...]:
    """Sorted pairs of a key and its value."""
    return details_of(event.details)
