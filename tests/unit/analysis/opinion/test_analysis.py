import numpy as np
import pytest

from alliance.analysis.errors import MethodError
from alliance.analysis.opinion import analyse, report
from tests.unit.analysis.opinion.helpers import as_votes, two_sides


def test_two_sides_are_found_with_what_they_share():
    analysis = analyse(as_votes(two_sides()), resamples=5)
    found = report(analysis)

    sides = {found["membership"][str(voter)] for voter in range(0, 60, 2)}
    assert len(sides) == 1
    assert sides != {found["membership"]["1"]}
    assert [group["size"] for group in found["groups"]] == [30, 30]
    assert found["consensus"]["agree"][0] == "0"
    assert analysis.clear
    assert found["stability"] == pytest.approx(1)
    assert found["warnings"] == []
    # The even side is told by even statements that it agrees with and odd ones that it does not.
    (even,) = sides
    for one in found["groups"][int(even)]["representative"]:
        if one["statement"] != "0":
            assert one["side"] == ("agree" if int(one["statement"]) % 2 == 0 else "disagree")


def test_what_divides_and_what_unites_is_told_apart():
    analysis = analyse(as_votes(two_sides()))
    by_id = {one["id"]: one for one in report(analysis)["statements"]}

    assert analysis.votes.statements[analysis.divisive()[-1]] == "0"
    assert by_id["0"]["group_informed_consensus"] > 0.9
    assert max(by_id[str(at)]["group_informed_consensus"] for at in range(1, 12)) < 0.3
    for one in by_id.values():
        low, high = one["group_informed_consensus_range"]
        assert low <= one["group_informed_consensus"] <= high


def test_people_stand_nearer_to_their_group_than_to_everybody():
    analysis = analyse(as_votes(two_sides()))
    centricness, coreness, extremeness = analysis.people()

    assert coreness.mean() > centricness.mean()
    assert extremeness.mean() == pytest.approx(0, abs=1e-12)


def test_a_rejected_statement_is_a_pass_of_everybody_and_in_no_list():
    rows = two_sides()
    without = [row for row in rows if row[1] != 3]
    plain, found = analyse(as_votes(without)), analyse(as_votes(rows, rejected=("3",)))

    told = report(found)
    assert [one["id"] for one in told["statements"]] == [str(at) for at in range(12) if at != 3]
    shown = {one["statement"] for group in told["groups"] for one in group["representative"]}
    assert "3" not in shown | set(told["consensus"]["agree"]) | set(told["consensus"]["disagree"])
    assert len(told["components"][0]) == 11
    own = np.array([sum(row[2] == who and row[1] != 3 for row in rows) for who in range(60)])
    # One statement more, on which everybody voted, pulls all people a little towards each other.
    expected = plain.space.positions * np.sqrt(12 / (own + 1) / (11 / own))[:, None]
    np.testing.assert_allclose(np.abs(found.space.positions), np.abs(expected), atol=1e-9)


def test_a_statement_about_the_process_is_shown_first_and_tells_no_group():
    found = report(analyse(as_votes(two_sides(), meta=("3",))))

    (meta,) = (one for one in found["statements"] if one["id"] == "3")
    assert meta["priority"] == 49
    assert all(one["statement"] != "3" for g in found["groups"] for one in g["representative"])


def test_the_last_vote_counts_and_a_contradiction_at_one_time_is_a_pass():
    rows = [(9, 0, 0, -1), (5, 0, 0, 1), (7, 1, 0, 1), (7, 1, 0, -1), (7, 1, 0, -1), (3, 1, 0, 1)]
    votes = as_votes(rows)

    assert votes.values.toarray().tolist() == [[-1, 0]]
    assert votes.values.nnz == 2


def test_people_of_one_mind_are_no_clear_groups():
    rows = [(at, statement, at, 1) for at in range(40) for statement in range(8)]
    found = report(analyse(as_votes(rows), resamples=3))

    assert "no-clear-groups" in found["warnings"]
    assert [group["size"] for group in found["groups"]] == [40]
    assert found["groups"][0]["representative"] == []
    assert found["stability"] is None
    assert found["components"] == [[0] * 8] * 2


def test_noise_is_no_clear_group():
    random = np.random.default_rng(2)
    rows = [
        (voter, statement, voter, int(random.choice([-1, 1])))
        for voter in range(300)
        for statement in range(40)
    ]
    found = analyse(as_votes(rows), resamples=5)

    assert found.stability < 0.5
    assert not found.clear or found.silhouette >= 0.25


def test_a_handful_of_people_is_in_no_group():
    found = report(analyse(as_votes(two_sides(people=9))))

    assert found["groups"] == []
    assert found["membership"] == {}
    assert found["warnings"] == ["no-clear-groups", "too-few-people"]
    assert found["statements"][0]["group_informed_consensus"] is None
    assert found["statements"][0]["seen"] == 9
    assert found["statements"][0]["priority"] > 0


def test_an_odd_one_out_is_no_group_of_one():
    rows = two_sides()
    rows += [(len(rows) + at, at, 60, -1 if at == 0 else (-1) ** (at // 2)) for at in range(12)]
    found = report(analyse(as_votes(rows)))

    assert min(group["size"] for group in found["groups"]) >= 10
    assert "60" in found["membership"]


def test_given_groups_are_evaluated_as_they_are():
    groups = {str(at): "north" if at < 5 else "south" for at in range(50)} | {"gone": "north"}
    found = report(analyse(as_votes(two_sides()), groups=groups))

    assert [(group["id"], group["size"]) for group in found["groups"]] == [
        ("north", 5),
        ("south", 45),
    ]
    assert found["participants_grouped"] == 50
    assert found["stability"] is None
    assert {"without-votes:1", "small-group:north"} <= set(found["warnings"])


def test_groups_without_a_voter_are_refused():
    with pytest.raises(MethodError, match="no-data"):
        analyse(as_votes(two_sides()), groups={"gone": "a"})
