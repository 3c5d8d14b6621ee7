"""People, their network-wide roles, and one-time links.

People sign in by email address; there are no user names.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from alliance.accounts.enums import GrantReason, LinkPurpose, NetworkRole
from alliance.core.fields import DayField, HourField
from alliance.core.ids import new_public_id


class UserManager(BaseUserManager["User"]):
    """Creates people with a normalised address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.full_clean()
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who can sign in. Permissions come from memberships and grants, never from flags
    here."""

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    # The case-insensitive constraint below is the one that counts; Django requires this one for a
    # sign-in name.
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=2, default="en")
    is_active = models.BooleanField(default=True)
    # Created by `alliance demo accounts` for trying things out; cannot sign in in production.
    is_demo = models.BooleanField(default=False)
    joined_at = DayField(auto_now_add=True)
    last_login = DayField(null=True, blank=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.name


class Grant(models.Model):
    """A network-wide role, granted to a person until a date. Ended grants remain as history."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=16, choices=NetworkRole)
    # In words; the platform's own is a `GrantReason`.
    reason = models.CharField(max_length=300, blank=True, default="")
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    expires_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role"], condition=Q(ended_at=None), name="grant_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(expires_at=None) | Q(expires_at__gt=F("given_at")),
                name="grant_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.role}"

    @property
    def shown_reason(self) -> str:
        """The reason, the platform's own in the active language."""
        known = self.reason in GrantReason.values
        return str(GrantReason(self.reason).label) if known else self.reason

    def holds(self, at: dt.datetime) -> bool:
        """Whether the role is in force at a time after it was granted."""
        return self.ended_at is None and (self.expires_at is None or self.expires_at > at)


class Elevation(models.Model):
    """Temporary rights over every record, for minutes and with a reason, instead of a superuser."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="elevations")
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("at")), name="elevation_ends_after_start"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="elevation_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.at:%Y-%m-%d %H:%M}"


class OneTimeLink(models.Model):
    """A link that allows its bearer one thing, once. Only the digest of its secret is stored."""

    purpose = models.CharField(max_length=16, choices=LinkPurpose)
    secret_digest = models.CharField(max_length=64, unique=True)
    # The recipient, and the record that it concerns, if any.
    user = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.CASCADE, related_name="one_time_links"
    )
    record_kind = models.CharField(max_length=40, blank=True, default="")
    record_id = models.CharField(max_length=80, blank=True, default="")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.purpose} {self.made_at:%Y-%m-%d}"


class DigestSubscription(models.Model):
    """A subscription to the weekly digest. Without a row no digest is sent."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="digest")
    language = models.CharField(max_length=2)
    since = models.DateTimeField()
    # The time up to which the person was informed, or that there was nothing: set in the
    # transaction that enqueues the email, so that nobody gets the same week twice.
    told_until = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.user} {self.language}"


class LetterOff(models.Model):
    """A person's choice to get no emails about one kind of task."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="letters_off")
    # The code of the action in `core.waiting`.
    kind = models.CharField(max_length=40)
    since = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="letter_off_once")]

    def __str__(self) -> str:
        return f"{self.user} {self.kind}"


class WaitingLetter(models.Model):
    """When a person last got an email about a task, or a reminder."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="waiting_letters")
    kind = models.CharField(max_length=40)
    record_id = models.CharField(max_length=80)
    is_reminder = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "record_id", "is_reminder"], name="waiting_letter_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.kind} {self.record_id}"


class TypedText(models.Model):
    """Autosaved input of a form, as the form sent it: visible only to its author.

    `page` is the opened page that sent it and `turn` counts how often, so that late requests are
    recognised as old. Without `fields` it was saved, or discarded.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="typed_texts")
    # The address of the form without its language.
    address = models.CharField(max_length=500)
    fields = models.JSONField(default=dict)
    page = models.CharField(max_length=40, blank=True, default="")
    turn = models.PositiveIntegerField(default=0)
    at = HourField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "address"], name="typed_text_once_per_form")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.address}"
