"""Addresses of give and take and of suggested pairs of cities in the API."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from alliance.core import clock
from alliance.knowledge.selectors.access import get_city_for
from alliance.knowledge.selectors.give_and_take import CityBalance, Tallied, city_balance
from alliance.knowledge.selectors.twins import MeetingLine, TwinCity, twin_page
from alliance.network.api.common import LanguageCode, LanguageQuery, Listing, page_address

router = Router(tags=["needs and offers"])


class Counted(Schema):
    """How often something is recorded; what is not listed is not recorded at all."""

    what: str
    in_twelve_months: int | None
    in_all: int


class GiveAndTake(Schema):
    """What a city gave, took and has not answered, as far as it is public. Nobody is ranked."""

    city: str
    given: list[Counted] = Field(
        description="cases, failures (of these), adapted, answered, offers, helps"
    )
    taken: list[Counted] = Field(description="adapting, adopts, needs_answered")
    waiting: list[Counted] = Field(description="unanswered, needs_open, steps_overdue")
    last_heard: dt.date | None = Field(description="Null: nothing public is recorded.")
    page: str


class Gift(Schema):
    offer: str | None
    cases_on_theme: str | None = Field(description="The city has published cases on this theme.")


class MeetingItem(Schema):
    need: str = Field(description="Id of the need of the other city.")
    title: str
    language: LanguageCode
    in_common: list[str] = Field(description="Themes, topics and SDG targets, in words.")
    by: list[Gift]


class TwinSide(Schema):
    city: str
    could_give: list[MeetingItem]


class TwinItem(Schema):
    """Two cities of different countries that could help each other."""

    first: TwinSide
    second: TwinSide


class TwinListing(Listing[TwinItem]):
    """Pairs by the rule of the page of suggestions; `count` is how many are given."""


def _counted(rows: tuple[Tallied, ...]) -> list[dict[str, Any]]:
    return [{"what": one.name, "in_twelve_months": one.year, "in_all": one.all} for one in rows]


def _balance(line: CityBalance, language: str) -> dict[str, Any]:
    return {
        "city": line.city_id,
        "given": _counted(line.given),
        "taken": _counted(line.taken),
        "waiting": _counted(line.waiting),
        "last_heard": line.last_heard,
        "page": page_address("knowledge:city-give-and-take", language, line.city_id),
    }


@router.get(
    "/cities/{id}/give-and-take",
    response=GiveAndTake,
    operation_id="getGiveAndTake",
    summary="What a city gave and took",
)
def get_give_and_take(request: HttpRequest, id: str, query: Query[LanguageQuery]) -> dict[str, Any]:
    """Counts of what is public on this platform; nothing recorded is not nothing happened."""
    city = get_city_for(None, id)
    return _balance(city_balance(city, language=query.lang, at=clock.now()), query.lang)


def _meeting(one: MeetingLine, language: str) -> dict[str, Any]:
    return {
        "need": one.need_id,
        "title": one.need.value,
        "language": one.need.lang_attr or language,
        "in_common": list(one.reasons),
        "by": [
            {"offer": gift.offer_id or None, "cases_on_theme": gift.theme or None}
            for gift in one.gifts
        ],
    }


def _side(side: TwinCity, language: str) -> dict[str, Any]:
    return {
        "city": side.city_id,
        "could_give": [_meeting(one, language) for one in side.gives],
    }


@router.get(
    "/twins",
    response=TwinListing,
    operation_id="listTwins",
    summary="Cities that could help each other",
)
def list_twins(request: HttpRequest, query: Query[LanguageQuery]) -> dict[str, Any]:
    """Pairs of cities of different countries in which each could meet a need of the other, in a
    stated order without a score; each city in three pairs at most."""
    lines = twin_page(query.lang, at=clock.now()).lines
    items = [
        {"first": _side(line.first, query.lang), "second": _side(line.second, query.lang)}
        for line in lines
    ]
    return {"count": len(items), "items": items}
