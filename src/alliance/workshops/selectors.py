"""Data of the pages of workshops, and the permission-checked getters."""

from __future__ import annotations

import datetime as dt
from functools import partial
from itertools import groupby
from typing import Any

from django.db.models import Count, Q, QuerySet

from alliance.core.audit import Actor
from alliance.core.ids import get_by_public_id
from alliance.network.rules import is_secretariat
from alliance.testbeds.selectors.testbeds import edited_teams
from alliance.workshops import rules, zones
from alliance.workshops.enums import Attendance, SeatState, WorkshopState
from alliance.workshops.messages import SCREENS
from alliance.workshops.models import (
    Feedback,
    Question,
    Registration,
    Session,
    Workshop,
)
from alliance.workshops.texts import localised_text
from alliance.workshops.whom import to_meet

READ, RUN = "read", "run"
#: The minimum number of responses before those who run a workshop can read them.
FEWEST = 5
_RULES = {READ: rules.may_read, RUN: rules.may_run}


def get_workshop_for(actor: Actor, public_id: str, action: str = READ) -> Workshop:
    """The workshop, if the actor may read or run it. Raises NotFound."""
    rows = Workshop.objects.select_related("city", "organisation__city", "group", "minutes")
    return get_by_public_id(rows, "workshop", public_id, partial(_RULES[action], actor))


def runs_any(actor: Actor) -> bool:
    """Whether the actor runs a workshop."""
    rows = Workshop.objects.filter(organisation__public_id__in=list(actor.teams))
    return is_secretariat(actor) or any(
        rules.may_run(actor, row) for row in rows.select_related("organisation")
    )


def visible() -> QuerySet[Workshop]:
    """Public workshops, the next one first."""
    rows = Workshop.objects.exclude(announced_at=None).select_related("city")
    return rows.order_by("first_day", "pk")


def earlier_workshops(actor: Actor) -> list[Workshop]:
    """Workshops that the actor can copy, the newest first."""
    rows = Workshop.objects.exclude(announced_at=None).order_by("-first_day")[:20]
    return [row for row in rows.select_related("organisation") if rules.may_run(actor, row)]


def list_page(actor: Actor, *, at: dt.datetime) -> dict[str, Any]:
    """The workshops to come, past workshops, and those the reader prepares."""
    taken = Count(
        "registrations",
        filter=Q(registrations__state=SeatState.IN, registrations__attendance=Attendance.ON_SITE),
    )
    rows = visible().annotate(taken=taken)
    today = at.date()
    drafts = Workshop.objects.filter(state=WorkshopState.DRAFT).select_related("city")
    if not is_secretariat(actor):
        drafts = drafts.filter(organisation__public_id__in=list(actor.teams))
    return {
        "upcoming": rows.filter(last_day__gte=today),
        "past": rows.filter(last_day__lt=today).order_by("-first_day")[:50],
        "drafts": drafts.select_related("organisation") if actor.is_known else (),
        "may_announce": rules.may_announce(actor, None),
        "teams": [
            edited_team
            for edited_team in edited_teams(actor)
            if rules.may_announce(actor, edited_team)
        ],
    }


def programme(workshop: Workshop) -> list[tuple[dt.date, list[Session]]]:
    """The sessions of each day, in the time zone of the place."""
    rows = list(workshop.sessions.all())
    for row in rows:
        row.workshop = workshop
    return [
        (day, list(of)) for day, of in groupby(rows, lambda session: session.local_start.date())
    ]


def counted(workshop: Workshop) -> dict[str, Any]:
    """The number of registrations and of their cities, and the places left."""
    rows = workshop.registrations.exclude(state=SeatState.ASKED)
    of = rows.aggregate(
        n=Count("pk", filter=Q(state=SeatState.IN)),
        room=Count("pk", filter=Q(state=SeatState.IN, attendance=Attendance.ON_SITE)),
        waiting=Count("pk", filter=Q(state=SeatState.WAITING)),
        cities=Count("city", distinct=True, filter=Q(state=SeatState.IN)),
        came=Count("pk", filter=Q(checked_in_at__isnull=False)),
    )
    return {**of, "left": max(workshop.capacity - of["room"], 0)}


def own_registration(actor: Actor, workshop: Workshop) -> Registration | None:
    """The reader's registration with her account."""
    if actor.user is None:
        return None
    return workshop.registrations.filter(user=actor.user).first()


def page(workshop: Workshop, actor: Actor, *, zone: str, at: dt.datetime) -> dict[str, Any]:
    """The public page of a workshop; times are also in `zone` if it differs."""
    own = own_registration(actor, workshop)
    return {
        "workshop": workshop,
        "days": programme(workshop),
        "counted": counted(workshop),
        "is_open": rules.takes_registrations(workshop, at),
        "is_over": rules.is_over(workshop, at),
        "may_run": rules.may_run(actor, workshop),
        "own": own,
        "materials": list(workshop.materials.all()),
        **zone_words(workshop, zone),
    }


def zone_words(workshop: Workshop, zone: str) -> dict[str, Any]:
    """The reader's time zone, and whether it has the same time as the place."""
    chosen = zone if zones.is_zone(zone) else workshop.zone
    times = [session.starts_at for session in workshop.sessions.all()]
    same = all(
        zones.shown(at, chosen).utcoffset() == zones.shown(at, workshop.zone).utcoffset()
        for at in times
    )
    return {
        "zone": chosen,
        "other_zone": "" if same else chosen,
        "same_zone": chosen if same and chosen != workshop.zone else "",
        "zones": zones.zone_choices(),
    }


def place_page(registration: Registration, *, at: dt.datetime) -> dict[str, Any]:
    """A participant's own page: her place, the programme and her actions."""
    workshop = registration.workshop
    before = workshop.registrations.filter(
        state=SeatState.WAITING, number__lt=registration.number
    ).count()
    return {
        "workshop": workshop,
        "own": registration,
        "position": before + 1,
        "days": programme(workshop),
        "has_begun": rules.has_begun(workshop, at),
        "to_meet": to_meet(registration),
        "tables": list(enumerate(workshop.tables.get("of", {}).get(registration.public_id, ()), 1)),
        "materials": list(workshop.materials.all()),
        "has_said": Feedback.objects.filter(registration=registration).exists(),
        "is_over": rules.is_over(workshop, at),
        **zone_words(workshop, registration.zone),
    }


def manage_page(workshop: Workshop, *, at: dt.datetime) -> dict[str, Any]:
    """A workshop for those who run it: missing data, participants and their answers."""
    people = list(
        workshop.registrations.exclude(state=SeatState.ASKED).select_related("city", "user")
    )
    questions = list(workshop.questions.all())
    for person in people:
        person.said = [  # type: ignore[attr-defined]
            (question, answer_words(question, person.answers[question.public_id]))
            for question in questions
            if question.public_id in person.answers
        ]
    todo = rules.missing(workshop)
    return {
        "workshop": workshop,
        "counted": counted(workshop),
        "people": people,
        "has_answers": any(person.answers for person in people),
        "todo": todo,
        "screens": [
            (name, label, name not in todo)
            for name, label in SCREENS.items()
            if name in ("facts", "programme")
        ],
        "is_over": rules.is_over(workshop, at),
        "has_begun": rules.has_begun(workshop, at),
        "is_ahead": bool(workshop.first_day and workshop.first_day > (at + rules.AHEAD).date()),
        "n_pairs": workshop.meetings.filter(declined_at=None).count(),
        "materials": list(workshop.materials.all()),
        "feedback": feedback_of(workshop),
    }


def feedback_of(workshop: Workshop) -> dict[str, Any]:
    """The feedback without names; nothing if there are fewer than `FEWEST`."""
    rows = list(Feedback.objects.filter(registration__workshop=workshop).order_by("?"))
    if len(rows) < FEWEST:
        return {"n": len(rows), "fewest": FEWEST}
    return {
        "n": len(rows),
        "mean": sum(row.score for row in rows) / len(rows),
        "useful": [row.useful for row in rows if row.useful],
        "better": [row.better for row in rows if row.better],
    }


def answer_words(question: Question, answer: str) -> str:
    """An answer as text; a choice is stored as a number, so that each reader sees her language."""
    if question.kind != "choice":
        return answer
    lines = localised_text(question.options).value.splitlines()
    return lines[int(answer)] if int(answer) < len(lines) else answer
