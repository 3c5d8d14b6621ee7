"""Addresses of downloads in the API. They are sent while they are read from the database."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.http import quote_etag
from ninja import Field, Query, Router

from alliance.core import clock
from alliance.network.api.common import LanguageCode, LanguageQuery
from alliance.opendata.about import state
from alliance.opendata.names import MEDIA_TYPES
from alliance.opendata.write import EVERYTHING, chunks_of, file_name

router = Router(tags=["downloads"])

Table = Literal[
    "cases", "effects", "nulls", "amounts", "sources", "solutions", "costs", "methods", "cities",
    "organisations",
    "measures", "units", "codebook",
]  # fmt: skip
Format = Literal["csv", "json", "xlsx"]


class DownloadQuery(LanguageQuery):
    lang: LanguageCode = Field(
        "en", description="Language of what the file says of itself. The data hold all languages."
    )


def _binary(*forms: str) -> dict[str, Any]:
    """What the OpenAPI document says of a download: a file in one of these media types."""
    return {
        "responses": {
            200: {
                "description": "The file.",
                "content": {MEDIA_TYPES[form].partition(";")[0]: {"schema": {}} for form in forms},
            }
        }
    }


def _download(table: str, form: str, language: str) -> StreamingHttpResponse:
    name = file_name(table, form, clock.today())
    response = StreamingHttpResponse(
        chunks_of(table, form, language), content_type=MEDIA_TYPES[form]
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["ETag"] = f"W/{quote_etag(state(table, form, language))}"
    return response


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
    """One table with every published record. The JSON of cases holds effects and sources too."""
    return _download(table, format, query.lang)
