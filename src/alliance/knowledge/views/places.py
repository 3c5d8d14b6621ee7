"""Pages of cities and organisations."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from alliance.cases.selectors.access import get_city_for, get_organisation_for
from alliance.cases.views import actor_of, missing_is_404
from alliance.charts.projection import VIEWS
from alliance.core import clock
from alliance.knowledge.selectors.organisations import organisation_list as select_organisations
from alliance.knowledge.selectors.organisations import organisation_page
from alliance.knowledge.selectors.places import acts_in_city, city_page
from alliance.knowledge.selectors.places import city_list as select_cities
from alliance.network.choosing import FIND, choose_city, closed_chooser
from alliance.web.page_cache import cached, shows
from alliance.web.paging import page_number


@shows("city", "case")
@require_safe
@missing_is_404
def city_list(request: HttpRequest) -> HttpResponse:
    """Member cities first, then all other places of cases, by country."""
    actor, language, number = actor_of(request), request.LANGUAGE_CODE, page_number(request)
    view = request.GET.get("map")
    view = view if view in VIEWS else None
    cities = cached(
        frozenset({"city", "case"}),
        ("cities", language, number, view),
        lambda: select_cities(actor, language, number, view=view),
    )
    text = request.GET.get(FIND, "")
    chooser = closed_chooser()
    if text.strip():
        chooser = choose_city(
            text,
            request.LANGUAGE_CODE,
            address=lambda public_id: reverse("knowledge:city", args=[public_id]),
        )
    context = cities | {"chooser": chooser, "view": view, "today": clock.today()}
    return render(request, "knowledge/city_list.html", context)


@require_safe
@missing_is_404
def city(request: HttpRequest, public_id: str) -> HttpResponse:
    """One city: its facts, what it tried and what came of it."""
    actor = actor_of(request)
    record = get_city_for(actor, public_id)
    language = request.LANGUAGE_CODE
    context = cached(
        None, ("city", record.pk, language), lambda: city_page(actor, record, language)
    )
    own = {"teams": acts_in_city(actor, record), "today": clock.today()}
    return render(request, "knowledge/city.html", context | own)


@shows("case", "city", "organisation")
@require_safe
@missing_is_404
def organisation_list(request: HttpRequest) -> HttpResponse:
    """The organisations that are known by name."""
    context = select_organisations(actor_of(request), request.LANGUAGE_CODE, page_number(request))
    return render(request, "knowledge/organisation_list.html", context | {"today": clock.today()})


@require_safe
@missing_is_404
def organisation(request: HttpRequest, public_id: str) -> HttpResponse:
    """One organisation and the cases it acted in."""
    actor = actor_of(request)
    record = get_organisation_for(actor, public_id)
    context = organisation_page(actor, record, page_number(request))
    return render(request, "knowledge/organisation.html", context | {"today": clock.today()})
