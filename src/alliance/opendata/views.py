"""The page of open data: what can be downloaded, under which licence, and how to cite it."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliance.knowledge.citations import LICENCE_NAME, LICENCE_URL
from alliance.knowledge.exports import count_of
from alliance.opendata.about import about
from alliance.opendata.names import FORMATS, TABLES
from alliance.opendata.write import title_of


@dataclass(frozen=True)
class Download:
    """A table on the page: its name, how many rows it has, and where each format lies."""

    table: str
    title: str
    rows: int
    files: tuple[tuple[str, str], ...]


def _address(table: str, form: str, language: str) -> str:
    return f"/api/v1/export/{table}.{form}?lang={language}"


@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """What there is to download, with counts, licence, date and how to cite."""
    language = request.LANGUAGE_CODE
    downloads = [
        Download(
            table,
            title_of(table),
            count_of(table),
            tuple((form.upper(), _address(table, form, language)) for form in FORMATS),
        )
        for table in TABLES
    ]
    return render(
        request,
        "opendata/data.html",
        {
            "about": about(_("Open data"), language),
            "downloads": downloads,
            "everything": _address("everything", "zip", language),
            "licence_name": LICENCE_NAME,
            "licence_url": LICENCE_URL,
            "api_root": f"{settings.BASE_URL}/api/v1/",
        },
    )
