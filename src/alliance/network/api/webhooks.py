"""API routes of the webhooks of teams."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from alliance.core import clock
from alliance.core.audit import Actor
from alliance.core.ids import get_by_public_id
from alliance.network.api.authentication import TeamOrPerson
from alliance.network.api.common import api_address
from alliance.network.api.schemas import MadeWebhook, MakeWebhook, WebhookListing
from alliance.network.api.writing import actor_in, created
from alliance.network.enums import Scope
from alliance.network.models import Organisation, Webhook
from alliance.network.selectors.access import get_webhook
from alliance.network.services import webhooks as services

router = Router(tags=["teams"], auth=TeamOrPerson(Scope.WEBHOOKS))


def _team(actor: Actor, public_id: str) -> Organisation:
    """The team whose webhooks the actor may manage. Raises NotFound, also without permission."""
    may = partial(services.may_manage_webhooks, actor)
    return get_by_public_id(Organisation.objects.all(), "organisation", public_id, may)


def _webhook(webhook: Webhook) -> dict[str, Any]:
    recorded = ("url", "events", "made_at", "paused_at")
    return {name: getattr(webhook, name) for name in recorded} | {"id": webhook.public_id}


@router.get("/teams/{id}/webhooks", response=WebhookListing, summary="Webhooks of a team")
def list_webhooks(request: HttpRequest, id: str) -> dict[str, Any]:
    """The active webhooks. Their secrets are shown on the team's page."""
    team = _team(actor_in(request), id)
    items = [_webhook(row) for row in team.webhooks.filter(ended_at=None)]
    return {"count": len(items), "items": items}


@router.post("/teams/{id}/webhooks", response={201: MadeWebhook}, summary="Let an address be told")
def make_webhook(
    request: HttpRequest, id: str, body: MakeWebhook, response: HttpResponse
) -> Status[dict[str, Any]]:
    """Subscribe an address to events from now on. The same address again changes its events.

    The response contains the secret with which deliveries are signed.
    """
    actor = actor_in(request)
    made = services.make_webhook(
        _team(actor, id), url=body.url, events=body.events, actor=actor, at=clock.now()
    )
    created(response, api_address(f"teams/{id}/webhooks"))
    return Status(201, _webhook(made) | {"secret": services.secret_of(made)})


@router.delete(
    "/teams/{id}/webhooks/{webhook_id}",
    response={204: None},
    summary="Tell an address nothing more",
)
def end_webhook(request: HttpRequest, id: str, webhook_id: str) -> Status[None]:
    """End a webhook; pending deliveries are dropped."""
    actor = actor_in(request)
    webhook = get_webhook(_team(actor, id), webhook_id)
    services.end_webhook(webhook, actor=actor, at=clock.now())
    return Status(204, None)
