"""Counts of budgets: worked by hand, against plain loops over fractions, and what they say."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from alliance.analysis.budgeting import (
    Cap,
    Project,
    election_of,
    equal_shares,
    greedy,
    read,
)
from alliance.analysis.errors import MethodError
from tests.conftest import RUNS_ALL
from tests.reference.slow_budgets import by_score, counted

UTILITIES = ("cost", "cardinality", "points")
COMPLETIONS = ("none", "add1", "add1u", "utilitarian")


def made_up(seed: int):
    """A small election with many equal costs and equal votes, so that ties are common."""
    chance = random.Random(seed)
    n_projects, n_voters = chance.randint(1, 7), chance.randint(0, 9)
    costs = [chance.choice([1, 2, 3, 4, 6, 12, 20]) for _ in range(n_projects)]
    projects = [Project(f"p{at}", cost) for at, cost in enumerate(costs)]
    kind = chance.choice(["approval", "cumulative", "ordinal"])
    ballots = []
    for _ in range(n_voters):
        named = chance.sample([one.id for one in projects], chance.randint(0, n_projects))
        points = {name: chance.randint(1, 3) for name in named}
        ballots.append(points if kind == "cumulative" else named)
    budget = chance.randint(1, 30)
    return election_of(budget, projects, ballots, vote_type=kind)


@pytest.mark.parametrize("part", range(4))
def test_equal_shares_equals_loops_over_fractions(part: int) -> None:
    n = 600 if RUNS_ALL else 40
    for seed in range(part * n, part * n + n):
        election = made_up(seed)
        for utility in UTILITIES:
            for completion in COMPLETIONS:
                outcome = equal_shares(election, utility=utility, completion=completion)
                expected = counted(election, utility, completion)
                assert [one.project for one in outcome.rounds] == expected, (seed, utility)
                lost = {one.project for one in outcome.losers}
                assert lost == set(range(len(election.projects))) - set(expected)
        for stop in (False, True):
            outcome = greedy(election, unaffordable="stop" if stop else "skip")
            assert [one.project for one in outcome.rounds] == by_score(election, [], stop=stop)


def test_many_voters_equal_loops_over_fractions() -> None:
    chance = random.Random(7)
    # Of the last one all but a little can be paid.
    for share in (0.6, 0.6, 0.97):
        projects = [Project(f"p{at}", chance.randint(20, 400)) for at in range(12)]
        ballots = [chance.sample([one.id for one in projects], 4) for _ in range(60)]
        budget = int(share * sum(one.cost for one in projects))
        election = election_of(budget, projects, ballots)
        for completion in ("add1", "add1u"):
            outcome = equal_shares(election, completion=completion)
            assert [one.project for one in outcome.rounds] == counted(election, "cost", completion)


def test_ten_people_and_four_projects_by_hand() -> None:
    # 100 for 10 people: 10 each. A costs 60 and six want it: 10 each, rho 1/6. B costs 40 and the
    # other four want it: 10 each, rho 1/4. C costs 30 and the six want it, who have nothing left.
    # D, wanted by all, is dearer than the budget.
    projects = [Project("A", 60), Project("B", 40), Project("C", 30), Project("D", 101)]
    ballots = [["A", "C", "D"]] * 6 + [["B", "D"]] * 4
    outcome = equal_shares(election_of(100, projects, ballots))
    assert outcome.as_data() == {
        "rule": "equal-shares",
        "winners": ["C", "B"],
        "cost": 70,
        "budget": 100,
        "rounds": [
            {"project": "C", "rho": pytest.approx(1 / 6), "cost": 30},
            {"project": "B", "rho": 0.25, "cost": 40},
        ],
        "losers": [
            {"id": "A", "reason": "supporters-short", "missing": 30},
            {"id": "D", "reason": "costs-more-than-all", "missing": 1},
        ],
        # A and C have the same rho and as many votes: the cheaper is first.
        "ties": [{"between": ["A", "C"], "by": "cost"}],
        "warnings": [],
    }
    # With more money each, the six can have A when they have 15; A, C and B cost 130.
    add1 = equal_shares(election_of(100, projects, ballots), completion="add1")
    assert add1.winners == ("C", "B")
    rich = equal_shares(election_of(100, projects, ballots), completion="utilitarian")
    assert rich.winners == ("C", "B") and rich.losers[0].reason == "no-money-left"


def test_points_let_people_pay_by_what_they_wish() -> None:
    # 12 each. A costs 18: of 6 points together, Ann gave 5 and Bo 1. rho 3 asks 15 of Ann, who has
    # 12; Bo pays the other 6, so that rho is 6.
    election = election_of(24, [Project("A", 18)], [{"A": 5}, {"A": 1}], vote_type="cumulative")
    (one,) = equal_shares(election, utility="points").rounds
    assert (one.rho, one.n_paying, one.most_paid) == (6, 2, 12)


def test_money_with_decimals_counts_in_whole_parts() -> None:
    election = election_of(1_000, [Project("A", 333)], [["A"]] * 3, scale=100)
    outcome = equal_shares(election, utility="cardinality").as_data()
    assert (outcome["budget"], outcome["cost"]) == (10, 3.33)
    assert outcome["rounds"][0]["rho"] == pytest.approx(1.11)


def test_what_was_declared_before_the_vote_holds() -> None:
    projects = [Project(name, 10) for name in "ABCDE"]
    ballots = [["A", "B"]] * 5 + [["C", "D"]] * 4 + [["E"]]
    apart = Cap(frozenset("AB"), most_projects=1)
    quota = Cap(frozenset("CDE"), most_cost=15)
    election = election_of(50, projects, ballots, caps=[apart, quota])
    for outcome in (
        greedy(election, min_votes=2),
        equal_shares(election, completion="add1u", min_votes=2),
    ):
        assert set(outcome.winners) == {"A", "C"}
        reasons = {election.projects[one.project].id: one.reason for one in outcome.losers}
        assert reasons == {"B": "cap", "D": "cap", "E": "too-few-votes"}
    left_out = greedy(election, excluded=["A"])
    assert "B" in left_out.winners and left_out.losers[0].reason == "excluded"


def test_greedy_skips_or_stops() -> None:
    projects = [Project("A", 60), Project("B", 50), Project("C", 40), Project("D", 40)]
    election = election_of(100, projects, [["A", "B"], ["A", "B"], ["A"], ["C"], ["D"]])
    skipping = greedy(election)
    assert skipping.winners == ("A", "C")
    assert [(one.project, one.reason, one.missing) for one in skipping.losers] == [
        (1, "no-money-left", 10),
        (3, "no-money-left", 40),
    ]
    assert skipping.ties[0].between == (2, 3) and skipping.ties[0].by == "order"
    stopping = greedy(election, unaffordable="stop")
    assert stopping.winners == ("A",)
    assert [one.reason for one in stopping.losers] == ["no-money-left", "after-stop", "after-stop"]


def test_nobody_voted() -> None:
    election = election_of(10, [Project("A", 5)], [])
    assert equal_shares(election, completion="add1u").losers[0].reason == "no-votes"
    assert greedy(election).warnings == ("no-ballots", "chosen-without-votes")
    assert greedy(election, min_votes=1).winners == ()


@pytest.mark.parametrize(
    ("code", "budget", "projects", "ballots"),
    [
        ("bad-budget", -1, [Project("A", 1)], []),
        ("no-projects", 1, [], []),
        ("duplicate-project", 1, [Project("A", 1)] * 2, []),
        ("no-cost", 1, [Project("A", 0)], []),
        ("unknown-project", 1, [Project("A", 1)], [["B"]]),
        ("repeated-project", 1, [Project("A", 1)], [["A", "A"]]),
        ("bad-points", 1, [Project("A", 1)], [{"A": -1}]),
    ],
)
def test_what_is_no_election_is_refused(code, budget, projects, ballots) -> None:
    with pytest.raises(MethodError) as refused:
        election_of(budget, projects, ballots)
    assert refused.value.code == code


@pytest.mark.reference
def test_the_reference_elections_equal_loops_over_fractions(reference: Path) -> None:
    for kind in ("approval", "cumulative"):
        election = read((reference / f"budgeting/demo_{kind}.pb").read_bytes()).election
        assert election is not None
        for utility in UTILITIES:
            for completion in ("none", "utilitarian"):
                outcome = equal_shares(election, utility=utility, completion=completion)
                found = [one.project for one in outcome.rounds]
                assert found == counted(election, utility, completion)
