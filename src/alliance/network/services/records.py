"""Writing cities and organisations."""

from __future__ import annotations

import datetime as dt
from typing import Any, TypeVar

from django.db import transaction

from alliance.core import audit
from alliance.core.errors import InvalidData
from alliance.core.ids import new_public_id, slug
from alliance.core.text import markup_fault
from alliance.network.models import City, Organisation, Record, StatementDraft

R = TypeVar("R", bound=Record)


def free_id(model: type[Record], name: str) -> str:
    """A free id made from the name, because people write ids of cities and organisations into
    tables."""
    base = slug(name)[:70].strip("-")
    if len(base) < 2:
        return new_public_id()
    public_id, number = base, 1
    while model._default_manager.filter(public_id=public_id).exists():
        number += 1
        public_id = f"{base}-{number}"
    return public_id


def _save(
    model: type[R],
    record_kind: str,
    public_id: str,
    /,
    *,
    actor: audit.Actor,
    at: dt.datetime,
    **values: Any,
) -> R:
    with transaction.atomic():
        present = model._default_manager.filter(public_id=public_id).first()
        record = present or model(public_id=public_id)
        verb = "update" if record.pk else "create"
        for name, value in values.items():
            setattr(record, name, value)
        if actor.user is not None:
            record.edited_at = at
        record.full_clean()
        texts = {name: value for name, value in values.items() if isinstance(value, str)}
        faults = [fault for name, text in texts.items() if (fault := markup_fault(name, text))]
        if faults:
            raise InvalidData(faults)
        record.save()
        audit.record(record_kind, record, verb, actor=actor, at=at)
    return record


def save_city(public_id: str, *, actor: audit.Actor, at: dt.datetime, **values: Any) -> City:
    """Create or update a city. Raises ValidationError naming the field."""
    return _save(City, "city", public_id, actor=actor, at=at, **values)


def save_organisation(
    public_id: str, *, actor: audit.Actor, at: dt.datetime, **values: Any
) -> Organisation:
    """Create or update an organisation. Raises ValidationError naming the field."""
    return _save(Organisation, "organisation", public_id, actor=actor, at=at, **values)


def save_statement_draft(
    public_id: str, *, actor: audit.Actor, at: dt.datetime, **values: Any
) -> StatementDraft:
    """Create or update a draft. Raises ValidationError naming the field."""
    return _save(StatementDraft, "statement draft", public_id, actor=actor, at=at, **values)
