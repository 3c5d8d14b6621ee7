"""The network's data about a person: teams, invitations, and what was done for a team."""

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
    """Memberships, invitations sent and accepted, tokens created, and statements for a city."""
    return {
        "memberships": [
            {
                "organisation": membership.organisation.public_id,
                "role": membership.role,
                "since": membership.since.isoformat(),
                "ended_at": membership.ended_at.isoformat() if membership.ended_at else None,
                "asked_to_edit_at": (
                    membership.asked_editor_at.isoformat() if membership.asked_editor_at else None
                ),
            }
            for membership in Membership.objects.filter(user=user).select_related("organisation")
        ],
        "invitations": [
            {
                "organisation": invitation.organisation.public_id,
                "role": invitation.role,
                "made_at": invitation.made_at.isoformat(),
                "sent_by_you": invitation.invited_by_id == user.pk,
                "email": invitation.email,
            }
            for invitation in (
                Invitation.objects.filter(invited_by=user)
                | Invitation.objects.filter(accepted_by=user)
                | Invitation.objects.filter(email__iexact=user.email)
            ).select_related("organisation")
        ],
        "requests_to_join": [
            {
                "organisation": join_request.name,
                "kind": join_request.kind,
                "reference": join_request.reference,
                "city": join_request.place,
                "country": join_request.country,
                "name": join_request.person,
                "email": join_request.email,
                "purpose": join_request.purpose,
                "asked_at": join_request.sent_at.isoformat(),
                "confirmed_at": join_request.confirmed_at.isoformat()
                if join_request.confirmed_at
                else None,
                "decided_at": join_request.decided_at.isoformat()
                if join_request.decided_at
                else None,
                "role": join_request.role,
                "reason": join_request.reason,
            }
            for join_request in JoinRequest.objects.filter(email__iexact=user.email)
        ],
        "api_tokens_made": [
            {
                "organisation": api_token.organisation.public_id,
                "name": api_token.name,
                "hint": api_token.hint,
            }
            for api_token in ApiToken.objects.filter(made_by=user).select_related("organisation")
        ],
        "needs_stated": _statements(Need, user),
        "offers_made": _statements(Offer, user),
        "peer_reviews": [
            {
                "id": peer_review.public_id,
                "city": peer_review.city.public_id,
                "title": peer_review.title,
            }
            for peer_review in PeerReview.objects.filter(
                Q(requested_by=user)
                | Q(reported_by=user)
                | Q(pk__in=FollowUp.objects.filter(published_by=user).values("review"))
                | Q(pk__in=PeerReviewer.objects.filter(person=user).values("review"))
            ).select_related("city")
        ],
        "posts": [
            {
                "id": post.public_id,
                "record": f"{post.kind} {post.record_id}",
                "text": post.text,
                "language": post.language,
                "at": post.at.isoformat(),
            }
            for post in Post.objects.filter(author=user)
        ],
        "reports_sent": [
            {"reason": report.reason, "at": report.at.isoformat()}
            for report in Report.objects.filter(reported_by=user)
        ],
        "priorities_given": [
            {
                "need": need_priority.need.public_id,
                "city": need_priority.city.public_id,
                "priority": need_priority.priority,
                "given_at": need_priority.given_at.isoformat(),
            }
            for need_priority in NeedPriority.objects.filter(given_by=user).select_related(
                "need", "city"
            )
        ],
    }


def _statements(model: type[Need] | type[Offer], user: User) -> list[dict[str, Any]]:
    return [
        {
            "id": statement.public_id,
            "city": statement.city.public_id,
            "title": statement.title,
            "stated_at": statement.stated_at.isoformat(),
        }
        for statement in model._default_manager.filter(stated_by=user).select_related("city")
    ]


def forget(user: User, *, at: dt.datetime) -> None:
    """Remove the address from invitations; memberships and requests to join are deleted with the
    account.

    Tokens, needs, offers and priorities belong to the team and its city and remain, without the
    name of their author; the function of a contact is removed with the name. Posts remain in their
    discussions without the name too; answers are in the name of a team.
    """
    Post.objects.filter(author=user, answers=None).update(author_name="")
    Invitation.objects.filter(email__iexact=user.email).update(email="")
    JoinRequest.objects.filter(email__iexact=user.email).delete()
    PeerReviewer.objects.filter(person=user).update(function="")
    # Adoptions were made from these; the tables remain for one version.
    Partnership.objects.filter(source_contact=user).update(source_contact_role="")
    Partnership.objects.filter(adopter_contact=user).update(adopter_contact_role="")
