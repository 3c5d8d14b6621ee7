"""The count of a vote, its public file, and the comparison of counting rules."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Count as CountOf
from django.utils.translation import gettext as _

from alliance.analysis import budgeting as analysis
from alliance.analysis.budgeting import Cap, Election, Outcome
from alliance.budgeting import rules, selectors
from alliance.budgeting.enums import BallotKind, Completion, Rule, Unaffordable
from alliance.budgeting.messages import IN_FILE
from alliance.budgeting.models import Ballot, BallotEntry, Budget, Count, Project
from alliance.budgeting.services.cutting import cut_off
from alliance.budgeting.ways import compared, outcome_of, served
from alliance.core import audit
from alliance.core.errors import Fault, InvalidData, NotAllowed, refuse
from alliance.core.files.contained import read_contained
from alliance.core.files.rows import Limits
from alliance.core.money import exponent
from alliance.network.localise import local_name
from alliance.participation import rules as taking_part
from alliance.participation.enums import VOTING, ProcessState
from alliance.participation.models import Process
from alliance.participation.services.processes import locked

#: How many synthetic voters the comparison of rules uses before the vote.
MADE_UP = 500
#: The largest file of an earlier election that is compared within a request.
MOST_BYTES = 8_000_000
_LIMITS = Limits(rows=500_000, memory=1_000_000_000, seconds=60)
#: The compared ways of counting: rule, completion, treatment of unaffordable projects.
WAYS = (
    (Rule.GREEDY, Completion.NONE, Unaffordable.SKIP),
    (Rule.GREEDY, Completion.NONE, Unaffordable.STOP),
    *((Rule.EQUAL_SHARES, completion, Unaffordable.SKIP) for completion in Completion),
)


def _caps(budget: Budget, projects: Sequence[Project]) -> tuple[Cap, ...]:
    """Quotas, and mutually exclusive projects."""
    caps = []
    for quota in budget.quotas.all():
        ids = frozenset(
            str(project.number)
            for project in projects
            if (quota.category and project.category == quota.category)
            or (quota.area and project.area == quota.area)
        )
        if ids:
            caps.append(Cap(ids, quota.most_projects, quota.most_cost))
    for word in sorted({project.only_one_of for project in projects} - {""}):
        ids = frozenset(str(project.number) for project in projects if project.only_one_of == word)
        if len(ids) > 1:
            caps.append(Cap(ids, most_projects=1))
    return tuple(caps)


def _election(
    budget: Budget, projects: Sequence[Project], n_voters: int, entries: np.ndarray
) -> Election:
    """`entries`: rows of voter, index of the project and value, in any order."""
    rows = entries.reshape(-1, 3).astype(np.int64)
    rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
    points = rows[:, 2]
    if budget.ballot == BallotKind.ORDINAL:
        points = _longest(budget, projects) + 1 - points
    return Election(
        budget=budget.amount,
        projects=tuple(
            analysis.Project(
                str(project.number),
                project.cost,
                project.title,
                (project.category,) if project.category else (),
            )
            for project in projects
        ),
        n_voters=n_voters,
        voter=rows[:, 0],
        project=rows[:, 1],
        points=points,
        vote_type=budget.ballot,
        scale=10 ** exponent(budget.currency),
        caps=_caps(budget, projects),
    )


def _longest(budget: Budget, projects: Sequence[Project]) -> int:
    return min(budget.most_projects or len(projects), len(projects))


def election_of(budget: Budget) -> tuple[Election, list[str]]:
    """The vote as it is counted, and the number of each ballot in the public file, in its order.

    Ballots are ordered by their random numbers.
    """
    projects = selectors.on_ballot(budget)
    ballots = list(Ballot.objects.filter(process=budget.pk).values_list("pk", "public_id"))
    voter = {pk: place for place, (pk, _public_id) in enumerate(ballots)}
    place = {candidate.pk: at for at, candidate in enumerate(projects)}
    rows = BallotEntry.objects.filter(ballot__process=budget.pk).order_by()
    entries = [
        (voter[ballot], place[project], value)
        for ballot, project, value in rows.values_list("ballot_id", "project_id", "value")
    ]
    election = _election(budget, projects, len(ballots), np.array(entries, np.int64))
    return election, [public_id for _pk, public_id in ballots]


def _result(outcome: Outcome, channels: dict[str, int]) -> dict[str, Any]:
    """An outcome for pages: projects by number, money in whole minor units."""
    election = outcome.election
    left = election.budget

    def row(at: int) -> dict[str, Any]:
        votes, points = int(election.votes[at]), int(election.score[at])
        return {"number": int(election.projects[at].id), "votes": votes, "points": points}

    rounds = []
    for winner in outcome.rounds:
        left -= election.projects[winner.project].cost
        paid = None if winner.most_paid is None else round(winner.most_paid)
        more = {"left": left, "n_paying": winner.n_paying, "most_paid": paid, "rho": winner.rho}
        rounds.append(row(winner.project) | more)
    return {
        "rule": outcome.rule,
        "cost": outcome.cost,
        "budget": election.budget,
        "n_served": served(election, outcome.winners),
        "rounds": rounds,
        "losers": [
            row(loser.project)
            | {"reason": loser.reason}
            | ({} if loser.missing is None else {"missing": round(loser.missing)})
            for loser in outcome.losers
        ],
        "ties": [
            {"between": [int(election.projects[at].id) for at in tie.between], "by": tie.by}
            for tie in outcome.ties
        ],
        "warnings": list(outcome.warnings),
        "channels": channels,
    }


def _meta(process: Process, budget: Budget, projects: Sequence[Project]) -> dict[str, str]:
    voting = [phase for phase in process.phases.all() if phase.kind in VOTING]
    longest = _longest(budget, projects)
    meta = {
        "description": " ".join(process.title.split()),
        "country": process.city.country,
        "unit": local_name(process.city, process.language),
        "subunit": process.area,
        "instance": str(voting[0].first_day.year),
        "date_begin": voting[0].first_day.isoformat(),
        "date_end": voting[-1].last_day.isoformat(),
        # In Pabulib, "greedy" is that rule without a minimum number of votes.
        "rule": f"{budget.rule}, min. votes {budget.min_votes}"
        if budget.min_votes
        else budget.rule,
        "currency": budget.currency,
        "max_length": str(longest),
        # The format of comments in Pabulib.
        "comment": f"#1: {selectors.recount_line(budget)}",
    }
    if budget.ballot == BallotKind.CUMULATIVE and budget.points:
        meta["max_sum_points"] = str(budget.points)
    if budget.fits_budget:
        amount = budget.amount / 10 ** exponent(budget.currency)
        meta["max_sum_cost"] = f"{amount:.2f}"
    return {key: value for key, value in meta.items() if value}


def count(process: Process, *, actor: audit.Actor, at: dt.datetime) -> Count:
    """Count the vote, once, after it has closed, and write the public file.

    First the ballots are separated from the voters. Raises InvalidData, NotAllowed.
    """
    with transaction.atomic():
        current = locked(process)
        if not taking_part.may_run(actor, current):
            raise NotAllowed(_("You need to be an editor of the city’s municipality to do this."))
        budget = selectors.budget_of(current)
        present = Count.objects.filter(budget_id=current.pk).first()
        if present is not None:
            return present
        is_over = current.state in (ProcessState.CLOSED, ProcessState.ANSWERED)
        if budget.declared_at is None or not is_over:
            raise InvalidData([Fault("count", "count-later")])
        cut_off(current)
        election, numbers = election_of(budget)
        outcome = outcome_of(election, **_declared(budget))
        voters = current.participants.filter(voter__isnull=False).order_by()
        channels = voters.values_list("channel").annotate(n=CountOf("pk"))
        lines: Iterable[str] = ()
        has_file = len(numbers) >= selectors.FEWEST_BALLOTS
        if has_file:
            meta = _meta(current, budget, selectors.on_ballot(budget))
            chosen = frozenset(outcome.winners)
            lines = analysis.write(election, meta, voters=numbers, selected=chosen)
        made = Count.objects.create(
            budget=budget,
            at=at,
            n_ballots=len(numbers),
            result=_result(outcome, dict(channels)) | {"has_file": has_file},
            file="".join(lines),
        )
        audit.record(
            "process", current, "count", actor=actor, at=at, ballots=len(numbers),
            winners=list(outcome.winners),
        )  # fmt: skip
    return made


def _declared(budget: Budget) -> dict[str, Any]:
    names = ("rule", "utility", "completion", "unaffordable", "min_votes")
    return {name: getattr(budget, name) for name in names}


@dataclass(frozen=True)
class Way:
    """The result of one way of counting. `served`: share of voters with a project, 0 to 1."""

    rule: str
    completion: str
    unaffordable: str
    names: tuple[str, ...]
    spent: float
    served: float

    @property
    def words(self) -> str:
        """The label of the rule."""
        return str(Rule(self.rule).label)

    @property
    def more(self) -> str:
        """What distinguishes it from other ways by the same rule."""
        if self.rule == Rule.GREEDY:
            return str(Unaffordable(self.unaffordable).label)
        return str(Completion(self.completion).label)


def compare(election: Election, *, utility: str, min_votes: int = 0) -> list[Way]:
    """The same ballots counted in each way."""
    results = compared(election, ways=WAYS, utility=utility, min_votes=min_votes)
    return [Way(*way, *result) for way, result in zip(WAYS, results, strict=True)]


def compare_file(content: bytes, *, utility: str) -> list[Way]:
    """An earlier election, from its Pabulib file, counted in each way. Raises InvalidData."""
    faults, *results = read_contained(
        "alliance.budgeting.ways:read", content, limits=_LIMITS, ways=WAYS, utility=utility
    )
    refuse([_of_file(*fault) for fault in faults])
    return [Way(*way, *result) for way, result in zip(WAYS, results, strict=True)]


def _of_file(line: int, column: str, code: str, why: str) -> Fault:
    """A fault of a Pabulib file in the reader's language; `why` ends with a quotation of what is
    wrong."""
    place = _("Line %(line)s, column “%(column)s”") if column else _("Line %(line)s")
    place = place % {"line": line, "column": column} if line else _("The file")
    quoted = re.findall(r"'([^']*)'", why) or ["0"]
    words = str(IN_FILE[code]) % {"said": quoted[-1]}
    return Fault("file", "budget-file", {"place": place, "why": words})


def compare_made_up(budget: Budget, *, seed: int = 1) -> list[Way]:
    """Synthetic ballots on the eligible projects; none if there are too few.

    Each voter lives in one part of the city and prefers one category: she votes for nearby or
    preferred projects with probability 0.6, for others with 0.1. The same seed gives the same
    ballots.
    """
    projects = rules.on_ballot(selectors.projects_of(budget).order_by("pk"))
    if len(projects) < rules.FEWEST_PROJECTS or not budget.amount:
        return []
    for number, project in enumerate(projects, start=1):
        project.number = number
    chance = np.random.default_rng(seed)
    areas = [project.area for project in projects]
    kinds = [project.category for project in projects]
    entries: list[tuple[int, int, int]] = []
    for voter in range(MADE_UP):
        home, dear = chance.choice(areas), chance.choice(kinds)
        likes = np.array([
            0.6 if (home and area == home) or (dear and kind == dear) else 0.1
            for area, kind in zip(areas, kinds, strict=True)
        ])  # fmt: skip
        named = chance.permutation(np.flatnonzero(chance.random(len(projects)) < likes)).tolist()
        entries += [(voter, at, value) for at, value in _filled(budget, projects, named)]
    election = _election(budget, projects, MADE_UP, np.array(entries, np.int64))
    return compare(election, utility=budget.utility, min_votes=budget.min_votes)


def _filled(
    budget: Budget, projects: Sequence[Project], named: Sequence[int]
) -> list[tuple[int, int]]:
    """A ballot within the declared limits: indexes of projects with their values."""
    chosen: list[int] = []
    cost = 0
    for at in named[: _longest(budget, projects)]:
        if not budget.fits_budget or cost + projects[at].cost <= budget.amount:
            chosen.append(at)
            cost += projects[at].cost
    if budget.ballot == BallotKind.CUMULATIVE:
        each = max((budget.points or 0) // max(len(chosen), 1), 1)
        return [(at, each) for at in chosen[: budget.points or 0]]
    if budget.ballot == BallotKind.ORDINAL:
        return [(at, place) for place, at in enumerate(chosen, start=1)]
    return [(at, 1) for at in chosen]
