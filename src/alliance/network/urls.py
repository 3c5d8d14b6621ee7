"""Page addresses of teams, below the language prefix."""

from __future__ import annotations

from django.urls import include, path

from alliance.network.selectors.access import get_need, get_offer
from alliance.network.views import (
    discussion,
    invitations,
    joining,
    needs_offers,
    peer_reviews,
    team,
    tokens,
    waiting,
    webhooks,
)

app_name = "network"

_team = [
    path("", team.team, name="team"),
    path("invite", invitations.Invite.as_view(), name="team-invite"),
    path("leave", team.Leave.as_view(), name="team-leave"),
    path("ask", joining.AskToEdit.as_view(), name="team-ask"),
    path("members/<str:member_id>/", team.Member.as_view(), name="team-member"),
    path("members/<str:member_id>/end", team.MemberEnd.as_view(), name="team-member-end"),
    path(
        "members/<str:member_id>/decline",
        joining.DeclineEditor.as_view(),
        name="team-member-decline",
    ),
    path(
        "invitations/<str:invitation_id>/withdraw",
        invitations.Withdraw.as_view(),
        name="invitation-withdraw",
    ),
    path("webhooks/", webhooks.Webhooks.as_view(), name="webhooks"),
    path("webhooks/<str:webhook_id>/end", webhooks.WebhookEnd.as_view(), name="webhook-end"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/new", tokens.TokenNew.as_view(), name="token-new"),
    path("tokens/<str:token_id>/revoke", tokens.TokenRevoke.as_view(), name="token-revoke"),
]
_post_on = discussion.WritePost.as_view

urlpatterns = [
    path("organisations/<str:public_id>/team/", include(_team)),
    path("invitations/<str:secret>/", invitations.invitation, name="invitation"),
    path("join/", joining.Join.as_view(), name="join"),
    path("join/sent/", joining.join_sent, name="join-sent"),
    path("join/<str:secret>/", joining.join_own, name="join-own"),
    path("join-requests/", joining.join_requests, name="join-requests"),
    path("join-requests/<str:public_id>/", joining.JoinDecision.as_view(), name="join-request"),
    path("my-work/", waiting.my_work, name="my-work"),
    path("my-work/emails/", waiting.emails, name="emails"),
    path("my-work/emails/off/<str:token>/", waiting.emails_off, name="emails-off"),
    path("needs/", needs_offers.needs, name="needs"),
    path("needs/new", needs_offers.NeedNew.as_view(), name="need-new"),
    path("needs/<str:public_id>/", needs_offers.need, name="need"),
    path("statement-drafts/<str:public_id>/", needs_offers.statement_draft, name="statement-draft"),
    path(
        "statement-drafts/<str:public_id>/confirm",
        needs_offers.DraftConfirm.as_view(),
        name="statement-draft-confirm",
    ),
    path(
        "statement-drafts/<str:public_id>/reject",
        needs_offers.DraftReject.as_view(),
        name="statement-draft-reject",
    ),
    path("needs/<str:public_id>/change", needs_offers.NeedChange.as_view(), name="need-change"),
    path("needs/<str:public_id>/state", needs_offers.NeedBecame.as_view(), name="need-state"),
    path(
        "needs/<str:public_id>/priority", needs_offers.NeedPriority.as_view(), name="need-priority"
    ),
    path("needs/<str:public_id>/help", needs_offers.NeedHelping.as_view(), name="need-help"),
    path(
        "needs/<str:public_id>/help/<str:city_id>/decline",
        needs_offers.HelpDecline.as_view(),
        name="need-help-decline",
    ),
    path("peer-reviews/", peer_reviews.peer_reviews, name="peer-reviews"),
    path("peer-reviews/new", peer_reviews.ReviewNew.as_view(), name="peer-review-new"),
    path("peer-reviews/<str:public_id>/", peer_reviews.peer_review, name="peer-review"),
    path("peer-reviews/<str:public_id>/join", peer_reviews.Join.as_view(), name="peer-review-join"),
    path(
        "peer-reviews/<str:public_id>/leave", peer_reviews.Leave.as_view(), name="peer-review-leave"
    ),
    path("peer-reviews/<str:public_id>/plan", peer_reviews.Plan.as_view(), name="peer-review-plan"),
    path(
        "peer-reviews/<str:public_id>/report",
        peer_reviews.Report.as_view(),
        name="peer-review-report",
    ),
    path(
        "peer-reviews/<str:public_id>/cancel",
        peer_reviews.Cancel.as_view(),
        name="peer-review-cancel",
    ),
    path(
        "peer-reviews/<str:public_id>/follow-ups/<int:months>",
        peer_reviews.FollowUp.as_view(),
        name="peer-review-follow-up",
    ),
    path("needs/<str:public_id>/posts/new", _post_on(getter=get_need), name="need-post"),
    path("offers/<str:public_id>/posts/new", _post_on(getter=get_offer), name="offer-post"),
    path("posts/<str:public_id>/report", discussion.ReportPost.as_view(), name="post-report"),
    path("posts/<str:public_id>/moderate", discussion.ModeratePost.as_view(), name="post-moderate"),
    path("posts/<str:public_id>/object", discussion.ObjectToHiding.as_view(), name="post-object"),
    path("moderation/", discussion.moderation, name="moderation"),
    path("moderation/log.csv", discussion.moderation_csv, name="moderation-csv"),
    path(
        "moderation/objections/<str:public_id>/",
        discussion.DecideAppeal.as_view(),
        name="appeal",
    ),
    path("offers/", needs_offers.offers, name="offers"),
    path("offers/new", needs_offers.OfferNew.as_view(), name="offer-new"),
    path("offers/<str:public_id>/", needs_offers.offer, name="offer"),
    path("offers/<str:public_id>/change", needs_offers.OfferChange.as_view(), name="offer-change"),
    path("offers/<str:public_id>/end", needs_offers.OfferEnd.as_view(), name="offer-end"),
]
