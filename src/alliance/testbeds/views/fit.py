"""Would it work here: a case or a solution held against a city."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.core.audit import Actor
from alliance.knowledge.forms.useful import useful_asked
from alliance.knowledge.selectors.doors import get_case_for, get_solution_for
from alliance.knowledge.views import missing_is_404
from alliance.network.access import actor_of
from alliance.network.localise import local_name
from alliance.network.models import City
from alliance.network.views import private
from alliance.testbeds.fit.page import (
    Subject,
    case_subject,
    fit_page,
    own_city,
    solution_subject,
)
from alliance.testbeds.fit.reading import cities_offered, get_city


@require_safe
@missing_is_404
def case_fit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Would what this case did work in a city: the one asked for, or that of the reader's team."""
    actor, language = actor_of(request), request.LANGUAGE_CODE
    case = get_case_for(actor, public_id)
    city = _city(request, actor)
    subject = case_subject(case, language, with_places=city is not None)
    return _fit(request, actor, subject, city)


@require_safe
@missing_is_404
def solution_fit(request: HttpRequest, public_id: str) -> HttpResponse:
    """The same of a solution, against all the places that tried it."""
    actor = actor_of(request)
    solution = get_solution_for(actor, public_id)
    city = _city(request, actor)
    return _fit(request, actor, solution_subject(solution, request.LANGUAGE_CODE), city)


def _city(request: HttpRequest, actor: Actor) -> City | None:
    asked = request.GET.get("city", "")
    return get_city(asked) if asked else own_city(actor)


def _fit(request: HttpRequest, actor: Actor, subject: Subject, city: City | None) -> HttpResponse:
    language = request.LANGUAGE_CODE
    offered = [(one.public_id, local_name(one, language)) for one in cities_offered()]
    if city is not None and city.public_id not in dict(offered):
        offered.append((city.public_id, local_name(city, language)))
    useful = useful_asked("", request.GET.get("useful", ""))
    size = None if useful.useful is None else useful.useful.size
    context = {
        "subject": subject,
        "page": None if city is None else fit_page(subject, city, language, useful=size),
        "asked": useful,
        "city_id": "" if city is None else city.public_id,
        "offered": offered,
    }
    response = render(request, "testbeds/fit.html", context)
    return private(response) if actor.is_known else response
