"""What waits in testbeds: slots that were asked for, challenges to decide, results that are due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from alliance.core.waiting import Asked, Provider, Turn, Waiting, start_of
from alliance.testbeds.challenge_rules import WAITING_DAYS
from alliance.testbeds.enums import AnswerState, BookingState, ChallengeState, PilotState
from alliance.testbeds.models import Answer, Booking, Challenge, Pilot

#: So long before the result of a pilot is due, its team is reminded.
RESULT_BEFORE = dt.timedelta(days=30)


def _slots(asked: Asked) -> Iterator[Waiting]:
    """Slots that a testbed's team can still accept or decline. One query."""
    rows = Booking.objects.filter(
        asked.of_team("testbed__organisation__public_id"),
        state=BookingState.ASKED,
        ends_on__gte=asked.at.date(),
    ).select_related("testbed__organisation")
    for row in rows:
        yield Waiting(
            kind="slot",
            public_id=row.public_id,
            turn=Turn(team=row.testbed.organisation.public_id),
            since=row.asked_at,
            by=row.starts_on,
            route="testbeds:booking",
            args=(row.testbed.public_id, row.public_id),
            titles={row.language: row.title},
            notes={row.testbed.language: row.testbed.title},
        )


def _decisions(asked: Asked) -> Iterator[Waiting]:
    """Closed challenges with answers, and no decision yet. One query."""
    answers = Answer.objects.filter(challenge=OuterRef("pk"), state=AnswerState.HANDED_IN)
    rows = Challenge.objects.filter(
        asked.of_team("organisation__public_id"),
        Exists(answers),
        state=ChallengeState.PUBLISHED,
        closes_on__lt=asked.at.date(),
    ).select_related("organisation")
    for row in rows:
        yield Waiting(
            kind="challenge",
            public_id=row.public_id,
            turn=Turn(team=row.organisation.public_id),
            since=start_of(row.closes_on),
            by=row.closes_on + dt.timedelta(days=WAITING_DAYS),
            route="testbeds:challenge",
            args=(row.public_id,),
            titles={row.language: row.title},
        )


def _results(asked: Asked) -> Iterator[Waiting]:
    """Registered pilots whose result is due soon, or was due already. One query."""
    rows = (
        Pilot.objects.filter(
            asked.of_team("organisation__public_id"),
            state=PilotState.REGISTERED,
            result_due__lte=asked.at.date() + RESULT_BEFORE,
        )
        .select_related("organisation")
        .defer("plan", "simulation")
    )
    for row in rows:
        due = row.result_due or asked.at.date()
        yield Waiting(
            kind="pilot-result",
            public_id=row.public_id,
            turn=Turn(team=row.organisation.public_id),
            since=start_of(due - RESULT_BEFORE),
            by=due,
            route="testbeds:pilot",
            args=(row.public_id,),
            titles={row.language: row.title},
        )


PROVIDERS = (
    Provider({"slot": _("Accept or decline a slot in your testbed")}, _slots),
    Provider({"challenge": _("Decide on the answers to your challenge")}, _decisions),
    Provider({"pilot-result": _("Report the result of a pilot")}, _results),
)
