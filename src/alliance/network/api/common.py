"""What all parts of the API share: paging, language, problems, addresses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Generic, Literal, TypeVar

from django.conf import settings
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from ninja import Field, Schema

from alliance.network.addresses import page_address as page_address

Item = TypeVar("Item")
Row = TypeVar("Row", bound=Model)

LanguageCode = Literal["en", "fr", "sv"]
#: ISO 3166-1 alpha-2, or EU (several European countries) and ZZ (not disclosed).
CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
PREFIX = "/api/v1/"


class LanguageQuery(Schema):
    lang: LanguageCode = Field(
        "en", description="Language of names and titles. A text that lacks it says its own."
    )


class PageQuery(LanguageQuery):
    limit: int = Field(20, ge=1, le=100, description="How many items to give.")
    offset: int = Field(0, ge=0, le=10_000_000, description="How many items to skip.")


class Page(Schema, Generic[Item]):
    """A page of a list; `next` is the address of the next page."""

    count: int = Field(description="How many items there are in all.")
    limit: int
    offset: int
    next: str | None
    items: list[Item]


class Listing(Schema, Generic[Item]):
    """A whole list."""

    count: int
    items: list[Item]


class Names(Schema):
    """A name in each language; the English or local name for a language without one."""

    en: str
    fr: str
    sv: str


class ProblemError(Schema):
    field: str = Field(description="The parameter at fault.")
    rule: str = Field(description="What is wrong and what to do, in the language of the answer.")
    code: str = Field(description="The rule by its code, which stays the same.")
    params: dict[str, Any] = Field(description="What the sentence is filled with, by name.")


class Problem(Schema):
    """Why a request was not answered (RFC 9457, media type application/problem+json)."""

    type: str = Field(description="A page that tells of this kind of problem.")
    title: str
    status: int
    detail: str
    errors: list[ProblemError] = Field(description="Each fault; empty where none can be named.")


def names_of(record: Any) -> dict[str, str]:
    """The names of a record that has `name`, `name_fr` and `name_sv`."""
    return {
        "en": record.name,
        "fr": record.name_fr or record.name,
        "sv": record.name_sv or record.name,
    }


def api_address(path: str) -> str:
    """The full address of a path below /api/v1/."""
    return f"{settings.BASE_URL}{PREFIX}{path}"


def page(
    request: HttpRequest, query: PageQuery, count: int, items: list[dict[str, Any]]
) -> dict[str, Any]:
    """A `Page` of `items`, with the address of the next page if there is one."""
    end = query.offset + query.limit
    following = None
    if end < count:
        parameters = request.GET.copy()
        parameters["offset"] = str(end)
        following = f"{settings.BASE_URL}{request.path}?{parameters.urlencode()}"
    return {
        "count": count,
        "limit": query.limit,
        "offset": query.offset,
        "next": following,
        "items": items,
    }


def page_of(
    request: HttpRequest,
    query: PageQuery,
    rows: QuerySet[Row],
    build: Callable[[Row], dict[str, Any]],
) -> dict[str, Any]:
    """The page of `rows` that `query` asks for, each row built into an item."""
    part = rows[query.offset : query.offset + query.limit]
    return page(request, query, rows.count(), [build(row) for row in part])
