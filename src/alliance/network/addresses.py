"""Addresses of pages, for letters and the API."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import translation


def page_address(view: str, language: str, *arguments: object) -> str:
    """The full address of a page in `language`: `page_address("knowledge:city", "fr", id)`."""
    with translation.override(language):
        return f"{settings.BASE_URL}{reverse(view, args=arguments)}"
