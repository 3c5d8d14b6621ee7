"""API schemas of testbeds and slots. Null means "not recorded", never 0."""

from __future__ import annotations

import datetime as dt

from ninja import Field, Schema

from alliance.network.api.common import CountryCode, LanguageCode, Page
from alliance.network.api.writing import Body
from alliance.network.enums import Topic
from alliance.testbeds.enums import BookingState, PermitState, TestbedKind, TestbedState


class PermitItem(Schema):
    name: str
    granted_by: str | None
    state: PermitState
    days: int | None = Field(description="How long it takes.")


class DataItem(Schema):
    what: str
    how_often: str | None
    since: dt.date | None
    url: str | None
    licence: str | None


class TestbedItem(Schema):
    """A place where actions may be tried."""

    id: str
    city: str
    country: CountryCode
    team: str
    title: str
    text: str
    language: LanguageCode
    kind: TestbedKind
    topic: Topic | None
    place: str
    latitude: float | None
    longitude: float | None
    owner: str | None
    owner_organisation: str | None
    capacity: int | None = Field(description="Trials at once; null: free slots are not known.")
    capacity_words: str | None
    conditions: str | None
    cost: str | None
    state: TestbedState
    closed_because: str | None
    stated_at: dt.datetime
    changed_at: dt.datetime
    page: str = Field(description="The page for readers, in the language asked for.")


class TestbedPage(Page[TestbedItem]):
    """Testbeds, open ones first, then by last change."""


class BookingItem(Schema):
    """A slot; both the first and the last day belong to it."""

    id: str
    team: str
    title: str
    language: LanguageCode
    starts_on: dt.date
    ends_on: dt.date
    state: BookingState
    reason: str | None = Field(description="Why it was declined.")
    pilot: str | None = Field(description="Id of its pilot, once that is registered.")


class FreePeriod(Schema):
    first: dt.date
    last: dt.date
    free: int


class TestbedWhole(TestbedItem):
    permits: list[PermitItem]
    data: list[DataItem]
    accepted: list[BookingItem] = Field(description="Trials that run or are to come.")
    free: list[FreePeriod] | None = Field(
        description="Periods of the coming 24 months with a slot free; null: not known."
    )


class PermitBody(Body):
    name: str = Field(max_length=160)
    granted_by: str = Field("", max_length=160)
    state: str = Field("unknown", description=", ".join(PermitState.values))
    days: int | None = None


class TestbedDataBody(Body):
    what: str = Field(max_length=160)
    how_often: str = Field("", max_length=80)
    since: str | None = Field(None, description="A day such as 2027-05-31.")
    url: str = Field("", max_length=500, description="https address.")
    licence: str = Field("", max_length=80)


class TestbedBody(Body):
    title: str = Field(max_length=160)
    text: str = Field(max_length=5_000)
    language: str = Field(description="en, fr or sv")
    kind: str = Field(description=", ".join(TestbedKind.values))
    place: str = Field(max_length=300)
    owner: str = Field("", max_length=160)
    owner_organisation: str = Field("", max_length=80)
    topic: str = Field("", description="Code of a topic, or empty.")
    latitude: float | None = None
    longitude: float | None = None
    capacity: int | None = None
    capacity_words: str = Field("", max_length=2_000)
    conditions: str = Field("", max_length=2_000)
    cost: str = Field("", max_length=2_000)
    permits: list[PermitBody] = Field([], max_length=20)
    data: list[TestbedDataBody] = Field([], max_length=20)


class NewTestbedBody(TestbedBody):
    team: str = Field(description="Id of the municipality or university that keeps it.")


class SetTestbedState(Body):
    state: str = Field(description="open or closed")
    reason: str = Field("", max_length=2_000, description="Needed to close it.")


class AskForSlot(Body):
    team: str = Field(description="Id of the organisation that asks.")
    title: str = Field(max_length=160)
    language: str = Field(description="en, fr or sv")
    starts_on: str = Field(description="A day such as 2027-05-31.")
    ends_on: str
    pilot: str = Field("", max_length=80, description="Id of a pilot of the asking team.")


class AnswerBooking(Body):
    state: str = Field(description="accepted or declined")
    reason: str = Field("", max_length=2_000, description="Needed to decline.")


class NamePilot(Body):
    pilot: str = Field(max_length=80, description="Id of a pilot of the team; empty for none.")
