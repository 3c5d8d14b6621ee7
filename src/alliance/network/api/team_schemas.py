"""API schemas of the people of teams and their invitations."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ninja import Field, Schema

from alliance.network.api.common import LanguageCode, Listing
from alliance.network.api.writing import Body
from alliance.network.enums import TeamRole


class Member(Schema):
    """A member of a team."""

    id: str = Field(description="Of the person.")
    name: str
    email: str
    role: TeamRole
    since: dt.datetime


class MemberListing(Listing[Member]):
    """Editors first, then by name."""


class ChangeMember(Body):
    role: str = Field(description=f"One of: {', '.join(TeamRole.values)}.")


class Invite(Body):
    role: str = Field(description=f"One of: {', '.join(TeamRole.values)}.")
    email: str = Field(
        "",
        max_length=254,
        description="Gets a letter, and only who has this address may accept; empty: whoever has "
        "the link.",
    )
    language: LanguageCode | None = Field(None, description="Of the letter.")


class Invitation(Schema):
    """An open invitation."""

    id: str
    email: str
    role: TeamRole
    made_at: dt.datetime
    expires_at: dt.datetime


class InvitationListing(Listing[Invitation]):
    """Open invitations, oldest first."""


class MadeInvitation(Invitation):
    link: str = Field(description="For the person who is invited; it is told this once.")


class OwnData(Schema):
    """All data about the person, by app."""

    data: dict[str, Any]
