"""The faults of a draft, each with the field where it is mended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from alliance.core.errors import Fault
from alliance.knowledge.forms.steps import FieldAt, field_at


@dataclass(frozen=True)
class DraftFault:
    """One fault, in the language of the page, and the field where it is mended."""

    at: FieldAt
    sentence: str
    is_missing: bool


def fault_texts(
    faults: Iterable[Fault], *, document: Mapping[str, Any], text_language: str
) -> tuple[DraftFault, ...]:
    """The faults in words, in the order of the steps that mend them, each field told once."""
    told: dict[tuple[str, str, str], DraftFault] = {}
    for fault in faults:
        at = field_at(fault.where, document=document, text_language=text_language)
        one = DraftFault(at, fault.rule, fault.is_missing)
        # A place without a name has no country either: one sentence is enough.
        is_place = fault.is_missing and at.field == "city"
        key = (at.step, at.field, "missing" if is_place else one.sentence)
        told.setdefault(key, one)
    return tuple(told.values())
