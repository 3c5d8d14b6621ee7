"""The faults of a draft, each with the field where it is mended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from alliance.core.errors import Fault
from alliance.writing.forms.steps import FieldAt, field_at


@dataclass(frozen=True)
class DraftFault:
    """One fault, in the language of the page, and the field where it is mended."""

    at: FieldAt
    sentence: str
    is_missing: bool


def fault_texts(faults: Iterable[Fault], *, text_language: str) -> tuple[DraftFault, ...]:
    """The faults in words, in the order of the steps that mend them, each field told once."""
    unique: dict[tuple[str, str, str], DraftFault] = {}
    for fault in faults:
        # A place without a name has no country either: one sentence is enough, at the city.
        is_place = fault.is_missing and fault.where.startswith("case.place.")
        where = "case.place.city" if is_place else fault.where
        at = field_at(where, text_language=text_language)
        draft_fault = DraftFault(at, fault.rule, fault.is_missing)
        key = (at.step, at.field, "missing" if is_place else draft_fault.sentence)
        unique.setdefault(key, draft_fault)
    return tuple(unique.values())
