"""Addresses of drafts in the API: starting, saving, handing in, and what else a team does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Status

from alliance.core import clock
from alliance.core.audit import Actor
from alliance.core.errors import Conflict, Fault, InvalidData, NotAllowed, NotFound
from alliance.core.ids import by_id
from alliance.knowledge import rules
from alliance.knowledge.api.build_drafts import (
    in_body,
    path_of,
    remarks,
    seen_by,
    standing,
    summary,
)
from alliance.knowledge.api.schemas import drafts as schemas
from alliance.knowledge.enums import DraftState, Language
from alliance.knowledge.forms.start import first_content
from alliance.knowledge.models import Draft
from alliance.knowledge.selectors.access import READ, get_case_for
from alliance.knowledge.selectors.drafts_names import DraftNames
from alliance.knowledge.selectors.writing_access import EDIT, get_draft_for
from alliance.knowledge.services import drafts as services
from alliance.knowledge.services.drafts import start_once
from alliance.network.api.authentication import TeamOrPerson
from alliance.network.api.common import LanguageQuery, PageQuery, api_address, page_of
from alliance.network.api.writing import (
    IF_MATCH,
    IF_MATCH_OPTIONAL,
    actor_in,
    created,
    expected_revision,
    set_etag,
)
from alliance.network.enums import Scope
from alliance.network.models import Organisation

router = Router(tags=["drafts"])
READS, WRITES = TeamOrPerson(Scope.READ_DRAFTS), TeamOrPerson(Scope.WRITE_DRAFTS)


class DraftQuery(PageQuery):
    team: list[str] = Field([], description="Ids of teams; any of them.")
    state: list[DraftState] = Field([], description="States; any of them.")


def draft_to_write(actor: Actor, public_id: str) -> Draft:
    """The draft, for whoever writes or reads it; what may be done with it now is for services.

    Raises NotFound where it is hidden or missing.
    """
    try:
        return get_draft_for(actor, public_id, EDIT)
    except NotFound:
        return get_draft_for(actor, public_id, READ)


def _drafts(actor: Actor, query: DraftQuery) -> QuerySet[Draft]:
    """The drafts of the actor's teams, of all teams for the secretariat, without their content."""
    drafts = Draft.objects.select_related("organisation", "case").order_by("-saved_at", "-id")
    if not rules.is_secretariat(actor):
        drafts = drafts.filter(organisation__public_id__in=list(actor.teams))
    if query.team:
        drafts = drafts.filter(organisation__public_id__in=query.team)
    if query.state:
        drafts = drafts.filter(state__in=query.state)
    titles = {
        f"title_{code}": KeyTextTransform(
            "title", KeyTransform(code, KeyTransform("texts", "content"))
        )
        for code in Language.values
    }
    return drafts.annotate(**titles).defer("content")


@router.get("/drafts", response=schemas.DraftPage, auth=READS, summary="List drafts")
def list_drafts(request: HttpRequest, query: Query[DraftQuery]) -> dict[str, Any]:
    """The drafts of the caller's teams, the last saved first; all teams' for the secretariat."""
    return page_of(
        request,
        query,
        _drafts(actor_in(request), query),
        lambda row: summary(row, query.lang, title=getattr(row, f"title_{row.language}") or ""),
    )


def _team(public_id: str) -> Organisation:
    organisation = by_id(Organisation.objects.select_related("city"), public_id)
    if organisation is None:
        raise InvalidData([Fault("team", "not-an-organisation")])
    return organisation


def _begun(body: schemas.StartDraft, team: Organisation) -> dict[str, Any]:
    """What the page would begin with: city and kind of the team, and what an adaptation keeps."""
    names = DraftNames(body.language)
    source = names.case(body.adapted_from or "")
    if body.adapted_from is not None and source is None:
        raise InvalidData([Fault("adapted_from", "not-a-case")])
    return first_content(
        outcome="",
        organisation=team,
        city=names.city(team.city.public_id) if team.city else None,
        source=source,
    )


@router.post(
    "/drafts",
    response={201: schemas.DraftStanding, 200: schemas.DraftStanding},
    auth=WRITES,
    summary="Start a draft",
)
def start_draft(
    request: HttpRequest,
    body: schemas.StartDraft,
    query: Query[LanguageQuery],
    response: HttpResponse,
) -> Status[dict[str, Any]]:
    """Start a case of a team, or a change of a published one.

    Who sends the same twice gets the draft of the first time (200), for as long as nobody has
    changed it; so does who begins a change of a case of which one is open.
    """
    actor, at = actor_in(request), clock.now()
    team = _team(body.team)
    content: Any = body.content
    if content is not None and not isinstance(content, dict):
        raise InvalidData([Fault("content", "not-an-object")])
    # Asked before anything else is told of the team; services ask again.
    if not rules.may_write_for(actor, team):
        raise NotAllowed(_("Only the team’s editors can write for it."))
    try:
        if body.case is not None:
            draft = _start_change(team, body, content, actor, at)
        else:
            if content is None or body.adapted_from is not None:
                content = _begun(body, team) | (content or {})
            draft = start_once(team, language=body.language, content=content, actor=actor, at=at)
    except InvalidData as error:
        raise in_body(error) from error
    set_etag(response, draft.revision)
    created(response, api_address(f"drafts/{draft.public_id}"))
    return Status(201 if draft.started_at == at else 200, standing(draft, query.lang))


def _start_change(
    team: Organisation, body: schemas.StartDraft, content: Any, actor: Actor, at: dt.datetime
) -> Draft:
    case = get_case_for(actor, str(body.case))
    if body.adapted_from is not None:
        raise InvalidData([Fault("adapted_from", "only-new-cases")])
    if rules.may_change_case(actor, case) and rules.responsible_team(case) != team:
        raise InvalidData([Fault("team", "not-the-team")])
    return services.start_draft(
        team, language=body.language, content=content, case=case, actor=actor, at=at
    )


@router.get("/drafts/{id}", response=schemas.Draft, auth=READS, summary="One draft")
def get_draft(
    request: HttpRequest, id: str, query: Query[LanguageQuery], response: HttpResponse
) -> dict[str, Any]:
    """A draft with its content, what is left to do, and what reviewers remarked.

    The ETag names the saved state. Reviewers get the draft as it was last handed in, without its
    place where that is hidden.
    """
    actor = actor_in(request)
    draft = get_draft_for(actor, id, READ)
    seen = seen_by(actor, draft)
    set_etag(response, seen.revision)
    return standing(draft, query.lang, seen) | {
        "content": seen.content,
        "remarks": remarks(draft, actor, seen),
    }


@router.put(
    "/drafts/{id}",
    response=schemas.DraftStanding,
    auth=WRITES,
    summary="Save a draft",
    openapi_extra=IF_MATCH,
)
def save_draft(
    request: HttpRequest,
    id: str,
    body: schemas.SaveDraft,
    query: Query[LanguageQuery],
    response: HttpResponse,
) -> dict[str, Any]:
    """Save the whole content, half-written as it may be. The same again changes nothing.

    If-Match must name the state that was read: where somebody else has saved since, nothing is
    written (412).
    """
    actor = actor_in(request)
    draft = draft_to_write(actor, id)
    content: Any = body.content
    try:
        saved = services.save_draft(
            draft,
            content=content,
            expected_revision=expected_revision(request, draft.revision),
            actor=actor,
            at=clock.now(),
        )
    except InvalidData as error:
        raise in_body(error) from error
    set_etag(response, saved.revision)
    return standing(saved, query.lang)


@router.post(
    "/drafts/{id}/submit",
    response=schemas.DraftStanding,
    auth=WRITES,
    summary="Hand a draft in",
    openapi_extra=IF_MATCH,
)
def submit_draft(
    request: HttpRequest, id: str, query: Query[LanguageQuery], response: HttpResponse
) -> dict[str, Any]:
    """Hand a whole draft in for review by two people; what is missing is told all at once (422).

    A draft that was handed in as named by If-Match, and waits, is answered as it stands.
    """
    actor = actor_in(request)
    draft = draft_to_write(actor, id)
    expected = expected_revision(request, draft.revision)
    try:
        draft = services.submit_draft(
            draft, expected_revision=expected, actor=actor, at=clock.now()
        )
    except NotAllowed as refusal:
        draft = _if_done(actor, draft, DraftState.IN_REVIEW, refusal)
        _unchanged(draft, expected)
    except InvalidData as error:
        raise in_body(error) from error
    set_etag(response, draft.revision)
    return standing(draft, query.lang)


def _if_done(actor: Actor, draft: Draft, wanted: str, refusal: NotAllowed) -> Draft:
    """The draft, where a first try has done already what its team asks for. Else the refusal."""
    current = Draft.objects.select_related("organisation", "case").get(pk=draft.pk)
    if current.state != wanted or not rules.may_write_for(actor, current.organisation):
        raise refusal
    return current


def _unchanged(draft: Draft, expected: int) -> None:
    if draft.revision != expected:
        raise Conflict("draft", draft.public_id, draft.revision)


def _add_act(
    name: str,
    operation_id: str,
    summary: str,
    description: str,
    service: Callable[..., Draft],
    wanted: str,
) -> None:
    """Give an act on a draft its address, after which the draft is in the state `wanted`."""

    def act(
        request: HttpRequest, id: str, query: Query[LanguageQuery], response: HttpResponse
    ) -> dict[str, Any]:
        actor = actor_in(request)
        draft = draft_to_write(actor, id)
        try:
            with transaction.atomic():
                if "If-Match" in request.headers:
                    # Locked, so that nobody saves between the look and the act.
                    locked = Draft.objects.select_for_update().get(pk=draft.pk)
                    _unchanged(locked, expected_revision(request, locked.revision))
                draft = service(draft, actor=actor, at=clock.now())
        except NotAllowed as refusal:
            draft = _if_done(actor, draft, wanted, refusal)
        set_etag(response, draft.revision)
        return standing(draft, query.lang)

    # Addresses are told apart by the names of their functions.
    act.__name__ = f"{service.__name__}_act"
    router.post(
        f"/drafts/{{id}}/{name}",
        response=schemas.DraftStanding,
        auth=WRITES,
        operation_id=operation_id,
        summary=summary,
        description=description,
        openapi_extra=IF_MATCH_OPTIONAL,
    )(act)


_add_act(
    "take-back",
    "takeBackDraft",
    "Take a draft back",
    "Take a draft out of review, to write on. Done already, it is answered as it stands.",
    services.take_back_draft,
    DraftState.WRITING,
)
_add_act(
    "drop",
    "dropDraft",
    "Drop a draft",
    "Give a draft up. It is kept and can be taken up again.",
    services.drop_draft,
    DraftState.DROPPED,
)
_add_act(
    "reopen",
    "reopenDraft",
    "Take up a dropped draft",
    "Take up a draft that was dropped.",
    services.reopen_draft,
    DraftState.WRITING,
)


@router.post(
    "/drafts/{id}/rebase",
    response=schemas.RebasedDraft,
    auth=WRITES,
    summary="Take over what was published since",
    openapi_extra=IF_MATCH,
)
def rebase_draft(
    request: HttpRequest, id: str, query: Query[LanguageQuery], response: HttpResponse
) -> dict[str, Any]:
    """Take into a change of a case what was published since it began, keeping its own changes.

    Where both changed a field, the draft's value stays, and `clashes` tells both.
    """
    actor = actor_in(request)
    draft = draft_to_write(actor, id)
    saved, clashes = services.rebase_draft(
        draft,
        expected_revision=expected_revision(request, draft.revision),
        actor=actor,
        at=clock.now(),
    )
    set_etag(response, saved.revision)
    payload = [
        {
            "field": path_of(clash.where),
            "before": clash.base,
            "draft": clash.mine,
            "published": clash.theirs,
        }
        for clash in clashes
    ]
    return standing(saved, query.lang) | {"clashes": payload}
