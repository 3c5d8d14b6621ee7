"""Page addresses of testbeds and pilots, below the language prefix."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

app_name = "testbeds"

urlpatterns: list[URLPattern | URLResolver] = []
