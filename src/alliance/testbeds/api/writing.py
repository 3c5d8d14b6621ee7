"""API routes that write pilots: planning, freezing, data and analyses."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from ninja import File, Query, Status
from ninja.files import UploadedFile

from alliance.core import clock
from alliance.core.audit import Actor
from alliance.core.errors import Fault, InvalidData
from alliance.core.files.uploads import content_of
from alliance.core.ids import by_id
from alliance.network.api.authentication import TeamOrPerson
from alliance.network.api.common import LanguageQuery, api_address
from alliance.network.api.writing import (
    IF_MATCH,
    actor_in,
    created,
    expected_revision,
    set_etag,
)
from alliance.network.enums import Scope
from alliance.network.models import Organisation
from alliance.testbeds.api import schemas
from alliance.testbeds.api.build import data_summary, note_summary, result_summary, standing
from alliance.testbeds.api.reading import router
from alliance.testbeds.data_files import MOST_BYTES
from alliance.testbeds.models import Pilot
from alliance.testbeds.protocol import check_shape
from alliance.testbeds.selectors.access import LEAD, get_city_of, get_pilot_for
from alliance.testbeds.selectors.planning import proposals as planned
from alliance.testbeds.services import evaluations, pilots, proposals
from alliance.testbeds.services.measurements import add_measurement
from alliance.testbeds.services.notes import add_note
from alliance.testbeds.tasks import enqueue_simulation, enqueue_waiting

WRITES = TeamOrPerson(Scope.WRITE_DRAFTS)


def _lead(actor: Actor, public_id: str) -> Pilot:
    return get_pilot_for(actor, public_id, LEAD)


def _fresh(pilot: Pilot) -> dict[str, Any]:
    return standing(Pilot.objects.get(pk=pilot.pk))


@router.post(
    "/pilots",
    response={201: schemas.PilotStanding, 200: schemas.PilotStanding},
    auth=WRITES,
    summary="Start planning a pilot",
)
def start_pilot(
    request: HttpRequest, body: schemas.StartPilot, response: HttpResponse
) -> Status[dict[str, Any]]:
    """Begin the plan of a pilot for a team. The same plan again returns the existing pilot
    (200)."""
    actor, at = actor_in(request), clock.now()
    team = by_id(Organisation.objects.all(), body.team)
    if team is None:
        raise InvalidData([Fault("team", "not-an-organisation")])
    made = pilots.start_pilot(team, language=body.language, content=body.plan, actor=actor, at=at)
    set_etag(response, made.revision)
    created(response, api_address(f"pilots/{made.public_id}"))
    return Status(201 if made.started_at == at else 200, standing(made))


@router.get(
    "/pilots/{id}/plan",
    response=schemas.PlanSoFar,
    auth=WRITES,
    summary="The plan of a pilot, for its team",
)
def get_pilot_plan(request: HttpRequest, id: str, response: HttpResponse) -> dict[str, Any]:
    """The plan as its team wrote it, with the faults that keep it from being frozen, and an
    ETag."""
    pilot = _lead(actor_in(request), id)
    set_etag(response, pilot.revision)
    return _so_far(pilot)


def _so_far(pilot: Pilot) -> dict[str, Any]:
    faults = pilots.faults_to_freeze(pilot, check_shape(pilot.plan), today=clock.today())
    return standing(pilot) | {
        "plan": pilot.plan,
        "faults": [{"field": fault.where, **fault.as_data()} for fault in faults],
    }


@router.post(
    "/pilots/{id}/before",
    response=schemas.Proposed,
    auth=WRITES,
    summary="Propose a plan from figures of before",
    openapi_extra=IF_MATCH,
)
def propose_pilot_plan(
    request: HttpRequest,
    id: str,
    file: File[UploadedFile],
    options: Query[schemas.BeforeQuery],
    query: Query[LanguageQuery],
    response: HttpResponse,
) -> dict[str, Any]:
    """Send a table of unit, period and value; design, sample and random selection go into the
    plan."""
    actor = actor_in(request)
    pilot = _lead(actor, id)
    made = proposals.propose(
        pilot,
        content=content_of(file, MOST_BYTES),
        name=file.name or "before.csv",
        **options.model_dump() | {"who": options.who or ""},
        expected_revision=expected_revision(request, pilot.revision),
        actor=actor,
        at=clock.now(),
    )
    if made.simulation:
        enqueue_simulation(made)
    set_etag(response, made.revision)
    with translation.override(query.lang):
        sentences = planned(made, check_shape(made.plan))
        return _so_far(made) | {"proposals": [{"about": a, "words": b} for a, b in sentences]}


@router.post(
    "/pilots/{id}/notes",
    response={201: schemas.NoteSummary},
    auth=WRITES,
    summary="Note something on a pilot that runs",
)
def note_on_pilot(request: HttpRequest, id: str, body: schemas.Note) -> Status[dict[str, Any]]:
    """Note an event, a cost or a delay. The note is public and cannot be removed."""
    actor = actor_in(request)
    note = add_note(_lead(actor, id), **body.model_dump(), actor=actor, at=clock.now())
    return Status(201, note_summary(note))


@router.put(
    "/pilots/{id}/plan",
    response=schemas.PilotStanding,
    auth=WRITES,
    summary="Save the plan of a pilot",
    openapi_extra=IF_MATCH,
)
def save_pilot_plan(
    request: HttpRequest, id: str, body: schemas.SavePlan, response: HttpResponse
) -> dict[str, Any]:
    """Save a plan, which may be incomplete. A frozen plan is refused (403)."""
    actor = actor_in(request)
    pilot = _lead(actor, id)
    saved = pilots.save_plan(
        pilot,
        content=body.plan,
        expected_revision=expected_revision(request, pilot.revision),
        actor=actor,
        at=clock.now(),
    )
    set_etag(response, saved.revision)
    return standing(saved)


@router.post(
    "/pilots/{id}/freeze",
    response=schemas.PilotStanding,
    auth=WRITES,
    summary="Freeze the protocol of a pilot",
    openapi_extra=IF_MATCH,
)
def freeze_pilot(request: HttpRequest, id: str) -> dict[str, Any]:
    """Freeze the plan: public from then on, never edited. An incomplete plan gives 422."""
    actor = actor_in(request)
    pilot = _lead(actor, id)
    pilots.freeze(
        pilot,
        expected_revision=expected_revision(request, pilot.revision),
        actor=actor,
        at=clock.now(),
    )
    return _fresh(pilot)


@router.post(
    "/pilots/{id}/deviations",
    response=schemas.PilotStanding,
    auth=WRITES,
    summary="Freeze a deviation",
)
def deviate_pilot(request: HttpRequest, id: str, body: schemas.Deviation) -> dict[str, Any]:
    """Freeze the next version of the protocol, with the reason. Earlier versions remain."""
    actor = actor_in(request)
    pilot = _lead(actor, id)
    last = pilot.protocols.order_by("-number").first()
    pilots.deviate(
        pilot,
        content=body.plan,
        reason=body.reason,
        expected_version=last.number if last else 0,
        actor=actor,
        at=clock.now(),
    )
    return _fresh(pilot)


@router.post(
    "/pilots/{id}/stop", response=schemas.PilotStanding, auth=WRITES, summary="Stop a pilot early"
)
def stop_pilot(request: HttpRequest, id: str, body: schemas.StopPilot) -> dict[str, Any]:
    """Stop a registered pilot with a reason. It remains public."""
    actor = actor_in(request)
    pilot = _lead(actor, id)
    pilots.stop(pilot, reason=body.reason, actor=actor, at=clock.now())
    return _fresh(pilot)


@router.post(
    "/pilots/{id}/places/{city_id}/data",
    response={201: schemas.DataSummary},
    auth=WRITES,
    summary="Send data of a city",
)
def send_pilot_data(
    request: HttpRequest, id: str, city_id: str, file: File[UploadedFile]
) -> Status[dict[str, Any]]:
    """Send the data of one city (CSV or workbook), all or nothing; 422 names the faulty cells."""
    actor = actor_in(request)
    pilot = get_pilot_for(actor, id)
    city = get_city_of(pilot, city_id)
    sent = add_measurement(
        pilot,
        city,
        content=content_of(file, MOST_BYTES),
        name=file.name or "data.csv",
        actor=actor,
        at=clock.now(),
    )
    return Status(201, data_summary(sent))


@router.post(
    "/pilots/{id}/results",
    response={202: schemas.Asked},
    auth=WRITES,
    summary="Run the frozen analysis",
)
def analyse_pilot(
    request: HttpRequest, id: str, query: Query[LanguageQuery]
) -> Status[dict[str, Any]]:
    """Have the worker analyse the newest data of each city as frozen, once for each data file."""
    actor = actor_in(request)
    pilot = _lead(actor, id)
    asked = evaluations.ask_for_frozen(pilot, actor=actor, at=clock.now())
    enqueue_waiting(pilot)
    return Status(
        202, {"results": [result_summary(evaluation, query.lang) for evaluation in asked]}
    )
