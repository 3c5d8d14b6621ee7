"""What the page of a team's webhooks shows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from alliance.network.enums import WebhookEvent
from alliance.network.models import Organisation, WebhookDelivery
from alliance.network.services.webhooks import secret_of

DELIVERIES_SHOWN = 10


@dataclass(frozen=True)
class DeliveryLine:
    """One event on its way. `fault` empty: it arrived, or was not tried yet."""

    event_label: str
    state: str
    state_label: str
    attempts: int
    at: dt.datetime
    fault: str


@dataclass(frozen=True)
class WebhookLine:
    """An address with the secret it checks signatures with, and what was told lately."""

    public_id: str
    url: str
    secret: str
    event_labels: tuple[str, ...]
    made_at: dt.datetime
    paused_at: dt.datetime | None
    deliveries: tuple[DeliveryLine, ...]


def webhook_lines(organisation: Organisation) -> tuple[WebhookLine, ...]:
    """The webhooks of a team that were not ended, the newest deliveries first."""
    lines = []
    for webhook in organisation.webhooks.filter(ended_at=None):
        newest = webhook.deliveries.order_by("-id")[:DELIVERIES_SHOWN]
        lines.append(
            WebhookLine(
                public_id=webhook.public_id,
                url=webhook.url,
                secret=secret_of(webhook),
                event_labels=tuple(str(WebhookEvent(name).label) for name in webhook.events),
                made_at=webhook.made_at,
                paused_at=webhook.paused_at,
                deliveries=tuple(_line(delivery) for delivery in newest),
            )
        )
    return tuple(lines)


def _line(delivery: WebhookDelivery) -> DeliveryLine:
    return DeliveryLine(
        event_label=str(WebhookEvent(delivery.event).label),
        state=delivery.state,
        state_label=str(delivery.get_state_display()),
        attempts=delivery.attempts,
        at=delivery.ended_at or delivery.made_at,
        fault=delivery.fault,
    )
