"""Who acts for an organisation: members, invitations, and the team's API tokens."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from alliance.core.ids import new_public_id
from alliance.network.enums import Scope, TeamRole
from alliance.network.models.places import Organisation


class Membership(models.Model):
    """A person's membership in an organisation's team. Ended rows remain as history."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=8, choices=TeamRole)
    since = models.DateTimeField()
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    expires_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # Since when a member asks to become an editor; None once that is decided.
    asked_editor_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation"],
                condition=Q(ended_at=None),
                name="membership_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(expires_at=None) | Q(expires_at__gt=F("since")),
                name="membership_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.role} {self.organisation}"


class Invitation(models.Model):
    """An invitation by link to join a team. Only the digest of the link's secret is stored."""

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="invitations"
    )
    role = models.CharField(max_length=8, choices=TeamRole)
    # If set, only a person with this confirmed address may accept.
    email = models.EmailField(blank=True, default="")
    secret_digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("made_at")), name="invitation_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(withdrawn_at=None),
                name="invitation_accepted_or_withdrawn",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.role}"


class ApiToken(models.Model):
    """A key to the write API that belongs to a team, not to a person. Only its digest is stored."""

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="api_tokens"
    )
    name = models.CharField(max_length=80)
    # The first characters of the secret, so that people can tell tokens apart.
    hint = models.CharField(max_length=12)
    secret_digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("made_at")), name="token_ends_after_start"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.name}"

    @property
    def scope_labels(self) -> list[str]:
        """The labels of its scopes."""
        return [str(Scope(scope).label) for scope in self.scopes]

    @property
    def last_day(self) -> dt.date:
        """The last day of use: a token that expires at midnight is of no use on the day that begins
        then."""
        return (self.ended_at or self.expires_at - dt.timedelta(seconds=1)).date()
