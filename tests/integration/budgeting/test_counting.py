"""The count: once, with a reason for each, and the same again from the public file."""

from __future__ import annotations

import pytest

from alliance.analysis import budgeting as analysis
from alliance.budgeting import selectors, ways
from alliance.budgeting.models import Ballot, Quota, VoterCode
from alliance.budgeting.services import counting, cutting
from alliance.core.errors import InvalidData, NotAllowed, NotFound
from alliance.participation.models import Participant, Process
from alliance.participation.services import own
from tests.factories.budgets import NAMED, make_ballots, make_budget, make_code
from tests.factories.pages import page_text
from tests.factories.people import acting, person

pytestmark = pytest.mark.django_db


def close(process, now) -> None:
    Process.objects.filter(pk=process.pk).update(state="closed", closed_at=now)


def test_it_is_counted_once_after_the_end_by_those_who_run_it(process, budget, lea, now) -> None:
    make_ballots(budget, NAMED)
    make_code(process)
    with pytest.raises(InvalidData):
        counting.count(process, actor=acting(lea), at=now)
    close(process, now)
    with pytest.raises(NotAllowed):
        counting.count(process, actor=acting(person("Someone Else")), at=now)
    made = counting.count(process, actor=acting(lea), at=now)
    assert counting.count(process, actor=acting(lea), at=now) == made
    standing = selectors.standing(budget)
    assert standing is not None
    assert [one.project.title for one in standing.winners] == ["Lamps", "Benches"]
    assert [(one.votes, one.left) for one in standing.winners] == [(7, 60_000), (6, 10_000)]
    (loser,) = standing.losers
    assert (loser.project.title, loser.missing) == ("Trees", 20_000)
    assert "It cost more than the money left when its turn came." in str(loser.reason)
    assert (made.n_ballots, made.result["n_served"]) == (12, 10)


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"unaffordable": "stop"},
        {"min_votes": 6},
        {"rule": "equal-shares", "completion": "add1u"},
        {"rule": "equal-shares", "completion": "none", "utility": "cardinality"},
        {"ballot": "cumulative", "points": 3, "rule": "equal-shares", "utility": "points"},
        {"ballot": "ordinal", "most_projects": 2},
    ],
)
@pytest.mark.parametrize("has_quotas", [False, True])
def test_anybody_counts_again_from_the_public_file(process, lea, now, columns, has_quotas) -> None:
    budget = make_budget(process, **columns)
    named = NAMED
    if columns.get("ballot"):
        named = [{name: place for place, name in enumerate(one, start=1)} for one in NAMED]
    make_ballots(budget, named)
    if has_quotas:
        budget.projects.exclude(title="Trees").update(category="Streets", only_one_of="the square")
        Quota.objects.create(budget=budget, category="Streets", most_cost=90_000)
    close(process, now)
    made = counting.count(process, actor=acting(lea), at=now)
    read = analysis.read(made.file.encode())
    assert read.election is not None, read.faults
    assert not [one for one in read.faults if one.is_fatal]
    assert list(read.voters) == [one.public_id for one in Ballot.objects.all()]
    again = ways.outcome_of(
        read.election,
        rule=budget.rule,
        utility=budget.utility,
        completion=budget.completion,
        unaffordable=budget.unaffordable,
        min_votes=budget.min_votes,
    )
    assert [int(one) for one in again.winners] == [one["number"] for one in made.result["rounds"]]
    assert set(read.selected or ()) == set(again.winners)
    reasons = {one["number"]: one["reason"] for one in made.result["losers"]}
    assert {
        int(again.election.projects[one.project].id): one.reason for one in again.losers
    } == reasons
    if has_quotas:
        assert "cap" in reasons.values()


def test_the_file_says_nothing_of_people(process, budget, lea, now) -> None:
    ballots = make_ballots(budget, NAMED)
    one = ballots[0].participant
    one.sex, one.age_band, one.area = "woman", "65+", "Klostergården"
    one.save()
    close(process, now)
    file = counting.count(process, actor=acting(lea), at=now).file
    for secret in ("woman", "65+", "Klostergården", one.public_id, one.receipt):
        assert secret not in file
    # Who deletes herself leaves a ballot that nobody knows as hers.
    own.delete(one)
    assert Ballot.objects.count() == len(NAMED)
    assert selectors.public_file(process) == file


def test_who_voted_reads_that_the_ballot_was_cut_off(client, process, budget, lea, now) -> None:
    code = make_code(process)
    sent = {"projects": [budget.projects.get(title="Trees").public_id], "code": code}
    page = f"/en/take-part/{process.public_id}/"
    assert client.post(f"{page}ballot", sent).status_code == 302
    participant = Participant.objects.get()
    assert "your ballot is separated from you" in page_text(client, f"{page}mine/")
    assert own.data_of(participant)["ballot"]["projects"][0]["title"] == "Trees"
    close(process, now)
    counting.count(process, actor=acting(lea), at=now)
    assert "which ballot is yours, not even the city" in page_text(client, f"{page}mine/")
    assert client.get(f"{page}mine/data.json").json()["ballot"] == {
        "cut_off": True, "projects": None,
    }  # fmt: skip
    assert (
        "Your ballot still counts. It cannot be deleted, because no one can tell "
        "which ballot is yours."
    ) in page_text(client, f"{page}mine/delete")
    client.post(f"{page}mine/delete")
    assert not Participant.objects.exists()
    assert Ballot.objects.get().entries.get().project.title == "Trees"


def test_votes_that_are_never_counted_are_cut_once_they_are_long_over(process, budget, now):
    make_ballots(budget, NAMED[:2])
    make_code(process)
    assert cutting.forget_voters() == 0
    Process.objects.filter(pk=process.pk).update(cleared_at=now)
    assert [cutting.forget_voters(), cutting.forget_voters()] == [2, 0]
    assert not VoterCode.objects.exists()
    assert not Ballot.objects.filter(participant__isnull=False).exists()


def test_few_ballots_make_no_file(process, budget, lea, now) -> None:
    make_ballots(budget, NAMED[:9])
    close(process, now)
    assert counting.count(process, actor=acting(lea), at=now).file == ""
    with pytest.raises(NotFound):
        selectors.public_file(process)


def test_nobody_voted(process, budget, lea, now) -> None:
    close(process, now)
    made = counting.count(process, actor=acting(lea), at=now)
    assert "no-ballots" in made.result["warnings"]
    assert made.result["n_served"] == 0


def test_equal_projects_say_what_decided(process, lea, now) -> None:
    budget = make_budget(process, costs=(("Trees", 600), ("Lamps", 500)))
    make_ballots(budget, [{"Trees": 1, "Lamps": 1}] * 3)
    close(process, now)
    counting.count(process, actor=acting(lea), at=now)
    standing = selectors.standing(budget)
    assert standing is not None
    ((between, by),) = standing.ties
    assert ({one.title for one in between}, str(by)) == ({"Trees", "Lamps"}, "the lower cost")


def test_ways_of_counting_are_compared_on_the_same_made_up_ballots(process) -> None:
    budget = make_budget(process, is_declared=False, most_projects=2)
    found = counting.compare_made_up(budget)
    assert len(found) == len(counting.WAYS)
    assert found == counting.compare_made_up(budget) != counting.compare_made_up(budget, seed=2)
    assert all(0 <= one.spent <= 1 and 0 <= one.served <= 1 for one in found)
    # Without a completion, few supporters of little money may choose nothing; most votes do.
    assert found[0].spent > 0 and found[0].served > 0
    assert {one.rule for one in found} == {"greedy", "equal-shares"}
    budget.projects.update(eligible="")
    assert counting.compare_made_up(budget) == []


def test_a_file_that_cannot_be_read_is_named_by_its_line() -> None:
    with pytest.raises(InvalidData) as error:
        counting.compare_file(
            b"META\nkey;value\nbudget;much\nvote_type;approval\nPROJECTS\nproject_id;cost\nA;5\n"
            b"VOTES\nvoter_id;vote\n1;A\n",
            utility="cost",
        )
    said = [one.rule for one in error.value.faults]
    assert "Line 3, column “value”: “much” is not a number above 0." in said
