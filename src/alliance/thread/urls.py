"""Page addresses of the thread, below the language prefix."""

from __future__ import annotations

from django.urls import path

from alliance.thread.views import reading

app_name = "thread"

urlpatterns = [
    path("thread/<str:kind>/<str:public_id>/", reading.thread, name="thread"),
]
