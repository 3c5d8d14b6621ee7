"""Page addresses of open data and of citations, below the language prefix."""

from __future__ import annotations

from django.urls import path

from alliance.opendata import views

urlpatterns = [
    path("data/", views.data, name="data"),
    path("cite/<str:code>/<str:public_id>/", views.cite, name="cite"),
    path("cite/<str:code>/<str:public_id>/cite.<str:form>", views.cite_file, name="cite-file"),
    # As they were before other records could be cited.
    path(
        "cases/<str:public_id>/cite.<str:form>", views.cite_file, {"code": "case"}, name="case-cite"
    ),
    path(
        "pilots/<str:public_id>/cite.<str:form>",
        views.cite_file,
        {"code": "pilot"},
        name="pilot-cite",
    ),
]
