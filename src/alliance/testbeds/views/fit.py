"""Would it work here: a case or a solution held against a city."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.knowledge.selectors.doors import get_case_for, get_solution_for
from alliance.knowledge.views import missing_is_404
from alliance.network.access import actor_of
from alliance.network.localise import local_name
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
    case = get_case_for(actor_of(request), public_id)
    return _fit(request, case_subject(case, request.LANGUAGE_CODE))


@require_safe
@missing_is_404
def solution_fit(request: HttpRequest, public_id: str) -> HttpResponse:
    """The same of a solution, against all the places that tried it."""
    solution = get_solution_for(actor_of(request), public_id)
    return _fit(request, solution_subject(solution, request.LANGUAGE_CODE))


def _fit(request: HttpRequest, subject: Subject) -> HttpResponse:
    actor, language = actor_of(request), request.LANGUAGE_CODE
    asked = request.GET.get("city", "")
    city = get_city(asked) if asked else own_city(actor)
    offered = [(one.public_id, local_name(one, language)) for one in cities_offered()]
    if city is not None and city.public_id not in dict(offered):
        offered.append((city.public_id, local_name(city, language)))
    context = {
        "subject": subject,
        "page": None if city is None else fit_page(subject, city, language),
        "city_id": "" if city is None else city.public_id,
        "offered": offered,
    }
    response = render(request, "testbeds/fit.html", context)
    return private(response) if actor.is_known else response
