"""Page addresses of the search, below the language prefix."""

from __future__ import annotations

from django.urls import path

from alliance.search import views

app_name = "search"

urlpatterns = [
    path("", views.home, name="home"),
    path("find", views.find, name="find"),
    path("find/related/<str:kind>/<str:public_id>/", views.related, name="related"),
    path("find/points", views.points, name="points"),
]
