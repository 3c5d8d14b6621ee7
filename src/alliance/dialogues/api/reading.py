"""API routes of the results of dialogues: statements with counts, groups, weighted shares."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from alliance.core.errors import NotFound
from alliance.dialogues import selectors
from alliance.network.api.common import LanguageQuery, Page, PageQuery, page_of
from alliance.network.enums import Language
from alliance.participation.api.reading import issued_at, public_process
from alliance.participation.api.schemas import ISSUED_AT
from alliance.participation.enums import Author, ProcessKind, Trait
from alliance.participation.models import Contribution, Process

router = Router(tags=["dialogues"])


class StatementCounts(Schema):
    """A public statement, with its votes in the last issue; counts are null before it."""

    id: str
    issued_at: dt.datetime | None = Field(description=ISSUED_AT)
    number: int | None
    text: str
    language: Language
    author: Author
    agree: int | None
    disagree: int | None
    passed: int | None


class StatementPage(Page[StatementCounts]):
    """Statements in the order of their numbers."""


class StatementOpinion(Schema):
    """The result of a statement, in shares from 0 to 1."""

    id: str
    agree: float | None
    disagree: float | None
    passed: float | None
    n: int = Field(description="Votes, passes too.")
    by_group: dict[str, float | None] = Field(description="Who agrees, by the letter of a group.")
    weighted: list[float] | None = Field(
        description="Agree, disagree and pass, weighted to the census; null where too few said who "
        "they are."
    )


class OpinionGroup(Schema):
    """People with similar votes, at least 10."""

    letter: str
    size: int
    statements: list[str] = Field(description="Ids of what tells it from the others.")


class OpinionWeights(Schema):
    """The variables by which shares were weighted, and the cost in precision."""

    traits: list[Trait]
    n: int | None = Field(description="People who said them; null where too few did not.")
    effective_n: float | None = Field(
        description="How many people of equal weight would say as much, of several traits to the "
        "ten; null where it would tell of a few."
    )
    off: float = Field(description="Largest distance of a share from the census.")


class DialogueOpinions(Schema):
    """Opinions of residents in the last issue; null before the first."""

    at: dt.datetime | None = Field(description="The same as `issued_at`.")
    issued_at: dt.datetime | None = Field(description=ISSUED_AT)
    n: int | None = Field(description="How many people have voted.")
    agreed: list[str] = Field(description="Ids of what most people agree with.")
    disagreed: list[str]
    divisive: list[str] = Field(description="Ids of what divides most.")
    groups: list[OpinionGroup] = Field(description="Empty where none stand clearly apart.")
    stability: float | None = Field(description="How alike groups of half the people are, 0 to 1.")
    weights: OpinionWeights | None
    statements: list[StatementOpinion]


def _dialogue(public_id: str) -> Process:
    process = public_process(public_id)
    if process.kind != ProcessKind.DIALOGUE:
        raise NotFound("dialogue", public_id)
    return process


@router.get(
    "/processes/{id}/statements", response=StatementPage, summary="Statements of a dialogue"
)
def list_statements(request: HttpRequest, id: str, query: Query[PageQuery]) -> dict[str, Any]:
    """The statements that residents vote on, with their authors and votes."""
    process = _dialogue(id)
    opinions = selectors.opinions_of(process)
    counts = (
        {statement["id"]: statement for statement in opinions.result["statements"]}
        if opinions
        else {}
    )

    def item(contribution: Contribution) -> dict[str, Any]:
        count = counts.get(contribution.public_id, {})
        return {
            "id": contribution.public_id,
            "issued_at": issued_at(process),
            "number": contribution.number,
            "text": contribution.post.text,
            "language": contribution.post.language,
            "author": contribution.author,
            "agree": count.get("agree"),
            "disagree": count.get("disagree"),
            "passed": count.get("pass"),
        }

    rows = selectors.statements_of(process).select_related("post")
    return page_of(request, query, rows.order_by("number", "pk"), item)


@router.get("/processes/{id}/opinions", response=DialogueOpinions, summary="What residents think")
def get_opinions(request: HttpRequest, id: str, query: Query[LanguageQuery]) -> dict[str, Any]:
    """What most people share and where groups differ, as on the page of results."""
    standing = selectors.standing(_dialogue(id))
    if standing is None:
        lists = ("agreed", "disagreed", "divisive", "groups", "statements")
        single = ("at", "issued_at", "n", "stability", "weights")
        return {name: [] for name in lists} | dict.fromkeys(single)

    def ids(lines: tuple[selectors.StatementResult, ...]) -> list[str]:
        return [line.statement.public_id for line in lines]

    return {
        "at": standing.opinions.at,
        "issued_at": standing.opinions.at,
        "n": standing.n,
        "agreed": ids(standing.agreed),
        "disagreed": ids(standing.disagreed),
        "divisive": ids(standing.divisive),
        "groups": [
            {"letter": group.letter, "size": group.size, "statements": ids(group.lines)}
            for group in standing.groups
        ],
        "stability": standing.stability,
        "weights": standing.weighted or None,
        "statements": [
            {
                "id": line.statement.public_id,
                "agree": line.agree,
                "disagree": line.disagree,
                "passed": line.passed,
                "n": line.n,
                "by_group": {name: shares.agree for name, shares in line.by_group},
                "weighted": list(line.weighted) if line.weighted else None,
            }
            for line in standing.lines
        ],
    }
