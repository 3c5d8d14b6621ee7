"""Tasks in testbeds: requested slots, challenges to decide, data and results that are due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from alliance.core.waiting import Asked, Provider, Row, Turn, Waiting, start_of
from alliance.testbeds.challenge_rules import WAITING_DAYS
from alliance.testbeds.enums import (
    AnswerState,
    BookingState,
    ChallengeState,
    PilotNoteKind,
    PilotState,
)
from alliance.testbeds.models import Answer, Booking, Challenge, Measurement, Pilot, PilotNote

#: How long before its due date a result becomes a task of its team, and before that its data.
RESULT_BEFORE, DATA_BEFORE = dt.timedelta(days=30), dt.timedelta(days=60)
#: Fields of each record by the columns they come from.
_WORDS = {"language": "language", "title": "title"}
_PAGES = {
    "slot": "testbeds:booking",
    "challenge": "testbeds:challenge",
    "pilot-data": "testbeds:pilot-data",
    "pilot-result": "testbeds:pilot",
    "pilot-late": "testbeds:pilot",
}
_TEAM = {"team": "organisation__public_id"}


#: When each becomes a task, relative to its date, and when it is late.
_SPANS = {
    "challenge": (dt.timedelta(0), dt.timedelta(days=WAITING_DAYS)),
    "pilot-data": (-DATA_BEFORE, -RESULT_BEFORE),
    "pilot-result": (-RESULT_BEFORE, dt.timedelta(0)),
    "pilot-late": (dt.timedelta(days=1), dt.timedelta(0)),
}


def _reads(asked: Asked) -> Iterator[tuple[str, QuerySet[Any], dict[str, Any]]]:
    if asked.teams is not None and not asked.teams:
        return
    today = asked.at.date()
    slots = Booking.objects.filter(
        asked.of_team("testbed__organisation__public_id"),
        state=BookingState.ASKED,
        ends_on__gte=today,
    )
    answers = Answer.objects.filter(challenge=OuterRef("pk"), state=AnswerState.HANDED_IN)
    decisions = Challenge.objects.filter(
        asked.of_team("organisation__public_id"),
        Exists(answers),
        state=ChallengeState.PUBLISHED,
        closes_on__lt=today,
    )
    # A delay with a reason and a future date suspends the task until then.
    delays = PilotNote.objects.filter(
        pilot=OuterRef("pk"), kind=PilotNoteKind.DELAY, expected_on__gt=today
    )
    results = Pilot.objects.filter(
        ~Exists(delays),
        asked.of_team("organisation__public_id"),
        state=PilotState.REGISTERED,
        result_due__lte=today + RESULT_BEFORE,
    )
    data = Pilot.objects.filter(
        ~Exists(Measurement.objects.filter(pilot=OuterRef("pk"))),
        asked.of_team("organisation__public_id"),
        state=PilotState.REGISTERED,
        result_due__gt=today + RESULT_BEFORE,
        result_due__lte=today + DATA_BEFORE,
    )
    of_slot = {
        "team": "testbed__organisation__public_id",
        "part": "testbed__public_id",
        "since": "asked_at",
        "by": "starts_on",
        "note_language": "testbed__language",
        "note": "testbed__title",
    }
    due = {"day": "result_due"}
    yield "slot", slots, _WORDS | of_slot
    yield "challenge", decisions, _WORDS | _TEAM | {"day": "closes_on"}
    yield "pilot-data", data, _WORDS | _TEAM | due
    yield "pilot-result", results.filter(result_due__gte=today), _WORDS | _TEAM | due
    yield "pilot-late", results.filter(result_due__lt=today), _WORDS | _TEAM | due


def _all(asked: Asked, rows: Iterable[Row]) -> Iterator[Waiting]:
    """In one query: slots that a testbed's team can still accept or decline, closed challenges with
    answers and without a decision, registered pilots whose result is due soon or overdue, and
    before that those without data.
    """
    for row in rows:
        since, by = row.since, row.by
        if row.day is not None:
            before, after = _SPANS[row.kind]
            since, by = start_of(row.day + before), row.day + after
        yield Waiting(
            kind=row.kind,
            public_id=row.public_id,
            turn=Turn(team=row.team),
            since=since or asked.at,
            by=by,
            route=_PAGES[row.kind],
            args=(row.part, row.public_id) if row.part else (row.public_id,),
            titles=row.titles,
            notes=row.notes,
        )


PROVIDERS = (
    Provider(
        {
            "slot": _("Accept or decline a slot in your testbed"),
            "challenge": _("Decide on the answers to your challenge"),
            "pilot-data": _("Submit the data of a pilot"),
            "pilot-result": _("Report the result of a pilot"),
            "pilot-late": _("Report the result of a late pilot, or explain why it is late"),
        },
        _all,
        reads=_reads,
        letters={
            "booking_asked": "slot",
            "booking_answered": "slot-news",
            "booking_withdrawn": "slot-news",
            "challenge_decided": "challenge-news",
            "challenge_withdrawn": "challenge-news",
        },
        news={
            "slot-news": _("Your slot request has been accepted, declined or withdrawn"),
            "challenge-news": _("A challenge you answered has been decided or withdrawn"),
        },
    ),
)
