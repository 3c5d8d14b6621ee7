"""The data of a pilot: the empty file, sending it filled in, and reading it again."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from alliance.core import clock
from alliance.core.errors import Fault, InvalidData, NotFound
from alliance.knowledge.selectors.localise import local_name
from alliance.network.access import actor_of
from alliance.network.views import for_people, missing_is_404, posted, private
from alliance.network.views.refusals import refusal_is_403
from alliance.testbeds import rules
from alliance.testbeds.data_files import MOST_BYTES, MOST_ROWS
from alliance.testbeds.forms.pilots import DataForm
from alliance.testbeds.protocol import check_shape, columns_of
from alliance.testbeds.selectors.access import get_city_of, get_measurement_for, get_pilot_for
from alliance.testbeds.services.data_store import FILES
from alliance.testbeds.services.measurements import add_measurement


@require_safe
@missing_is_404
def template(request: HttpRequest, public_id: str) -> HttpResponse:
    """The head of the file that the protocol asks for, to be filled in."""
    pilot = get_pilot_for(actor_of(request), public_id)
    out = io.StringIO()
    csv.writer(out).writerow([column.name for column in columns_of(check_shape(pilot.plan))])
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    name = f"pilot-{public_id}-data.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
@refusal_is_403
def send(request: HttpRequest, public_id: str) -> HttpResponse:
    """Send the data of one city; what breaks a rule is named by its cell, and nothing is kept."""
    actor = actor_of(request)
    pilot = get_pilot_for(actor, public_id)
    places = pilot.places.select_related("city")
    own = [one.city for one in places if rules.may_send_data(actor, pilot, one.city)]
    if not own:
        raise NotFound("pilot", public_id)
    form = DataForm(
        posted(request),
        request.FILES if request.method == "POST" else None,
        cities=[(city.public_id, local_name(city, request.LANGUAGE_CODE)) for city in own],
        initial={"city": request.GET.get("city", own[0].public_id)},
    )
    faults: tuple[Fault, ...] = ()
    if form.is_valid():
        upload: Any = form.cleaned_data["file"]
        try:
            if upload is None:
                raise InvalidData([Fault("file", "no-file")])
            if upload.size > MOST_BYTES:
                raise InvalidData([Fault("file", "large-file", {"n": MOST_BYTES // 1_000_000})])
            sent = add_measurement(
                pilot,
                get_city_of(pilot, form.cleaned_data["city"]),
                content=upload.read(),
                name=upload.name,
                actor=actor,
                at=clock.now(),
            )
        except InvalidData as error:
            faults = error.faults
        else:
            said = ngettext("%(n)s row is kept.", "%(n)s rows are kept.", sent.rows)
            messages.success(request, said % {"n": sent.rows})
            return redirect("testbeds:pilot", public_id)
    context = {
        "pilot": pilot,
        "form": form,
        "columns": columns_of(check_shape(pilot.plan)),
        "faults": faults,
        "most": MOST_BYTES // 1_000_000,
        "most_rows": MOST_ROWS,
    }
    status = 422 if form.errors or faults else 200
    return render(request, "testbeds/pilot_data.html", context, status=status)


@require_safe
@for_people
def download(request: HttpRequest, public_id: str, data_id: str) -> HttpResponse:
    """The file as it was sent, for the team that leads and the secretariat."""
    actor = actor_of(request)
    found = get_measurement_for(actor, get_pilot_for(actor, public_id), data_id)
    response = HttpResponse(FILES.read(found.sha256), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.file_name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return private(response)
