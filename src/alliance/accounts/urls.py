"""The platform's own addresses about accounts, below the language."""

from __future__ import annotations

from django.urls import path

from alliance.accounts.views import own, own_data

app_name = "accounts"

urlpatterns = [
    path("accounts/", own.home, name="home"),
    path("accounts/elevation/", own.elevation, name="elevation"),
    path("accounts/elevation/end/", own.end_elevation, name="end-elevation"),
    path("my-data/", own_data.my_data, name="my-data"),
    path("my-data/my-data.json", own_data.download, name="my-data-download"),
    path("my-data/delete", own_data.delete, name="my-data-delete"),
    path("accounts/first/<str:secret>/", own.first, name="first"),
]
