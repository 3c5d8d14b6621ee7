"""Texts that people add to a record in passing: needs, remarks, reasons, questions, answers."""

from __future__ import annotations

import re
from collections.abc import Iterable

from alliance.core.errors import Fault
from alliance.core.text import markup_fault

LONGEST = 5_000
#: A target of the Sustainable Development Goals, such as 11.6 or 3.b.
SDG_TARGET = re.compile(r"^(1[0-7]|[1-9])\.([1-9][0-9]?|[a-d])$")


def text_faults(
    where: str, text: str, *, required: bool = False, longest: int = LONGEST
) -> list[Fault]:
    """The fault of a text at `where`, if it has one: missing, too long, markup."""
    if required and not text.strip():
        return [Fault(where, "missing")]
    if len(text) > longest:
        return [Fault(where, "too-long", {"n": len(text), "most": longest})]
    fault = markup_fault(where, text)
    return [fault] if fault else []


def choice_faults(where: str, code: str, allowed: Iterable[str]) -> list[Fault]:
    """The fault of a code at `where` that is none of those `allowed`."""
    known = list(allowed)
    if code in known:
        return []
    if not code:
        return [Fault(where, "not-chosen")]
    return [Fault(where, "not-one-of", {"value": code, "allowed": known})]


def target_faults(where: str, codes: Iterable[str]) -> list[Fault]:
    """The faults of `codes` at `where`, each that is no SDG target."""
    wrong = [code for code in codes if not SDG_TARGET.fullmatch(code)]
    return [Fault(where, "not-a-target", {"value": code}) for code in wrong]
