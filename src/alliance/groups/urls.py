"""Page addresses of topic groups, below the language prefix."""

from __future__ import annotations

from django.urls import path

from alliance.groups import views

app_name = "groups"

urlpatterns = [
    path("groups/", views.group_list, name="groups"),
    path("groups/new", views.Start.as_view(), name="start"),
    path("groups/<str:public_id>/", views.group, name="group"),
    path("groups/<str:public_id>/feed.atom", views.feed, name="feed"),
    path("groups/<str:public_id>/change", views.Change.as_view(), name="change"),
    path("groups/<str:public_id>/end", views.End.as_view(), name="end"),
    path("groups/<str:public_id>/join", views.Join.as_view(), name="join"),
    path("groups/<str:public_id>/leave", views.Leave.as_view(), name="leave"),
    path("groups/<str:public_id>/leads", views.Leads.as_view(), name="leads"),
    path("groups/<str:public_id>/post", views.WriteInGroup.as_view(), name="post"),
    path("groups/<str:public_id>/deliver", views.AddDeliverable.as_view(), name="deliver"),
    path("groups/<str:public_id>/document", views.AddDocument.as_view(), name="document"),
    path("groups/<str:public_id>/minutes", views.WriteMinutes.as_view(), name="write-minutes"),
    path("deliverables/<str:public_id>/", views.ChangeDeliverable.as_view(), name="deliverable"),
    path("deliverables/<str:public_id>/text", views.text, name="text"),
    path("deliverables/<str:public_id>/write", views.WriteText.as_view(), name="write-text"),
    path("deliverables/<str:public_id>/post", views.WriteOnText.as_view(), name="text-post"),
    path("group-documents/<str:public_id>/file", views.document_file, name="document-file"),
    path(
        "group-documents/<str:public_id>/remove",
        views.RemoveDocument.as_view(),
        name="document-remove",
    ),
    path("minutes/<str:public_id>/", views.minutes_page, name="minutes"),
    path("minutes/<str:public_id>/change", views.ChangeMinutes.as_view(), name="minutes-change"),
    path("action-items/", views.action_list, name="actions"),
    path("action-items/<str:public_id>/done", views.Settle.as_view(), name="action-done"),
    path(
        "action-items/<str:public_id>/hand-over", views.HandOver.as_view(), name="action-hand-over"
    ),
]
