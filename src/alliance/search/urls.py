"""Page addresses of the search, below the language prefix."""

from __future__ import annotations

from django.urls import path
from django.views.generic import RedirectView

from alliance.search import views

app_name = "search"

urlpatterns = [
    path("", views.home, name="home"),
    path("problems/<str:code>/", views.problem, name="problem"),
    path("find", views.find, name="find"),
    # People add a slash, as most other pages have one.
    path(
        "find/", RedirectView.as_view(pattern_name="search:find", permanent=True, query_string=True)
    ),
    path("find/related/<str:kind>/<str:public_id>/", views.related, name="related"),
    path("find/points", views.points, name="points"),
]
