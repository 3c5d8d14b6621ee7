"""API routes of needs, offers and their matches."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Status

from alliance.core import clock
from alliance.network import matching
from alliance.network.api import needs_offers_schemas as schemas
from alliance.network.api.authentication import TeamOrPerson
from alliance.network.api.common import LanguageQuery, PageQuery, api_address, page, page_address
from alliance.network.api.common import page_of as page_of_rows
from alliance.network.api.writing import (
    IF_MATCH_OPTIONAL,
    actor_in,
    created,
    day_of,
    expected_revision,
    set_etag,
)
from alliance.network.enums import NeedState, OfferKind, Scope, TagScheme, Theme, Topic
from alliance.network.models import Need, Offer
from alliance.network.selectors.access import (
    get_city_team,
    get_need,
    get_need_to_change,
    get_offer,
    get_offer_to_change,
    get_offering_team,
)
from alliance.network.selectors.needs_offers import (
    BoardFilter,
    filtered_needs,
    filtered_offers,
    ranked,
    tags_of,
)
from alliance.network.selectors.needs_offers_pages import (
    helpers_of,
    list_priorities,
    needs_for,
    offers_for,
)
from alliance.network.services import helping
from alliance.network.services import needs_offers as services
from alliance.network.text_checks import SDG_TARGET

router = Router(tags=["needs and offers"])
WRITES = TeamOrPerson(Scope.EXCHANGE)


class BoardQuery(PageQuery):
    topic: Topic | None = Field(None, description="Only of this topic.")
    theme: Theme | None = Field(None, description="Only of this theme.")
    sdg: str | None = Field(
        None, pattern=SDG_TARGET.pattern, description="Only of this SDG target."
    )
    city: str | None = Field(None, max_length=80, description="Only of the city of this id.")


class NeedQuery(BoardQuery):
    state: NeedState | None = Field(None, description="Only in this state; all without it.")


class OfferQuery(BoardQuery):
    kind: OfferKind | None = Field(None, description="Only with this kind of help.")


def _board_filter(query: BoardQuery, **more: str) -> BoardFilter:
    filters = {name: getattr(query, name) for name in ("topic", "theme", "sdg", "city")}
    return BoardFilter(**{name: str(value) for name, value in filters.items() if value}, **more)


def _statement_payload(row: Need | Offer) -> dict[str, Any]:
    plain = ("title", "text", "language", "stated_at", "changed_at", "ended_at")
    return {name: getattr(row, name) for name in plain} | {
        "id": row.public_id,
        "city": row.city.public_id,
        "team": row.organisation.public_id,
        "topic": row.topic or None,
        "themes": list(tags_of(row, TagScheme.THEME)),
        "sdg_targets": list(tags_of(row, TagScheme.SDG)),
    }


def _need(row: Any, language: str) -> dict[str, Any]:
    return _statement_payload(row) | {
        "deadline": row.deadline,
        "state": row.state,
        "outcome": row.outcome or None,
        "n_cities": row.n_cities,
        "weight": row.weight,
        "page": page_address("network:need", language, row.public_id),
    }


def _whole(public_id: str, language: str) -> dict[str, Any]:
    need = get_need(public_id)
    rows = Need.objects.select_related("city", "organisation").prefetch_related("tags")
    row = ranked(rows.filter(pk=need.pk)).get()
    return _need(row, language) | {
        "priorities": [
            {
                "city": need_priority.city.public_id,
                "priority": need_priority.priority,
                "counts": need_priority.city.is_member,
            }
            for need_priority in list_priorities(row)
        ],
        "helpers": [helper.city.public_id for helper in helpers_of(row)],
    }


def _offer(row: Offer, language: str) -> dict[str, Any]:
    return _statement_payload(row) | {
        "kinds": row.kinds,
        "languages": row.languages,
        "staff_days": row.staff_days,
        "until": row.until,
        "page": page_address("network:offer", language, row.public_id),
    }


def _read_revision(request: HttpRequest, current: int) -> int | None:
    """The revision in If-Match; None without the header, which accepts any."""
    return expected_revision(request, current) if "If-Match" in request.headers else None


def _words(body: schemas.StateNeed | schemas.OfferBody) -> dict[str, Any]:
    """The body as keyword arguments of a service: lists without duplicates, dates parsed."""
    words: dict[str, Any] = body.model_dump(exclude={"team"})
    for name, value in words.items():
        if isinstance(value, list):
            words[name] = tuple(dict.fromkeys(value))
        elif name in ("deadline", "until"):
            words[name] = day_of(name, value)
    return words


def _matches(
    request: HttpRequest,
    query: PageQuery,
    matches: Iterable[tuple[matching.Match, Need | Offer]],
) -> dict[str, Any]:
    rows = list(matches)
    items = [
        {
            "id": row.public_id,
            "city": row.city.public_id,
            "title": row.title,
            "language": row.language,
            "matter": [{"kind": r.kind, "codes": list(r.codes)} for r in match.matter],
            "around": [{"kind": r.kind, "codes": list(r.codes)} for r in match.around],
            "unknown": list(match.unknown),
        }
        for match, row in rows[query.offset : query.offset + query.limit]
    ]
    return page(request, query, len(rows), items)


@router.get("/needs", response=schemas.NeedPage, summary="What cities need")
def list_needs(request: HttpRequest, query: Query[NeedQuery]) -> dict[str, Any]:
    """Needs in the order of the board: by the sum of the priorities of member cities, then by the
    number of those cities, the sooner deadline, and which was stated first."""
    rows = filtered_needs(_board_filter(query, state=query.state.value if query.state else ""))
    rows = rows.select_related("organisation")
    return page_of_rows(request, query, rows, lambda row: _need(row, query.lang))


@router.post("/needs", response={201: schemas.NeedWhole}, auth=WRITES, summary="State a need")
def state_need(
    request: HttpRequest,
    body: schemas.StateNewNeed,
    query: Query[LanguageQuery],
    response: HttpResponse,
) -> Status[dict[str, Any]]:
    """State a need of the city of a team. The same values again return the existing need."""
    actor = actor_in(request)
    organisation = get_city_team(actor, body.team)
    made = services.state_need(
        organisation, services.NeedData(**_words(body)), actor=actor, at=clock.now()
    )
    created(response, api_address(f"needs/{made.public_id}"))
    return Status(201, _whole(made.public_id, query.lang))


@router.get("/needs/{id}", response=schemas.NeedWhole, operation_id="getNeed", summary="One need")
def retrieve_need(
    request: HttpRequest, id: str, query: Query[LanguageQuery], response: HttpResponse
) -> dict[str, Any]:
    """A need with the priorities and answers of other cities. The ETag is its revision."""
    set_etag(response, get_need(id).revision)
    return _whole(id, query.lang)


@router.put(
    "/needs/{id}",
    response=schemas.NeedWhole,
    auth=WRITES,
    summary="Change a need",
    openapi_extra=IF_MATCH_OPTIONAL,
)
def change_need(
    request: HttpRequest,
    id: str,
    body: schemas.StateNeed,
    query: Query[LanguageQuery],
    response: HttpResponse,
) -> dict[str, Any]:
    """Replace the fields of an open need."""
    actor = actor_in(request)
    need = get_need_to_change(actor, id)
    saved = services.change_need(
        need,
        services.NeedData(**_words(body)),
        actor=actor,
        at=clock.now(),
        expected_revision=_read_revision(request, need.revision),
    )
    set_etag(response, saved.revision)
    return _whole(id, query.lang)


@router.post(
    "/needs/{id}/state",
    response=schemas.NeedWhole,
    auth=WRITES,
    summary="Say what became of a need",
)
def set_need_state(
    request: HttpRequest, id: str, body: schemas.SetNeedState, query: Query[LanguageQuery]
) -> dict[str, Any]:
    """Mark a need as answered or closed, with the outcome, or reopen it."""
    actor = actor_in(request)
    need = get_need_to_change(actor, id)
    services.set_need_state(need, **body.model_dump(), actor=actor, at=clock.now())
    return _whole(id, query.lang)


@router.put(
    "/needs/{id}/priority",
    response=schemas.NeedWhole,
    auth=WRITES,
    summary="Say how much a need matters",
)
def give_priority(
    request: HttpRequest, id: str, body: schemas.GivePriority, query: Query[LanguageQuery]
) -> dict[str, Any]:
    """Set the priority of another city's need for one's own: one for each city and need."""
    actor = actor_in(request)
    need = get_need(id)
    organisation = get_city_team(actor, body.team)
    services.prioritise(need, organisation, priority=body.priority, actor=actor, at=clock.now())
    return _whole(id, query.lang)


@router.put(
    "/needs/{id}/help",
    response=schemas.NeedWhole,
    auth=WRITES,
    summary="Say whether one's city can help",
)
def answer_need(
    request: HttpRequest, id: str, body: schemas.AnswerNeed, query: Query[LanguageQuery]
) -> dict[str, Any]:
    """Answer whether one's city can help with a need of another city, which gets one email."""
    actor = actor_in(request)
    need, organisation = get_need(id), get_city_team(actor, body.team)
    helping.answer_need(need, organisation, can=body.can, actor=actor, at=clock.now())
    return _whole(id, query.lang)


@router.get("/needs/{id}/matches", response=schemas.MatchPage, summary="Offers that match a need")
def list_need_matches(request: HttpRequest, id: str, query: Query[PageQuery]) -> dict[str, Any]:
    """The offers of other cities with the same theme, topic or SDG target, with every reason and
    with what is not known; never a score."""
    return _matches(request, query, offers_for(get_need(id), clock.now()))


@router.get("/offers", response=schemas.OfferPage, summary="What cities can give")
def list_offers(request: HttpRequest, query: Query[OfferQuery]) -> dict[str, Any]:
    """The open offers, newest first."""
    wanted = _board_filter(query, kind=query.kind.value if query.kind else "")
    rows = filtered_offers(wanted, clock.now()).select_related("organisation")
    return page_of_rows(request, query, rows, lambda row: _offer(row, query.lang))


@router.post("/offers", response={201: schemas.OfferItem}, auth=WRITES, summary="Make an offer")
def make_offer(
    request: HttpRequest,
    body: schemas.NewOfferBody,
    query: Query[LanguageQuery],
    response: HttpResponse,
) -> Status[dict[str, Any]]:
    """Make an offer of the city of a team. The same values again return the existing offer."""
    actor = actor_in(request)
    organisation = get_offering_team(actor, body.team)
    made = services.make_offer(
        organisation, services.OfferData(**_words(body)), actor=actor, at=clock.now()
    )
    created(response, api_address(f"offers/{made.public_id}"))
    return Status(201, _offer(get_offer(made.public_id), query.lang))


@router.get(
    "/offers/{id}", response=schemas.OfferItem, operation_id="getOffer", summary="One offer"
)
def retrieve_offer(
    request: HttpRequest, id: str, query: Query[LanguageQuery], response: HttpResponse
) -> dict[str, Any]:
    """An offer, also an ended one. The ETag is its revision."""
    offer = get_offer(id)
    set_etag(response, offer.revision)
    return _offer(offer, query.lang)


@router.put(
    "/offers/{id}",
    response=schemas.OfferItem,
    auth=WRITES,
    summary="Change an offer",
    openapi_extra=IF_MATCH_OPTIONAL,
)
def change_offer(
    request: HttpRequest,
    id: str,
    body: schemas.OfferBody,
    query: Query[LanguageQuery],
    response: HttpResponse,
) -> dict[str, Any]:
    """Replace the fields of an offer."""
    actor = actor_in(request)
    offer = get_offer_to_change(actor, id)
    saved = services.change_offer(
        offer,
        services.OfferData(**_words(body)),
        actor=actor,
        at=clock.now(),
        expected_revision=_read_revision(request, offer.revision),
    )
    set_etag(response, saved.revision)
    return _offer(get_offer(id), query.lang)


@router.post("/offers/{id}/end", response=schemas.OfferItem, auth=WRITES, summary="End an offer")
def end_offer(request: HttpRequest, id: str, query: Query[LanguageQuery]) -> dict[str, Any]:
    """End an offer, for good."""
    actor = actor_in(request)
    services.end_offer(get_offer_to_change(actor, id), actor=actor, at=clock.now())
    return _offer(get_offer(id), query.lang)


@router.get("/offers/{id}/matches", response=schemas.MatchPage, summary="Needs that match an offer")
def list_offer_matches(request: HttpRequest, id: str, query: Query[PageQuery]) -> dict[str, Any]:
    """The open needs of other cities with the same theme, topic or SDG target, with every reason
    and with what is not known; never a score."""
    return _matches(request, query, needs_for(get_offer(id)))
