"""Processes, statements and results in the API: public from the opening on, by the floors."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from alliance.participation.models import Participant, Process
from alliance.participation.services.issuing import issue
from tests.factories.dialogues import make_people, make_two_sides
from tests.factories.participation import let_take_part, make_process

pytestmark = pytest.mark.django_db


def read(address: str, status: int = 200) -> Any:
    answer = Client().get(f"/api/v1/{address}")
    assert answer.status_code == status, answer.content
    return answer.json()


def test_only_what_has_opened_is_there(process) -> None:
    draft = make_process(process.organisation, state="draft")
    listed = read("processes?city=lund&state=open")
    assert [one["id"] for one in listed["items"]] == [process.public_id]
    assert read("processes?language=sv")["count"] == 0
    for rest in ("", "/contributions", "/participation", "/statements", "/opinions"):
        read(f"processes/{draft.public_id}{rest}", 404)
    whole = read(f"processes/{process.public_id}")
    assert (whole["decides_who"], whole["participants"]) == ("The traffic committee", None)
    read("contributions/none", 404)


def test_votes_are_counted_once_ten_people_have_voted(process, now) -> None:
    make_two_sides(process, people=9)
    home = f"processes/{process.public_id}"
    assert {one["agree"] for one in read(f"{home}/statements")["items"]} == {None}
    assert read(f"{home}/opinions")["n"] is None

    other = make_process(process.organisation)
    statements, _voters = make_two_sides(other)
    issue(other, at=now)
    home = f"processes/{other.public_id}"
    first = read(f"{home}/statements")["items"][0]
    assert (first["number"], first["agree"], first["author"]) == (1, 40, "official")
    found = read(f"{home}/opinions")
    assert (found["n"], found["agreed"]) == (40, [statements[0].public_id])
    assert [one["size"] for one in found["groups"]] == [20, 20]
    read(
        f"processes/{make_process(process.organisation, kind='proposals').public_id}/opinions", 404
    )


def test_a_hidden_text_is_nowhere_and_nobody_is_named(process, now) -> None:
    statements, voters = make_two_sides(process, people=12)
    statements[0].post.hidden_at, statements[0].post.hidden_because = now, "A name."
    statements[0].post.save()
    home = f"processes/{process.public_id}"
    ids = {one["id"] for one in read(f"{home}/statements")["items"]}
    assert statements[0].public_id not in ids and len(ids) == 9
    read(f"contributions/{statements[0].public_id}", 404)
    said = repr([read(f"{home}{rest}") for rest in ("", "/contributions", "/statements")])
    assert not any(one.public_id in said or one.receipt in said for one in voters)


def test_small_counts_of_traits_are_hidden(process, now) -> None:
    let_take_part(make_people(process, 43))
    keys = list(Participant.objects.values_list("pk", flat=True))
    Participant.objects.filter(pk__in=keys[:40]).update(sex="woman")
    Participant.objects.filter(pk__in=keys[40:]).update(sex="man")
    issue(process, at=now)
    (sex,) = read(f"processes/{process.public_id}/participation")["items"]
    assert sex["trait"] == "sex"
    assert sex["n"] is None or {one["share"] for one in sex["lines"]} == {None}
    assert Process.objects.count() == 1
