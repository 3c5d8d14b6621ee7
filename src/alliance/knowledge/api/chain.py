"""Addresses of chains of adoptions in the API."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from alliance.core import clock
from alliance.core.text import csv_cell
from alliance.knowledge.enums import Outcome
from alliance.knowledge.selectors.access import get_case_for
from alliance.knowledge.selectors.chain import ChainLine, ChainPage, Transfer, chain_page
from alliance.network.api.common import LanguageCode, LanguageQuery, page_address

router = Router(tags=["cases"])
#: The columns of the CSV, in their order.
COLUMNS = (
    "id", "adapted_from", "depth", "title", "language", "place", "country", "city", "start_year",
    "outcome", "changes", "changes_language", "adoptions",
)  # fmt: skip


class TransferCounts(Schema):
    """How adoptions came out. A failed one counts against transferability; there is no score."""

    adoptions: int
    worked: int
    mixed: int
    did_not_work: int
    verdict: str = Field(
        description="none, few (under three), all-worked, mixed, some-failed, or most-failed "
        "(half or more)."
    )


class ChainItem(Schema):
    id: str
    adapted_from: str | None = Field(description="Null for the first of the chain.")
    depth: int
    title: str
    language: LanguageCode = Field(description="Of the title.")
    place: str
    country: str
    city: str | None
    start_year: int | None
    outcome: Outcome
    changes: str | None = Field(description="What was changed; null where it is not recorded.")
    changes_language: LanguageCode | None
    adoptions: int = Field(description="How many cases were adapted from this one directly.")


class Chain(Schema):
    """A chain of adoptions, each case after the one it was adapted from."""

    case: str
    root: str
    depth: int
    n_cases: int
    begins_before: bool = Field(
        description="The first was adapted from a case that is not published (any more)."
    )
    transfer: TransferCounts = Field(description="Of all adoptions in the chain.")
    transfer_of_case: TransferCounts = Field(description="Of those that go back to this case.")
    items: list[ChainItem] = Field(description="At most 400.")
    page: str


def _counts(found: Transfer) -> dict[str, Any]:
    return {
        "adoptions": found.n,
        "worked": found.worked,
        "mixed": found.mixed,
        "did_not_work": found.did_not_work,
        "verdict": found.verdict,
    }


def _item(line: ChainLine, language: str) -> dict[str, Any]:
    return {
        "id": line.public_id,
        "adapted_from": line.parent_id or None,
        "depth": line.depth,
        "title": line.title.value,
        "language": line.title.lang_attr or language,
        "place": line.place,
        "country": line.country_code,
        "city": line.city_id or None,
        "start_year": line.start_year,
        "outcome": line.outcome,
        "changes": line.changes.value or None,
        "changes_language": (line.changes.lang_attr or language) if line.changes else None,
        "adoptions": line.n_adoptions,
    }


def _chain(public_id: str, language: str) -> ChainPage:
    return chain_page(get_case_for(None, public_id), language)


@router.get(
    "/cases/{id}/chain",
    response=Chain,
    operation_id="getCaseChain",
    summary="The chain of adoptions of a case",
)
def get_case_chain(request: HttpRequest, id: str, query: Query[LanguageQuery]) -> dict[str, Any]:
    """Who adapted a case, what was changed, and what came of it, from the first case on."""
    page = _chain(id, query.lang)
    return {
        "case": page.case_id,
        "root": page.root_id,
        "depth": page.depth,
        "n_cases": page.n_cases,
        "begins_before": page.begins_before,
        "transfer": _counts(page.transfer),
        "transfer_of_case": _counts(page.of_case),
        "items": [_item(line, query.lang) for line in page.lines],
        "page": page_address("knowledge:case-chain", query.lang, page.case_id),
    }


@router.get(
    "/cases/{id}/chain.csv",
    operation_id="downloadCaseChain",
    summary="The chain of adoptions as CSV",
    openapi_extra={
        "responses": {200: {"description": "The file.", "content": {"text/csv": {"schema": {}}}}}
    },
)
def download_case_chain(request: HttpRequest, id: str, query: Query[LanguageQuery]) -> Any:
    """The same as a table: a row for each case, with the case it was adapted from."""
    page = _chain(id, query.lang)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for line in page.lines:
        item = _item(line, query.lang)
        writer.writerow([csv_cell(item[name]) for name in COLUMNS])
    response = HttpResponse(buffer.getvalue(), content_type="text/csv; charset=utf-8")
    name = f"adoptions-of-{page.case_id}-{clock.today().isoformat()}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
