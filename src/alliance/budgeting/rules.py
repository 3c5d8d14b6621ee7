"""What a budget accepts at a time, and what it lacks before it is declared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from alliance.budgeting.enums import BallotKind, Eligible
from alliance.budgeting.models import Budget, Project
from alliance.core.errors import Fault
from alliance.core.money import to_major
from alliance.participation import rules
from alliance.participation.enums import VOTING, WRITING
from alliance.participation.models import Phase
from alliance.web import formatting

#: A ballot needs a choice.
FEWEST_PROJECTS = 2


def money(minor: int, currency: str) -> str:
    """An amount in full, in the active language: "125,000 SEK"."""
    exact = to_major(minor, currency)
    digits = 0 if exact == exact.to_integral_value() else 2
    return f"{formatting.number(exact, digits)}{formatting.NBSP}{currency}"


def voting_begins(phases: Iterable[Phase]) -> dt.datetime | None:
    """When the vote begins; None if there is no such phase."""
    return min((phase.opens_at for phase in phases if phase.kind in VOTING), default=None)


def takes_ballots(budget: Budget, state: str, phases: Sequence[Phase], at: dt.datetime) -> bool:
    """Whether residents can vote at `at`: in a voting phase, once the budget is declared."""
    return budget.declared_at is not None and rules.votes_are_taken(state, phases, at)


def not_now(where: str) -> Fault:
    """The fault of a ballot outside of the voting phase."""
    return Fault(where, "ballots-not-now")


def may_withdraw_declaration(budget: Budget, phases: Iterable[Phase], at: dt.datetime) -> bool:
    """Whether the declaration can still be withdrawn: until the vote begins."""
    begins = voting_begins(phases)
    return budget.declared_at is not None and (begins is None or at < begins)


def on_ballot(projects: Iterable[Project]) -> list[Project]:
    """The projects that can be chosen: eligible, and not merged into another one."""
    return [
        project
        for project in projects
        if project.eligible == Eligible.YES and not project.is_merged
    ]


def missing_before_declaring(
    budget: Budget,
    projects: Sequence[Project],
    phases: Sequence[Phase],
    *,
    n_unpriced: int,
    n_waiting: int,
    at: dt.datetime,
) -> list[str]:
    """What a budget still lacks before it can be declared, by the codes of `messages.MISSING`.

    `n_unpriced`: visible proposals without a cost; `n_waiting`: proposals that wait for a
    moderator.
    """
    begins = voting_begins(phases)
    writing = [phase for phase in phases if phase.kind in WRITING]
    points = budget.ballot != BallotKind.CUMULATIVE or budget.points
    checks = {
        "amount": budget.amount > 0 and bool(points),
        "vote-phase": begins is not None and all(phase.closes_at <= begins for phase in writing),
        "writing-over": all(phase.closes_at <= at for phase in writing),
        "moderation": not n_waiting,
        "costs": not n_unpriced,
        "decisions": all(project.eligible or project.is_merged for project in projects),
        "merging": not any(project.awaits for project in projects),
        "projects": len(on_ballot(projects)) >= FEWEST_PROJECTS,
    }
    return [code for code, is_there in checks.items() if not is_there]


def ballot_faults(
    budget: Budget, projects: Mapping[str, Project], votes: Mapping[str, int]
) -> list[Fault]:
    """The faults of a ballot: values by the public id of each project that it names."""
    if not votes:
        return [Fault("projects", "ballot-empty")]
    if any(public_id not in projects for public_id in votes):
        return [Fault("projects", "project-off-ballot")]
    faults = []
    most = budget.most_projects or len(projects)
    if len(votes) > most:
        faults.append(Fault("projects", "ballot-too-long", {"n": len(votes), "most": most}))
    values = sorted(votes.values())
    if values[0] < 1:
        faults.append(Fault("projects", "value-below-1"))
    total, points = sum(values), budget.points or 0
    if budget.ballot == BallotKind.CUMULATIVE and total > points:
        over = {"n": total, "most": points, "over": total - points}
        faults.append(Fault("projects", "points-over", over))
    if budget.ballot == BallotKind.ORDINAL and values != list(range(1, len(values) + 1)):
        faults.append(Fault("projects", "places-wrong", {"n": len(values)}))
    cost = sum(projects[public_id].cost for public_id in votes)
    if budget.fits_budget and cost > budget.amount:
        words = {
            "cost": money(cost, budget.currency),
            "over": money(cost - budget.amount, budget.currency),
            "what": [projects[public_id].title for public_id in votes],
        }
        faults.append(Fault("projects", "ballot-over-budget", words))
    return faults
