"""API routes of chains of adoptions."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from alliance.adoption.selectors.chain import chain_page
from alliance.core import clock
from alliance.core.downloads import csv_download
from alliance.knowledge.enums import Outcome
from alliance.knowledge.selectors.access import get_case_for
from alliance.knowledge.selectors.localise import chosen_text, local_place
from alliance.network.api.common import LanguageCode, LanguageQuery, page_address

router = Router(tags=["cases"])
#: The columns of the CSV, in order.
COLUMNS = (
    "id", "adapted_from", "depth", "title", "language", "place", "country", "city", "start_year",
    "outcome", "changes", "changes_language", "adoptions",
)  # fmt: skip


class TransferCounts(Schema):
    """The outcomes of adoptions. Failed ones count against transferability; there is no score."""

    adoptions: int
    worked: int
    reported: int
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
    changes: str | None = Field(description="What was changed; null where it is not known.")
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


def _item(line: dict[str, Any], language: str) -> dict[str, Any]:
    case, origin = line["case"], line["origin"]
    text = chosen_text(case.texts.all(), language, case.original_language)
    return {
        "id": case.public_id,
        "adapted_from": origin.public_id if origin else None,
        "depth": line["depth"],
        "title": text.text.title,
        "language": text.language,
        "place": local_place(case, language),
        "country": case.country,
        "city": case.city.public_id if case.city else None,
        "start_year": case.start_year,
        "outcome": case.outcome,
        "changes": case.adaptation_changes or None,
        "changes_language": case.original_language if case.adaptation_changes else None,
        "adoptions": line["n_adoptions"],
    }


@router.get("/cases/{id}/chain", response=Chain, summary="The chain of adoptions of a case")
def get_case_chain(request: HttpRequest, id: str, query: Query[LanguageQuery]) -> dict[str, Any]:
    """Who adapted a case, what was changed, and with what outcome, from the first case on."""
    page = chain_page(get_case_for(None, id), query.lang)
    return page | {
        "case": id,
        "root": page["root"].public_id,
        "transfer_of_case": page["of_case"],
        "items": [_item(line, query.lang) for line in page["lines"]],
        "page": page_address("adoption:case-chain", query.lang, id),
    }


@router.get(
    "/cases/{id}/chain.csv",
    summary="The chain of adoptions as CSV",
    openapi_extra={
        "responses": {200: {"description": "The file.", "content": {"text/csv": {"schema": {}}}}}
    },
)
def download_case_chain(request: HttpRequest, id: str, query: Query[LanguageQuery]) -> Any:
    """The chain as a table: a row for each case, with the case it was adapted from."""
    page = chain_page(get_case_for(None, id), query.lang)
    items = [_item(line, query.lang) for line in page["lines"]]
    rows = ([item[name] for name in COLUMNS] for item in items)
    return csv_download(f"adoptions-of-{id}-{clock.today().isoformat()}.csv", COLUMNS, rows)
