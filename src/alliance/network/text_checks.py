"""Validation of short texts of records: needs, remarks, reasons, questions, answers."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from django.db.models import CharField, Model, TextField

from alliance.core.errors import Fault
from alliance.core.text import markup_fault

LONGEST = 5_000
#: A target of the Sustainable Development Goals, such as 11.6 or 3.b.
SDG_TARGET = re.compile(r"^(1[0-7]|[1-9])\.([1-9][0-9]?|[a-d])$")


def text_faults(
    where: str, text: str, *, required: bool = False, longest: int = LONGEST
) -> list[Fault]:
    """The fault of a text at `where`, if any: missing, too long, markup."""
    if required and not text.strip():
        return [Fault(where, "missing")]
    if len(text) > longest:
        return [Fault(where, "too-long", {"n": len(text), "most": longest})]
    fault = markup_fault(where, text)
    return [fault] if fault else []


def choice_faults(where: str, code: str, allowed: Iterable[str]) -> list[Fault]:
    """The fault of a code at `where` that is not in `allowed`."""
    known = list(allowed)
    if code in known:
        return []
    if not code:
        return [Fault(where, "not-chosen")]
    return [Fault(where, "not-one-of", {"value": code, "allowed": known})]


def assign_fields(
    row: Model,
    typed: Mapping[str, Any],
    *,
    at: str = "",
    required: Collection[str] = (),
    longest: Mapping[str, int] = MappingProxyType({}),
) -> list[Fault]:
    """Assign input to the fields of a model instance that the caller saves, and return the model's
    faults: a text that is missing, too long or contains markup, an unknown code, an invalid date.

    Input without a field is ignored. `at`: the place of the row, such as `steps[0].`; `required`:
    fields that may be blank in the model but not here; `longest`: of texts without a limit in the
    model.
    """
    faults: list[Fault] = []
    columns = {
        column.name: column for column in row._meta.concrete_fields if not column.primary_key
    }
    for name, value in typed.items():
        if (field := columns.get(name)) is None:
            continue
        where, is_needed = at + name, name in required or not (field.blank or field.null)
        if isinstance(value, str):
            value = value.strip()
        if field.choices:
            codes = [code for code, _label in field.flatchoices]
            faults += choice_faults(where, value, codes) if value or is_needed else []
        elif isinstance(field, CharField | TextField):
            most = longest.get(name) or field.max_length or LONGEST
            faults += text_faults(where, value, required=is_needed, longest=most)
        elif value is None and is_needed:
            faults.append(Fault(where, "missing"))
        setattr(row, name, value)
    return faults


def code_faults(where: str, codes: Iterable[str], allowed: Iterable[str]) -> list[Fault]:
    """The faults of codes at `where` that are not in `allowed`; at most five."""
    known = list(allowed)
    wrong = sorted(set(codes) - set(known))[:5]
    return [fault for code in wrong for fault in choice_faults(where, code, known)]


def target_faults(where: str, codes: Iterable[str]) -> list[Fault]:
    """The faults of `codes` at `where` that are no SDG targets."""
    wrong = [code for code in codes if not SDG_TARGET.fullmatch(code)]
    return [Fault(where, "not-a-target", {"value": code}) for code in wrong]
