"""Counts of budgets against pabutools."""

from __future__ import annotations

import random

import pytest
from pabutools import election as elections
from pabutools import rules, tiebreaking

from alliance.analysis.budgeting import Project, election_of, equal_shares, greedy

pytestmark = pytest.mark.extra


Made = tuple[int, dict[str, int], list[list[str]]]


def made_up(seed: int) -> Made:
    """Budget, cost by project and approvals. Costs differ so much that few projects are equal."""
    chance = random.Random(seed)
    costs = {f"p{at}": chance.randint(1_000, 60_000) for at in range(chance.randint(3, 9))}
    ballots = [
        chance.sample(list(costs), chance.randint(1, len(costs)))
        for _ in range(chance.randint(5, 40))
    ]
    return chance.randint(20_000, 120_000), costs, ballots


def many_small_projects(seed: int) -> Made:
    chance = random.Random(seed)
    costs = {f"p{at}": chance.randint(1_000, 3_000) for at in range(20)}
    ballots = [
        chance.sample(list(costs), chance.randint(1, 4)) for _ in range(chance.randint(10, 40))
    ]
    return 8_000, costs, ballots


def both(budget: int, costs: dict[str, int], ballots: list[list[str]]):
    ours = election_of(budget, [Project(name, cost) for name, cost in costs.items()], ballots)
    projects = {name: elections.Project(name, cost) for name, cost in costs.items()}
    instance = elections.Instance(projects.values(), budget_limit=budget)
    profile = elections.ApprovalProfile(
        [elections.ApprovalBallot(projects[name] for name in ballot) for ballot in ballots],
        instance=instance,
    )
    return ours, instance, profile


@pytest.mark.parametrize("part", range(4))
def test_equal_shares(part: int) -> None:
    measures = {"cost": elections.Cost_Sat, "cardinality": elections.Cardinality_Sat}
    for seed in range(part * 50, part * 50 + 50):
        ours, instance, profile = both(*made_up(seed))
        for utility, measure in measures.items():
            theirs = rules.method_of_equal_shares(
                instance,
                profile,
                sat_class=measure,
                tie_breaking=tiebreaking.min_cost_tie_breaking,
            )
            outcome = equal_shares(ours, utility=utility)
            assert set(outcome.winners) == {project.name for project in theirs}, (seed, utility)


def test_equal_shares_filled_up_unit_by_unit() -> None:
    compared = 0
    for seed in range(40):
        ours, instance, profile = both(*many_small_projects(seed))
        theirs = rules.method_of_equal_shares(
            instance,
            profile,
            sat_class=elections.Cost_Sat,
            voter_budget_increment=1,
            tie_breaking=tiebreaking.min_cost_tie_breaking,
        )
        if instance.is_exhaustive(theirs):
            continue  # theirs ends there; ours ends before the first outcome that costs too much
        compared += 1
        outcome = equal_shares(ours, completion="add1")
        assert set(outcome.winners) == {project.name for project in theirs}, seed
    assert compared >= 10


def test_most_votes_first() -> None:
    for seed in range(100):
        ours, instance, profile = both(*made_up(seed))
        # Satisfaction by cost, for each unit of cost, is the number of votes.
        theirs = rules.greedy_utilitarian_welfare(
            instance,
            profile,
            sat_class=elections.Cost_Sat,
            tie_breaking=tiebreaking.min_cost_tie_breaking,
        )
        assert set(greedy(ours).winners) == {project.name for project in theirs}, seed
