"""Budgets for tests. All of them are made up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from alliance.budgeting.models import Ballot, BallotEntry, Budget, Project, Quota, VoterCode
from alliance.budgeting.services import counting
from alliance.budgeting.services.voting import _digest
from alliance.core.audit import Actor
from alliance.network.enums import DiscussedKind
from alliance.network.models import Post
from alliance.participation.enums import ContributionKind
from alliance.participation.models import Contribution, Participant, Process
from tests.factories.participation import make_process
from tests.factories.people import NOW, team

#: Title, cost in whole kronor.
COSTS = (("Trees", 300), ("Lamps", 400), ("Benches", 500))


def make_proposal(
    process: Process, title: str, *, participant: Participant | None = None, at: dt.datetime = NOW
) -> Contribution:
    """A proposal that everybody reads."""
    post = Post.objects.create(
        kind=DiscussedKind.PROCESS,
        record_id=process.public_id,
        text=f"{title}, please.",
        language=process.language,
        at=at,
    )
    return Contribution.objects.create(
        post=post,
        process=process,
        kind=ContributionKind.PROPOSAL,
        participant=participant,
        title=title,
        shown_at=at,
    )


def make_budget(
    process: Process,
    *,
    costs: Sequence[tuple[str, int]] = COSTS,
    is_declared: bool = True,
    at: dt.datetime = NOW,
    **columns: Any,
) -> Budget:
    """A budget of 1,000 kronor whose projects are eligible, counted by most votes first."""
    given: dict[str, Any] = {"amount": 100_000, "currency": "SEK", "rule": "greedy", **columns}
    budget = Budget.objects.create(
        process=process, declared_at=at if is_declared else None, **given
    )
    for number, (title, cost) in enumerate(costs, start=1):
        Project.objects.create(
            budget=budget,
            proposal=make_proposal(process, title, at=at),
            number=number if is_declared else None,
            title=title,
            language=process.language,
            cost=cost * 100,
            cost_basis="A price list.",
            estimated_at=at,
            eligible="yes",
            reason="On land of the city.",
        )
    return budget


def make_code(process: Process, code: str = "bcdfghjkmnpq", *, at: dt.datetime = NOW) -> str:
    """A code for voting, as it is typed."""
    VoterCode.objects.create(process=process, digest=_digest(process, f"code:{code}"), made_at=at)
    return code


def make_ballots(
    budget: Budget, named: Sequence[Mapping[str, int]], *, at: dt.datetime = NOW
) -> list[Ballot]:
    """Ballots of people of their own: values by the title of each project."""
    projects = {one.title: one for one in budget.projects.all()}
    made = []
    for number, said in enumerate(named):
        person = Participant.objects.create(process=budget.process, language="en", made_at=at)
        ballot = Ballot.objects.create(
            process=budget.process, participant=person, voter_digest=f"made up {number}", at=at
        )
        BallotEntry.objects.bulk_create(
            BallotEntry(ballot=ballot, project=projects[title], value=value)
            for title, value in said.items()
        )
        made.append(ballot)
    return made


#: Twelve ballots on the projects above: 7 votes for Lamps, 6 for Benches, 5 for Trees.
NAMED = (
    *[{"Lamps": 1}] * 4,
    *[{"Lamps": 1, "Benches": 1}] * 3,
    *[{"Benches": 1, "Trees": 1}] * 3,
    *[{"Trees": 1}] * 2,
)


def make_counted(process: Process, *, at: dt.datetime = NOW, **columns: Any) -> Budget:
    """A budget of a closed process with twelve ballots that are counted."""
    budget = make_budget(process, at=at, **columns)
    Quota.objects.create(budget=budget, area="The old harbour", most_projects=2)
    make_ballots(budget, NAMED, at=at)
    Process.objects.filter(pk=process.pk).update(state="closed", closed_at=at)
    counting.count(process, actor=Actor("test", elevated=True), at=at)
    return budget


def make_example_budget() -> Process:
    """A counted budget of a made-up city, for the examples of the API."""
    process = make_process(team("exampleby"), kind="budget", public_id="example-budget")
    make_counted(process, rule="equal-shares", completion="add1u")
    return process
