"""API routes of missing follow-ups."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from alliance.adoption.enums import Kind
from alliance.core import clock
from alliance.core.downloads import csv_download
from alliance.network.api.common import LanguageCode, LanguageQuery
from alliance.thread.api.reading import node_item
from alliance.thread.selectors.broken import broken_chains

router = Router(tags=["thread"])
#: The columns of the CSV, in order.
COLUMNS = ("rule", "kind", "id", "title", "language", "cities", "since", "days", "page")


class BrokenQuery(LanguageQuery):
    city: str = Field("", max_length=80, description="Only of the city of this id.")


class BrokenRuleItem(Schema):
    code: str
    kind: Kind
    days: int = Field(description="From how many days on it is listed.")
    title: str
    why: str
    count: int


class BrokenItem(Schema):
    """A record whose follow-up is missing."""

    rule: str
    kind: Kind
    id: str
    title: str
    language: LanguageCode = Field(description="Of the title.")
    cities: list[str]
    since: dt.date = Field(description="The day from which something is missing.")
    days: int = Field(description="How long ago that is.")
    page: str
    api: str


class Broken(Schema):
    """Missing follow-ups as of a day, rule by rule, the longest waiting first."""

    as_of: dt.date
    rules: list[BrokenRuleItem]
    items: list[BrokenItem]


def _items(chains: dict[str, Any], language: str) -> list[dict[str, Any]]:
    return [
        node_item(node, language) | {"rule": part["rule"].code, "since": since, "days": days}
        for part in chains["parts"]
        for node, since, days in part["lines"]
    ]


@router.get("/thread/broken", response=Broken, summary="Follow-up missing")
def list_broken_chains(request: HttpRequest, query: Query[BrokenQuery]) -> dict[str, Any]:
    """Records whose follow-up is overdue and not linked, by rules that state their number of days.
    At most 100 records for each rule."""
    today = clock.today()
    chains = broken_chains(city=query.city, language=query.lang, today=today)
    return {
        "as_of": today,
        "rules": [
            {
                "code": part["rule"].code,
                "kind": part["rule"].kind,
                "days": part["rule"].days,
                "title": str(part["rule"].title),
                "why": str(part["rule"].why),
                "count": len(part["lines"]),
            }
            for part in chains["parts"]
        ],
        "items": _items(chains, query.lang),
    }


@router.get(
    "/thread/broken.csv",
    summary="Follow-up missing as CSV",
    openapi_extra={
        "responses": {200: {"description": "The file.", "content": {"text/csv": {"schema": {}}}}}
    },
)
def download_broken_chains(request: HttpRequest, query: Query[BrokenQuery]) -> HttpResponse:
    """The missing follow-ups as a table, with a row for each record."""
    today = clock.today()
    chains = broken_chains(city=query.city, language=query.lang, today=today)
    items = [item | {"cities": " ".join(item["cities"])} for item in _items(chains, query.lang)]
    rows = ([item[name] for name in COLUMNS] for item in items)
    return csv_download(f"broken-chains-{today.isoformat()}.csv", COLUMNS, rows)
