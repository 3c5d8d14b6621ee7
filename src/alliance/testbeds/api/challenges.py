"""API routes of challenges and of the answers to them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Status

from alliance.core import clock
from alliance.core.audit import VISITOR, Actor
from alliance.network.api.authentication import TeamOrPerson
from alliance.network.api.common import (
    LanguageQuery,
    PageQuery,
    api_address,
    page_address,
    page_of,
)
from alliance.network.api.writing import actor_in, created, day_of
from alliance.network.enums import Scope, Topic
from alliance.network.selectors.access import get_city_team
from alliance.testbeds import challenge_rules as rules
from alliance.testbeds.api import challenge_schemas as schemas
from alliance.testbeds.api.testbed_schemas import NamePilot
from alliance.testbeds.enums import AnswerState, ChallengePhase
from alliance.testbeds.models import Answer, Challenge
from alliance.testbeds.models.challenges import Declaration
from alliance.testbeds.rules import PUBLIC
from alliance.testbeds.selectors.access import (
    CHANGE,
    DECIDE,
    get_answer_for,
    get_challenge_for,
    get_speaking_team,
)
from alliance.testbeds.selectors.challenges import SHOWN, Wanted, wanted_challenges
from alliance.testbeds.services import answers, challenges, decisions
from alliance.testbeds.services.answers import AnswerData, ClaimData, ConflictData
from alliance.testbeds.services.challenges import ChallengeData
from alliance.testbeds.services.decisions import Selection

router = Router(tags=["challenges"])
WRITES = TeamOrPerson(Scope.EXCHANGE)


class ChallengeQuery(PageQuery):
    show: str | None = Field(
        None, pattern=f"^({'|'.join(SHOWN)})$", description=f"Only a part: {', '.join(SHOWN)}."
    )
    city: str | None = Field(None, max_length=80, description="Only of the city of this id.")
    need: str | None = Field(None, max_length=80, description="Only of the need of this id.")
    topic: Topic | None = Field(None, description="Only of this topic.")


def _item(row: Challenge, language: str) -> dict[str, Any]:
    today = clock.today()
    plain = ("title", "text", "language", "opens_on", "closes_on", "stated_at", "ended_at")
    texts = ("topic", "offers_place", "offers_data", "offers_budget", "outcome")
    return {
        **{name: getattr(row, name) for name in plain},
        **{name: getattr(row, name) or None for name in texts},
        "id": row.public_id,
        "city": row.city.public_id,
        "country": row.city.country,
        "team": row.organisation.public_id,
        "need": row.need.public_id if row.need else None,
        "testbed": row.testbed.public_id if row.testbed else None,
        "phase": rules.phase(row, today),
        "days_waiting": rules.days_waiting(row, today),
        "page": page_address("testbeds:challenge", language, row.public_id),
    }


def _conflict(row: Declaration) -> dict[str, Any]:
    return {
        "has_conflict": row.has_conflict,
        "conflict": row.conflict or None,
        "name": row.declared_name,
        "at": row.declared_at,
    }


def _answer(row: Answer) -> dict[str, Any]:
    public = row.pilot is not None and row.pilot.state in PUBLIC
    return {name: getattr(row, name) for name in ("title", "text", "language", "state")} | {
        "id": row.public_id,
        "team": row.organisation.public_id,
        "claims": [{"text": claim.text, "url": claim.url} for claim in row.claims.all()],
        "conflict": _conflict(row),
        "is_chosen": row.is_chosen,
        "reason": row.reason or None,
        "pilot": row.pilot.public_id if row.pilot is not None and public else None,
    }


def _whole(row: Challenge, language: str) -> dict[str, Any]:
    """A challenge as the public sees it: its answers appear with the decision."""
    decided = rules.phase(row, clock.today()) == ChallengePhase.DECIDED
    handed_in = row.answers.filter(state=AnswerState.HANDED_IN) if decided else row.answers.none()
    handed_in = handed_in.select_related("organisation", "pilot").prefetch_related("claims")
    return _item(row, language) | {
        "criteria": [criterion.text for criterion in row.criteria.all()],
        "decided_by": _conflict(row) if decided else None,
        "answers": [_answer(answer) for answer in handed_in],
    }


def _words(body: schemas.ChallengeBody) -> ChallengeData:
    plain = body.model_dump(exclude={"team", "opens_on", "closes_on", "criteria"})
    return ChallengeData(
        **plain,
        opens_on=day_of("opens_on", body.opens_on),
        closes_on=day_of("closes_on", body.closes_on),
        criteria=tuple(body.criteria),
    )


def _declared(body: schemas.Declared) -> ConflictData:
    return ConflictData(body.has_conflict, body.declared_name, body.conflict)


def _answer_words(body: schemas.ChallengeAnswerBody) -> AnswerData:
    return AnswerData(
        title=body.title,
        text=body.text,
        language=body.language,
        conflict=_declared(body),
        claims=tuple(ClaimData(claim.text, claim.url) for claim in body.claims),
    )


def _fresh(actor: Actor, public_id: str, language: str) -> dict[str, Any]:
    return _whole(get_challenge_for(actor, public_id), language)


def _own(actor: Actor, public_id: str, answer_id: str) -> Answer:
    challenge = get_challenge_for(actor, public_id)
    return get_answer_for(actor, challenge, answer_id, clock.today())


@router.get("/challenges", response=schemas.ChallengePage, summary="Challenges")
def list_challenges(request: HttpRequest, query: Query[ChallengeQuery]) -> dict[str, Any]:
    """What cities want solved. With `show=waiting`, those that closed long ago without a
    decision."""
    city, need = ((value or "").replace("\x00", "") for value in (query.city, query.need))
    topic = query.topic.value if query.topic else ""
    rows = wanted_challenges(Wanted(query.show or "", city, need, topic), clock.today())
    return page_of(request, query, rows, lambda row: _item(row, query.lang))


@router.post(
    "/challenges", response={201: schemas.ChallengeWhole}, auth=WRITES, summary="State a challenge"
)
def state_challenge(
    request: HttpRequest,
    body: schemas.NewChallengeBody,
    query: Query[LanguageQuery],
    response: HttpResponse,
) -> Status[dict[str, Any]]:
    """State a challenge of the city of a team. The same content again returns the existing
    challenge."""
    actor = actor_in(request)
    team = get_city_team(actor, body.team)
    made = challenges.state_challenge(team, _words(body), actor=actor, at=clock.now())
    created(response, api_address(f"challenges/{made.public_id}"))
    return Status(201, _fresh(actor, made.public_id, query.lang))


@router.get("/challenges/{id}", response=schemas.ChallengeWhole, summary="One challenge")
def get_challenge(request: HttpRequest, id: str, query: Query[LanguageQuery]) -> dict[str, Any]:
    """A challenge; once it is decided, also its answers, declared conflicts and reasons."""
    return _fresh(VISITOR, id, query.lang)


@router.put(
    "/challenges/{id}", response=schemas.ChallengeWhole, auth=WRITES, summary="Change a challenge"
)
def change_challenge(
    request: HttpRequest, id: str, body: schemas.ChallengeBody, query: Query[LanguageQuery]
) -> dict[str, Any]:
    """Replace a challenge before it opens; after that, only its last day can be moved later."""
    actor = actor_in(request)
    challenge = get_challenge_for(actor, id, CHANGE)
    challenges.change_challenge(challenge, _words(body), actor=actor, at=clock.now())
    return _fresh(actor, id, query.lang)


@router.post(
    "/challenges/{id}/withdraw",
    response=schemas.ChallengeWhole,
    auth=WRITES,
    summary="Withdraw a challenge",
)
def withdraw_challenge(
    request: HttpRequest, id: str, body: schemas.WithdrawChallenge, query: Query[LanguageQuery]
) -> dict[str, Any]:
    """Withdraw a challenge with a reason, before it is decided."""
    actor = actor_in(request)
    challenge = get_challenge_for(actor, id, CHANGE)
    challenges.withdraw_challenge(challenge, reason=body.reason, actor=actor, at=clock.now())
    return _fresh(actor, id, query.lang)


@router.post(
    "/challenges/{id}/decision",
    response=schemas.ChallengeWhole,
    auth=WRITES,
    summary="Decide a challenge",
)
def decide_challenge(
    request: HttpRequest, id: str, body: schemas.Decide, query: Query[LanguageQuery]
) -> dict[str, Any]:
    """Decide a closed challenge with a reason for each answer. For people, not for tokens."""
    actor = actor_in(request)
    challenge = get_challenge_for(actor, id, DECIDE, today=clock.today())
    decisions.decide(
        challenge,
        {key: Selection(answer.is_chosen, answer.reason) for key, answer in body.answers.items()},
        outcome=body.outcome,
        conflict=_declared(body),
        actor=actor,
        at=clock.now(),
    )
    return _fresh(actor, id, query.lang)


@router.post(
    "/challenges/{id}/answers",
    response={201: schemas.AnswerItem},
    auth=WRITES,
    summary="Answer a challenge",
)
def hand_in_answer(
    request: HttpRequest, id: str, body: schemas.NewAnswerBody, response: HttpResponse
) -> Status[dict[str, Any]]:
    """Submit a sealed answer with a declared conflict of interest. For people, not for tokens."""
    actor = actor_in(request)
    challenge = get_challenge_for(actor, id)
    team = get_speaking_team(actor, body.team)
    made = answers.hand_in_answer(challenge, team, _answer_words(body), actor=actor, at=clock.now())
    created(response, api_address(f"challenges/{id}/answers/{made.public_id}"))
    return Status(201, _answer(made))


@router.get(
    "/challenges/{id}/answers/{answer_id}",
    response=schemas.AnswerItem,
    auth=WRITES,
    summary="One answer",
)
def get_answer(request: HttpRequest, id: str, answer_id: str) -> dict[str, Any]:
    """An answer; while it is sealed, only its own team can read it."""
    return _answer(_own(actor_in(request), id, answer_id))


@router.put(
    "/challenges/{id}/answers/{answer_id}",
    response=schemas.AnswerItem,
    auth=WRITES,
    summary="Change an answer",
)
def change_answer(
    request: HttpRequest, id: str, answer_id: str, body: schemas.ChallengeAnswerBody
) -> dict[str, Any]:
    """Replace an answer while the challenge is open, with a new declaration."""
    actor = actor_in(request)
    answer = _own(actor, id, answer_id)
    return _answer(answers.change_answer(answer, _answer_words(body), actor=actor, at=clock.now()))


@router.post(
    "/challenges/{id}/answers/{answer_id}/withdraw",
    response=schemas.AnswerItem,
    auth=WRITES,
    summary="Withdraw an answer",
)
def withdraw_answer(request: HttpRequest, id: str, answer_id: str) -> dict[str, Any]:
    """Withdraw an answer while the challenge is open; nobody else can read it afterwards."""
    actor = actor_in(request)
    answer = _own(actor, id, answer_id)
    return _answer(answers.withdraw_answer(answer, actor=actor, at=clock.now()))


@router.put(
    "/challenges/{id}/answers/{answer_id}/pilot",
    response=schemas.AnswerItem,
    auth=WRITES,
    summary="Name the pilot that came of an answer",
)
def name_answer_pilot(
    request: HttpRequest, id: str, answer_id: str, body: NamePilot
) -> dict[str, Any]:
    """Record which registered pilot of the two teams resulted from a chosen answer."""
    actor = actor_in(request)
    answer = _own(actor, id, answer_id)
    return _answer(
        answers.name_pilot_of_answer(answer, pilot=body.pilot, actor=actor, at=clock.now())
    )
