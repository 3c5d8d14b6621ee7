"""API routes of downloads of figures, their structure, and the catalogue of the data."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import quote_etag
from ninja import Field, Query, Router

from alliance.core import clock
from alliance.core.errors import Fault, InvalidData
from alliance.core.files import made
from alliance.core.tasks import enqueue_once
from alliance.core.text import digest
from alliance.indicators.api import schemas
from alliance.indicators.as_of import moment_of
from alliance.indicators.exports import dcat, downloads, json_stat, sdmx, table
from alliance.indicators.exports.downloads import FigureFormat
from alliance.indicators.exports.rows import FigureQuery, figure_rows, figures
from alliance.indicators.selectors.access import get_indicator_for
from alliance.indicators.tasks import make_download

router = Router(tags=["downloads"])

#: More figures are available only as CSV, which is streamed.
MOST_AT_ONCE = 200_000
CatalogueFormat = Literal["ttl", "jsonld"]
MEDIA_TYPES: dict[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "sdmx-csv": "application/vnd.sdmx.data+csv; version=2.0.0; charset=utf-8",
    "sdmx-ml": "application/vnd.sdmx.data+xml; version=3.0.0",
    "json-stat": "application/json",
}
_EXTENSIONS = {"csv": "csv", "sdmx-csv": "csv", "sdmx-ml": "xml", "json-stat": "json"}
_FORMS: dict[str, Literal["turtle", "json-ld"]] = {"ttl": "turtle", "jsonld": "json-ld"}


class FiguresDownload(schemas.AsOfQuery):
    indicator: list[str] = Field(
        [], max_length=100, description="Ids of indicators; any of them, all without."
    )
    city: list[str] = Field(
        [], max_length=100, description="Ids of cities; any of them, all without."
    )
    first_year: int | None = Field(None, ge=1800, le=2200, description="From this year on.")
    last_year: int | None = Field(None, ge=1800, le=2200, description="Up to this year.")


def _file(*media_types: str) -> dict[str, Any]:
    kinds: dict[str, dict[str, Any]] = {
        media_type.partition(";")[0]: {"schema": {}} for media_type in media_types
    }
    return {"responses": {200: {"description": "The file.", "content": kinds}}}


def _etag(request: HttpRequest) -> str:
    return f"W/{quote_etag(downloads.state(request.get_full_path()))}"


def _named(response: HttpResponseBase, name: str, request: HttpRequest) -> HttpResponseBase:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["ETag"] = _etag(request)
    return response


@router.get(
    "/figures.{format}", summary="Download figures", openapi_extra=_file(*MEDIA_TYPES.values())
)
def download_figures(
    request: HttpRequest, format: FigureFormat, query: Query[FiguresDownload]
) -> Any:
    """Figures as CSV, SDMX-CSV 2.0, SDMX-ML 3.0 or JSON-stat 2.0.

    Each format has the series, unit, status, source and licence of every figure, and the date as of
    which it is known. CSV has no limit; the others hold up to 200,000 figures.
    """
    narrowed = {
        "indicators": tuple(
            get_indicator_for(None, public_id).code for public_id in dict.fromkeys(query.indicator)
        ),
        "cities": tuple(query.city),
        "first_year": query.first_year,
        "last_year": query.last_year,
    }
    asked = downloads.query_of(query.as_of, **narrowed)
    n = figures(asked).count()
    if format != "csv" and n > MOST_AT_ONCE:
        raise InvalidData([Fault("format", "many-figures", {"most": MOST_AT_ONCE})])
    name = f"figures-{asked.as_of:%Y-%m-%d}.{_EXTENSIONS[format]}"
    if n <= made.MOST_ROWS_AT_ONCE:
        content = downloads.chunks(asked, format, query.lang)
        answer = StreamingHttpResponse if format == "csv" else HttpResponse
        return _named(answer(content, content_type=MEDIA_TYPES[format]), name, request)
    path = _made({"form": format, "language": query.lang, "as_of": query.as_of, **narrowed})
    response = _named(
        FileResponse(path.open("rb"), content_type=MEDIA_TYPES[format]), name, request
    )
    response.headers["ETag"] = f"W/{quote_etag(made.state_of(path))}"
    return response


def _made(about: dict[str, Any]) -> Path:
    """The file of many figures, which the worker makes. Raises NotMade."""
    what = f"figures-{digest(about)[:32]}"
    return made.made(
        what,
        downloads.state(),
        about["form"],
        ask=lambda: enqueue_once(make_download, f"download:{what}", what=what, **about),
    )


@router.get(
    "/figures/structure.xml",
    summary="SDMX structure of the figures",
    openapi_extra=_file("application/vnd.sdmx.structure+xml"),
)
def get_figure_structure(request: HttpRequest, query: Query[schemas.AsOfQuery]) -> Any:
    """The data structure definition with its code lists and concepts, SDMX-ML 3.0."""
    now = clock.now()
    asked = FigureQuery(read_at=now, moment=moment_of(query.as_of, now=now))
    codes = sdmx.codes_of(figure_rows(asked, query.lang))
    return _named(
        HttpResponse(
            sdmx.structure_xml(codes, prepared=now),
            content_type="application/vnd.sdmx.structure+xml; version=3.0.0",
        ),
        "structure.xml",
        request,
    )


@router.get(
    "/figures/schema.json",
    summary="Table Schema of the figures",
    openapi_extra=_file("application/json"),
)
def get_figure_schema(request: HttpRequest) -> Any:
    """The Table Schema that describes the CSV of figures, column by column."""
    return HttpResponse(json_stat.as_text(table.table_schema()), content_type="application/json")


@router.get(
    "/catalogue.{format}",
    summary="Catalogue of the data",
    openapi_extra=_file(*dcat.MEDIA_TYPES.values()),
)
def get_catalogue(request: HttpRequest, format: CatalogueFormat) -> Any:
    """The indicators as datasets, DCAT-AP, in Turtle or JSON-LD: for data portals to harvest."""
    form = _FORMS[format]
    return _named(
        HttpResponse(dcat.catalogue(form=form), content_type=dcat.MEDIA_TYPES[form]),
        f"catalogue.{format}",
        request,
    )
