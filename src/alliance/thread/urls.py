"""Page addresses of the thread, below the language prefix."""

from __future__ import annotations

from django.urls import path

from alliance.thread.views import reading, writing
from alliance.thread.views import reading as broken

app_name = "thread"

urlpatterns = [
    path("thread/broken/", broken.broken, name="broken"),
    path("thread/steps/new", writing.step_new, name="step-new"),
    path("thread/steps/<str:public_id>/change", writing.step_change, name="step-change"),
    path("thread/steps/<str:public_id>/remove", writing.step_remove, name="step-remove"),
    path("thread/links/new", writing.link_new, name="link-new"),
    path("thread/links/<str:public_id>/change", writing.link_change, name="link-change"),
    path("thread/links/<str:public_id>/remove", writing.link_remove, name="link-remove"),
    path("thread/<str:kind>/<str:public_id>/", reading.thread, name="thread"),
]
