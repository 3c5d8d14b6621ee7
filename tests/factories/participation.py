"""Processes for tests. All of them are made up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from alliance.budgeting.models import Voter
from alliance.network.models import City, Organisation
from alliance.participation.enums import PhaseKind, ProcessKind, ProcessState
from alliance.participation.models import Participant, Phase, Process
from tests.factories.people import NOW

DAY = dt.timedelta(days=1)


def make_process(
    organisation: Organisation,
    *,
    kind: str = ProcessKind.DIALOGUE,
    state: str = ProcessState.OPEN,
    phases: tuple[tuple[str, int, int], ...] = ((PhaseKind.BOTH, -1, 14),),
    at: dt.datetime = NOW,
    **columns: Any,
) -> Process:
    """A process that is open. `phases`: what can be done, from and until which day after `at`."""
    city = organisation.city
    assert isinstance(city, City)
    is_open = state != ProcessState.DRAFT
    given: dict[str, Any] = {
        "language": "en",
        "title": "The street by the school",
        "summary": "The street by the school is to be rebuilt. Say what matters to you.",
        "decides_what": "How the street is rebuilt.",
        "decides_who": "The traffic committee",
        "decides_by": (at + 60 * DAY).date(),
        "answers_by": (at + 90 * DAY).date(),
        "not_open": "The street stays a street, and the budget is set.",
        "is_strict": False,
        "opened_at": at - DAY if is_open else None,
        **columns,
    }
    process = Process.objects.create(
        organisation=organisation,
        city=city,
        kind=kind,
        state=state,
        made_at=at - DAY,
        changed_at=at - DAY,
        **given,
    )
    Phase.objects.bulk_create(
        Phase(
            process=process,
            number=number,
            kind=what,
            opens_at=at + start * DAY,
            closes_at=at + end * DAY,
        )
        for number, (what, start, end) in enumerate(phases, start=1)
    )
    return process


def let_take_part(people: Iterable[Participant]) -> list[Participant]:
    """The people, having sent what leaves no trace but that they did: a ballot that was counted."""
    found = list(people)
    Voter.objects.bulk_create(Voter(participant=one) for one in found)
    return found
