"""Links that data imply, kind by kind. None of them is stored a second time."""

from __future__ import annotations

from alliance.thread.links.agreements import AGREEMENT_CASE, AGREEMENT_SOLUTION
from alliance.thread.links.cases import CASE_CASE, CASE_MEASURE, CASE_SOLUTION
from alliance.thread.links.kind import Ids, LinkKind
from alliance.thread.links.pilots import PILOT_CASE, PILOT_MEASURE, PILOT_SOLUTION

#: Where not all fit, those first come first: the links of pilots are few, those of cases many.
LINKS: tuple[LinkKind, ...] = (
    PILOT_CASE,
    PILOT_SOLUTION,
    PILOT_MEASURE,
    AGREEMENT_CASE,
    AGREEMENT_SOLUTION,
    CASE_CASE,
    CASE_SOLUTION,
    CASE_MEASURE,
)

__all__ = ["LINKS", "Ids", "LinkKind"]
