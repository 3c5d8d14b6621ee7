"""The page of a kept copy: what a source said when the worker read it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from alliance.cases.citations import LICENCE_ADDRESSES
from alliance.cases.models import StoredCopy
from alliance.cases.selectors.sources import with_state


def copy_page(
    request: HttpRequest, copy: StoredCopy, *, title: str, back: tuple[str, str]
) -> HttpResponse:
    """A copy that the reader may read. `back`: name and address of the page that cites it."""
    shown = {
        "copy": copy,
        "source": with_state(StoredCopy.objects.filter(pk=copy.pk)).get(),
        "title": title,
        "back": back,
        "paragraphs": copy.text.split("\n\n"),
        "licence_url": LICENCE_ADDRESSES.get(copy.licence, ""),
    }
    response = render(request, "knowledge/kept_copy.html", shown)
    response["X-Robots-Tag"] = "noindex, noarchive"
    if not copy.licence:
        response["Cache-Control"] = "no-store"
    return response
