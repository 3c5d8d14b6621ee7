"""The public list of pilots, and the plans of the reader's teams."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, Q, QuerySet

from alliance.core.audit import Actor
from alliance.knowledge.selectors.case_list import Localised, localised
from alliance.knowledge.selectors.localise import local_name
from alliance.network.models import Organisation
from alliance.testbeds import rules
from alliance.testbeds.enums import EvaluationLabel, EvaluationState, PilotNoteKind, PilotState
from alliance.testbeds.messages import verdicts
from alliance.testbeds.models import Evaluation, Pilot, PilotCity, PilotNote
from alliance.web.paging import page_of

PAGE_SIZE = 20
#: The parts of the list, as named in its address; the first is the default.
RUNNING, OVERDUE, RESULTS, STOPPED = "running", "overdue", "results", "stopped"
SHOWN = (RUNNING, OVERDUE, RESULTS, STOPPED)
#: The newest plans of the reader's teams.
MOST_PLANS = 30


@dataclass(frozen=True)
class PilotLine:
    """A pilot in a list. `headline` is its result, empty without one; `delay` explains a late
    result in the list of overdue pilots.
    """

    pilot: Pilot
    title: Localised
    days_late: int
    cities: tuple[str, ...]
    headline: str
    delay: PilotNote | None = None


def overdue(today: dt.date) -> Q:
    """The condition on registered pilots whose result was due before `today`."""
    return Q(state=PilotState.REGISTERED, result_due__lt=today)


def _part(shown: str, today: dt.date) -> Q:
    if shown == OVERDUE:
        return overdue(today)
    states = {
        RUNNING: PilotState.REGISTERED,
        RESULTS: PilotState.REPORTED,
        STOPPED: PilotState.STOPPED,
    }
    return Q(state=states[shown])


def pilot_list(
    actor: Actor, shown: str, *, number: int, language: str, today: dt.date
) -> dict[str, Any]:
    """A page of a part of the public list, with the count of each part.

    At most eight queries. Raises Http404 for a missing page.
    """
    counts = Pilot.objects.aggregate(
        **{name: Count("pk", filter=_part(name, today)) for name in SHOWN}
    )
    rows = Pilot.objects.filter(_part(shown, today))
    if shown == OVERDUE:
        delays = PilotNote.objects.filter(kind=PilotNoteKind.DELAY)
        rows = rows.prefetch_related(Prefetch("notes", delays, to_attr="delays"))
    order = ("result_due", "pk") if shown in {RUNNING, OVERDUE} else ("-reported_at", "-frozen_at")
    page = page_of(Paginator(with_parts(rows.order_by(*order)), PAGE_SIZE), number)
    teams = [
        team
        for team in Organisation.objects.filter(public_id__in=list(actor.teams))
        if rules.may_lead_for(actor, team)
    ]
    plans = Pilot.objects.filter(
        state=PilotState.PLANNING, organisation__public_id__in=list(actor.teams)
    )
    planned = with_parts(plans.order_by("-saved_at"))[:MOST_PLANS] if actor.teams else ()
    return {
        "shown": shown,
        "counts": counts,
        "page": page,
        "lines": [line(pilot, language, today) for pilot in page],
        "plans": [line(pilot, language, today) for pilot in planned],
        "may_plan": bool(teams),
    }


def with_parts(pilots: QuerySet[Pilot]) -> QuerySet[Pilot]:
    """Pilots with the relations that a list shows: team, cities and finished frozen results."""
    results = Evaluation.objects.filter(
        label=EvaluationLabel.AS_FROZEN, state=EvaluationState.DONE
    ).order_by("finished_at")
    return pilots.select_related("organisation").prefetch_related(
        Prefetch("places", PilotCity.objects.select_related("city")),
        Prefetch("evaluations", results, to_attr="frozen"),
    )


def line(pilot: Pilot, language: str, today: dt.date) -> PilotLine:
    """A pilot from `with_parts` as a line of a list."""
    best = _telling(getattr(pilot, "frozen", []))
    return PilotLine(
        pilot=pilot,
        title=localised(pilot.title, pilot.language, language),
        days_late=days_late(pilot, today),
        cities=tuple(local_name(place.city, language) for place in pilot.places.all()),
        headline=headline_of(best, pilot.plan) if best else "",
        # The newest comes first.
        delay=next(iter(getattr(pilot, "delays", ())), None),
    )


def days_late(pilot: Pilot, today: dt.date) -> int:
    """How many days the result is overdue, else 0."""
    if pilot.state != PilotState.REGISTERED or not pilot.result_due:
        return 0
    return max((today - pilot.result_due).days, 0)


def _telling(evaluations: list[Evaluation]) -> Evaluation | None:
    """The pooled result if there is one, else the newest."""
    together = [evaluation for evaluation in evaluations if evaluation.city_id is None]
    chosen = together or evaluations
    return chosen[-1] if chosen else None


def headline_of(evaluation: Evaluation, plan: dict[str, Any]) -> str:
    return verdicts.headline(evaluation.result, str(plan.get("outcome_unit", "")))
