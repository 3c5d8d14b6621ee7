"""Addresses of downloads and citations in the API."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, Literal

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.http import quote_etag
from ninja import Field, Query, Router, Schema

from alliance.core import citations, clock
from alliance.core.audit import VISITOR
from alliance.core.files import generated
from alliance.core.tasks import enqueue_once
from alliance.core.text import canonical_json
from alliance.network.api.common import LanguageCode, LanguageQuery
from alliance.opendata import feed
from alliance.opendata.about import state
from alliance.opendata.names import MEDIA_TYPES
from alliance.opendata.tasks import make_download
from alliance.opendata.write import EVERYTHING, chunks_of, count_rows, file_name

router = Router(tags=["downloads"])

Table = Literal[
    "cases", "effects", "nulls", "amounts", "sources", "solutions", "costs",
    "national_schemes", "disputes", "methods", "cities", "organisations", "measures", "units",
    "codebook",
]  # fmt: skip
Format = Literal["csv", "json", "xlsx"]


class CitedAuthor(Schema):
    name: str
    orcid: str | None
    is_person: bool


class Citation(Schema):
    """The citation of one version of a record, in words and for reference managers."""

    kind: str
    id: str
    title: str
    authors: list[CitedAuthor]
    publisher: str
    date: dt.date = Field(description="Of the version.")
    version: str | None = Field(description="Null where the day tells versions apart.")
    sha256: str | None = Field(description="Of what the version holds.")
    licence: str
    url: str = Field(description="The stable address, which shows the newest version.")
    version_url: str | None
    text: str
    bibtex: str
    ris: str
    csl: dict[str, Any] = Field(description="An item of CSL-JSON.")


class DownloadQuery(LanguageQuery):
    lang: LanguageCode = Field(
        "en", description="Language of what the file says of itself. The data hold all languages."
    )


def _binary(*forms: str) -> dict[str, Any]:
    """The OpenAPI response of a download: a file in one of these media types."""
    return {
        "responses": {
            200: {
                "description": "The file.",
                "content": {MEDIA_TYPES[form].partition(";")[0]: {"schema": {}} for form in forms},
            }
        }
    }


def _download(table: str, form: str, language: str) -> HttpResponseBase:
    """The response of a download: a short table is streamed, the worker makes the others. Raises
    NotMade."""
    response: HttpResponseBase
    if count_rows(table) <= generated.MOST_ROWS_AT_ONCE:
        response = StreamingHttpResponse(
            chunks_of(table, form, language), content_type=MEDIA_TYPES[form]
        )
        now = state(table, form, language)
    else:
        path = _made(table, form, language)
        response = FileResponse(path.open("rb"), content_type=MEDIA_TYPES[form])
        now = generated.state_of(path)
    name = file_name(table, form, clock.today())
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["ETag"] = f"W/{quote_etag(now)}"
    return response


def _made(table: str, form: str, language: str) -> Path:
    """The file of a large download that the worker made. Raises NotMade."""
    job = f"download:{table}:{form}:{language}"
    asked = {"table": table, "form": form, "language": language}
    return generated.made(
        f"{table}-{language}",
        state(table, form, language),
        form,
        ask=lambda: enqueue_once(make_download, job, **asked),
    )


@router.get("/export/everything.zip", summary="Download everything", openapi_extra=_binary("zip"))
def download_everything(request: HttpRequest, query: Query[DownloadQuery]) -> Any:
    """All tables as CSV, with codebook, licence and a Frictionless data package description."""
    return _download(EVERYTHING, "zip", query.lang)


@router.get(
    "/export/{table}.{format}",
    summary="Download a table",
    openapi_extra=_binary("csv", "json", "xlsx"),
)
def download_table(
    request: HttpRequest, table: Table, format: Format, query: Query[DownloadQuery]
) -> Any:
    """One table with every published record. The JSON of cases also contains effects and
    sources."""
    return _download(table, format, query.lang)


class FeedQuery(Schema):
    after: int = Field(0, ge=0, le=2**53, description="The number of the last entry known.")


@router.get(
    "/feed",
    summary="What was published, corrected and withdrawn, signed",
    openapi_extra={
        "responses": {
            200: {
                "description": "A page of the feed.",
                "content": {"application/json": {"schema": {}}},
            }
        }
    },
)
def read_feed(request: HttpRequest, query: Query[FeedQuery]) -> Any:
    """The entries after a number, a hundred at most, for networks that subscribe to this one."""
    payload = canonical_json(feed.page(query.after, at=clock.now()))
    return HttpResponse(payload, content_type="application/json")


@router.get("/citations/{kind}/{id}", response=Citation, summary="How to cite a record")
def cite_record(
    request: HttpRequest, kind: str, id: str, query: Query[LanguageQuery]
) -> dict[str, Any]:
    """The citation of a case, solution, verdict, pooled effect, indicator, release, pilot, dialogue
    or research answer."""
    with translation.override(query.lang):
        record_kind, cited = citations.cite(VISITOR, kind, id, query.lang)
        text = citations.plain(cited)
    return {
        "kind": record_kind.code,
        "id": cited.public_id,
        "title": cited.title,
        "authors": [vars(author) | {"orcid": author.orcid or None} for author in cited.by],
        "publisher": cited.publisher,
        "date": cited.at,
        "version": cited.version or None,
        "sha256": cited.digest or None,
        "licence": cited.licence,
        "url": cited.url,
        "version_url": cited.version_url or None,
        "text": text,
        "bibtex": citations.bibtex(cited),
        "ris": citations.ris(cited, record_kind.ris),
        "csl": citations.csl(cited, record_kind.csl),
    }
