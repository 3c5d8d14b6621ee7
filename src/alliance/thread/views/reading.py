"""Pages of the thread, of missing follow-ups, and for the leaders of a city."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.adoption.enums import StepKind
from alliance.adoption.rules import may_change
from alliance.adoption.selectors.steps import get_step
from alliance.cases.selectors.access import get_city_for
from alliance.core import clock
from alliance.groups.selectors.groups import decision_of
from alliance.network.access import actor_of
from alliance.network.localise import local_name
from alliance.network.selectors.needs_offers import city_teams
from alliance.network.views import missing_is_404, private
from alliance.thread.nodes import IN_MINUTES
from alliance.thread.selectors.broken import MOST as MOST_BROKEN
from alliance.thread.selectors.broken import broken_chains
from alliance.thread.selectors.leaders import leaders_page
from alliance.thread.selectors.shapes import thread_page
from alliance.thread.selectors.walk import DEEPEST, DEPTH, MOST, thread_of


def _depth(request: HttpRequest) -> int:
    value = request.GET.get("depth", str(DEPTH))
    if value not in {str(n) for n in range(1, DEEPEST + 1)}:
        raise Http404
    return int(value)


@require_safe
@missing_is_404
def thread(request: HttpRequest, kind: str, public_id: str) -> HttpResponse:
    """The records related to a record, by stage, and which stages are missing."""
    actor = actor_of(request)
    language = request.LANGUAGE_CODE
    graph = thread_of(actor, kind, public_id, language=language, depth=_depth(request))
    teams = city_teams(actor, language)
    in_minutes = graph.start.state == IN_MINUTES
    step = get_step(public_id) if kind in StepKind.values and not in_minutes else None
    context = {
        "page": thread_page(graph, DEEPEST),
        "most": MOST,
        "step": step,
        "decision": decision_of(public_id) if in_minutes else None,
        "told_by": "" if step is None else local_name(step.organisation, language),
        "may_change_step": step is not None and may_change(actor, step),
        # A link to a record that hides its city would reveal it.
        "teams": () if graph.start.hides_city else teams,
        "own_teams": {team.public_id for team in teams},
    }
    response = render(request, "thread/thread.html", context)
    return private(response) if actor.is_known else response


@require_safe
@missing_is_404
def broken(request: HttpRequest) -> HttpResponse:
    """Missing follow-ups, by documented rules."""
    today = clock.today()
    chains = broken_chains(
        city=request.GET.get("city", ""), language=request.LANGUAGE_CODE, today=today
    )
    return render(request, "thread/broken.html", {**chains, "most": MOST_BROKEN, "today": today})


@require_safe
@missing_is_404
def leaders(request: HttpRequest, public_id: str) -> HttpResponse:
    """The printable two-minute page for the leaders of a city."""
    actor = actor_of(request)
    city = get_city_for(actor, public_id)
    teams = {city_team.city_id for city_team in city_teams(actor, request.LANGUAGE_CODE)}
    context = leaders_page(city, request.LANGUAGE_CODE, today=clock.today())
    response = render(
        request, "thread/leaders.html", context | {"is_ours": city.public_id in teams}
    )
    return private(response) if actor.is_known else response
