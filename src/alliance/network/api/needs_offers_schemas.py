"""API schemas of needs, offers and matches."""

from __future__ import annotations

import datetime as dt

from ninja import Field, Schema

from alliance.network.api.common import LanguageCode, Page
from alliance.network.api.writing import Body
from alliance.network.enums import NeedState, OfferKind, Theme, Topic


class CityPriority(Schema):
    """The priority of a need for a city."""

    city: str
    priority: int = Field(description="3 urgent, 2 important, 1 useful.")
    counts: bool = Field(description="Whether the city is a member; only members rank.")


class NeedItem(Schema):
    """A need of a city. `weight` and `n_cities` count the priorities of member cities."""

    id: str
    city: str
    team: str
    title: str
    text: str
    language: LanguageCode
    topic: Topic | None
    themes: list[Theme]
    sdg_targets: list[str]
    deadline: dt.date | None
    state: NeedState
    outcome: str | None = Field(description="What came of it; null while it is open.")
    stated_at: dt.datetime
    changed_at: dt.datetime
    ended_at: dt.datetime | None
    n_cities: int = Field(description="How many member cities have it, too.")
    weight: int = Field(description="The sum of their priorities; the board is ordered by it.")
    page: str = Field(description="The page for readers, in the language asked for.")


class NeedWhole(NeedItem):
    priorities: list[CityPriority]
    helpers: list[str] = Field(description="Cities that said that they can help.")


class NeedPage(Page[NeedItem]):
    """Needs in the order of the board."""


class OfferItem(Schema):
    """An offer of a city."""

    id: str
    city: str
    team: str
    title: str
    text: str
    language: LanguageCode
    kinds: list[OfferKind]
    topic: Topic | None
    themes: list[Theme]
    sdg_targets: list[str]
    languages: list[LanguageCode] = Field(description="Empty where it was not said.")
    staff_days: int | None
    until: dt.date | None
    stated_at: dt.datetime
    changed_at: dt.datetime
    ended_at: dt.datetime | None
    page: str = Field(description="The page for readers, in the language asked for.")


class OfferPage(Page[OfferItem]):
    """Open offers, newest first."""


class MatchReason(Schema):
    """A reason of a match."""

    kind: str = Field(description="theme, topic, sdg, size, climate, language or country")
    codes: list[str]


class MatchItem(Schema):
    """A need or offer of another city with the reasons of the match. There is no score."""

    id: str
    city: str
    title: str
    language: LanguageCode
    matter: list[MatchReason] = Field(description="Why it matches.")
    around: list[MatchReason] = Field(description="What the two cities share besides.")
    unknown: list[str] = Field(description="What is not known for both.")


class MatchPage(Page[MatchItem]):
    """Matches, best first."""


class StateNeed(Body):
    title: str = Field(max_length=160)
    text: str = Field(max_length=5_000)
    language: str = Field(description="en, fr or sv")
    topic: str = Field("", description="Code of a topic, or empty.")
    themes: list[str] = Field([], max_length=13)
    sdg_targets: list[str] = Field([], max_length=20)
    deadline: str | None = Field(None, description="A day such as 2027-05-31.")


class StateNewNeed(StateNeed):
    team: str = Field(description="Id of the city's municipality.")


class SetNeedState(Body):
    state: str = Field(description="open, answered or closed")
    outcome: str = Field("", max_length=2_000, description="What came of it.")


class GivePriority(Body):
    team: str = Field(description="Id of the municipality whose city says so.")
    priority: int | None = Field(description="3 urgent, 2 important, 1 useful; null takes it back.")


class AnswerNeed(Body):
    team: str = Field(description="Id of the municipality whose city answers.")
    can: bool = Field(description="Whether it can help; false: not now.")


class OfferBody(Body):
    title: str = Field(max_length=160)
    text: str = Field(max_length=5_000)
    language: str = Field(description="en, fr or sv")
    kinds: list[str] = Field(max_length=7, description=f"Any of: {', '.join(OfferKind.values)}.")
    topic: str = Field("", description="Code of a topic, or empty.")
    themes: list[str] = Field([], max_length=13)
    sdg_targets: list[str] = Field([], max_length=20)
    languages: list[str] = Field([], max_length=3)
    staff_days: int | None = None
    until: str | None = Field(None, description="A day such as 2027-05-31.")


class NewOfferBody(OfferBody):
    team: str = Field(description="Id of the city's municipality.")
