"""Organisations and cities on the secretariat's desk."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from alliance.core import clock
from alliance.desk.forms import CityForm, OrganisationForm, PlaceForm
from alliance.desk.selectors.access import open_desk
from alliance.desk.selectors.organisations import (
    OrganisationsFilter,
    member_cities,
    organisations_list,
)
from alliance.desk.services import keep_city, keep_organisation
from alliance.knowledge.selectors.doors import get_city_for, get_organisation_for
from alliance.knowledge.views import actor_of
from alliance.network.models import City, Organisation
from alliance.network.views import done, for_people, form_page, posted
from alliance.web.paging import page_number

_NAMES = ("name", "name_fr", "name_sv", "country")


@require_safe
@for_people
def organisations(request: HttpRequest) -> HttpResponse:
    """Every organisation with its team and open invitations."""
    open_desk(actor_of(request))
    found = organisations_list(
        OrganisationsFilter(request.GET.get("q", "").strip(), request.GET.get("show", "")),
        number=page_number(request),
        language=request.LANGUAGE_CODE,
        at=clock.now(),
    )
    return render(request, "desk/organisations.html", found)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def organisation_new(request: HttpRequest) -> HttpResponse:
    """Add an organisation."""
    open_desk(actor_of(request))
    return _organisation(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def organisation_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change an organisation."""
    actor = actor_of(request)
    open_desk(actor)
    return _organisation(request, get_organisation_for(actor, public_id))


def _organisation(request: HttpRequest, present: Organisation | None) -> HttpResponse:
    initial = {"country": request.GET.get("country", "SE"), "city": request.GET.get("city", "")}
    if present is not None:
        initial = {name: getattr(present, name) for name in (*_NAMES, "kind")}
        initial["city"] = present.city.public_id if present.city else ""
    form = OrganisationForm(posted(request), initial=initial)
    if form.is_valid():
        with form.showing_faults():
            kept = keep_organisation(
                present, **form.cleaned_data, actor=actor_of(request), at=clock.now()
            )
            said = _("%(name)s is saved.") % {"name": kept.name}
            return done(request, said, "knowledge:desk-organisation", kept.public_id)
    return form_page(
        request,
        "desk/organisation.html",
        form,
        present=present,
        cities=member_cities(request.LANGUAGE_CODE),
        asks_same_name=_asks_same_name(form),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def city_new(request: HttpRequest) -> HttpResponse:
    """Add a city."""
    open_desk(actor_of(request))
    return _city(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def city_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change a city, and whether it is a member of the network."""
    actor = actor_of(request)
    open_desk(actor)
    return _city(request, get_city_for(actor, public_id))


def _city(request: HttpRequest, present: City | None) -> HttpResponse:
    fields = (*_NAMES, "is_member", "population", "population_year")
    initial: dict[str, object] = {"country": "SE"}
    if present is not None:
        initial = {name: getattr(present, name) for name in fields}
    form = CityForm(posted(request), initial=initial)
    if form.is_valid():
        with form.showing_faults():
            kept = keep_city(present, **form.cleaned_data, actor=actor_of(request), at=clock.now())
            said = _("%(name)s is saved.") % {"name": kept.name}
            return done(request, said, "knowledge:desk-city", kept.public_id)
    return form_page(
        request,
        "desk/city.html",
        form,
        present=present,
        organisations=list(present.organisations.order_by("name")) if present else [],
        asks_same_name=_asks_same_name(form),
    )


def _asks_same_name(form: PlaceForm) -> bool:
    """Whether the box about another one of the same name is to be shown."""
    return bool(form.is_bound and (form.errors.get("same_name") or form.data.get("same_name")))
