"""URLs of data entry, below the language prefix."""

from __future__ import annotations

from django.urls import path

from alliance.indicators.views import entering, reading, uploading

app_name = "entering"

urlpatterns = [
    path("figures/", entering.start, name="start"),
    path("figures/upload/", uploading.Upload.as_view(), name="upload"),
    path("figures/read/", reading.Readings.as_view(), name="readings"),
    path("figures/read/<str:public_id>/", reading.reading, name="reading"),
    path("figures/files/<str:public_id>/", uploading.file, name="file"),
    path("figures/files/<str:public_id>/drop", uploading.drop, name="file-drop"),
    path("figures/cities/<str:public_id>/", entering.city, name="city"),
    path(
        "figures/cities/<str:public_id>/<str:indicator_id>/",
        entering.EnterFigures.as_view(),
        name="figures",
    ),
]
