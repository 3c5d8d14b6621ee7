"""API routes that start an adoption of a case or a solution."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Status

from alliance.adoption.api.agreements import Agreement, agreement_of
from alliance.adoption.selectors.adoptions import get_adoption_for
from alliance.adoption.selectors.knowing import (
    Knowing,
    knowing_case,
    knowing_solution,
    known_of,
)
from alliance.adoption.services.adoptions import start
from alliance.core import clock
from alliance.core.audit import Actor
from alliance.core.errors import Fault, InvalidData
from alliance.knowledge.selectors.access import get_case_for, get_solution_for
from alliance.network.api.authentication import TeamOrPerson
from alliance.network.api.common import LanguageQuery, api_address
from alliance.network.api.writing import Body, actor_in, created
from alliance.network.enums import Scope
from alliance.network.selectors.access import get_city_team

router = Router(tags=["agreements"])
WRITES = TeamOrPerson(Scope.EXCHANGE)


class ProposeAgreement(Body):
    adopter: str = Field(description="Id of the municipality that adopts it, of the caller's.")
    source: str | None = Field(
        None, description="Id of the municipality that knows it; may be left out where it is one."
    )
    aim: str = Field(max_length=3_000)
    language: str = Field(description="en, fr or sv")
    contact_role: str = Field("", max_length=120)


def _propose(
    knowing: Knowing, body: ProposeAgreement, actor: Actor, language: str, response: HttpResponse
) -> Status[dict[str, Any]]:
    adopter = get_city_team(actor, body.adopter)
    sources = [team for team in knowing.teams if team.pk != adopter.pk]
    if body.source is not None:
        sources = [team for team in sources if team.public_id == body.source]
    if len(sources) != 1:
        raise InvalidData([Fault("source", "no-source-city")])
    made = start(
        knowing.subject,
        source=sources[0],
        adopter=adopter,
        aim=body.aim,
        language=body.language,
        contact_role=body.contact_role,
        known=known_of(knowing, language),
        actor=actor,
        at=clock.now(),
    )
    created(response, api_address(f"agreements/{made.public_id}"))
    return Status(201, agreement_of(get_adoption_for(actor, made.public_id), language))


@router.post(
    "/cases/{id}/agreements",
    response={201: Agreement},
    auth=WRITES,
    summary="Propose to adopt a case",
)
def adopt_case(
    request: HttpRequest,
    id: str,
    body: ProposeAgreement,
    query: Query[LanguageQuery],
    response: HttpResponse,
) -> Status[dict[str, Any]]:
    """Propose that a city adopts a case with the help of its city. If the two already have an
    agreement about it, that agreement is returned.
    """
    actor = actor_in(request)
    knowing = knowing_case(get_case_for(actor, id), query.lang)
    return _propose(knowing, body, actor, query.lang, response)


@router.post(
    "/solutions/{id}/agreements",
    response={201: Agreement},
    auth=WRITES,
    summary="Propose to adopt a solution",
)
def adopt_solution(
    request: HttpRequest,
    id: str,
    body: ProposeAgreement,
    query: Query[LanguageQuery],
    response: HttpResponse,
) -> Status[dict[str, Any]]:
    """Propose that a city adopts a solution with the help of a city that tried it."""
    actor = actor_in(request)
    knowing = knowing_solution(get_solution_for(actor, id), query.lang)
    return _propose(knowing, body, actor, query.lang, response)
