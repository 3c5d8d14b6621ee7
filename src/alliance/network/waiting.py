"""What waits in the network: agreements, their steps, peer reviews, invitations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import F, FilteredRelation, Min, Q
from django.utils.translation import gettext_lazy as _

from alliance.accounts.enums import NetworkRole
from alliance.core.waiting import Asked, Provider, Turn, Waiting, start_of
from alliance.network.access import still_open
from alliance.network.enums import AgreementState, DraftState, PartnershipSide, PeerReviewState
from alliance.network.localise import by_language
from alliance.network.models import (
    FollowUp,
    Invitation,
    Partnership,
    PeerReviewer,
    Post,
    StatementDraft,
)
from alliance.network.services.peer_reviews import REMIND_BEFORE

#: So long before it runs out, an invitation that nobody accepted is its team's to look after.
INVITATION_ENDS = dt.timedelta(days=3)
BOTH = PartnershipSide.BOTH


def _agreements(asked: Asked) -> Iterator[Waiting]:
    """Running agreements: each side's yes to the terms, or else its next step. One query."""
    rows = (
        Partnership.objects.filter(
            asked.of_team("source__public_id") | asked.of_team("adopter__public_id"),
            state__in=AgreementState.running(),
        )
        .select_related("source", "adopter")
        .annotate(step=FilteredRelation("steps", condition=Q(steps__done_at=None)))
        .annotate(step_title=F("step__title"), step_side=F("step__side"), due_on=F("step__due_on"))
        .order_by("pk", "step__number")
    )
    seen: set[tuple[int, str]] = set()
    for row in rows:
        for side, team, agreed_at in (
            (PartnershipSide.SOURCE, row.source, row.source_agreed_at),
            (PartnershipSide.ADOPTER, row.adopter, row.adopter_agreed_at),
        ):
            if agreed_at is None:
                kind, by, notes = "agreement", None, {}
            elif row.state == AgreementState.AGREED and row.step_side in {side, BOTH}:
                kind, by, notes = "agreement-step", row.due_on, {row.language: row.step_title}
            else:
                continue
            if (row.pk, side) not in seen:
                seen.add((row.pk, side))
                yield Waiting(
                    kind=kind,
                    public_id=row.public_id,
                    turn=Turn(team=team.public_id),
                    since=row.changed_at,
                    by=by,
                    route="network:agreement",
                    args=(row.public_id,),
                    titles={row.subject_language: row.subject_title},
                    notes=notes,
                )


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
            "agreement": _("Accept or decline an agreement"),
            "agreement-step": _("Take the next step of an agreement"),
        },
        _agreements,
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
