"""The pages of those who edit the areas of a city."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from alliance.core.files.uploads import content_of
from alliance.equity.enums import ExposureKind, Quantity
from alliance.equity.forms import AreasForm, FiguresForm
from alliance.equity.models import AreaSet
from alliance.equity.selectors.access import EDIT, get_area_set_for
from alliance.equity.services import areas, figures
from alliance.network.localise import local_name
from alliance.network.models import Organisation
from alliance.network.selectors.access import get_city_team
from alliance.network.views.actions import PeopleActionView
from alliance.web.actions import ActionForm

LIST = (_("How burdens are shared"), "equity:cities")


class BringAreas(PeopleActionView):
    """Import the areas of the city of `team`."""

    form_class = AreasForm
    list_page = LIST
    created_page = ("equity:areas", False)
    heading = _("Add your city’s areas")
    submit_label = _("Check and save")

    def get_object(self, *args: Any, **ids: Any) -> Organisation:
        return get_city_team(self.actor, self.request.GET.get("team", ""))

    def get_initial(self) -> dict[str, Any]:
        return {"language": self.language, "kind": "own"}

    def execute(self, form: AreasForm) -> AreaSet:
        content = content_of(form.cleaned_data["file"], areas.MOST_BYTES)
        return areas.bring_areas(self.object, form.as_data(), content, **self.by)

    def get_success_message(self, made: AreaSet) -> str:
        n = made.areas.count()
        message = ngettext("%(n)s area saved.", "%(n)s areas saved.", n)
        return message % {"n": n}

    def get_context_data(self) -> dict[str, Any]:
        lead = gettext(
            "For %(city)s. GeoJSON, GeoPackage, a zipped shapefile, or a table of codes "
            "and names. Up to %(most)s MB."
        )
        city = local_name(self.object.city, self.language)
        return {"lead": lead % {"city": city, "most": areas.MOST_BYTES // 1_000_000}}


class AreasActionView(PeopleActionView):
    """Base of the actions of those who edit the areas of a city."""

    list_page = LIST
    object_page = ("", "equity:areas")

    def get_object(self, *args: Any, **ids: Any) -> AreaSet:
        return get_area_set_for(self.actor, ids["public_id"], EDIT)

    def get_title(self) -> str:
        return str(self.object)


class BringFigures(AreasActionView):
    """Import a table of figures."""

    form_class = FiguresForm
    heading = _("Add figures for areas")
    lead = _(
        "Upload a table with one row for each area: its code in the first column and one "
        "figure in each of the other columns. If the file has an error, nothing is saved."
    )
    submit_label = _("Check and save")
    success_message = _("Figures saved.")

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET.get("quantity", "")
        if asked in (Quantity.CHANGE, Quantity.COST):
            return {"what": ExposureKind.BURDEN.value, "quantity": asked}
        return {"what": figures.PEOPLE, "quantity": Quantity.LEVEL.value}

    def execute(self, form: FiguresForm) -> AreaSet:
        content = content_of(form.cleaned_data["file"], figures.MOST_BYTES)
        return figures.bring_figures(self.object, form.as_data(), content, **self.by)


class End(AreasActionView):
    """Delete the areas with their figures, after confirmation."""

    form_class = ActionForm
    heading = _("Close these areas?")
    lead = _(
        "The page, map, figures and disputes for these areas will no longer be available. "
        "Fairness checks keep their tables, without the map. You cannot open the areas "
        "again: you would have to add them and their figures from scratch. New population "
        "tables will still be compared with the old ones, so that no one can be "
        "identified from the difference."
    )
    submit_label = _("Close areas")
    success_message = _("The areas have been closed.")

    def execute(self, form: ActionForm) -> AreaSet:
        return areas.end_areas(self.object, **self.by)

    def get_success_response(self, made: Any) -> HttpResponse:
        super().get_success_response(made)
        return redirect("equity:cities")
