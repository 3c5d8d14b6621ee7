"""What the address of a withdrawn case goes on to tell."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from alliance.core.models import AuditEvent
from alliance.knowledge.selectors.access import get_withdrawn_case
from alliance.knowledge.selectors.case_list import Localised
from alliance.knowledge.selectors.localise import chosen_text


@dataclass(frozen=True)
class Withdrawn:
    """A withdrawn case: why, since when (None: not recorded), and the solution it was a trial of.

    What the case said is not told. The language of the reason is empty where it is not known.
    """

    public_id: str
    reason: Localised
    at: dt.datetime | None
    solution_id: str
    solution: Localised


def withdrawn_case(public_id: str, language: str) -> Withdrawn:
    """A case that was withdrawn. Raises NotFound."""
    case = get_withdrawn_case(public_id)
    act = (
        AuditEvent.objects.filter(kind="case", public_id=case.public_id, verb="withdraw")
        .order_by("-id")
        .first()
    )
    written_in = act.details.get("language", "") if act is not None else ""
    solution = chosen_text(case.solution.texts.all(), language)
    return Withdrawn(
        public_id=case.public_id,
        reason=Localised(case.withdrawn_because, "" if written_in == language else written_in),
        at=act.at if act is not None else None,
        solution_id=case.solution.public_id,
        solution=Localised(solution.text.name, solution.lang_attr),
    )
