"""Page addresses of dialogues, below the language prefix."""

from __future__ import annotations

from django.urls import path

from alliance.dialogues import views

app_name = "dialogues"

urlpatterns = [
    path("take-part/<str:public_id>/vote", views.vote, name="vote"),
    path("take-part/<str:public_id>/votes/", views.own_votes, name="own-votes"),
    path("take-part/<str:public_id>/votes.csv", views.votes_file, name="votes-file"),
    path("take-part/<str:public_id>/statements.csv", views.statements_file, name="statements-file"),
    path("take-part/<str:public_id>/paper", views.Paper.as_view(), name="paper"),
    path("take-part/<str:public_id>/take-over", views.ImportDialogue.as_view(), name="take-over"),
]
