"""Pages of the fit check of a case or a solution in a city."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.core.audit import Actor
from alliance.knowledge.forms.useful import useful_asked
from alliance.knowledge.models import Solution
from alliance.knowledge.selectors.access import get_case_for, get_solution_for
from alliance.knowledge.views import missing_is_404
from alliance.network.access import actor_of
from alliance.network.choosing import FIND, choose_city, closed_chooser
from alliance.network.models import City
from alliance.network.views import private
from alliance.testbeds.fit.page import (
    Subject,
    case_subject,
    fit_page,
    own_city,
    solution_subject,
)
from alliance.testbeds.fit.reading import get_city
from alliance.testbeds.rules import answering_teams
from alliance.web.page_cache import cached


@require_safe
@missing_is_404
def case_fit(request: HttpRequest, public_id: str) -> HttpResponse:
    """The fit check of a case in the requested city, or in that of the reader's team."""
    actor, language = actor_of(request), request.LANGUAGE_CODE
    case = get_case_for(actor, public_id)
    city = _city(request, actor, case.solution)
    subject = case_subject(case, language, with_places=city is not None)
    return _fit(request, actor, subject, city)


@require_safe
@missing_is_404
def solution_fit(request: HttpRequest, public_id: str) -> HttpResponse:
    """The fit check of a solution, over all the places that tried it."""
    actor = actor_of(request)
    solution = get_solution_for(actor, public_id)
    city = _city(request, actor, solution)
    return _fit(request, actor, solution_subject(solution, request.LANGUAGE_CODE), city)


def _city(request: HttpRequest, actor: Actor, solution: Solution) -> City | None:
    """The requested city or that of the reader's team; None during a search for a city by name."""
    if asked := request.GET.get("city", ""):
        return get_city(asked, teams=answering_teams(actor), solution=solution)
    return None if FIND in request.GET else own_city(actor, solution)


def _fit(request: HttpRequest, actor: Actor, subject: Subject, city: City | None) -> HttpResponse:
    language, useful = request.LANGUAGE_CODE, useful_asked("", request.GET.get("useful", ""))
    size = None if useful.useful is None else useful.useful.size
    asked = [("useful", useful.text)] if useful.text else []
    if city is None:
        page, chooser = None, choose_city(request.GET.get(FIND, ""), language, params=asked)
    else:
        page = cached(
            None,
            ("fit", subject.kind, subject.public_id, city.pk, language, size),
            lambda: fit_page(subject, city, language, useful=size),
        )
        chooser = closed_chooser(asked)
    context = {
        "subject": subject,
        "page": page,
        "may_answer": getattr(city, "is_ours", False),
        "asked": useful,
        "chooser": chooser,
    }
    response = render(request, "testbeds/fit.html", context)
    return private(response) if actor.is_known else response
