"""The data of a team's pages."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet

from alliance.network.access import in_force, still_open
from alliance.network.enums import TeamRole
from alliance.network.models import ApiToken, Invitation, Membership, Organisation

ENDED_OF_LATE = dt.timedelta(days=90)


def members_of(organisation: Organisation, *, at: dt.datetime) -> list[Membership]:
    """The members of a team by name, editors first. One query."""
    rows = (
        Membership.objects.filter(in_force(at), organisation=organisation, user__is_active=True)
        .select_related("user", "given_by")
        .order_by("user__name", "id")
    )
    return sorted(rows, key=lambda row: row.role != TeamRole.EDITOR)


def open_invitations(organisation: Organisation, *, at: dt.datetime) -> QuerySet[Invitation]:
    """The invitations to a team that can still be accepted."""
    return organisation.invitations.filter(still_open(at)).select_related("invited_by")


def tokens_in_force(organisation: Organisation, *, at: dt.datetime) -> QuerySet[ApiToken]:
    """The tokens of a team in force at `at`, by name."""
    tokens = organisation.api_tokens.filter(in_force(at)).select_related("made_by")
    return tokens.order_by("name", "id")


def tokens_ended(organisation: Organisation, *, at: dt.datetime) -> QuerySet[ApiToken]:
    """The tokens of a team that were revoked or expired recently, by name."""
    since = at - ENDED_OF_LATE
    ended = Q(ended_at__gte=since) | Q(ended_at=None, expires_at__lte=at, expires_at__gte=since)
    return organisation.api_tokens.filter(ended).order_by("name", "id")
