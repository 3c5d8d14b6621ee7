"""What the network keeps about a person: teams, invitations, and what was done for a team."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from alliance.network.models import (
    ApiToken,
    FollowUp,
    Invitation,
    JoinRequest,
    Membership,
    Need,
    NeedPriority,
    Offer,
    Partnership,
    PeerReview,
    PeerReviewer,
    Post,
    Report,
)

if TYPE_CHECKING:
    from alliance.accounts.models import User


def own_data(user: User) -> dict[str, Any]:
    """Memberships, invitations sent and accepted, tokens made, and what was said for a city."""
    return {
        "memberships": [
            {
                "organisation": one.organisation.public_id,
                "role": one.role,
                "since": one.since.isoformat(),
                "ended_at": one.ended_at.isoformat() if one.ended_at else None,
                "asked_to_edit_at": (
                    one.asked_editor_at.isoformat() if one.asked_editor_at else None
                ),
            }
            for one in Membership.objects.filter(user=user).select_related("organisation")
        ],
        "invitations": [
            {
                "organisation": one.organisation.public_id,
                "role": one.role,
                "made_at": one.made_at.isoformat(),
                "sent_by_you": one.invited_by_id == user.pk,
                "email": one.email,
            }
            for one in (
                Invitation.objects.filter(invited_by=user)
                | Invitation.objects.filter(accepted_by=user)
                | Invitation.objects.filter(email__iexact=user.email)
            ).select_related("organisation")
        ],
        "requests_to_join": [
            {
                "organisation": one.name,
                "kind": one.kind,
                "reference": one.reference,
                "city": one.place,
                "country": one.country,
                "name": one.person,
                "email": one.email,
                "purpose": one.purpose,
                "asked_at": one.sent_at.isoformat(),
                "confirmed_at": one.confirmed_at.isoformat() if one.confirmed_at else None,
                "decided_at": one.decided_at.isoformat() if one.decided_at else None,
                "role": one.role,
                "reason": one.reason,
            }
            for one in JoinRequest.objects.filter(email__iexact=user.email)
        ],
        "api_tokens_made": [
            {"organisation": one.organisation.public_id, "name": one.name, "hint": one.hint}
            for one in ApiToken.objects.filter(made_by=user).select_related("organisation")
        ],
        "needs_stated": _statements(Need, user),
        "offers_made": _statements(Offer, user),
        "peer_reviews": [
            {"id": one.public_id, "city": one.city.public_id, "title": one.title}
            for one in PeerReview.objects.filter(
                Q(requested_by=user)
                | Q(reported_by=user)
                | Q(pk__in=FollowUp.objects.filter(published_by=user).values("review"))
                | Q(pk__in=PeerReviewer.objects.filter(person=user).values("review"))
            ).select_related("city")
        ],
        "posts": [
            {
                "id": one.public_id,
                "record": f"{one.kind} {one.record_id}",
                "text": one.text,
                "language": one.language,
                "at": one.at.isoformat(),
            }
            for one in Post.objects.filter(author=user)
        ],
        "reports_sent": [
            {"reason": one.reason, "at": one.at.isoformat()}
            for one in Report.objects.filter(reported_by=user)
        ],
        "priorities_given": [
            {
                "need": one.need.public_id,
                "city": one.city.public_id,
                "priority": one.priority,
                "given_at": one.given_at.isoformat(),
            }
            for one in NeedPriority.objects.filter(given_by=user).select_related("need", "city")
        ],
    }


def _statements(model: type[Need] | type[Offer], user: User) -> list[dict[str, Any]]:
    return [
        {
            "id": one.public_id,
            "city": one.city.public_id,
            "title": one.title,
            "stated_at": one.stated_at.isoformat(),
        }
        for one in model._default_manager.filter(stated_by=user).select_related("city")
    ]


def forget(user: User, *, at: dt.datetime) -> None:
    """Take the address out of invitations; memberships go with the account, as do requests to join.

    Tokens, needs, offers and priorities belong to the team and its city and go on,
    without the name of who made them; the function of a contact goes with the name. Posts stay in
    their discussion without it, too; answers stand in the name of a team.
    """
    Post.objects.filter(author=user, answers=None).update(author_name="")
    Invitation.objects.filter(email__iexact=user.email).update(email="")
    JoinRequest.objects.filter(email__iexact=user.email).delete()
    PeerReviewer.objects.filter(person=user).update(function="")
    # What adoptions were made of; the tables are kept for one version.
    Partnership.objects.filter(source_contact=user).update(source_contact_role="")
    Partnership.objects.filter(adopter_contact=user).update(adopter_contact_role="")
