"""Remarks and reviews over the API."""

from __future__ import annotations

from typing import Any

import pytest

from alliance.cases.enums import ReviewCriterion
from alliance.cases.models import CaseStudy
from alliance.writing.models import Draft, Review
from tests.integration.api.callers import Network, faults_of

CRITERIA = {name: {"score": 2, "reason": "Well told."} for name in ReviewCriterion.values}
APPROVAL = {"criteria": CRITERIA, "approve": True, "no_conflict": True}


@pytest.fixture
def draft(writers: Network) -> Draft:
    return writers.handed_in()


def test_two_people_publish_a_case(writers: Network, draft: Draft) -> None:
    own = f"drafts/{draft.public_id}/reviews"
    published = []
    for name in ("reviewer", "second"):
        caller = writers.session(name)
        queue = caller.get("reviews/queue").data
        assert [(item["id"], item["standing"]) for item in queue["items"]] == [
            (draft.public_id, "free")
        ]
        taken = caller.post(own)
        assert (taken.status_code, taken.data["state"]) == (201, "taken")
        assert caller.post(own, {}).data["number"] == taken.data["number"]
        kept = caller.put(f"{own}/mine", {"criteria": {"relevance": {"score": 1}}, "note": "x"})
        assert kept.status_code == 200
        assert set(faults_of(caller.post(f"{own}/mine", APPROVAL | {"no_conflict": False}))) == {
            "no_conflict"
        }
        given = caller.post(f"{own}/mine", APPROVAL)
        assert given.data["review"]["state"] == "approved"
        assert len(given.data["review"]["scores"]) == 4
        # Pressed twice.
        assert caller.post(f"{own}/mine", APPROVAL).data == given.data
        published.append(given.data["published"])
    case = CaseStudy.objects.get(public_id=published[1])
    assert published[0] is None and case.owner == writers.lund
    lines = writers.session("editor").get(own).data["items"]
    assert [(line["reviewer"], line["is_own"]) for line in lines] == [
        ("reviewer", False), ("second", False)
    ]  # fmt: skip


def test_who_is_still_to_judge_sees_no_score_of_the_other(writers: Network, draft: Draft) -> None:
    own = f"drafts/{draft.public_id}/reviews"
    first, second = writers.session("reviewer"), writers.session("second")
    for caller in (first, second):
        caller.post(own)
    first.post(f"{own}/mine", APPROVAL | {"note": "Secret."})
    lines = second.get(own).data["items"]
    assert [line["scores"] for line in lines] == [[], []] and "Secret" not in str(lines)


def test_changes_are_asked_for_and_remarks_answered(writers: Network, draft: Draft) -> None:
    own = f"drafts/{draft.public_id}"
    reviewer, token = writers.session("reviewer"), writers.token()
    reviewer.post(f"{own}/reviews")
    remark = {"field": "texts.sv.summary", "text": "Which street?"}
    made = reviewer.post(f"{own}/remarks", remark)
    assert (made.status_code, made.data["author"]) == (201, "reviewer")
    assert reviewer.post(f"{own}/remarks", remark).data["number"] == made.data["number"]
    assert set(faults_of(reviewer.post(f"{own}/remarks", {"field": "A B", "text": ""}))) == {
        "field", "text"
    }  # fmt: skip
    given = reviewer.post(f"{own}/reviews/mine", APPROVAL | {"approve": False})
    assert given.data["review"]["state"] == "changes-asked"
    assert token.get(own).data["state"] == "changes-asked"
    listed = token.get(f"{own}/remarks").data
    assert [one["field"] for one in listed["items"]] == ["texts.sv.summary"]
    number = listed["items"][0]["number"]
    resolved = token.post(f"{own}/remarks/{number}/resolve")
    assert (resolved.data["is_resolved"], resolved.data["resolved_by"]) == (
        True, "City of Lund: register"
    )  # fmt: skip
    missing = token.post(f"{own}/remarks/999999/resolve")
    assert missing.data["detail"] == "The draft has no comment with this number."


def test_a_review_is_given_back(writers: Network, draft: Draft) -> None:
    own = f"drafts/{draft.public_id}/reviews"
    reviewer = writers.session("reviewer")
    assert reviewer.post(f"{own}/mine/give-back", {}).status_code == 404
    reviewer.post(own)
    assert set(faults_of(reviewer.post(f"{own}/mine/give-back", {"conflict": True}))) == {"note"}
    given = reviewer.post(f"{own}/mine/give-back", {"conflict": True, "note": "My sister."})
    assert given.data["state"] == "given-back"
    assert Review.objects.get().has_conflict
    assert reviewer.post(own).status_code == 403


def test_the_secretariat_asks_and_frees(writers: Network, draft: Draft) -> None:
    own = f"drafts/{draft.public_id}/reviews"
    secretariat = writers.session("secretariat")
    asked = secretariat.post(own, {"reviewer": writers.people["second"].public_id})
    assert (asked.status_code, asked.data["reviewer"]) == (201, "second")
    assert set(faults_of(secretariat.post(own, {"reviewer": "nobody-here"}))) == {"reviewer"}
    other = writers.session("reviewer").post(own, {"reviewer": "nobody-here"})
    assert other.status_code == 403
    freed = secretariat.post(f"{own}/{asked.data['number']}/free")
    assert freed.data["state"] == "given-back"
    assert secretariat.post(f"{own}/999999/free").status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("get", "reviews/queue", None),
        ("get", "drafts/{id}/reviews", None),
        ("post", "drafts/{id}/reviews", None),
        ("put", "drafts/{id}/reviews/mine", {}),
        ("post", "drafts/{id}/reviews/mine", APPROVAL),
        ("post", "drafts/{id}/reviews/mine/give-back", {}),
        ("post", "drafts/{id}/reviews/1/free", None),
        ("post", "drafts/{id}/remarks", {"text": "Well done."}),
    ],
)
def test_a_token_stands_for_nobody_who_reviews(
    writers: Network, draft: Draft, method: str, path: str, body: Any
) -> None:
    address = path.format(id=draft.public_id)
    answer = writers.token().ask(method, address, body)
    assert faults_of(answer, 403) == {}
    assert answer.data["detail"] == (
        "A token represents a team. You need to sign in as a person to do this."
    )
    assert not Review.objects.exists()


def test_the_queue_is_for_reviewers_and_the_secretariat(writers: Network, draft: Draft) -> None:
    assert writers.session("secretariat").get("reviews/queue").data["count"] == 1
    refused = writers.session("editor").get("reviews/queue")
    assert refused.status_code == 403
    reviewer = writers.session("reviewer")
    assert reviewer.get("reviews/queue?language=fr").data["count"] == 0
    assert reviewer.get("reviews/queue?theme=mobility&language=sv").data["count"] == 1
    assert reviewer.get("reviews/queue?mine=true").data["items"] == []
    assert reviewer.get("reviews/queue?page=2").status_code == 404
    assert set(faults_of(reviewer.get("reviews/queue?theme=cars"))) == {"theme"}


def test_nobody_takes_a_draft_of_her_own_team_or_one_that_does_not_wait(
    writers: Network, draft: Draft
) -> None:
    editor = writers.session("editor")
    assert editor.post(f"drafts/{draft.public_id}/reviews").status_code == 403
    hidden = writers.draft(start_year=2020)
    assert writers.session("reviewer").post(f"drafts/{hidden.public_id}/reviews").status_code == 404
    assert writers.session("editor").get(f"drafts/{hidden.public_id}/reviews").data == {
        "count": 0, "items": []
    }  # fmt: skip
