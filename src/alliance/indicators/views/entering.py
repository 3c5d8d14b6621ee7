"""Manual entry of figures: choose the city and indicator, enter, save."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from alliance.indicators import rules
from alliance.indicators.enums import Boundary
from alliance.indicators.forms.entering import FiguresForm
from alliance.indicators.importing.options import Options
from alliance.indicators.models import ObservationBatch
from alliance.indicators.selectors.access import get_indicator_for
from alliance.indicators.selectors.entering import (
    EntryPage,
    entry_page,
    get_city_to_enter,
    indicators_of,
    start_page,
)
from alliance.indicators.services.entering import enter_figures
from alliance.network.access import actor_of
from alliance.network.views import for_people
from alliance.network.views.actions import PeopleActionView


@require_safe
@for_people
def start(request: HttpRequest) -> HttpResponse:
    """The cities that the person may enter figures for, and her uploaded files."""
    return render(request, "indicators/enter/start.html", start_page(actor_of(request)))


@require_safe
@for_people
def city(request: HttpRequest, public_id: str) -> HttpResponse:
    """The indicators of a city that figures can be entered for."""
    chosen_city = get_city_to_enter(actor_of(request), public_id)
    lines = indicators_of(chosen_city)
    return render(request, "indicators/enter/city.html", {"city": chosen_city, "lines": lines})


class EnterFigures(PeopleActionView):
    """Edits the figures of a city under a definition and area."""

    form_class = FiguresForm
    template_name = "indicators/enter/figures.html"
    key = ""

    def get_object(self, **ids: Any) -> EntryPage:
        asked = self.request.POST if self.request.method == "POST" else self.request.GET
        return entry_page(
            get_city_to_enter(self.actor, ids["public_id"]),
            get_indicator_for(self.actor, ids["indicator_id"]),
            key=asked.get("definition", ""),
            boundary=asked.get("boundary", ""),
        )

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"page": self.object}

    def execute(self, form: Any) -> ObservationBatch | None:
        page, cleaned_data, version = self.object, form.cleaned_data, self.object.version
        rows = form.changed_rows()
        if not rows:
            return None
        options = Options(
            indicator=page.indicator.code,
            definition=page.definition.key,
            boundary=page.boundary,
            unit=cleaned_data["unit"].strip() or version.unit or version.unit_label,
            decimal=".",
            source_title=cleaned_data["source_title"],
            source_url=cleaned_data["source_url"],
            licence=cleaned_data["licence"],
            **form.provenance_options(),
            named=True,
        )
        teams = rules.entering_teams(self.actor)
        report, batch = enter_figures(
            [row | {"city": page.city.public_id, "method": cleaned_data["method"]} for row in rows],
            options,
            organisation=next((team for team in teams if team.city_id == page.city.pk), None),
            reason=cleaned_data["reason"],
            sure=cleaned_data["sure"],
            **self.by,
        )
        # Figures that did not fit the definition are now under a separate one.
        self.key = next((own for _key, own in report.own_definitions), self.key)
        return batch

    def render_form(self, form: Any) -> HttpResponse:
        """Shows the form with errors; rows without errors are saved."""
        while self.request.method == "POST" and form.errors and form.has_whole_rows:
            n_faults = len(form.errors)
            # Other faults are known only after the figures were read.
            with form.showing_errors():
                if self.execute(form) is not None:
                    self.request.typing.stays = {"saved": "1"}  # type: ignore[attr-defined]
            if len(form.errors) == n_faults:
                break
        return super().render_form(form)

    def get_success_message(self, made: ObservationBatch | None) -> str:
        count = made.added + made.revised if made else 0
        if not count:
            return _("We already have these figures; nothing was changed.")
        message = ngettext("%(n)s figure was saved.", "%(n)s figures were saved.", count)
        return message % {"n": count}

    def get_success_url(self, made: Any = None) -> str:
        asked = {
            "definition": self.key or self.object.definition.key,
            "boundary": self.object.boundary,
        }
        return f"{self.request.path}?{urlencode(asked)}"

    def get_context_data(self) -> dict[str, Any]:
        return {"page": self.object, "boundaries": Boundary.choices}
