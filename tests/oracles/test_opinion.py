"""Opinion groups against red-dwarf, an implementation of Polis in Python."""

from __future__ import annotations

import numpy as np
import pytest
from reddwarf.implementations import polis

from alliance.analysis.opinion import Analysis, analyse, votes_from
from alliance.analysis.opinion.clusters import adjusted_rand

pytestmark = pytest.mark.extra


@pytest.fixture(scope="module", params=range(3), ids=lambda seed: f"seed-{seed}")
def both(request: pytest.FixtureRequest):
    """60 people of three minds, who saw four of five statements out of 20."""
    random = np.random.default_rng(request.param)
    minds = random.choice([0.05, 0.95], (3, 20))
    mind = np.arange(60) % 3
    agrees = random.random((60, 20)) < minds[mind]
    values = np.where(random.random((60, 20)) < 0.1, 0, np.where(agrees, 1, -1))
    who, what = np.nonzero(random.random((60, 20)) < 0.8)
    ours = votes_from(
        who,
        what,
        values[who, what],
        np.arange(len(who)),
        voters=[str(person) for person in range(60)],
        statements=[str(statement) for statement in range(20)],
    )
    cells = zip(who.tolist(), what.tolist(), values[who, what].tolist(), strict=True)
    theirs = polis.run_pipeline(
        votes=[
            {"participant_id": person, "statement_id": statement, "vote": vote, "modified": at}
            for at, (person, statement, vote) in enumerate(cells)
        ],
        random_state=1,
    )
    return ours, theirs


def in_their_groups(both) -> tuple[Analysis, list[int]]:
    """Our analysis of their groups, and the order of our people among theirs."""
    votes, theirs = both
    groups = theirs.participants_df["cluster_id"].dropna()
    return analyse(votes, groups={str(person): str(group) for person, group in groups.items()}), [
        int(person) for person in votes.participants
    ]


def test_places(both) -> None:
    analysis, people = in_their_groups(both)
    places = both[1].participants_df.loc[people, ["x", "y"]].to_numpy()
    # An axis may point either way.
    assert np.abs(analysis.space.positions) == pytest.approx(np.abs(places), abs=1e-6)


def test_groups(both) -> None:
    votes, theirs = both
    people = [int(person) for person in votes.participants]
    labels = theirs.participants_df.loc[people, "cluster_id"]
    assert adjusted_rand(analyse(votes).labels, labels.to_numpy(dtype=int)) == 1


def test_statements(both) -> None:
    analysis, _people = in_their_groups(both)
    table = both[1].statements_df
    assert analysis.priority == pytest.approx(table["priority"].to_numpy(dtype=float))
    assert analysis.space.extremity == pytest.approx(table["extremity"].to_numpy(dtype=float))
    legacy = table["group-aware-consensus"].to_numpy(dtype=float)
    assert analysis.informed_consensus_legacy == pytest.approx(legacy)
    sides = (both[1].consensus["agree"], both[1].consensus["disagree"])
    theirs = tuple(tuple(str(statement["tid"]) for statement in side) for side in sides)
    assert analysis.consensus == theirs


def test_what_a_group_stands_for(both) -> None:
    analysis, _people = in_their_groups(both)
    for group in analysis.groups:
        theirs = {str(row["tid"]): row for row in both[1].repness[int(group.id)]}
        assert {statement.statement for statement in group.representative} == set(theirs)
        for statement in group.representative:
            row = theirs[statement.statement]
            assert statement.side == row["repful-for"]
            measures = statement.p, statement.p_test, statement.ratio, statement.ratio_test
            names = ("p-success", "p-test", "repness", "repness-test")
            assert measures == pytest.approx(tuple(row[name] for name in names))
