"""Addresses of briefs, below the language prefix."""

from __future__ import annotations

from django.urls import path

from alliance.reports import views

app_name = "reports"

urlpatterns = [
    path("cases/<str:public_id>/brief.pdf", views.case_brief, name="case-brief"),
    path("solutions/<str:public_id>/brief.pdf", views.solution_brief, name="solution-brief"),
]
