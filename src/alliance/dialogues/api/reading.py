"""Addresses that read what residents think: statements with counts, groups, weighted shares."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from alliance.core.errors import NotFound
from alliance.dialogues import selectors
from alliance.dialogues.models import Vote
from alliance.network.api.common import LanguageQuery, Page, PageQuery, page_of
from alliance.network.enums import Language
from alliance.participation.api.reading import public_process
from alliance.participation.enums import Author, ProcessKind, Trait
from alliance.participation.models import Contribution, Process

router = Router(tags=["dialogues"])


class StatementCounts(Schema):
    """A statement that is shown, with its votes; counts are null before 10 people have voted."""

    id: str
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
    """What came of a statement, in shares from 0 to 1."""

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
    """People who vote alike, at least 10."""

    letter: str
    size: int
    statements: list[str] = Field(description="Ids of what tells it from the others.")


class OpinionWeights(Schema):
    """By what shares were weighted, and what that costs."""

    traits: list[Trait]
    n: int
    effective_n: float = Field(description="How many people of equal weight would say as much.")
    off: float = Field(description="Largest distance of a share from the census.")


class DialogueOpinions(Schema):
    """What residents think. Nothing is known before 10 people have voted."""

    at: dt.datetime | None = Field(description="When it was worked out; null for not yet.")
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
    """The statements that residents vote on, with who wrote them and their votes."""
    process = _dialogue(id)
    voters = Vote.objects.filter(statement__process=process).values("participant").distinct()
    is_shown = voters.count() >= selectors.FEWEST
    rows = selectors.statements_of(process).select_related("post")
    counted = rows.annotate(
        n_agree=Count("votes", filter=Q(votes__value=1)),
        n_disagree=Count("votes", filter=Q(votes__value=-1)),
        n_passed=Count("votes", filter=Q(votes__value=0)),
    )

    def item(one: Contribution) -> dict[str, Any]:
        found: Any = one
        return {
            "id": one.public_id,
            "number": one.number,
            "text": one.post.text,
            "language": one.post.language,
            "author": one.author,
            "agree": found.n_agree if is_shown else None,
            "disagree": found.n_disagree if is_shown else None,
            "passed": found.n_passed if is_shown else None,
        }

    return page_of(request, query, counted.order_by("number", "pk"), item)


@router.get("/processes/{id}/opinions", response=DialogueOpinions, summary="What residents think")
def get_opinions(request: HttpRequest, id: str, query: Query[LanguageQuery]) -> dict[str, Any]:
    """What most people share and where groups differ, as on the page of results."""
    found = selectors.standing(_dialogue(id))
    if found is None:
        lists = ("agreed", "disagreed", "divisive", "groups", "statements")
        single = ("at", "n", "stability", "weights")
        return {name: [] for name in lists} | dict.fromkeys(single)

    def ids(lines: tuple[selectors.Line, ...]) -> list[str]:
        return [one.statement.public_id for one in lines]

    return {
        "at": found.opinions.at,
        "n": found.n,
        "agreed": ids(found.agreed),
        "disagreed": ids(found.disagreed),
        "divisive": ids(found.divisive),
        "groups": [
            {"letter": one.letter, "size": one.size, "statements": ids(one.lines)}
            for one in found.groups
        ],
        "stability": found.stability,
        "weights": found.weighted or None,
        "statements": [
            {
                "id": line.statement.public_id,
                "agree": line.agree,
                "disagree": line.disagree,
                "passed": line.passed,
                "n": line.n,
                "by_group": {name: one.agree for name, one in line.by_group},
                "weighted": list(line.weighted) if line.weighted else None,
            }
            for line in found.lines
        ],
    }
