"""Page addresses of teams, below the language prefix."""

from __future__ import annotations

from django.urls import include, path

from alliance.network.views import (
    invitations,
    needs_offers,
    partnerships,
    peer_reviews,
    team,
    tokens,
    waiting,
    webhooks,
)

app_name = "network"

_team = [
    path("", team.team, name="team"),
    path("invite", invitations.invite, name="team-invite"),
    path("leave", team.leave, name="team-leave"),
    path("members/<str:member_id>/", team.member, name="team-member"),
    path("members/<str:member_id>/end", team.member_end, name="team-member-end"),
    path(
        "invitations/<str:invitation_id>/withdraw",
        invitations.withdraw,
        name="invitation-withdraw",
    ),
    path("webhooks/", webhooks.webhooks, name="webhooks"),
    path("webhooks/<str:webhook_id>/end", webhooks.webhook_end, name="webhook-end"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/new", tokens.token_new, name="token-new"),
    path("tokens/<str:token_id>/revoke", tokens.token_revoke, name="token-revoke"),
]

urlpatterns = [
    path("organisations/<str:public_id>/team/", include(_team)),
    path("invitations/<str:secret>/", invitations.invitation, name="invitation"),
    path("my-work/", waiting.my_work, name="my-work"),
    path("needs/", needs_offers.needs, name="needs"),
    path("needs/new", needs_offers.need_new, name="need-new"),
    path("needs/<str:public_id>/", needs_offers.need, name="need"),
    path("needs/<str:public_id>/change", needs_offers.need_change, name="need-change"),
    path("needs/<str:public_id>/state", needs_offers.need_state, name="need-state"),
    path("needs/<str:public_id>/priority", needs_offers.need_priority, name="need-priority"),
    path("agreements/", partnerships.agreements, name="agreements"),
    path("agreements/<str:public_id>/", partnerships.agreement, name="agreement"),
    path("agreements/<str:public_id>/agree", partnerships.agree, name="agreement-agree"),
    path("agreements/<str:public_id>/terms", partnerships.terms, name="agreement-terms"),
    path("agreements/<str:public_id>/end", partnerships.end, name="agreement-end"),
    path(
        "agreements/<str:public_id>/steps/<int:number>",
        partnerships.step,
        name="agreement-step",
    ),
    path("peer-reviews/", peer_reviews.peer_reviews, name="peer-reviews"),
    path("peer-reviews/new", peer_reviews.peer_review_new, name="peer-review-new"),
    path("peer-reviews/<str:public_id>/", peer_reviews.peer_review, name="peer-review"),
    path("peer-reviews/<str:public_id>/join", peer_reviews.join, name="peer-review-join"),
    path("peer-reviews/<str:public_id>/leave", peer_reviews.leave, name="peer-review-leave"),
    path("peer-reviews/<str:public_id>/plan", peer_reviews.plan, name="peer-review-plan"),
    path("peer-reviews/<str:public_id>/report", peer_reviews.report, name="peer-review-report"),
    path("peer-reviews/<str:public_id>/cancel", peer_reviews.cancel, name="peer-review-cancel"),
    path(
        "peer-reviews/<str:public_id>/follow-ups/<int:months>",
        peer_reviews.follow_up,
        name="peer-review-follow-up",
    ),
    path("offers/", needs_offers.offers, name="offers"),
    path("offers/new", needs_offers.offer_new, name="offer-new"),
    path("offers/<str:public_id>/", needs_offers.offer, name="offer"),
    path("offers/<str:public_id>/change", needs_offers.offer_change, name="offer-change"),
    path("offers/<str:public_id>/end", needs_offers.offer_end, name="offer-end"),
]
