"""The finder and the glossary in the API."""

from __future__ import annotations

import csv
from dataclasses import replace
from functools import cache
from typing import Any, Literal

from django.conf import settings
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from alliance.core import clock
from alliance.core.errors import Fault, InvalidData
from alliance.network.api.common import LanguageCode, Listing, Page, PageQuery, page
from alliance.search.filtering import GRADES
from alliance.search.glossary import GLOSSARY_FILE
from alliance.search.labels import CLOSED, KIND_ORDER, UNKNOWN
from alliance.search.query import (
    FILTER_KEYS,
    MAX_CODES,
    PAGE_SIZE,
    YEARS,
    FinderQuery,
)
from alliance.search.results import FinderResult, Hit
from alliance.search.selectors import find_or_refuse
from alliance.search.selectors.hits import pilot_words
from alliance.search.stored import UNKNOWN_FOR
from alliance.testbeds.enums import PilotStage

router = Router(tags=["search"])

RecordKind = Literal[
    "case",
    "solution",
    "method",
    "pilot",
    "need",
    "offer",
    "process",
    "workshop",
    "report",
    "indicator",
    "city",
    "organisation",
    "topic-group",
    "research-question",
]


def _filter(key: str, description: str) -> Any:
    """A filter of the finder. Which codes there are is known to the index, which also checks."""
    codes = {
        "kind": list(KIND_ORDER),
        "grade": [*GRADES, UNKNOWN],
        "member": ["yes", "no"],
    }.get(key)
    if key in CLOSED:
        codes = [*CLOSED[key].values, *([UNKNOWN] if key in UNKNOWN_FOR else [])]
    item = {"type": "string"} | ({"enum": [str(code) for code in codes]} if codes else {})
    return Field(
        [],
        max_length=MAX_CODES,
        description=f"{description}; any of them.",
        json_schema_extra={"items": item},  # type: ignore[dict-item]
    )


class SearchQuery(PageQuery):
    q: str = Field("", description="Words in English, French or Swedish; all records if empty.")
    kind: list[str] = _filter("kind", "Kinds of records")
    outcome: list[str] = _filter("outcome", "Outcomes of cases")
    reason: list[str] = _filter("reason", "Why cases did not work, or only in part")
    theme: list[str] = _filter("theme", "Themes")
    topic: list[str] = _filter("topic", "Topics")
    solution: list[str] = _filter("solution", "Ids of solutions")
    measure: list[str] = _filter("measure", "Ids of measures that an effect is recorded of")
    grade: list[str] = _filter("grade", "Least points of evidence")
    design: list[str] = _filter("design", "How effects were found")
    stage: list[str] = _filter("stage", "Where pilots stand")
    country: list[str] = _filter("country", "Country codes")
    city: list[str] = _filter("city", "Ids of cities")
    size: list[str] = _filter("size", "City sizes")
    climate: list[str] = _filter("climate", "Main groups of climate")
    cost_band: list[str] = _filter("cost_band", "Bands of total cost")
    actor: list[str] = _filter("actor", "Kinds of organisations that acted")
    goal: list[str] = _filter("goal", "Goals of the SDG")
    sdg: list[str] = _filter("sdg", "Targets of the SDG")
    gained: list[str] = _filter("gained", "Groups of people that gained")
    paid: list[str] = _filter("paid", "Groups of people that paid or lost something")
    language: list[str] = _filter("language", "Languages of texts")
    member: list[str] = _filter("member", "Members of the network, or others")
    year_from: int | None = Field(None, ge=YEARS[0], le=YEARS[1], description="First year.")
    year_to: int | None = Field(None, ge=YEARS[0], le=YEARS[1], description="Last year.")
    sort: Literal["relevance", "evidence", "cost", "soonest", "newest", "year"] = Field(
        "relevance", description="Order of the items."
    )


class SearchResult(Schema):
    type: RecordKind
    id: str
    title: str
    summary: str
    language: LanguageCode = Field(description="Language of title and summary.")
    outcome: str | None = Field(description="Outcome of a case; null for other records.")
    stage: PilotStage | None = Field(description="Where a pilot stands; null for other records.")
    said: str | None = Field(description="What came out of a pilot; null where nothing did yet.")
    evidence: int | None = Field(description="Points of evidence, 0 to 5; null: not graded.")
    place: str | None
    country: str | None
    year: int | None
    matches_all: bool = Field(description="Every word of the search was found; such come first.")
    url: str = Field(description="The page for readers, in the language asked for.")


class Notice(Schema):
    code: str
    message: str


class OutcomeTally(Schema):
    """How the cases among all items ended."""

    total: int
    worked: int
    reported: int = Field(description="Reported as working: no effect was measured.")
    mixed: int
    did_not_work: int


class SearchPage(Page[SearchResult]):
    """What was found, best first, and what should be known about how the search was read."""

    outcomes: OutcomeTally
    notices: list[Notice]


class GlossaryTerms(Schema):
    """A concept with its names, the preferred one first."""

    concept: str
    en: list[str]
    fr: list[str]
    sv: list[str]


class GlossaryListing(Listing[GlossaryTerms]):
    """Concepts in the order of the file."""


def _item(hit: Hit, language: str) -> dict[str, Any]:
    place = hit.extra.get("place") or {}
    return {
        "type": hit.kind,
        "id": hit.public_id,
        "title": hit.title,
        "summary": hit.summary,
        "language": hit.language,
        "outcome": hit.outcome,
        "stage": hit.extra.get("state") if hit.kind == "pilot" else None,
        "said": pilot_words(hit.extra, language) or None if hit.kind == "pilot" else None,
        "evidence": hit.evidence,
        "place": place.get(language) or place.get("en") or None,
        "country": hit.extra.get("country"),
        "year": hit.year,
        "matches_all": hit.matches_all,
        "url": f"{settings.BASE_URL}{hit.url}",
    }


def _hits(asked: FinderQuery, offset: int, limit: int) -> tuple[FinderResult, list[Hit]]:
    """The result, and its hits from `offset` on, put together from pages of the finder."""
    today = clock.today()
    first = offset // PAGE_SIZE + 1
    result = find_or_refuse(replace(asked, page=first), today=today)
    hits = list(result.hits) if result.page == first else []
    last = min(-(-(offset + limit) // PAGE_SIZE), result.n_pages)
    for number in range(first + 1, last + 1):
        hits += find_or_refuse(replace(asked, page=number), today=today).hits
    skipped = offset % PAGE_SIZE
    return result, hits[skipped : skipped + limit]


@router.get("/search", response=SearchPage, summary="Search")
def search(request: HttpRequest, query: Query[SearchQuery]) -> dict[str, Any]:
    """Cases, solutions, methods, pilots, needs, offers, cities and so on, in any language.

    Takes the same filters as an address of the finder. A code that does not exist is refused.
    """
    empty = [key for key in FILTER_KEYS if "" in request.GET.getlist(key)]
    if empty:
        raise InvalidData(Fault(key, "empty-filter") for key in empty)
    asked = FinderQuery.from_params(request.GET, query.lang)
    result, hits = _hits(asked, query.offset, query.limit)
    items = [_item(hit, query.lang) for hit in hits]
    return page(request, query, result.total, items) | {
        "outcomes": result.outcomes,
        "notices": result.notices,
    }


@cache
def _glossary() -> list[dict[str, Any]]:
    with GLOSSARY_FILE.open(encoding="utf-8", newline="") as handle:
        return [
            {"concept": row["concept"]}
            | {language: row[language].split("|") for language in ("en", "fr", "sv")}
            for row in csv.DictReader(handle)
        ]


@router.get("/glossary", response=GlossaryListing, summary="The glossary")
def list_glossary(request: HttpRequest) -> dict[str, Any]:
    """Terms of the field in three languages, by which a search crosses from one to another."""
    items = _glossary()
    return {"count": len(items), "items": items}
