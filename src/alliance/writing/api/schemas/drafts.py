"""Drafts as the API takes and gives them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ninja import Field, Schema
from pydantic import SkipValidation

from alliance.cases.case_document import CaseDocument
from alliance.cases.enums import DraftState
from alliance.network.api.common import LanguageCode, Listing, Page
from alliance.network.api.writing import Body


class StartDraft(Body):
    """A new draft of a team, or a change of one of its cases."""

    team: str = Field(description="Id of the organisation whose team writes.")
    language: LanguageCode = Field(description="The language that the case is written in.")
    content: SkipValidation[CaseDocument] | None = Field(
        None, description="The case, whole or half-written. Left out: begun as on the page."
    )
    case: str | None = Field(
        None, description="Id of the published case to be changed. An open change is given back."
    )
    adapted_from: str | None = Field(
        None, description="Id of a published case that this one was adapted from."
    )


class SaveDraft(Body):
    """The whole content of a draft, in place of what was saved."""

    content: SkipValidation[CaseDocument] = Field(
        description="The case, whole or half-written; a field that is left out becomes empty."
    )


class DraftFault(Schema):
    """What stands between a draft and its review."""

    field: str = Field(description="Path in the content, such as effects[0].unit; empty: of all.")
    rule: str = Field(description="What is wrong and what to do, in English.")
    code: str = Field(description="The rule by its code, which stays the same.")
    params: dict[str, Any] = Field(description="What the sentence is filled with, by name.")
    sentence: str = Field(description="What is wrong and what to do, in `lang`.")
    is_missing: bool = Field(description="Nothing is there yet; else what is there breaks a rule.")


class DraftCompleteness(Schema):
    """How complete the case is, by the published weighting."""

    version: str
    score: int = Field(description="From 0 to 100. It says nothing of how good the case is.")
    done: list[str]
    missing: list[str]
    needed: list[str] = Field(description="What is missing that a case cannot be handed in without")
    next_best: str | None = Field(description="The item to fill next; null when all is done.")


class DraftLinks(Schema):
    self: str
    page: str = Field(description="The page of the draft, in the language asked for.")
    remarks: str
    files: str
    case: str | None


class DraftSummary(Schema):
    """A draft as it stands in a list."""

    id: str
    team: str | None = Field(
        description="Id of the team; null for readers from whom its city is hidden."
    )
    language: LanguageCode
    title: str | None = Field(description="Its title in that language; null if none is written.")
    state: DraftState
    revision: int = Field(description="Counts the saved states; the ETag names it.")
    submission: int = Field(description="How often it was handed in for review.")
    case: str | None = Field(description="The case that it changes, or that came of it.")
    base_version: int | None = Field(description="The version of the case that it began from.")
    is_outdated: bool = Field(
        description="The case was changed by others since; take that over with /rebase."
    )
    started_at: dt.datetime
    saved_at: dt.datetime
    submitted_at: dt.datetime | None
    closed_at: dt.datetime | None
    links: DraftLinks


class DraftStanding(DraftSummary):
    """A draft after something was done with it, with what is left to do."""

    faults: list[DraftFault] | None = Field(
        description="Empty: it can be handed in. Null for reviewers, who judge what was handed in."
    )
    completeness: DraftCompleteness


class Remark(Schema):
    """A remark on a field of a draft, or on the whole."""

    number: int
    field: str = Field(description="Path in the content; empty for the whole.")
    text: str
    author: str | None = Field(description="Null where the name would give a hidden city away.")
    at: dt.datetime
    submission: int = Field(description="The handing in that it is about.")
    is_resolved: bool
    resolved_by: str | None
    may_resolve: bool = Field(description="Whether who asks may mark it as dealt with.")


class RemarkListing(Listing[Remark]):
    """Open remarks first."""


class Draft(DraftStanding):
    """A draft, whole. Reviewers get it as it was last handed in."""

    content: CaseDocument
    remarks: list[Remark]


class DraftPage(Page[DraftSummary]):
    """Drafts, the last saved first."""


class Clash(Schema):
    """A field that the draft and others changed; the draft's value stayed."""

    field: str
    before: Any
    draft: Any
    published: Any


class RebasedDraft(DraftStanding):
    """A draft that now begins from the present version of its case."""

    clashes: list[Clash]


class DraftRevision(Schema):
    """A saved state of a draft."""

    number: int
    at: dt.datetime
    by: str | None = Field(description="Who saved it; null where that is not known.")


class DraftRevisionListing(Listing[DraftRevision]):
    """Saved states, the newest first."""


class DraftRevisionDetail(DraftRevision):
    content: CaseDocument


class MakeRemark(Body):
    field: str = Field("", description="Path in the content, such as effects[0].value; or empty.")
    text: str
