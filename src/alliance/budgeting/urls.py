"""Page addresses of budgets, below the language prefix."""

from __future__ import annotations

from django.urls import path

from alliance.budgeting import views

app_name = "budgeting"

_PROJECT = "take-part/<str:public_id>/projects/<str:project_id>"

urlpatterns = [
    path("take-part/<str:public_id>/ballot", views.Vote.as_view(), name="ballot"),
    path("take-part/<str:public_id>/ballot/email", views.VoterEmail.as_view(), name="voter-email"),
    path("take-part/<str:public_id>/ballots.pb", views.ballots_file, name="ballots-file"),
    path("take-part/<str:public_id>/projects/", views.projects, name="projects"),
    path(f"{_PROJECT}/agree", views.Agree.as_view(), name="agree"),
    path(f"{_PROJECT}/estimate", views.ChangeEstimate.as_view(), name="estimate"),
    path(f"{_PROJECT}/eligible", views.Decide.as_view(), name="decide"),
    path(f"{_PROJECT}/merge", views.Merge.as_view(), name="merge"),
    path(f"{_PROJECT}/consent", views.Consent.as_view(), name="consent"),
    path(
        "take-part/<str:public_id>/proposals/<str:post_id>/estimate",
        views.Estimate.as_view(),
        name="estimate-proposal",
    ),
    path("take-part/<str:public_id>/budget/", views.manage, name="manage"),
    path("take-part/<str:public_id>/budget/terms", views.Terms.as_view(), name="terms"),
    path("take-part/<str:public_id>/budget/compare", views.Compare.as_view(), name="compare"),
    path("take-part/<str:public_id>/budget/codes", views.Codes.as_view(), name="codes"),
    path("take-part/<str:public_id>/budget/declare", views.Declare.as_view(), name="declare"),
    path(
        "take-part/<str:public_id>/budget/take-back",
        views.WithdrawDeclaration.as_view(),
        name="take-back",
    ),
    path("take-part/<str:public_id>/budget/paper", views.Paper.as_view(), name="paper"),
    path("take-part/<str:public_id>/budget/ballot.pdf", views.ballot_paper, name="ballot-paper"),
    path("take-part/<str:public_id>/budget/count", views.CountNow.as_view(), name="count"),
]
