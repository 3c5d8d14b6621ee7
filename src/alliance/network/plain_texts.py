"""Texts that people add to a record in passing: needs, remarks, reasons, questions, answers."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from alliance.core.errors import Fault
from alliance.core.text import markup_fault

LONGEST = 5_000


def text_faults(
    where: str, text: str, *, required: bool = False, longest: int = LONGEST
) -> list[Fault]:
    """The fault of a text at `where`, if it has one: missing, too long, markup."""
    if required and not text.strip():
        return [Fault(where, _("is missing"))]
    if len(text) > longest:
        rule = _("is %(n)d characters long; at most %(most)d") % {"n": len(text), "most": longest}
        return [Fault(where, rule)]
    if markup_fault(text):
        return [Fault(where, _("holds markup or control characters; plain text only"))]
    return []


def choice_faults(where: str, code: str, allowed: Iterable[str]) -> list[Fault]:
    """The fault of a code at `where` that is none of those `allowed`."""
    known = list(allowed)
    if code in known:
        return []
    return [Fault(where, _("must be one of: %(allowed)s") % {"allowed": ", ".join(known)})]
