"""What a team does with its published cases over the API: acts, questions, files, tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from alliance.core import clock
from alliance.core.models import AuditEvent
from alliance.network.enums import Scope, WebhookEvent
from alliance.writing.models import Attachment, Draft, Question
from alliance.writing.services import case_imports
from alliance.writing.services.attachments import FILES
from tests.integration.api.callers import TABLE, Caller, Network, faults_of, table_of


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_a_team_says_that_a_case_holds_withdraws_it_and_it_is_put_back(
    writers: Network, token: Caller
) -> None:
    confirmed = token.post("cases/lund/confirm")
    assert confirmed.status_code == 200 and confirmed.data["status"] == "published"
    assert confirmed.data["review_by"] > confirmed.data["checked_on"]
    assert set(faults_of(token.post("cases/lund/withdraw", {"reason": "", "language": "en"}))) == {
        "reason"
    }
    body = {"reason": "The figures were wrong.", "language": "en"}
    withdrawn = token.post("cases/lund/withdraw", body)
    assert withdrawn.data["withdrawn_because"] == "The figures were wrong."
    gone = token.get("cases/lund")
    assert gone.status_code == 410 and "The figures were wrong." in gone.data["detail"]
    for path in ("cases/lund/confirm", "cases/lund/withdraw"):
        assert token.post(path, body if "withdraw" in path else None).status_code == 410
    assert token.post("cases/lund/restore").status_code == 403
    assert writers.session("editor").post("cases/lund/restore").status_code == 403
    restored = writers.session("secretariat").post("cases/lund/restore")
    assert restored.data["status"] == "published"
    assert token.get("cases/lund").status_code == 200
    verbs = AuditEvent.objects.filter(kind="case", public_id="lund").order_by("-id")
    assert [act.verb for act in verbs[:3]] == ["restore", "withdraw", "confirm"]


@pytest.mark.parametrize("act", ["confirm", "withdraw"])
def test_others_do_nothing_with_a_case_that_they_may_read(writers: Network, act: str) -> None:
    body = {"reason": "I do not like it.", "language": "en"} if act == "withdraw" else None
    for caller in (
        writers.token(of=writers.umea),
        writers.session("member"),
        writers.session("citizen"),
    ):
        answer = caller.post(f"cases/lund/{act}", body)
        assert faults_of(answer, 403) == {}
        assert answer.data["detail"].startswith(
            ("Only the team responsible for a case", "Only the secretariat and the team")
        )
        assert answer.data["detail"].endswith(".")
    assert Caller().post(f"cases/lund/{act}", body).status_code == 401
    assert writers.token(Scope.READ_DRAFTS).post(f"cases/lund/{act}", body).status_code == 403


def test_a_question_is_asked_and_answered(writers: Network) -> None:
    citizen, editor = writers.session("citizen"), writers.session("editor")
    body = {"text": "Did traffic move to other streets?", "language": "en", "show_name": True}
    asked = citizen.post("cases/lund/questions", body)
    assert asked.status_code == 201 and not asked.data["may_answer"]
    own = asked.headers["Location"].partition("/api/v1/")[2]
    assert citizen.post("cases/lund/questions", body).data["id"] == asked.data["id"]
    assert editor.get("questions").data["items"][0]["id"] == asked.data["id"]
    assert editor.get("questions?team=lund-municipality").data["count"] == 1
    assert editor.get("questions?team=umea-municipality").data["count"] == 0
    assert citizen.get("questions").data["count"] == 0
    assert Caller().get("cases/lund/questions").data == {"count": 0, "items": []}

    answer = {"text": "To none that we counted.", "language": "en"}
    assert citizen.post(f"{own}/answer", answer).status_code == 404
    assert writers.session("foreign").get(own).status_code == 404
    given = editor.post(f"{own}/answer", answer)
    assert given.data["answer"] == "To none that we counted."
    # Sent twice.
    assert editor.post(f"{own}/answer", answer).data == given.data
    other = editor.post(f"{own}/answer", answer | {"text": "Or to one."})
    assert other.status_code == 403
    shown = Caller().get("cases/lund/questions").data["items"]
    assert [(one["asked_by"], one["answered_by"]) for one in shown] == [("citizen", "City of Lund")]

    moderator = writers.session("moderator")
    assert editor.post(f"{own}/hide", {"reason": "Rude."}).status_code == 404
    hidden = moderator.post(f"{own}/hide", {"reason": "Rude."})
    assert hidden.data["is_hidden"] and Caller().get("cases/lund/questions").data["count"] == 0
    assert not moderator.post(f"{own}/show").data["is_hidden"]


def test_a_program_answers_in_the_name_of_its_team(writers: Network) -> None:
    body = {"text": "Did traffic move?", "language": "en"}
    own = "questions/" + writers.session("citizen").post("cases/lund/questions", body).data["id"]
    answers, writes = writers.token(Scope.ANSWER), writers.token(Scope.WRITE_DRAFTS)
    assert writes.get("questions").status_code == 403
    assert writes.post(f"{own}/answer", body).status_code == 403
    foreign = writers.token(of=writers.umea)
    assert foreign.get("questions").data["count"] == 0
    assert foreign.post(f"{own}/answer", body).status_code == 404
    assert answers.get("questions").data["count"] == 1
    given = answers.post(f"{own}/answer", {"text": "No.", "language": "en"})
    assert (given.status_code, given.data["answered_by"]) == (200, "City of Lund")
    assert answers.get("questions").data["count"] == 0


def test_questions_are_limited(writers: Network) -> None:
    citizen = writers.session("citizen")
    for number in range(5):
        body = {"text": f"Question {number}?", "language": "en"}
        assert citizen.post("cases/lund/questions", body).status_code == 201
    answer = citizen.post("cases/lund/questions", {"text": "One more?", "language": "en"})
    assert faults_of(answer, 429) == {}
    assert 0 < int(answer.headers["Retry-After"]) <= 24 * 3600
    assert Question.objects.count() == 5


def test_files_go_with_a_draft(writers: Network, token: Caller) -> None:
    draft = writers.draft()
    own = f"drafts/{draft.public_id}/files"
    added = token.upload(own, b"What came of it.\n", "../report.txt", title="Report")
    assert added.status_code == 201, added.content
    assert (added.data["title"], added.data["media_type"]) == ("Report", "text/plain")
    assert added.data["file_name"] == "report.txt"
    twin = token.upload(own, b"What came of it.\n", "other.txt")
    assert twin.data["id"] == added.data["id"]
    assert set(faults_of(token.upload(own, b"MZ\x90\x00" * 99, "evil.pdf"))) == {"file"}
    assert set(faults_of(token.upload(own, b"", "empty.txt"))) == {"file"}
    assert set(faults_of(token.upload(own, b"x", "x.txt", title="<b>"))) == {"title"}
    assert [one["id"] for one in token.get(own).data["items"]] == [added.data["id"]]
    for caller in (writers.token(of=writers.umea), writers.session("citizen")):
        assert caller.get(own).status_code == 404
        assert caller.upload(own, b"x", "x.txt").status_code == 404
        assert caller.delete(f"{own}/{added.data['id']}").status_code == 404
    assert writers.session("member").upload(own, b"x", "x.txt").status_code == 403
    other = f"drafts/{writers.draft(start_year=2020).public_id}/files/{added.data['id']}"
    assert token.delete(other).status_code == 404
    kept = FILES.path_of(added.data["sha256"])
    assert kept.exists() and Attachment.objects.get().removed_at is None
    removed = token.delete(f"{own}/{added.data['id']}")
    assert (removed.status_code, removed.content) == (204, b"")
    assert token.get(own).data["count"] == 0
    assert token.delete(f"{own}/{added.data['id']}").status_code == 404


def test_a_table_is_looked_at_and_taken_over(writers: Network, token: Caller) -> None:
    own = "teams/lund-municipality/imports"
    other = TABLE | {"id": "b", "title_sv": "Parkering på prov"}
    staged = token.upload(own, table_of(TABLE, other), "cases.csv")
    assert staged.status_code == 201, staged.content
    assert [line["title"] for line in staged.data["lines"]] == [
        "Avgift på prov", "Parkering på prov"
    ]  # fmt: skip
    assert staged.data["new"] == 2 and not Draft.objects.exists()
    address = staged.data["take_over"].partition("/api/v1/")[2]
    foreign = writers.token(of=writers.umea)
    assert foreign.upload(own, table_of(TABLE), "cases.csv").status_code == 403
    for path in (address, address.replace("lund-municipality", "umea-municipality")):
        assert (foreign.post(path).status_code, foreign.get(path).status_code) == (404, 404)
    assert token.get(address).data == staged.data
    for _ in range(2):
        assert token.post(address).data == {"drafts": 2}
    done = token.get(address).data
    assert (done["state"], done["drafts"], done["lines"]) == ("done", 2, [])
    again = token.upload(own, table_of(TABLE, other), "cases.csv")
    assert again.data["new"] == 0
    assert token.post(f"{own}/forged:ticket").status_code == 404
    assert token.get("drafts").data["count"] == 2


def test_a_large_table_is_read_and_taken_over_by_the_worker(
    writers: Network, token: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_imports, "SMALL_BYTES", 100)
    staged = token.upload("teams/lund-municipality/imports", table_of(TABLE), "cases.csv")
    assert staged.status_code == 201 and staged.data["state"] == "checking"
    assert staged.data["progress"] == {"step": "waiting", "done": 0, "of": 0}
    address = staged.data["take_over"].partition("/api/v1/")[2]
    assert set(faults_of(token.post(address))) == {"file"}, "not ready"
    case_imports.check_staged(staged.data["ticket"], at=clock.now())
    ready = token.get(address).data
    assert (ready["state"], ready["new"], ready["progress"]) == ("ready", 1, None)
    taken = token.post(address)
    assert (taken.status_code, taken.data["state"]) == (202, "recording")
    case_imports.record_staged(staged.data["ticket"], at=clock.now())
    assert token.get(address).data["drafts"] == 1 and Draft.objects.count() == 1


def test_every_cell_at_fault_is_named(writers: Network, token: Caller) -> None:
    wrong = table_of(TABLE | {"outcome": "sideways"}, TABLE | {"id": "b", "place": "<b>Umeå</b>"})
    faults = faults_of(token.upload("teams/lund-municipality/imports", wrong, "cases.csv"))
    assert faults and all("row" in where for where in faults)


def test_webhooks_of_a_team(writers: Network, token: Caller) -> None:
    own = "teams/lund-municipality/webhooks"
    body = {"url": "https://example.org/hook", "events": ["case.published"]}
    made = token.post(own, body)
    assert made.status_code == 201 and made.data["secret"].startswith("whsec_")
    changed = token.post(own, body | {"events": list(WebhookEvent.values)})
    assert changed.data["id"] == made.data["id"] and len(changed.data["events"]) > 1
    listed = token.get(own).data["items"]
    assert [one["id"] for one in listed] == [made.data["id"]] and "secret" not in listed[0]
    assert set(faults_of(token.post(own, {"url": "http://x", "events": ["no"]}))) == {
        "url", "events"
    }  # fmt: skip
    assert set(faults_of(token.post(own, body | {"url": "https://a b"}))) == {"url"}
    others = (
        writers.token(of=writers.umea), writers.session("member"), writers.session("foreign")
    )  # fmt: skip
    for caller in others:
        assert caller.get(own).status_code == caller.post(own, body).status_code == 404
        assert caller.delete(f"{own}/{made.data['id']}").status_code == 404
    assert writers.token(Scope.WRITE_DRAFTS).get(own).status_code == 403
    assert token.delete(f"{own}/{made.data['id']}").status_code == 204
    assert token.delete(f"{own}/{made.data['id']}").status_code == 404
    assert writers.session("editor").get(own).data["count"] == 0
