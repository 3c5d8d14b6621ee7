"""The data of a pilot: the template file, sending it filled in, and downloading it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from alliance.core.downloads import csv_download
from alliance.core.errors import NotFound
from alliance.core.files.uploads import content_of
from alliance.knowledge.selectors.localise import local_name
from alliance.network.access import actor_of
from alliance.network.views import for_people, missing_is_404, private
from alliance.network.views.actions import PeopleActionView
from alliance.testbeds import rules
from alliance.testbeds.data_files import MOST_BYTES, MOST_ROWS
from alliance.testbeds.forms.pilots import DataForm
from alliance.testbeds.models import Measurement, Pilot
from alliance.testbeds.protocol import check_shape, columns_of
from alliance.testbeds.selectors.access import (
    LEAD,
    get_city_of,
    get_measurement_for,
    get_pilot_for,
)
from alliance.testbeds.selectors.lots import allocations_of, rows_to_fill
from alliance.testbeds.services import evaluations
from alliance.testbeds.services.measurements import FILES, add_measurement
from alliance.testbeds.tasks import enqueue_waiting
from alliance.testbeds.views.planning import PilotActionView


@require_safe
@missing_is_404
def template(request: HttpRequest, public_id: str) -> HttpResponse:
    """The template file of the protocol: its header, and for the team also its rows."""
    actor = actor_of(request)
    pilot = get_pilot_for(actor, public_id)
    columns = [column.name for column in columns_of(check_shape(pilot.plan))]
    rows = rows_to_fill(pilot, columns) if rules.may_lead_pilot(actor, pilot) else []
    response = csv_download(f"pilot-{public_id}-data.csv", columns, rows, marked=True)
    return private(response) if rows else response


@require_safe
@for_people
def allocation_csv(request: HttpRequest, public_id: str) -> HttpResponse:
    """Each unit with its block and arm, for the leading team only, since units may be named
    people."""
    actor = actor_of(request)
    pilot = get_pilot_for(actor, public_id, LEAD)
    rows = [[lot.name, lot.block, int(lot.is_drawn)] for lot in allocations_of(pilot)]
    if not rows:
        raise NotFound("lots", public_id)
    head = ("unit", "block", "treated")
    return private(csv_download(f"pilot-{public_id}-lots.csv", head, rows, marked=True))


class Send(PeopleActionView):
    """Receives the data of a city; if a cell breaks a rule, nothing is saved."""

    form_class = DataForm
    template_name = "testbeds/pilot_data.html"
    list_page = PilotActionView.list_page
    object_page = PilotActionView.object_page
    heading = _("Send data")
    lead = _(
        "A file is imported in full or not at all. It is kept as you sent it, with its checksum."
    )
    submit_label = _("Check and save")

    def get_object(self, public_id: str) -> Pilot:
        pilot = get_pilot_for(self.actor, public_id)
        places = pilot.places.select_related("city")
        self.own = [
            place.city for place in places if rules.may_send_data(self.actor, pilot, place.city)
        ]
        if not self.own:
            raise NotFound("pilot", public_id)
        return pilot

    def get_initial(self) -> dict[str, Any]:
        return {"city": self.request.GET.get("city", self.own[0].public_id)}

    def get_form_kwargs(self) -> dict[str, Any]:
        cities = [(city.public_id, local_name(city, self.language)) for city in self.own]
        return {"choices": {"city": cities}}

    def execute(self, form: DataForm) -> Measurement:
        upload: Any = form.cleaned_data["file"]
        content = content_of(upload, MOST_BYTES)
        city = get_city_of(self.object, form.cleaned_data["city"])
        made = add_measurement(self.object, city, content=content, name=upload.name, **self.by)
        if rules.may_analyse(self.actor, self.object):
            evaluations.ask_for_frozen(self.object, **self.by)
            enqueue_waiting(self.object)
        return made

    def get_success_message(self, made: Measurement) -> str:
        """The number of rows."""
        text = ngettext("%(n)s row saved.", "%(n)s rows saved.", made.rows)
        return text % {"n": made.rows}

    def get_context_data(self) -> dict[str, Any]:
        return {
            "named": self.object.title,
            "columns": columns_of(check_shape(self.object.plan)),
            "most": MOST_BYTES // 1_000_000,
            "most_rows": MOST_ROWS,
        }


@require_safe
@for_people
def download(request: HttpRequest, public_id: str, data_id: str) -> HttpResponse:
    """The file as it was sent, for the leading team and the secretariat."""
    actor = actor_of(request)
    measurement = get_measurement_for(actor, get_pilot_for(actor, public_id), data_id)
    response = HttpResponse(FILES.read(measurement.sha256), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{measurement.file_name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return private(response)
