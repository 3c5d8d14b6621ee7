"""The page of a kept copy: what a source said when the worker read it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from alliance.knowledge.models import KeptCopy


def copy_page(
    request: HttpRequest, copy: KeptCopy, *, title: str, back: tuple[str, str]
) -> HttpResponse:
    """A copy that the reader may read. `back`: name and address of the page that cites it."""
    response = render(
        request,
        "knowledge/kept_copy.html",
        {"copy": copy, "title": title, "back": back, "paragraphs": copy.text.split("\n\n")},
    )
    response["X-Robots-Tag"] = "noindex, noarchive"
    if not copy.licence:
        response["Cache-Control"] = "no-store"
    return response
