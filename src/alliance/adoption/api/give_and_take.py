"""API routes of the balance of cities, and of suggested pairs."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from alliance.adoption.selectors.give_and_take import city_balance
from alliance.core import clock
from alliance.knowledge.selectors.access import get_city_for
from alliance.knowledge.selectors.twins import twin_page
from alliance.network.api.common import LanguageCode, LanguageQuery, Listing, page_address

router = Router(tags=["needs and offers"])


class Counted(Schema):
    """How often something is recorded; what is not listed is not recorded at all."""

    what: str
    in_twelve_months: int | None
    in_all: int


class GiveAndTake(Schema):
    """What a city gave, took and has not answered, as far as it is public, without ranking."""

    city: str
    given: list[Counted] = Field(
        description="cases, failures (of these), adapted, answered, offers, helps, needs_of_others"
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
    """Pairs as on the page of suggestions; `count` is their number."""


@router.get("/cities/{id}/give-and-take", response=GiveAndTake, summary="What a city gave and took")
def get_give_and_take(request: HttpRequest, id: str, query: Query[LanguageQuery]) -> dict[str, Any]:
    """Counts of what is public on this platform; unrecorded does not mean that nothing happened."""
    line = city_balance(get_city_for(None, id), at=clock.now())
    counted = {
        part: [
            {"what": what, "in_twelve_months": year, "in_all": every}
            for what, year, every in line[part]
        ]
        for part in ("given", "taken", "waiting")
    }
    return counted | {
        "city": id,
        "last_heard": line["last_heard"],
        "page": page_address("adoption:city-give-and-take", query.lang, id),
    }


def _side(side: dict[str, Any]) -> dict[str, Any]:
    return {
        "city": side["city"].public_id,
        "could_give": [
            {
                "need": line["need"].public_id,
                "title": line["need"].title,
                "language": line["need"].language,
                "in_common": line["reasons"],
                "by": [
                    {
                        "offer": offer.public_id if offer else None,
                        "cases_on_theme": None if offer else theme,
                    }
                    for offer, theme in line["gifts"]
                ],
            }
            for line in side["gives"]
        ],
    }


@router.get("/twins", response=TwinListing, summary="Cities that could help each other")
def list_twins(request: HttpRequest, query: Query[LanguageQuery]) -> dict[str, Any]:
    """Pairs of cities of different countries in which each could meet a need of the other, in a
    documented order without a score; each city in at most three pairs.
    """
    pairs = twin_page(at=clock.now())["pairs"]
    items = [{"first": _side(first), "second": _side(second)} for first, second in pairs]
    return {"count": len(items), "items": items}
