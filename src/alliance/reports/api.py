"""API routes of published reports."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from alliance.core.audit import VISITOR
from alliance.network.api.common import (
    LanguageQuery,
    Page,
    PageQuery,
    page_address,
    page_of,
)
from alliance.network.enums import Topic
from alliance.reports.enums import RecordKind, ReportKind
from alliance.reports.models import ReportEdition
from alliance.reports.selectors.reports import (
    get_edition_for,
    published_editions,
    report_title,
    superseded,
)

router = Router(tags=["reports"])


class ReportSummary(Schema):
    """The newest published edition of a report."""

    id: str
    kind: ReportKind
    topic: Topic | None
    city: str | None
    year: int | None
    title: str
    edition: int
    as_of: dt.date = Field(description="The day at whose end it read the records.")
    published_at: dt.datetime
    page: str
    pdf: str
    annex: str = Field(description="A zip archive with its tables, and all that it says as JSON.")


class SupersededRecord(Schema):
    """A record that has changed since the edition was built."""

    kind: RecordKind
    id: str
    version: str = Field(description="The one that was read.")
    now: str | None = Field(description="Null where it is no longer published.")
    places: list[str] = Field(description="Anchors of the page that rest on it.")


class ReportDetails(ReportSummary):
    lead: str
    superseded: list[SupersededRecord]


class PageOfReports(Page[ReportSummary]):
    """Published reports, newest first."""


class ReportsQuery(PageQuery):
    kind: ReportKind | None = Field(None, description="Only those of this kind.")


def _summary(report_edition: ReportEdition, language: str) -> dict[str, Any]:
    report, ids = report_edition.report, (report_edition.report.public_id, report_edition.number)
    return {
        "id": report.public_id,
        "kind": report.kind,
        "topic": report.topic or None,
        "city": report.city.public_id if report.city else None,
        "year": report.year,
        "title": report_title(report, language),
        "edition": report_edition.number,
        "as_of": report_edition.as_of,
        "published_at": report_edition.published_at,
        "page": page_address("reports:edition", language, *ids),
        "pdf": page_address("reports:pdf", language, *ids),
        "annex": page_address("reports:annex", language, *ids),
    }


@router.get("/reports", response=PageOfReports, summary="Published reports")
def list_reports(request: HttpRequest, query: Query[ReportsQuery]) -> dict[str, Any]:
    """The newest published edition of each report."""
    rows = published_editions()
    if query.kind is not None:
        rows = rows.filter(report__kind=query.kind)
    return page_of(request, query, rows, lambda row: _summary(row, query.lang))


@router.get("/reports/{id}", response=ReportDetails, summary="One published report")
def get_report(request: HttpRequest, id: str, query: Query[LanguageQuery]) -> dict[str, Any]:
    """A report, and which of its records have changed since."""
    edition = get_edition_for(VISITOR, id)
    changed = superseded([edition])[edition.pk]
    return _summary(edition, query.lang) | {
        "lead": edition.content[query.lang]["lead"],
        "superseded": [
            record | {"id": record["record_id"], "now": record["now"] or None} for record in changed
        ],
    }
