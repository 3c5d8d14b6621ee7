"""Acts on published cases, questions about them, files, and tables of cases, in the API."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ninja import Field, Schema

from alliance.cases.enums import CaseStatus
from alliance.network.api.common import LanguageCode, Listing, Page
from alliance.network.api.writing import Body


class CaseStanding(Schema):
    """A case after something was done with it."""

    id: str
    status: CaseStatus
    version: int
    checked_on: dt.date | None = Field(description="When its team last said that it holds.")
    review_by: dt.date | None = Field(description="When its team is asked again.")
    withdrawn_because: str | None


class WithdrawCase(Body):
    reason: str = Field(description="Why, in words that the address of the case goes on to tell.")
    language: LanguageCode = Field(description="The language of the reason.")


class Question(Schema):
    """A question with its answer, as everybody reads them beside the case."""

    id: str
    text: str
    language: LanguageCode
    asked_by: str | None = Field(description="Null where the reader did not ask to be named.")
    asked_at: dt.datetime
    answer: str
    answer_language: LanguageCode
    answered_by: str | None
    answered_at: dt.datetime


class QuestionListing(Listing[Question]):
    """Answered questions, the oldest first."""


class AskQuestion(Body):
    text: str
    language: LanguageCode = Field(description="The language of the question.")
    show_name: bool = Field(False, description="Show the name of who asks beside the question.")


class AnswerQuestion(Body):
    text: str
    language: LanguageCode = Field(description="The language of the answer.")


class HideQuestion(Body):
    reason: str


class QuestionStanding(Schema):
    """A question to those who may answer or hide it, and to who asked."""

    id: str
    case: str
    case_title: str
    text: str
    asked_by: str | None
    asked_at: dt.datetime
    team: str | None = Field(
        description="Name of the team that is to answer; null: the secretariat, or hidden."
    )
    answer: str | None
    answered_by: str | None
    answered_at: dt.datetime | None
    is_hidden: bool
    hidden_because: str | None
    may_answer: bool
    may_moderate: bool


class WaitingQuestion(Schema):
    """An unanswered question."""

    id: str
    case: str
    case_title: str
    text: str
    asked_at: dt.datetime
    team: str | None = Field(
        description="Name of the team that is to answer; null: the secretariat, or hidden."
    )


class WaitingQuestionPage(Page[WaitingQuestion]):
    """The longest waiting first."""


class DraftFile(Schema):
    """A file of a draft; readers see it once the case is published."""

    id: str
    title: str
    file_name: str
    media_type: str = Field(description="As found from its content.")
    size: int = Field(description="In bytes, as it is kept.")
    sha256: str
    alt_text: str = Field(description="What a picture shows; empty where the page shows none.")
    credit: str = Field(description="Who made the picture.")
    licence: str = Field(description="Under which others may use the picture.")
    added_at: dt.datetime
    published_at: dt.datetime | None


class DraftFileListing(Listing[DraftFile]):
    """Files in the order in which they were added."""


class ImportLine(Schema):
    """What would come of a row."""

    row: int
    title: str
    place: str
    outcome: str
    is_same: bool = Field(description="The team has this very case already.")


class ImportProgress(Schema):
    """How far the worker has come with a table."""

    step: str = Field(description="`waiting`, `checking` or `writing`.")
    done: int
    of: int = Field(description="All rows; 0 until they are counted.")


class ImportFault(Schema):
    """A fault of a table, as problems tell them."""

    field: str = Field(description="Where it is.")
    rule: str
    code: str
    params: dict[str, Any]


class StagedImport(Schema):
    """A table that was uploaded. Nothing of it is written before it is taken over."""

    ticket: str = Field(description="Takes the table over, for six hours.")
    name: str
    state: str = Field(
        description="`checking` and `recording` by the worker, `ready`, `faulty` or `done`."
    )
    new: int = Field(description="How many drafts would be made.")
    lines: list[ImportLine]
    faults: list[ImportFault] = Field(description="What the worker found, at most 500.")
    progress: ImportProgress | None = Field(description="While a worker has it.")
    drafts: int | None = Field(description="How many drafts were made, once it is done.")
    take_over: str = Field(description="The address to POST to; GET tells the state.")


class ImportedDrafts(Schema):
    drafts: int = Field(description="How many drafts were made.")


class RemovalQuery(Schema):
    reason: str = Field("", description="Why a file that was published is taken away.")
