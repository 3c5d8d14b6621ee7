"""API routes that read budgets, which are public once the process has opened."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from alliance.budgeting import enums, selectors
from alliance.budgeting.models import Budget, Project
from alliance.core.errors import NotFound
from alliance.core.money import to_major
from alliance.network.api.common import LanguageQuery, Page, PageQuery, page_of
from alliance.network.enums import Language
from alliance.participation.api.reading import public_process
from alliance.participation.enums import ProcessKind

router = Router(tags=["dialogues"])


class BudgetQuota(Schema):
    """A maximum for a category, or for a part of the city."""

    category: str | None
    area: str | None
    most_projects: int | None
    most_cost: float | None


class BudgetTerms(Schema):
    """The terms declared before the vote; money in currency units."""

    declared_at: dt.datetime | None = Field(description="Null while it can still change.")
    amount: float | None
    currency: str
    ballot: enums.BallotKind
    most_projects: int | None = Field(description="On one ballot; null for no limit.")
    points: int | None = Field(description="That one ballot gives away; null where it gives none.")
    fits_budget: bool = Field(
        description="Whether what one ballot chooses must cost no more than there is."
    )
    voters: enums.Voters
    rule: enums.Rule
    utility: enums.Utility | None = Field(description="Of Equal Shares.")
    completion: enums.Completion | None = Field(description="Of Equal Shares.")
    unaffordable: enums.Unaffordable | None = Field(description="Of most votes first.")
    min_votes: int
    quotas: list[BudgetQuota]


class ProjectRow(Schema):
    """A proposal as on the ballot, or why it is not on it."""

    id: str
    number: int | None = Field(description="On the ballot; null where it is not on it.")
    proposal: str | None = Field(description="Id of the contribution; null once it is deleted.")
    title: str
    text: str
    language: Language
    category: str | None
    area: str | None
    place: str | None
    latitude: float | None
    longitude: float | None
    only_one_of: str | None = Field(
        description="Of projects with the same word only one can be built."
    )
    cost: float
    currency: str
    cost_basis: str = Field(description="What the estimate rests on.")
    eligible: bool | None = Field(description="Null while it is not decided.")
    reason: str | None
    merged_into: str | None = Field(description="Id of the project that it became part of.")


class ProjectPage(Page[ProjectRow]):
    """Projects, those on the ballot first, by their numbers."""


class ProjectVotes(Schema):
    """The votes of a project."""

    number: int
    votes: int | None = Field(description="Null where there were fewer than ten ballots.")
    points: int | None = Field(
        description="The votes, where a ballot gives no points; null as `votes`."
    )


class ProjectChosen(ProjectVotes):
    """A chosen project."""

    n_paying: int | None = Field(description="Of Equal Shares: how many voters paid for it.")
    most_paid: float | None = Field(description="Of Equal Shares: the most that one of them paid.")
    rho: float | None = Field(
        description="Of Equal Shares: what a unit of utility cost those who paid."
    )
    left: float = Field(description="What was left of the budget then.")


class ProjectNotChosen(ProjectVotes):
    """A project that was not chosen, and why."""

    reason: str = Field(
        description="`costs-more-than-all`, `too-few-votes`, `cap` (a quota, or one that excludes "
        "it, came first), `no-votes`, `supporters-short`, `no-money-left` or `after-stop`."
    )
    missing: float | None = Field(description="How much money was missing.")


class ProjectTie(Schema):
    """Tied projects, and how the tie was broken."""

    between: list[int]
    by: str = Field(description="`votes`, `cost` (the cheaper) or `order` (of the ballot).")


class BudgetCount(Schema):
    """The result of the vote. Null before the count."""

    at: dt.datetime | None = Field(description="When it was counted; null for not yet.")
    ballots: int | None = Field(description="Null for fewer than ten, with all numbers of votes.")
    by_hand: int | None = Field(
        description="Of them on paper, by phone or at a desk; null where they, or the others, are "
        "fewer than ten."
    )
    served: int | None = Field(description="Ballots that name at least one chosen project.")
    spent: float | None
    currency: str
    chosen: list[ProjectChosen] = Field(description="In the order in which they were chosen.")
    not_chosen: list[ProjectNotChosen]
    ties: list[ProjectTie]
    warnings: list[str] = Field(description="`no-ballots` and `chosen-without-votes`.")
    recount: str = Field(description="The command that counts the public file again.")
    has_file: bool = Field(description="Whether there were enough ballots for a public file.")


def _budget(public_id: str) -> Budget:
    process = public_process(public_id)
    if process.kind != ProcessKind.BUDGET:
        raise NotFound("budget", public_id)
    return selectors.budget_of(process)


def _major(minor: int | None, currency: str) -> float | None:
    return None if minor is None else float(to_major(minor, currency))


@router.get("/processes/{id}/budget", response=BudgetTerms, summary="What a budget declares")
def get_budget(request: HttpRequest, id: str, query: Query[LanguageQuery]) -> dict[str, Any]:
    """Money, ballot, who may vote, the counting rule and its limits."""
    budget = _budget(id)
    is_greedy = budget.rule == enums.Rule.GREEDY
    recorded = (
        "declared_at", "currency", "ballot", "most_projects", "fits_budget", "voters", "rule",
        "min_votes",
    )  # fmt: skip
    quotas = () if budget._state.adding else budget.quotas.all()
    return {name: getattr(budget, name) for name in recorded} | {
        "amount": _major(budget.amount or None, budget.currency),
        "points": budget.points if budget.ballot == enums.BallotKind.CUMULATIVE else None,
        "utility": None if is_greedy else budget.utility,
        "completion": None if is_greedy else budget.completion,
        "unaffordable": budget.unaffordable if is_greedy else None,
        "quotas": [
            {
                "category": row.category or None,
                "area": row.area or None,
                "most_projects": row.most_projects,
                "most_cost": _major(row.most_cost, budget.currency),
            }
            for row in quotas
        ],
    }


def _project(project: Project, currency: str) -> dict[str, Any]:
    words = ("category", "area", "place", "only_one_of", "reason")
    recorded = ("number", "title", "text", "language", "latitude", "longitude", "cost_basis")
    return {name: getattr(project, name) for name in recorded} | {
        "id": project.public_id,
        "proposal": project.proposal.public_id if project.proposal else None,
        "cost": _major(project.cost, currency),
        "currency": currency,
        "eligible": project.eligible == enums.Eligible.YES if project.eligible else None,
        "merged_into": project.merge_into.public_id
        if project.merge_into and project.is_merged
        else None,
        **{name: getattr(project, name) or None for name in words},
    }


@router.get("/processes/{id}/projects", response=ProjectPage, summary="Projects of a budget")
def list_projects(request: HttpRequest, id: str, query: Query[PageQuery]) -> dict[str, Any]:
    """Each proposal with its cost, and why it is on the ballot or not."""
    budget = _budget(id)
    rows = selectors.projects_of(budget)
    return page_of(request, query, rows, lambda project: _project(project, budget.currency))


@router.get("/processes/{id}/count", response=BudgetCount, summary="What the vote chose")
def get_count(request: HttpRequest, id: str, query: Query[LanguageQuery]) -> dict[str, Any]:
    """Each round, a reason for each project that was not chosen, and how ties were broken."""
    budget = _budget(id)
    always = {"currency": budget.currency, "recount": selectors.recount_line(budget)}
    standing = selectors.standing(budget)
    if standing is None:
        lists = ("chosen", "not_chosen", "ties", "warnings")
        single = ("at", "ballots", "by_hand", "served", "spent")
        return always | {name: [] for name in lists} | dict.fromkeys(single) | {"has_file": False}
    result = standing.result

    def money(minor: int | None) -> float | None:
        return _major(minor, budget.currency)

    return always | {
        "at": standing.count.at,
        "ballots": standing.n_ballots,
        "by_hand": standing.n_by_hand,
        "served": result["n_served"],
        "spent": money(result["cost"]),
        "chosen": [
            {"rho": None} | row | {"most_paid": money(row["most_paid"]), "left": money(row["left"])}
            for row in result["rounds"]
        ],
        "not_chosen": [row | {"missing": money(row.get("missing"))} for row in result["losers"]],
        "ties": result["ties"],
        "warnings": result["warnings"],
        "has_file": result["has_file"],
    }


@router.get(
    "/processes/{id}/ballots.pb",
    summary="The public file of a vote",
    openapi_extra={
        "responses": {200: {"description": "The file.", "content": {"text/plain": {"schema": {}}}}}
    },
)
def download_ballots(request: HttpRequest, id: str, query: Query[LanguageQuery]) -> Any:
    """All ballots in the format of Pabulib, each with a random number; after the count, and only if
    there are at least ten."""
    text = selectors.public_file(_budget(id).process)
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="ballots-{id}.pb"'
    return response
