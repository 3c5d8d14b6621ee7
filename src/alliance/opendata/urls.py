"""Page addresses of open data, below the language prefix."""

from __future__ import annotations

from django.urls import path

from alliance.opendata import views

urlpatterns = [
    path("data/", views.data, name="data"),
]
