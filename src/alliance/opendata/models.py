"""The feed of this network, and the networks that it subscribes to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance.core.errors import Fault
from alliance.core.ids import new_public_id


class FeedEntry(models.Model):
    """A record that this network published, corrected or withdrew, in order.

    Entries are never changed, because each contains the digest of the one before. Only `content` is
    removed when a later entry has replaced it.
    """

    number = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=10)
    public_id = models.CharField(max_length=80, db_index=True)
    version = models.PositiveIntegerField()
    licence = models.CharField(max_length=40)
    withdrawn = models.BooleanField(default=False)
    because = models.TextField(blank=True, default="")
    sha256 = models.CharField(max_length=64, blank=True, default="")
    previous = models.CharField(max_length=64, blank=True, default="")
    digest = models.CharField(max_length=64)
    # Canonical JSON as used for the digest, because a database may format numbers differently.
    content = models.TextField(null=True, blank=True)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number}: {self.kind} {self.public_id}"


class SubscriptionState(models.TextChoices):
    """The state of a subscription to another network."""

    NEW = "new", _("key not confirmed yet")
    ACTIVE = "active", _("updated every hour")
    PAUSED = "paused", _("paused")
    STOPPED = "stopped", _("stopped: there is a problem")
    ENDED = "ended", _("ended")


class Subscription(models.Model):
    """Another network whose published records are shown here."""

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    address = models.CharField(max_length=300, unique=True)
    name = models.CharField(max_length=120)
    key = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=SubscriptionState, default="new")
    # The preview of the feed when the address was added.
    preview = models.JSONField(default=dict, blank=True)
    # Number, digest and time of the last entry that was read.
    last_number = models.PositiveBigIntegerField(default=0)
    last_digest = models.CharField(max_length=64, blank=True, default="")
    last_at = models.DateTimeField(null=True, blank=True)
    fetched_at = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    fault = models.JSONField(null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "address"]

    def __str__(self) -> str:
        return self.name

    def state_counts(self) -> dict[str, int]:
        """The number of its records in each state."""
        states = self.records.order_by().values_list("state")
        return dict(states.annotate(n=models.Count("pk")))

    @property
    def spaced_key(self) -> str:
        """The key in groups of four, for two people to compare."""
        return in_fours(self.key)

    @property
    def fault_message(self) -> str:
        """The error of the last fetch in the language in use; empty if there was none."""
        return Fault(**self.fault).rule if self.fault else ""


def in_fours(key: str) -> str:
    """A key in groups of four digits, to be read aloud."""
    return " ".join(key[place : place + 4] for place in range(0, len(key), 4))


class RecordState(models.TextChoices):
    """The state of a record of another network."""

    TAKEN = "taken", _("shown here")
    WITHDRAWN = "withdrawn", _("withdrawn by the other network")
    CONFLICT = "conflict", _("different from our version")
    OURS = "ours", _("our version kept")
    HELD = "held", _("not imported")
    HIDDEN = "hidden", _("withdrawn by our secretariat")


class UpstreamRecord(models.Model):
    """A record of another network in its newest version, and its state here.

    `content` is only stored while the record waits for a decision or for another record.
    """

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="records")
    kind = models.CharField(max_length=10)
    public_id = models.CharField(max_length=80)
    title = models.CharField(max_length=200, blank=True, default="")
    version = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, blank=True, default="")
    licence = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=RecordState)
    faults = models.JSONField(default=list, blank=True)
    content = models.JSONField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["public_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "kind", "public_id"], name="upstream_record_once"
            )
        ]

    def __str__(self) -> str:
        return self.title or self.public_id

    @property
    def url(self) -> str:
        """The address of its original page, in English."""
        return f"{self.subscription.address}/en/{self.kind}s/{self.public_id}/"

    @property
    def fault_messages(self) -> list[str]:
        """The reasons why it was not imported, in the language in use."""
        return [Fault(**fault).rule for fault in self.faults]

    def wait(self, state: RecordState, content: Any, faults: Iterable[Fault] = ()) -> None:
        """Store the record until a person decides or the records that it needs arrive."""
        self.state, self.content = state, content
        self.faults = [
            {"where": fault.where, "code": fault.code, "params": dict(fault.params)}
            for fault in faults
        ]
