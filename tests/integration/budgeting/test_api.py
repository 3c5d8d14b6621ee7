"""Budgets in the API: public from the opening on; the file only once it is counted."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from alliance.analysis import budgeting as analysis
from tests.factories.budgets import make_budget, make_counted
from tests.factories.participation import make_process

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
