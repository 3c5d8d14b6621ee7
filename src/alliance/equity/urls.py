"""Page addresses of areas, below the language prefix."""

from __future__ import annotations

from django.urls import path

from alliance.equity.views import keeping, pages

app_name = "equity"

urlpatterns = [
    path("equity/", pages.cities, name="cities"),
    path("equity/new", keeping.BringAreas.as_view(), name="bring-areas"),
    path("equity/areas/<str:public_id>/", pages.areas, name="areas"),
    path("equity/areas/<str:public_id>/figures", keeping.BringFigures.as_view(), name="figures"),
    path("equity/areas/<str:public_id>/end", keeping.End.as_view(), name="end"),
    path("equity/areas/<str:public_id>/areas.geojson", pages.shapes, name="shapes"),
    path("equity/areas/<str:public_id>/areas.csv", pages.table, name="table"),
]
