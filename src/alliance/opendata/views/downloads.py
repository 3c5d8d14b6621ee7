"""Downloads with their licences, and citations of the data or of a single record."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliance.cases.citations import LICENCE_NAME, LICENCE_URL
from alliance.cases.exports import count_of
from alliance.cases.views import missing_is_404
from alliance.core import citations
from alliance.core.errors import NotFound
from alliance.network.access import actor_of
from alliance.network.views import private
from alliance.opendata.about import about
from alliance.opendata.names import CITATION_FORMATS, FORMATS, TABLES
from alliance.opendata.templatetags.citing import cite_this
from alliance.opendata.write import title_of


@dataclass(frozen=True)
class Download:
    """A table on the page: its name, number of rows, and the address of each format."""

    table: str
    title: str
    rows: int
    files: tuple[tuple[str, str], ...]


def _address(table: str, form: str, language: str) -> str:
    return f"/api/v1/export/{table}.{form}?lang={language}"


@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """The downloads with counts, licence, date and citation."""
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


@require_safe
@missing_is_404
def cite(request: HttpRequest, code: str, public_id: str) -> HttpResponse:
    """The citation of a record, in words and for reference managers."""
    actor = actor_of(request)
    _kind, cited = citations.cite(actor, code, public_id, request.LANGUAGE_CODE)
    lang = "" if cited.language == request.LANGUAGE_CODE else cited.language
    context = cite_this(code, public_id, cited) | {"lang": lang}
    response = render(request, "opendata/cite.html", context)
    return private(response) if actor.is_known else response


@require_safe
@missing_is_404
def cite_file(request: HttpRequest, code: str, public_id: str, form: str) -> HttpResponse:
    """The citation of a record in one of `CITATION_FORMATS`."""
    if form not in CITATION_FORMATS:
        raise NotFound("format", form)
    actor = actor_of(request)
    kind, cited = citations.cite(actor, code, public_id, request.LANGUAGE_CODE)
    response = HttpResponse(
        in_format(kind, cited, form),
        content_type=CITATION_FORMATS[form][1],
        headers={"Content-Disposition": f'attachment; filename="{cited.public_id}.{form}"'},
    )
    return private(response) if actor.is_known else response


def in_format(kind: citations.Kind, cited: citations.Citable, form: str) -> str:
    """A citation as the content of a file. Raises KeyError for an unknown format."""
    made = {
        "bib": lambda: citations.bibtex(cited),
        "ris": lambda: citations.ris(cited, kind.ris),
        # Reference managers read lists of items.
        "json": lambda: json.dumps([citations.csl(cited, kind.csl)], ensure_ascii=False),
    }
    return made[form]()
