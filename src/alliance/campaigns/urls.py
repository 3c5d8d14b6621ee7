"""Page addresses of campaigns, below the language prefix."""

from __future__ import annotations

from django.urls import path

from alliance.campaigns import views

app_name = "campaigns"

urlpatterns = [
    path("campaigns/new", views.Start.as_view(), name="start"),
    path("campaigns/<str:public_id>/", views.manage, name="manage"),
    path("campaigns/<str:public_id>/describe", views.Describe.as_view(), name="describe"),
    path("campaigns/<str:public_id>/measure", views.Measure.as_view(), name="measure"),
    path("campaigns/<str:public_id>/units", views.Units.as_view(), name="units"),
    path("campaigns/<str:public_id>/begin", views.Begin.as_view(), name="begin"),
    path("campaigns/<str:public_id>/outcomes", views.Outcomes.as_view(), name="outcomes"),
    path("campaigns/<str:public_id>/case", views.MakeCase.as_view(), name="case"),
    path("campaigns/<str:public_id>/paper", views.Paper.as_view(), name="paper"),
    path("campaigns/<str:public_id>/lots.csv", views.allocation_csv, name="lots"),
    path("take-part/<str:public_id>/campaign.csv", views.figures, name="figures"),
    path("take-part/<str:public_id>/pledge", views.MakePledge.as_view(), name="pledge"),
    path("take-part/<str:public_id>/pledge/done", views.ReportPledge.as_view(), name="done"),
]
