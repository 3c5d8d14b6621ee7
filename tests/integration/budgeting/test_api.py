"""Budgets in the API: public from the opening on; the file only once it is counted."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from alliance.analysis import budgeting as analysis
from alliance.budgeting import selectors
from alliance.budgeting.models import Count
from alliance.budgeting.services import counting
from alliance.participation.models import Process
from tests.factories.budgets import make_ballots, make_budget, make_counted
from tests.factories.pages import page_text
from tests.factories.participation import make_process
from tests.factories.people import acting

pytestmark = pytest.mark.django_db
PARTS = ("budget", "projects", "count", "ballots.pb")


def get(address: str) -> Any:
    return Client().get(f"/api/v1/processes/{address}")


def test_nothing_is_there_of_a_draft_or_of_another_kind(process) -> None:
    for other in (
        make_process(process.organisation, kind="budget", state="draft"),
        make_process(process.organisation),
    ):
        assert {get(f"{other.public_id}/{part}").status_code for part in PARTS} == {404}


def test_what_is_declared_and_each_project_with_its_reason(process) -> None:
    home = process.public_id
    assert get(f"{home}/budget").json()["amount"] is None
    budget = make_budget(process)
    budget.projects.filter(title="Lamps").update(
        latitude=57.7, longitude=12.0, eligible="no", number=None, reason="No ground."
    )
    declared = get(f"{home}/budget").json()
    assert (declared["amount"], declared["rule"], declared["completion"]) == (1000, "greedy", None)
    assert declared["unaffordable"] == "skip"
    projects = {one["title"]: one for one in get(f"{home}/projects").json()["items"]}
    lamps = projects["Lamps"]
    assert (lamps["cost"], lamps["latitude"], lamps["number"]) == (400, 57.7, None)
    assert (lamps["eligible"], lamps["reason"]) == (False, "No ground.")
    assert projects["Trees"]["eligible"] is True


def test_the_count_and_its_file_say_the_same(process) -> None:
    home = process.public_id
    budget = make_budget(make_process(process.organisation, kind="budget"))
    before = get(f"{budget.process.public_id}/count").json()
    assert (before["at"], before["chosen"], before["has_file"]) == (None, [], False)
    assert get(f"{budget.process.public_id}/ballots.pb").status_code == 404

    make_counted(process, rule="equal-shares", completion="add1u")
    found = get(f"{home}/count").json()
    assert (found["ballots"], found["by_hand"], found["has_file"]) == (12, 0, True)
    first = found["chosen"][0]
    assert first["left"] == 1000 - {1: 300, 2: 400, 3: 500}[first["number"]]
    assert all(one["reason"] for one in found["not_chosen"])
    answer = get(f"{home}/ballots.pb")
    assert answer["Content-Type"].startswith("text/plain")
    read = analysis.read(answer.content)
    assert read.election is not None
    assert not read.faults
    again = analysis.equal_shares(read.election, utility="cost", completion="add1u")
    assert [int(one) for one in again.winners] == [one["number"] for one in found["chosen"]]
    assert found["spent"] == again.cost / read.election.scale


def test_few_ballots_are_counted_without_numbers_of_votes(process, lea, now) -> None:
    """What was chosen is published, and nothing that could show who voted for what."""
    budget = make_budget(process, rule="equal-shares", completion="add1u")
    make_ballots(budget, [{"Lamps": 1}, {"Lamps": 1, "Benches": 1}, {"Trees": 1}])
    Process.objects.filter(pk=process.pk).update(state="closed")
    counting.count(process, actor=acting(lea), at=now)
    found = get(f"{process.public_id}/count").json()
    assert found["chosen"] and found["at"] and found["spent"]
    assert [found[name] for name in ("ballots", "by_hand", "served", "has_file")] == [
        None, None, None, False,
    ]  # fmt: skip
    for one in (*found["chosen"], *found["not_chosen"]):
        numbers = {"votes", "points", "n_paying", "most_paid", "rho", "missing"} & one.keys()
        assert {one[name] for name in numbers} == {None}
    said = page_text(Client(), f"/en/take-part/{process.public_id}/results/")
    count = said[said.index("Projects chosen by the vote") : said.index("Recount the votes")]
    assert "fewer than 10 ballots" in count and "Projects chosen, in order" in count
    assert not re.search(r"\d (votes?|voters?|ballots?|points?)\b", count.replace("10 ballots", ""))


@pytest.mark.parametrize(("n", "shown"), [(0, 0), (1, None), (9, None), (10, 10), (15, None)])
def test_how_many_came_on_paper_is_no_small_count(process, n: int, shown: int | None) -> None:
    budget = make_counted(process)
    count = Count.objects.get()
    count.n_ballots, count.result["channels"] = 20, {"paper": n, "online": 20 - n}
    count.save()
    assert get(f"{process.public_id}/count").json()["by_hand"] == shown
    standing = selectors.standing(budget)
    assert standing is not None and standing.n_by_hand == shown
