"""API schemas of processes. Null means "not known" or "not shown", never 0."""

from __future__ import annotations

import datetime as dt

from ninja import Field, Schema

from alliance.network.api.common import Listing, Page
from alliance.network.enums import Language
from alliance.participation.enums import (
    AnswerOutcome,
    Author,
    Channel,
    ContributionKind,
    PhaseKind,
    ProcessKind,
    ProcessState,
    PromiseKind,
    Trait,
)

ISSUED_AT = (
    "When figures were issued; null before the first issue. The next one has at least ten people "
    "more, and comes an hour later or more, or at closing."
)


class ProcessSummary(Schema):
    id: str
    title: str
    summary: str = Field(description="What is asked, in three sentences.")
    language: Language = Field(description="Of all texts of the city in it.")
    kind: ProcessKind
    state: ProcessState
    city: str
    area: str | None = Field(description="The part of the city in words; null for all of it.")
    need: str | None = Field(description="The need of the city that it belongs to.")
    opened_at: dt.datetime | None
    last_day: dt.date | None = Field(description="The last day on which residents can take part.")
    synthetic: bool = Field(description="Made up for a demonstration.")
    page: str


class ProcessPage(Page[ProcessSummary]):
    """Processes, last opened first."""


class ProcessPhase(Schema):
    kind: PhaseKind
    opens_at: dt.datetime
    closes_at: dt.datetime = Field(description="The first moment that is too late.")


class ProcessPromise(Schema):
    kind: PromiseKind
    text: str | None
    due_on: dt.date
    kept_at: dt.datetime | None
    outcome: str | None


class ProcessSource(Schema):
    title: str
    url: str | None
    solution: str | None = Field(description="Id of a solution; null for a page elsewhere.")


class ProcessDetails(ProcessSummary):
    """What is asked, what is promised, and the result."""

    easy_read: str | None
    background: str | None
    sources: list[ProcessSource]
    decides_what: str
    decides_who: str
    decides_by: dt.date
    answers_by: dt.date
    not_open: str = Field(description="What cannot be changed.")
    statement_length: int = Field(description="The most characters of a statement.")
    phases: list[ProcessPhase]
    promises: list[ProcessPromise]
    issued_at: dt.datetime | None = Field(description=ISSUED_AT)
    participants: int | None = Field(description="By the last issue; null before the first.")
    by_hand: int | None = Field(
        description="Of them on paper, by phone or at a desk; null where too few."
    )
    contributions: int = Field(description="Of residents, statements and comments too.")
    answered: int = Field(description="Contributions with an answer.")
    result: str | None = Field(description="What was decided.")


class ContributionAnswer(Schema):
    outcome: AnswerOutcome
    reason: str
    language: Language
    at: dt.datetime
    promised: str | None = Field(description="What is to be built or done; null for nothing.")
    due_on: dt.date | None
    kept_at: dt.datetime | None


class ContributionRow(Schema):
    """A public contribution. Nobody is named."""

    id: str
    process: str
    kind: ContributionKind
    number: int | None = Field(description="Of a statement: what it is called on paper.")
    author: Author
    channel: Channel
    title: str | None
    text: str
    language: Language
    place: str | None
    latitude: float | None = Field(description="Of the point that the author of a proposal set.")
    longitude: float | None
    parent: str | None = Field(description="Of a comment: what it is about.")
    date: dt.date
    issued_at: dt.datetime | None = Field(description="Of a proposal: " + ISSUED_AT)
    supports: int | None = Field(
        description="By the last issue; null before the first, and where it is under ten and not 0."
    )
    answer: ContributionAnswer | None


class ContributionPage(Page[ContributionRow]):
    """Contributions, newest first."""


class ParticipationLine(Schema):
    category: str
    share: float | None = Field(description="0 to 1; null where the count is hidden.")
    low: float | None = Field(description="Of the 95 % confidence interval (Wilson).")
    high: float | None
    census: float | None
    difference: float | None = Field(description="Share less census.")


class ParticipationPart(Schema):
    """The participants by one trait. Counts under 10 are suppressed, with complementary
    suppression."""

    trait: Trait
    issued_at: dt.datetime | None = Field(description=ISSUED_AT)
    n: int | None = Field(
        description="How many said it, and shares are of them; null where too few did not, and "
        "shares are of everybody who took part."
    )
    lines: list[ParticipationLine]


class ParticipationListing(Listing[ParticipationPart]):
    """A part for each trait that people stated."""
