"""Organisations and cities on the secretariat's dashboard."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alliance.core import clock
from alliance.desk.forms import CityForm, OrganisationForm
from alliance.desk.selectors.access import open_desk
from alliance.desk.selectors.organisations import (
    OrganisationsFilter,
    member_cities,
    organisations_list,
)
from alliance.desk.services import upsert_city, upsert_organisation
from alliance.desk.views import DeskActionView
from alliance.knowledge.selectors.access import get_city_for, get_organisation_for
from alliance.knowledge.views import actor_of
from alliance.network.models import City, Organisation
from alliance.network.views import for_people
from alliance.web.paging import page_number


@require_safe
@for_people
def organisations(request: HttpRequest) -> HttpResponse:
    """Every organisation with its team and open invitations."""
    open_desk(actor_of(request))
    context = organisations_list(
        OrganisationsFilter(request.GET.get("q", "").strip(), request.GET.get("show", "")),
        number=page_number(request),
        language=request.LANGUAGE_CODE,
        at=clock.now(),
    )
    return render(request, "desk/organisations.html", context)


class OrganisationPage(DeskActionView):
    """Adds or changes an organisation."""

    form_class = OrganisationForm
    template_name = "desk/organisation.html"
    adding = _("Add an organisation")
    lead = _(
        "Enter the organisation’s name, type and city. People join by invitation from its team."
    )
    list_page = (_("Organisations"), "knowledge:desk-organisations")
    object_page = ("", "knowledge:desk-organisation")

    def get_record(self, key: str) -> Organisation:
        return get_organisation_for(self.actor, key)

    def get_initial(self) -> dict[str, Any]:
        if self.object is None:
            asked = self.request.GET
            return {"country": asked.get("country", "SE"), "city": asked.get("city", "")}
        city = self.object.city
        return {**super().get_initial(), "city": city.public_id if city else ""}

    def execute(self, form: Any) -> Organisation:
        return upsert_organisation(self.object, **form.cleaned_data, **self.by)

    def get_context_data(self) -> dict[str, Any]:
        return {**super().get_context_data(), "cities": member_cities(self.language)}


class CityPage(DeskActionView):
    """Adds or changes a city, and whether it is a member of the network."""

    form_class = CityForm
    template_name = "desk/city.html"
    adding = _("Add a city")
    lead = _(
        "Enter the city’s names, its membership of the network and its number of "
        "residents. Other information about the city is kept."
    )
    list_page = (_("Organisations"), "knowledge:desk-organisations")
    object_page = ("", "knowledge:desk-city")

    def get_record(self, key: str) -> City:
        return get_city_for(self.actor, key)

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() or {"country": "SE"}

    def execute(self, form: Any) -> City:
        return upsert_city(self.object, **form.cleaned_data, **self.by)
