"""Requests of people to join the network with their organisation."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from alliance.core.ids import new_public_id
from alliance.network.enums import JOINING, OrganisationKind, TeamRole
from alliance.network.models.places import Organisation


class JoinRequest(models.Model):
    """A person's request. It is hidden until the address is confirmed by a link.

    The secretariat decides on all open requests of one `group` at once. Only the digest of the
    link's secret is stored.
    """

    public_id = models.CharField(max_length=80, unique=True, default=new_public_id, editable=False)
    # The public id of the first open request for the same organisation; for that one, its own.
    group = models.CharField(max_length=80, db_index=True, editable=False)
    # Only in the first of a group: by which another request for the same organisation is
    # recognised.
    name_key = models.CharField(max_length=160, blank=True, default="", editable=False)
    reference_key = models.CharField(max_length=200, blank=True, default="", editable=False)
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=24, choices=OrganisationKind)
    # A web address or a register number, by which the secretariat looks the organisation up.
    reference = models.CharField(max_length=200)
    country = models.CharField(max_length=2)
    place = models.CharField(max_length=120)
    person = models.CharField(max_length=120)
    email = models.EmailField()
    language = models.CharField(max_length=2)
    purpose = models.TextField()
    secret_digest = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField()
    # Until then the link can confirm the address.
    expires_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # The decision: an invitation to this team with a role, or a rejection with a reason.
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    role = models.CharField(max_length=8, choices=TeamRole, blank=True, default="")
    reason = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["confirmed_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("sent_at")), name="join_request_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None) | Q(confirmed_at__isnull=False),
                name="join_request_confirmed_first",
            ),
            *(
                # Two requests that are confirmed in the same instant stay in one group.
                models.UniqueConstraint(
                    fields=["country", f"{of}_key"],
                    condition=Q(decided_at=None) & ~Q(**{f"{of}_key": ""}),
                    name=f"join_request_one_open_{of}",
                )
                for of in ("name", "reference")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.person}"

    @property
    def kind_label(self) -> str:
        """The label of its kind in the form."""
        return str(dict(JOINING)[OrganisationKind(self.kind)])

    @property
    def is_open(self) -> bool:
        """Whether it waits for a decision."""
        return self.confirmed_at is not None and self.decided_at is None
