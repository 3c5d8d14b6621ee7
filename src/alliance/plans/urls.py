"""Page addresses of plans, below the language prefix."""

from __future__ import annotations

from django.urls import path

from alliance.plans import views

app_name = "plans"

urlpatterns = [
    path("take-part/<str:public_id>/text", views.Text.as_view(), name="text"),
    path("take-part/<str:public_id>/text.csv", views.comments_file, name="comments-file"),
    path("take-part/<str:public_id>/text/changes", views.changes, name="changes"),
    path("take-part/<str:public_id>/text/paper", views.Paper.as_view(), name="paper"),
    path(
        "take-part/<str:public_id>/text/paragraphs/<str:thread_id>/",
        views.ParagraphView.as_view(),
        name="paragraph",
    ),
]
