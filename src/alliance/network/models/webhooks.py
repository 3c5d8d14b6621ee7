"""Webhooks of other systems, and their deliveries."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from alliance.core.ids import new_public_id
from alliance.network.enums import DeliveryState, WebhookEvent
from alliance.network.models.places import Organisation

DELIVERIES_SHOWN = 10


class Webhook(models.Model):
    """An address of a team's own system that is notified of events."""

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="webhooks"
    )
    url = models.URLField(max_length=500)
    events = models.JSONField(default=list)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField()
    # The newest entry of the audit trail that was processed for this webhook.
    seen_event = models.PositiveBigIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)
    # Paused because nothing arrived for days; its team can start it again.
    paused_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "url"],
                condition=Q(ended_at=None),
                name="webhook_once_per_address",
            )
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def event_labels(self) -> list[str]:
        """The labels of its events."""
        return [str(WebhookEvent(name).label) for name in self.events]

    @property
    def newest_deliveries(self) -> models.QuerySet[WebhookDelivery]:
        """The newest deliveries."""
        return self.deliveries.order_by("-id")[:DELIVERIES_SHOWN]


class WebhookDelivery(models.Model):
    """The delivery of an event to an address. The body is fixed when it is created."""

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event_id = models.PositiveBigIntegerField()
    event = models.CharField(max_length=40)
    body = models.TextField()
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    status_code = models.PositiveSmallIntegerField(null=True, blank=True)
    fault = models.CharField(max_length=200, blank=True, default="")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["state", "due_at"], name="delivery_due")]
        constraints = [
            models.UniqueConstraint(fields=["webhook", "event_id"], name="delivery_once_per_event")
        ]

    def __str__(self) -> str:
        return f"{self.event} to {self.webhook_id}"

    @property
    def event_label(self) -> str:
        """The label of the event."""
        return str(WebhookEvent(self.event).label)
