"""API routes of pilots for explorations, power, the case of a result and cancelling a plan."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import File, Query, Status
from ninja.files import UploadedFile

from alliance.core import clock
from alliance.core.files.uploads import content_of
from alliance.network.api.common import LanguageQuery, api_address
from alliance.network.api.writing import actor_in, created
from alliance.network.views import private
from alliance.testbeds.api import schemas
from alliance.testbeds.api.build import power_payload, result_summary, standing
from alliance.testbeds.api.reading import router
from alliance.testbeds.api.writing import WRITES
from alliance.testbeds.data_files import MOST_BYTES
from alliance.testbeds.models import Pilot
from alliance.testbeds.selectors.access import (
    ANALYSE,
    LEAD,
    get_measurement_for,
    get_pilot_for,
    get_place_of,
)
from alliance.testbeds.services import cases, evaluations, pilots, simulation
from alliance.testbeds.services.measurements import FILES
from alliance.testbeds.tasks import enqueue_simulation, enqueue_waiting

_FILE = {
    "responses": {
        200: {"description": "The file.", "content": {"application/octet-stream": {"schema": {}}}}
    }
}


@router.post(
    "/pilots/{id}/drop", response=schemas.PilotStanding, auth=WRITES, summary="Give a plan up"
)
def drop_pilot(request: HttpRequest, id: str) -> dict[str, Any]:
    """Cancel a plan before it is frozen. A registered pilot can only be stopped (403)."""
    actor = actor_in(request)
    dropped = pilots.drop(get_pilot_for(actor, id, LEAD), actor=actor, at=clock.now())
    return standing(dropped)


@router.get(
    "/pilots/{id}/power", response=schemas.Power, auth=WRITES, summary="What a plan can find"
)
def get_pilot_power(request: HttpRequest, id: str, query: Query[LanguageQuery]) -> dict[str, Any]:
    """What the sample of a plan can detect: by formula, or by the last simulation."""
    return power_payload(get_pilot_for(actor_in(request), id, LEAD), query.lang)


@router.post(
    "/pilots/{id}/power",
    response={202: schemas.Power},
    auth=WRITES,
    summary="Have the power of a plan simulated",
)
def simulate_pilot_power(
    request: HttpRequest, id: str, file: File[UploadedFile], query: Query[LanguageQuery]
) -> Status[dict[str, Any]]:
    """Send the outcome of the time before; the worker simulates which effects the design can
    detect."""
    actor = actor_in(request)
    pilot = get_pilot_for(actor, id, LEAD)
    asked = simulation.ask_for_simulation(
        pilot,
        content=content_of(file, MOST_BYTES),
        name=file.name or "data.csv",
        actor=actor,
        at=clock.now(),
    )
    enqueue_simulation(asked)
    return Status(202, power_payload(asked, query.lang))


@router.get(
    "/pilots/{id}/data/{data_id}",
    auth=WRITES,
    summary="A file of data, for its team",
    openapi_extra=_FILE,
)
def get_pilot_data(request: HttpRequest, id: str, data_id: str) -> HttpResponse:
    """The file as it was sent, for the team that leads and the secretariat."""
    actor = actor_in(request)
    measurement = get_measurement_for(actor, get_pilot_for(actor, id), data_id)
    response = HttpResponse(FILES.read(measurement.sha256), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{measurement.file_name}"'
    return private(response)


def _changes(changes: schemas.Changes) -> dict[str, Any]:
    """The changes as a dict without unset fields; null counts only where it removes a setting."""
    values = changes.model_dump(mode="json", exclude_unset=True)
    may_be_none = {"start", "cluster", "period"}
    return {key: value for key, value in values.items() if value is not None or key in may_be_none}


@router.post(
    "/pilots/{id}/explorations",
    response={202: schemas.ResultSummary},
    auth=WRITES,
    summary="Run another analysis than the frozen one",
)
def explore_pilot(
    request: HttpRequest, id: str, body: schemas.Exploration, query: Query[LanguageQuery]
) -> Status[dict[str, Any]]:
    """Have the newest data of a city analysed in another way. The result is always labelled
    exploratory."""
    actor = actor_in(request)
    pilot = get_pilot_for(actor, id, ANALYSE)
    made = evaluations.explore(
        pilot,
        get_place_of(pilot, body.city).city,
        changes=_changes(body.changes),
        actor=actor,
        at=clock.now(),
    )
    enqueue_waiting(pilot)
    return Status(202, result_summary(made, query.lang))


@router.post(
    "/pilots/{id}/places/{city_id}/case",
    response={201: schemas.CaseDraft, 200: schemas.CaseDraft},
    auth=WRITES,
    summary="Make a case of a result",
)
def make_pilot_case(
    request: HttpRequest, id: str, city_id: str, response: HttpResponse
) -> Status[dict[str, Any]]:
    """Make a draft of a case from the result of a city, or return the existing draft (200)."""
    actor, at = actor_in(request), clock.now()
    pilot: Pilot = get_pilot_for(actor, id, LEAD)
    draft = cases.make_case(get_place_of(pilot, city_id), actor=actor, at=at)
    created(response, api_address(f"drafts/{draft.public_id}"))
    status = 201 if draft.started_at == at else 200
    return Status(status, {"draft": draft.public_id, "state": draft.state})
