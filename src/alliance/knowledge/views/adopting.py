"""Proposing that a city adopts a case or a solution with the help of a city that knows it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from alliance.core import clock
from alliance.core.errors import NotAllowed
from alliance.knowledge.forms.adopting import AdoptForm
from alliance.knowledge.selectors.access import get_case_for, get_solution_for
from alliance.knowledge.selectors.adopting import Knowing, knowing_case, knowing_solution
from alliance.knowledge.selectors.chain import chain_page
from alliance.knowledge.selectors.replication import replication_plan
from alliance.knowledge.views import actor_of, missing_is_404
from alliance.network.selectors.access import get_city_team
from alliance.network.selectors.needs_offers import city_teams
from alliance.network.services import partnerships
from alliance.network.views import done, for_people, form_page, posted
from alliance.network.views.refusals import refusal_is_403


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
@missing_is_404
@refusal_is_403
def adopt_case(request: HttpRequest, public_id: str) -> HttpResponse:
    """Propose to adopt a case with its city."""
    case = get_case_for(actor_of(request), public_id)
    return _adopt(request, knowing_case(case, request.LANGUAGE_CODE), "knowledge:case")


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
@missing_is_404
@refusal_is_403
def adopt_solution(request: HttpRequest, public_id: str) -> HttpResponse:
    """Propose to adopt a solution with a city that tried it."""
    solution = get_solution_for(actor_of(request), public_id)
    found = knowing_solution(solution, request.LANGUAGE_CODE)
    return _adopt(request, found, "knowledge:solution")


def _adopt(request: HttpRequest, found: Knowing, back: str) -> HttpResponse:
    actor, language = actor_of(request), request.LANGUAGE_CODE
    own = city_teams(actor, language)
    if not own:
        raise NotAllowed(_("Only editors of a city’s municipality speak for the city."))
    # Who speaks for one city alone cannot ask it.
    own_cities = {one.city_id for one in own}
    sources = [team for team in found.teams if team.city and own_cities - {team.city.public_id}]
    form = AdoptForm(
        posted(request),
        adopters=own,
        sources=sources,
        page_language=language,
        initial={"language": language},
    )
    if sources and form.is_valid():
        given = form.cleaned_data
        with form.showing_faults():
            made = partnerships.propose(
                found.subject,
                source=next(one for one in sources if one.public_id == given["source"]),
                adopter=get_city_team(actor, given["adopter"]),
                aim=given["aim"],
                language=given["language"],
                contact_role=given["contact_role"],
                actor=actor,
                at=clock.now(),
            )
            said = _("The agreement is proposed; the other city is told.")
            return done(request, said, "network:agreement", made.public_id)
    return form_page(
        request,
        "knowledge/adopt.html",
        form,
        subject=found.subject,
        lang_attr=found.subject.language if found.subject.language != language else "",
        back=back,
        sources=sources,
        cities_without_team=found.cities_without_team,
    )


@require_safe
@missing_is_404
def plan(request: HttpRequest, public_id: str) -> HttpResponse:
    """The replication plan of an agreement: what the adopted case hands down."""
    today = clock.today()
    found = replication_plan(
        actor_of(request), public_id, language=request.LANGUAGE_CODE, today=today
    )
    return render(request, "knowledge/replication.html", {"plan": found, "today": today})


@require_safe
@missing_is_404
def chain(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who adapted a case, what was changed, and what came of it, however deep."""
    case = get_case_for(actor_of(request), public_id)
    context = chain_page(case, request.LANGUAGE_CODE) | {"today": clock.today()}
    return render(request, "knowledge/chain.html", context)
