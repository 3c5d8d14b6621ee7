"""Page addresses of teams, below the language prefix."""

from __future__ import annotations

from django.urls import include, path

from alliance.network.views import invitations, team, tokens, webhooks

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
]
