"""API schemas of challenges and answers. Null means "not recorded"."""

from __future__ import annotations

import datetime as dt

from ninja import Field, Schema

from alliance.network.api.common import CountryCode, LanguageCode, Page
from alliance.network.api.writing import Body
from alliance.network.enums import Topic
from alliance.testbeds.enums import ChallengePhase


class ConflictItem(Schema):
    """A declared conflict of interest."""

    has_conflict: bool
    conflict: str | None
    name: str
    at: dt.datetime


class ChallengeItem(Schema):
    """What a city wants solved."""

    id: str
    city: str
    country: CountryCode
    team: str
    title: str
    text: str
    language: LanguageCode
    topic: Topic | None
    need: str | None
    testbed: str | None
    offers_place: str | None
    offers_data: str | None
    offers_budget: str | None
    opens_on: dt.date
    closes_on: dt.date
    phase: ChallengePhase
    days_waiting: int = Field(description="Since it closed without a decision; else 0.")
    outcome: str | None = Field(description="The decision in words, or why it was withdrawn.")
    stated_at: dt.datetime
    ended_at: dt.datetime | None
    page: str = Field(description="The page for readers, in the language asked for.")


class ChallengePage(Page[ChallengeItem]):
    """Challenges, the latest closing date first."""


class ClaimItem(Schema):
    text: str
    url: str = Field(description="Address of the evidence.")


class AnswerItem(Schema):
    """An answer, public once the challenge is decided."""

    id: str
    team: str
    title: str
    text: str
    language: LanguageCode
    claims: list[ClaimItem]
    conflict: ConflictItem
    state: str = Field(description="handed-in or withdrawn")
    is_chosen: bool | None = Field(description="Null until the decision.")
    reason: str | None
    pilot: str | None = Field(description="Id of the pilot that came of it.")


class ChallengeWhole(ChallengeItem):
    criteria: list[str]
    decided_by: ConflictItem | None = Field(description="What who decided declared.")
    answers: list[AnswerItem] = Field(description="Empty until the decision: sealed before.")


class ChallengeBody(Body):
    title: str = Field(max_length=160)
    text: str = Field(max_length=5_000)
    language: str = Field(description="en, fr or sv")
    opens_on: str = Field(description="A day such as 2027-05-31.")
    closes_on: str
    criteria: list[str] = Field(max_length=20)
    topic: str = Field("", description="Code of a topic, or empty.")
    need: str = Field("", max_length=80, description="Id of a need of the city.")
    testbed: str = Field("", max_length=80, description="Id of a testbed.")
    offers_place: str = Field("", max_length=2_000)
    offers_data: str = Field("", max_length=2_000)
    offers_budget: str = Field("", max_length=2_000)


class NewChallengeBody(ChallengeBody):
    team: str = Field(description="Id of the city's municipality.")


class WithdrawChallenge(Body):
    reason: str = Field(max_length=2_000)


class Declared(Body):
    """A declaration on conflicts of interest; `has_conflict` is required."""

    has_conflict: bool
    conflict: str = Field("", max_length=2_000, description="Needed if there is one.")
    declared_name: str = Field(max_length=160)


class ClaimBody(Body):
    text: str = Field(max_length=300)
    url: str = Field(max_length=500, description="https address of the evidence.")


class ChallengeAnswerBody(Declared):
    title: str = Field(max_length=160)
    text: str = Field(max_length=5_000)
    language: str = Field(description="en, fr or sv")
    claims: list[ClaimBody] = Field([], max_length=20)


class NewAnswerBody(ChallengeAnswerBody):
    team: str = Field(description="Id of the organisation that answers.")


class VerdictBody(Body):
    is_chosen: bool
    reason: str = Field(max_length=2_000)


class Decide(Declared):
    outcome: str = Field(max_length=2_000, description="The decision in words.")
    answers: dict[str, VerdictBody] = Field(description="By the ids of all answers.")
