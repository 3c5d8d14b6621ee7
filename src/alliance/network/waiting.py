"""What waits in the network: help with needs, peer reviews, invitations, drafts, reported posts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from alliance.accounts.enums import NetworkRole
from alliance.core.waiting import Asked, Provider, Turn, Waiting, start_of
from alliance.network.access import still_open
from alliance.network.enums import DraftState, HelpAnswer, NeedState, PeerReviewState
from alliance.network.localise import by_language
from alliance.network.models import (
    FollowUp,
    Invitation,
    NeedHelp,
    PeerReviewer,
    Post,
    StatementDraft,
)
from alliance.network.services.peer_reviews import REMIND_BEFORE

#: So long before it runs out, an invitation that nobody accepted is its team's to look after.
INVITATION_ENDS = dt.timedelta(days=3)


def _reports(asked: Asked) -> Iterator[Waiting]:
    """Peer reviews whose visit is over and whose reviewers have not reported. One query."""
    rows = PeerReviewer.objects.filter(
        asked.of_team("organisation__public_id"),
        review__state=PeerReviewState.PLANNED,
        review__ends_on__lt=asked.at.date(),
    ).select_related("review", "organisation")
    for row in rows:
        review = row.review
        yield Waiting(
            kind="peer-review-report",
            public_id=review.public_id,
            turn=Turn(team=row.organisation.public_id),
            since=start_of(review.ends_on or asked.at.date()),
            route="network:peer-review-report",
            args=(review.public_id,),
            titles={review.language: review.title},
        )


def _follow_ups(asked: Asked) -> Iterator[Waiting]:
    """Follow-ups of peer reviews that are due soon or overdue. One query."""
    rows = FollowUp.objects.filter(
        asked.of_team("review__host__public_id"),
        published_at=None,
        due_on__lte=asked.at.date() + REMIND_BEFORE,
    ).select_related("review__host")
    for row in rows:
        review = row.review
        yield Waiting(
            kind="follow-up",
            public_id=review.public_id,
            turn=Turn(team=review.host.public_id),
            since=start_of(row.due_on - REMIND_BEFORE),
            by=row.due_on,
            route="network:peer-review-follow-up",
            args=(review.public_id, row.months),
            titles={review.language: review.title},
        )


def _invitations(asked: Asked) -> Iterator[Waiting]:
    """Invitations that are about to run out. One query.

    The link itself is nowhere kept, so that the team can but ask after it or send another.
    """
    rows = Invitation.objects.filter(
        asked.of_team("organisation__public_id"),
        still_open(asked.at),
        expires_at__lte=asked.at + INVITATION_ENDS,
    ).select_related("organisation")
    for row in rows:
        yield Waiting(
            kind="invitation",
            public_id=row.public_id,
            turn=Turn(team=row.organisation.public_id),
            since=row.made_at,
            by=row.expires_at.date(),
            route="network:team",
            args=(row.organisation.public_id,),
            titles=by_language(row.organisation),
        )


def _drafts(asked: Asked) -> Iterator[Waiting]:
    """Needs and offers that editors wrote down for a city. One query."""
    rows = StatementDraft.objects.filter(
        asked.of_team("organisation__public_id"), state=DraftState.OPEN
    ).select_related("organisation")
    for row in rows:
        yield Waiting(
            kind=f"{row.kind}-draft",
            public_id=row.public_id,
            turn=Turn(team=row.organisation.public_id),
            since=row.created_at,
            route="network:statement-draft",
            args=(row.public_id,),
            titles=by_language(row, "title"),
        )


def _help(asked: Asked) -> Iterator[Waiting]:
    """Needs that match an offer and wait for its city, and help that waits for the city of the
    need. One query."""
    rows = NeedHelp.objects.filter(
        asked.of_team("organisation__public_id") | asked.of_team("need__organisation__public_id"),
        need__state=NeedState.OPEN,
        reply="",
    ).exclude(answer=HelpAnswer.CANNOT)
    for row in rows.select_related("need__organisation", "organisation", "city"):
        is_asked = row.answer == ""
        need, team = row.need, row.organisation if is_asked else row.need.organisation
        yield Waiting(
            kind="need-match" if is_asked else "help-offered",
            public_id=need.public_id,
            turn=Turn(team=team.public_id),
            since=row.answered_at or row.asked_at,
            by=need.deadline,
            route="network:need",
            args=(need.public_id,),
            titles={need.language: need.title},
            notes={} if is_asked else by_language(row.city),
        )


def _reports_of_posts(asked: Asked) -> Iterator[Waiting]:
    """Posts that were reported. One query."""
    if not asked.has_role(NetworkRole.MODERATOR):
        return
    rows = Post.objects.filter(reports__settled_at=None, reports__isnull=False).annotate(
        since=Min("reports__at")
    )
    for row in rows:
        yield Waiting(
            kind="post-report",
            public_id=row.public_id,
            turn=Turn(role=NetworkRole.MODERATOR),
            since=row.since,
            route="network:post-moderate",
            args=(row.public_id,),
            titles={row.language: row.text},
        )


PROVIDERS = (
    Provider({"post-report": _("Decide on a reported post")}, _reports_of_posts),
    Provider(
        {
            "need-match": _("Say whether you can help with a need"),
            "help-offered": _("Take up or decline help that a city offers"),
        },
        _help,
    ),
    Provider({"peer-review-report": _("Write the report of a peer review")}, _reports),
    Provider({"follow-up": _("Publish the follow-up of a peer review")}, _follow_ups),
    Provider({"invitation": _("Renew an invitation that is about to expire")}, _invitations),
    Provider(
        {
            "need-draft": _("Confirm or reject a need that we found in your documents"),
            "offer-draft": _("Confirm or reject an offer that we found in your documents"),
        },
        _drafts,
    ),
)
