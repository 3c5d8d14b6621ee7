"""Page addresses of areas, below the language prefix."""

from __future__ import annotations

from django.urls import path

from alliance.equity.views import checks, keeping, pages

app_name = "equity"

urlpatterns = [
    path("equity/", pages.cities, name="cities"),
    path("equity/new", keeping.BringAreas.as_view(), name="bring-areas"),
    path("equity/areas/<str:public_id>/", pages.areas, name="areas"),
    path("equity/areas/<str:public_id>/figures", keeping.BringFigures.as_view(), name="figures"),
    path("equity/areas/<str:public_id>/end", keeping.End.as_view(), name="end"),
    path("equity/areas/<str:public_id>/areas.geojson", pages.shapes, name="shapes"),
    path("equity/areas/<str:public_id>/areas.csv", pages.table, name="table"),
    path(
        "equity/areas/<str:public_id>/challenge",
        checks.ContestArea.as_view(),
        name="areas-challenge",
    ),
    path(
        "equity/areas/<str:public_id>/challenges/<str:claim_id>",
        checks.AnswerAreaClaim.as_view(),
        name="areas-challenge-answer",
    ),
    path("equity/checks/", checks.checks, name="checks"),
    path("equity/checks/new", checks.NewCheck.as_view(), name="check-new"),
    path("equity/checks/<str:public_id>/", checks.check, name="check"),
    path("equity/checks/<str:public_id>/change", checks.ChangeCheck.as_view(), name="check-change"),
    path(
        "equity/checks/<str:public_id>/questions",
        checks.Questions.as_view(),
        name="check-questions",
    ),
    path("equity/checks/<str:public_id>/table", checks.Table.as_view(), name="check-table"),
    path("equity/checks/<str:public_id>/propose", checks.Propose.as_view(), name="check-propose"),
    path("equity/checks/<str:public_id>/waiver", checks.Waive.as_view(), name="check-waiver"),
    path("equity/checks/<str:public_id>/publish", checks.Publish.as_view(), name="check-publish"),
    path("equity/checks/<str:public_id>/heard/new", checks.Hear.as_view(), name="heard-new"),
    path(
        "equity/checks/<str:public_id>/heard/<str:testimony_id>",
        checks.ChangeTestimony.as_view(),
        name="heard",
    ),
    path(
        "equity/checks/<str:public_id>/heard/<str:testimony_id>/forget",
        checks.ForgetTestimony.as_view(),
        name="heard-forget",
    ),
    path("equity/checks/<str:public_id>/challenge", checks.Contest.as_view(), name="challenge"),
    path(
        "equity/checks/<str:public_id>/challenges/<str:post_id>",
        checks.AnswerClaim.as_view(),
        name="challenge-answer",
    ),
]
