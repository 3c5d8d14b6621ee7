"""URLs of the thread, below the language prefix."""

from __future__ import annotations

from django.urls import path

from alliance.thread.views import reading, together, writing

app_name = "thread"

urlpatterns = [
    path("together/", together.together, name="together"),
    path("cities/<str:public_id>/leaders/", reading.leaders, name="leaders"),
    path("thread/broken/", reading.broken, name="broken"),
    path("thread/steps/new", writing.StepNew.as_view(), name="step-new"),
    path("thread/steps/<str:public_id>/change", writing.StepChange.as_view(), name="step-change"),
    path("thread/steps/<str:public_id>/remove", writing.StepRemove.as_view(), name="step-remove"),
    path("thread/links/new", writing.LinkNew.as_view(), name="link-new"),
    path("thread/links/<str:public_id>/change", writing.LinkChange.as_view(), name="link-change"),
    path("thread/links/<str:public_id>/remove", writing.LinkRemove.as_view(), name="link-remove"),
    path("thread/<str:kind>/<str:public_id>/", reading.thread, name="thread"),
]
