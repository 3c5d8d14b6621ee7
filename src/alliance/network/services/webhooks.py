"""Webhooks: signed notifications of events to other systems, retried until they arrive.

A worker reads new entries of the audit trail, creates a delivery of each for every webhook that
subscribes to it, and sends what is due. The receiver checks the header `Alliance-Signature`:

    t=1764028800,v1=HEX    HEX = HMAC-SHA256(secret, "1764028800." + body)

and refuses a time that is off by more than some minutes, so that a copied request is useless.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext

from alliance.core import audit
from alliance.core.errors import Fault, NotAllowed, refuse
from alliance.core.models import AuditEvent
from alliance.network import outside, rules
from alliance.network.enums import DeliveryState, Scope, WebhookEvent
from alliance.network.models import Organisation, Webhook, WebhookDelivery

_note = audit.noting("webhook", organisation="organisation.public_id", url="url")
MOST_WEBHOOKS = 10
LONGEST_URL = 500
#: Delays before attempts 2, 3, …: together a little more than two days.
PAUSES = tuple(dt.timedelta(minutes=m) for m in (1, 5, 30, 120, 480, 960, 1440))
#: After this many failed deliveries in a row a webhook is paused.
PAUSE_AFTER = 5
#: How long ended deliveries are stored.
RETENTION = dt.timedelta(days=30)
_BATCH = 500
# The public names of actions in the audit trail. Only the own team is notified of drafts.
_EVENTS: Mapping[tuple[str, str], WebhookEvent] = {
    ("case", "create"): WebhookEvent.CASE_PUBLISHED,
    ("case", "update"): WebhookEvent.CASE_CHANGED,
    ("case", "confirm"): WebhookEvent.CASE_CONFIRMED,
    ("case", "withdraw"): WebhookEvent.CASE_WITHDRAWN,
    ("case", "restore"): WebhookEvent.CASE_RESTORED,
    ("draft", "submit"): WebhookEvent.DRAFT_SUBMITTED,
    ("draft", "ask for changes"): WebhookEvent.DRAFT_CHANGES_ASKED,
    ("draft", "publish"): WebhookEvent.DRAFT_PUBLISHED,
}


def secret_of(webhook: Webhook) -> str:
    """The secret with which a webhook's deliveries are signed.

    It is derived from the installation's own secret, so that no table contains it.
    """
    key = hmac.new(
        settings.SECRET_KEY.encode(), f"webhook:{webhook.public_id}".encode(), hashlib.sha256
    )
    return "whsec_" + base64.urlsafe_b64encode(key.digest()).decode().rstrip("=")


def signature(webhook: Webhook, body: str, at: dt.datetime) -> str:
    """The header that proves the sender and the time of `body`."""
    moment = int(at.timestamp())
    signed = hmac.new(
        secret_of(webhook).encode(), f"{moment}.{body}".encode(), hashlib.sha256
    ).hexdigest()
    return f"t={moment},v1={signed}"


def may_manage_webhooks(actor: audit.Actor, organisation: Organisation) -> bool:
    """Whether the actor may manage the team, or is a token with the scope for webhooks."""
    if actor.scopes is not None:
        return rules.is_editor_of(actor, organisation) and Scope.WEBHOOKS in actor.scopes
    return rules.may_manage_team(actor, organisation)


def make_webhook(
    organisation: Organisation,
    *,
    url: str,
    events: Iterable[str],
    actor: audit.Actor,
    at: dt.datetime,
) -> Webhook:
    """Subscribe an address to events from now on; the same address again changes its events.

    Raises InvalidData naming `url` or `events`, NotAllowed.
    """
    _may(actor, organisation)
    chosen = sorted(set(events))
    faults = list(_address_faults(url))
    if not chosen:
        faults.append(Fault("events", "no-events"))
    elif unknown := set(chosen) - set(WebhookEvent.values):
        faults.append(Fault("events", "unknown", {"value": sorted(unknown)}))
    with transaction.atomic():
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        in_use = organisation.webhooks.filter(ended_at=None)
        webhook = in_use.filter(url=url).first()
        if webhook is None and in_use.count() >= MOST_WEBHOOKS:
            faults.append(Fault("url", "many-webhooks", {"n": MOST_WEBHOOKS}))
        refuse(faults)
        if webhook is None:
            webhook = Webhook(
                organisation=organisation,
                url=url,
                made_by=actor.user,
                made_at=at,
                seen_event=audit.last_id(),
            )
        verb = "update" if webhook.pk else "create"
        webhook.events = chosen
        webhook.paused_at = None
        webhook.full_clean()
        webhook.save()
        _note(webhook, verb, actor=actor, at=at)
    return webhook


def end_webhook(webhook: Webhook, *, actor: audit.Actor, at: dt.datetime) -> None:
    """End a webhook; pending deliveries are dropped."""
    _may(actor, webhook.organisation)
    with transaction.atomic():
        if Webhook.objects.filter(pk=webhook.pk, ended_at=None).update(ended_at=at):
            webhook.deliveries.filter(state=DeliveryState.WAITING).delete()
            _note(webhook, "end", actor=actor, at=at)


def _may(actor: audit.Actor, organisation: Organisation) -> None:
    if not may_manage_webhooks(actor, organisation):
        raise NotAllowed(gettext("Only editors of the team and the secretariat can do this."))


def _address_faults(url: str) -> Iterable[Fault]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if parts.scheme != "https" or not host or parts.username is not None:
        yield Fault("url", "not-https-address")
    elif outside.names_inside(host):
        yield Fault("url", "inside-address")
    elif outside.is_system_port(port):
        yield Fault("url", "system-port", {"port": port})
    elif len(url) > LONGEST_URL:
        yield Fault("url", "long-address", {"most": LONGEST_URL})


def make_deliveries(*, at: dt.datetime) -> int:
    """Create a delivery of each new event for each subscribed webhook; returns their number.

    Entries of a long transaction can become visible after newer ids, so each run re-reads the last
    `_BATCH` entries; existing deliveries are not created again.
    """
    made = 0
    for webhook in Webhook.objects.filter(ended_at=None, paused_at=None).select_related(
        "organisation"
    ):
        events = AuditEvent.objects.filter(
            id__gt=max(webhook.seen_event - _BATCH, 0), at__gte=webhook.made_at
        ).filter(Q(kind="case") | Q(kind="draft"))
        for event in events.order_by("id")[: 4 * _BATCH]:
            name = _name_for(event, webhook)
            if name is not None:
                _, is_new = WebhookDelivery.objects.get_or_create(
                    webhook=webhook,
                    event_id=event.pk,
                    defaults={
                        "event": name,
                        "body": _body(event, name),
                        "made_at": at,
                        "due_at": at,
                    },
                )
                made += is_new
            webhook.seen_event = max(webhook.seen_event, event.pk)
        Webhook.objects.filter(pk=webhook.pk, seen_event__lt=webhook.seen_event).update(
            seen_event=webhook.seen_event
        )
    return made


def _name_for(event: AuditEvent, webhook: Webhook) -> WebhookEvent | None:
    """The event name for this webhook; None if it is not sent."""
    name = _EVENTS.get((event.kind, event.verb))
    if name is None or name not in webhook.events:
        return None
    if event.kind == "draft" and event.details.get("team") != webhook.organisation.public_id:
        return None
    return name


def _body(event: AuditEvent, name: WebhookEvent) -> str:
    """The payload: the event and where to read more, never a person and never content."""
    kind = {"case": "cases", "draft": "drafts"}[event.kind]
    payload: dict[str, Any] = {
        "event": name.value,
        "id": event.pk,
        "at": event.at.isoformat(),
        "kind": event.kind,
        "record": event.public_id,
        "url": f"{settings.BASE_URL}/api/v1/{kind}/{event.public_id}",
    }
    for key in ("version", "case", "submission"):
        if event.details.get(key) is not None:
            payload[key] = event.details[key]
    return json.dumps(payload, ensure_ascii=False, sort_keys=True)


def send_due(*, at: dt.datetime, ask: Callable[..., outside.Answer] = outside.ask) -> int:
    """Send what is due; returns how many arrived. Each delivery is claimed before it is sent, so
    that no second worker repeats it; the claim of a dying worker expires with the next attempt."""
    arrived = 0
    due = WebhookDelivery.objects.filter(
        state=DeliveryState.WAITING,
        due_at__lte=at,
        webhook__ended_at=None,
        webhook__paused_at=None,
    )
    for delivery in due.select_related("webhook__organisation").order_by("due_at", "id")[:_BATCH]:
        pause = PAUSES[min(delivery.attempts, len(PAUSES) - 1)]
        taken = WebhookDelivery.objects.filter(
            pk=delivery.pk, state=DeliveryState.WAITING, attempts=delivery.attempts
        ).update(attempts=delivery.attempts + 1, due_at=at + pause)
        if taken:
            delivery.attempts += 1
            arrived += _send(delivery, at, ask)
    return arrived


def _send(delivery: WebhookDelivery, at: dt.datetime, ask: Callable[..., outside.Answer]) -> bool:
    """Make one attempt; returns whether it arrived."""
    webhook = delivery.webhook
    try:
        answer = ask(
            "POST",
            webhook.url,
            headers={
                "content-type": "application/json",
                "user-agent": f"Alliance webhooks (+{settings.BASE_URL})",
                "alliance-event": delivery.event,
                "alliance-delivery": delivery.public_id,
                "alliance-signature": signature(webhook, delivery.body, at),
            },
            content=delivery.body.encode(),
            follow=False,
        )
    except (outside.Refused, outside.Unreachable) as error:
        delivery.status_code, delivery.fault = None, str(error)[:200]
    else:
        delivery.status_code = answer.status
        delivery.fault = "" if 200 <= answer.status < 300 else f"answered {answer.status}"
    arrived = not delivery.fault
    if arrived or delivery.attempts > len(PAUSES):
        delivery.state = DeliveryState.DELIVERED if arrived else DeliveryState.FAILED
        delivery.ended_at = at
    delivery.save(update_fields=["state", "status_code", "fault", "ended_at"])
    if delivery.state == DeliveryState.FAILED:
        _pause_if_dead(webhook, at)
    return arrived


def _pause_if_dead(webhook: Webhook, at: dt.datetime) -> None:
    """Pause a webhook whose last deliveries all failed."""
    last = list(
        webhook.deliveries.exclude(state=DeliveryState.WAITING)
        .order_by("-ended_at", "-id")
        .values_list("state", flat=True)[:PAUSE_AFTER]
    )
    if len(last) == PAUSE_AFTER and set(last) == {DeliveryState.FAILED.value}:
        with transaction.atomic():
            if Webhook.objects.filter(pk=webhook.pk, paused_at=None).update(paused_at=at):
                _note(webhook, "pause", actor=audit.WORKER, at=at)


def forget_old(*, at: dt.datetime) -> int:
    """Delete deliveries that ended more than `RETENTION` ago; returns their number."""
    old = WebhookDelivery.objects.filter(ended_at__lt=at - RETENTION)
    return old.delete()[0]
