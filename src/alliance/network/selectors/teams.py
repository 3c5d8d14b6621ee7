"""What the pages of a team show."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from alliance.core.audit import Actor
from alliance.network.access import in_force, still_open
from alliance.network.enums import Scope, TeamRole
from alliance.network.models import ApiToken, Invitation, Membership, Organisation


@dataclass(frozen=True)
class MemberLine:
    """A person in a team. `given_by` is empty where it was nobody of the network's people."""

    public_id: str
    name: str
    email: str
    role: str
    role_label: str
    since: dt.datetime
    given_by: str
    is_self: bool
    is_last_editor: bool


@dataclass(frozen=True)
class InvitationLine:
    """An open invitation. `email` is empty for one that whoever has the link may accept."""

    public_id: str
    email: str
    role_label: str
    made_at: dt.datetime
    expires_at: dt.datetime
    invited_by: str


@dataclass(frozen=True)
class TokenLine:
    """A token of a team. `last_used_at` is None where it was never used."""

    public_id: str
    name: str
    hint: str
    scope_labels: tuple[str, ...]
    made_at: dt.datetime
    made_by: str
    last_day: dt.date
    last_used_at: dt.datetime | None


@dataclass(frozen=True)
class TeamPage:
    """A team as those see it who look after it."""

    public_id: str
    name: str
    members: tuple[MemberLine, ...]
    invitations: tuple[InvitationLine, ...]
    n_tokens: int
    is_member: bool


@dataclass(frozen=True)
class TokensPage:
    """The tokens of a team, those that hold and those that ended of late."""

    public_id: str
    name: str
    tokens: tuple[TokenLine, ...]
    ended: tuple[TokenLine, ...]


ENDED_OF_LATE = dt.timedelta(days=90)


def name_in(organisation: Organisation, language: str) -> str:
    """The name of an organisation in `language`, else the one it has."""
    translated = {"fr": organisation.name_fr, "sv": organisation.name_sv}.get(language, "")
    return translated or organisation.name


def about_team(organisation: Organisation, language: str) -> dict[str, str]:
    """What each page of a team says of it: id and name."""
    return {
        "public_id": organisation.public_id,
        "organisation_name": name_in(organisation, language),
    }


def team_page(
    organisation: Organisation, *, actor: Actor, language: str, at: dt.datetime
) -> TeamPage:
    """The members of a team by name, editors first, and its open invitations. Three queries."""
    memberships = list(
        Membership.objects.filter(in_force(at), organisation=organisation, user__is_active=True)
        .select_related("user", "given_by")
        .order_by("user__name", "id")
    )
    memberships.sort(key=lambda membership: membership.role != TeamRole.EDITOR)
    n_editors = sum(membership.role == TeamRole.EDITOR for membership in memberships)
    return TeamPage(
        public_id=organisation.public_id,
        name=name_in(organisation, language),
        members=tuple(member_line(m, actor, n_editors == 1) for m in memberships),
        invitations=tuple(
            invitation_line(invitation)
            for invitation in organisation.invitations.filter(still_open(at)).select_related(
                "invited_by"
            )
        ),
        n_tokens=organisation.api_tokens.filter(in_force(at)).count(),
        is_member=organisation.public_id in actor.teams and actor.user is not None,
    )


def member_line(membership: Membership, actor: Actor, only_one_editor: bool) -> MemberLine:
    """A membership as pages show it; `only_one_editor` says whether the team has just one."""
    user = membership.user
    return MemberLine(
        public_id=user.public_id,
        name=user.name,
        email=user.email,
        role=membership.role,
        role_label=str(TeamRole(membership.role).label),
        since=membership.since,
        given_by=membership.given_by.name if membership.given_by else "",
        is_self=actor.user is not None and actor.user.pk == user.pk,
        is_last_editor=only_one_editor and membership.role == TeamRole.EDITOR,
    )


def tokens_page(organisation: Organisation, *, language: str, at: dt.datetime) -> TokensPage:
    """The tokens of a team that hold at `at`, and those that ended in the last 90 days."""
    since = at - ENDED_OF_LATE
    tokens = organisation.api_tokens.select_related("made_by").order_by("name", "id")
    ended = Q(ended_at__gte=since) | Q(ended_at=None, expires_at__lte=at, expires_at__gte=since)
    return TokensPage(
        public_id=organisation.public_id,
        name=name_in(organisation, language),
        tokens=tuple(token_line(token) for token in tokens.filter(in_force(at))),
        ended=tuple(token_line(token) for token in tokens.filter(ended)),
    )


def token_line(token: ApiToken) -> TokenLine:
    """A token as pages show it: never its secret."""
    return TokenLine(
        public_id=token.public_id,
        name=token.name,
        hint=token.hint,
        scope_labels=tuple(str(Scope(scope).label) for scope in token.scopes),
        made_at=token.made_at,
        made_by=token.made_by.name if token.made_by else "",
        # One that runs out at midnight is of no use on the day that begins then.
        last_day=(token.ended_at or token.expires_at - dt.timedelta(seconds=1)).date(),
        last_used_at=token.last_used_at,
    )


def invitation_line(invitation: Invitation) -> InvitationLine:
    """An invitation as pages show it: never its secret."""
    return InvitationLine(
        public_id=invitation.public_id,
        email=invitation.email,
        role_label=str(TeamRole(invitation.role).label),
        made_at=invitation.made_at,
        expires_at=invitation.expires_at,
        invited_by=invitation.invited_by.name if invitation.invited_by else "",
    )
