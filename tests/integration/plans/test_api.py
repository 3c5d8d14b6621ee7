"""A text in the API: its paragraphs, what changed between versions, comments by their parent."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from alliance.plans.services.texts import set_text
from tests.factories.participation import make_process
from tests.factories.people import acting

pytestmark = pytest.mark.django_db


def get(address: str) -> Any:
    return Client().get(f"/api/v1/processes/{address}")


def test_paragraphs_with_their_comments_and_what_changed(plan, lea, now) -> None:
    home = plan.public_id
    first = get(f"{home}/text").json()
    assert [one["number"] for one in first["versions"]] == [1]
    assert [one["comments"] for one in first["paragraphs"]] == [0, 0, 0]
    assert get(f"{home}/changes").json()["paragraphs"] == []
    bench = first["paragraphs"][1]["id"]
    sent = {"text": "Thirty, please.", "language": "en"}
    assert Client().post(f"/en/take-part/{home}/text/paragraphs/{bench}/", sent).status_code == 302
    plan.contributions.filter(kind="comment").update(shown_at=now)
    text = "The park stays open until ten.\n\nThere are thirty benches."
    set_text(plan, text, note="Benches.", actor=acting(lea), at=now)
    found = get(f"{home}/text").json()
    assert (found["version"], found["paragraphs"][1]["id"]) == (2, bench)
    assert found["paragraphs"][1]["comments"] == 1
    earlier = get(f"{home}/text?version=1").json()["paragraphs"]
    assert [one["text"] for one in earlier] == [one["text"] for one in first["paragraphs"]]
    changes = get(f"{home}/changes?before=1&after=2").json()
    assert (changes["changed"], changes["added"], changes["removed"]) == (1, 0, 1)
    assert changes["paragraphs"][0] == {
        "paragraph": bench,
        "before": "There are twenty benches.",
        "after": "There are thirty benches.",
    }
    comments = get(f"{home}/contributions?parent={bench}").json()
    assert [one["text"] for one in comments["items"]] == ["Thirty, please."]


def test_nothing_is_there_of_a_draft_another_kind_or_another_version(process, plan) -> None:
    other = make_process(process.organisation)
    draft = make_process(process.organisation, kind="text", state="draft")
    for one in (other, draft):
        assert {get(f"{one.public_id}/{part}").status_code for part in ("text", "changes")} == {404}
    assert get(f"{plan.public_id}/text?version=7").status_code == 404
    empty = make_process(process.organisation, kind="text")
    assert get(f"{empty.public_id}/text").json()["paragraphs"] == []
    assert get(f"{empty.public_id}/changes").status_code == 404
