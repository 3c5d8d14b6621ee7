"""Drafts over the API: starting, saving, handing in, and who may."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation
from django.utils.translation import gettext

from alliance.core import clock, throttle
from alliance.core.models import AuditEvent
from alliance.network.enums import Scope
from alliance.writing.models import Draft
from alliance.writing.services.drafts import save_draft, take_back_draft
from alliance.writing.services.freshness import confirm_case
from tests.factories.drafts import document
from tests.factories.people import acting
from tests.integration.api.callers import Caller, Network, faults_of


def _start(token: Caller, **changes: Any) -> Any:
    body = {"team": "lund-municipality", "language": "sv", "content": document(**changes)}
    answer = token.post("drafts", body)
    assert answer.status_code == 201, answer.content
    return answer


def test_a_program_writes_a_draft_and_hands_it_in(writers: Network, token: Caller) -> None:
    made = _start(token, outcome="")
    own = made.headers["Location"].partition("/api/v1/")[2]
    assert own == f"drafts/{made.data['id']}" and made.headers["ETag"] == '"1"'
    assert [fault["field"] for fault in made.data["faults"]] == ["outcome"]
    assert faults_of(token.post(f"{own}/submit", if_match='"1"')).keys() == {"content.outcome"}

    read = token.get(own)
    assert read.headers["ETag"] == '"1"' and read.data["remarks"] == []
    content = read.data["content"] | {"outcome": "did-not-work"}
    saved = token.put(own, {"content": content}, if_match=read.headers["ETag"])
    assert saved.status_code == 200 and saved.headers["ETag"] == '"2"'
    assert saved.data["faults"] == [] and saved.data["completeness"]["score"] > 0

    handed_in = token.post(f"{own}/submit", if_match='"2"')
    assert (handed_in.status_code, handed_in.data["state"]) == (200, "in-review")
    again = token.post(f"{own}/submit", if_match='"2"')
    assert (again.status_code, again.data["submission"]) == (200, 1)

    draft = Draft.objects.get(public_id=made.data["id"])
    assert draft.started_by is None and draft.revisions.count() == 2
    labels = set(draft.revisions.values_list("actor_label", flat=True))
    assert labels == {"City of Lund: register"}
    listed = token.get("drafts?state=in-review").data
    assert [item["id"] for item in listed["items"]] == [draft.public_id]
    assert listed["items"][0]["title"] == "Vägavgift på prov"


def test_the_same_sent_twice_starts_one_draft(writers: Network, token: Caller) -> None:
    first = _start(token)
    body = {"team": "lund-municipality", "language": "sv", "content": document()}
    again = token.post("drafts", body)
    assert (again.status_code, again.data["id"]) == (200, first.data["id"])
    assert Draft.objects.count() == 1


def test_a_draft_may_begin_as_on_the_page(writers: Network, token: Caller) -> None:
    made = token.post("drafts", {"team": "lund-municipality", "language": "en"})
    content = token.get(f"drafts/{made.data['id']}").data["content"]
    assert content["place"]["city"] == "lund" and content["actors"] == ["municipality"]
    body = {
        "team": "lund-municipality",
        "language": "en",
        "adapted_from": "umea",
        "content": {"start_year": 2020},
    }
    adapted = token.post("drafts", body)
    content = token.get(f"drafts/{adapted.data['id']}").data["content"]
    assert (content["adapted_from"], content["solution"]) == ("umea", "road-pricing")
    assert content["start_year"] == 2020


def test_a_published_case_is_changed_by_its_team_alone(writers: Network, token: Caller) -> None:
    body = {"team": "lund-municipality", "language": "en", "case": "lund"}
    made = token.post("drafts", body)
    assert made.status_code == 201 and made.data["case"] == "lund"
    assert token.post("drafts", body).data["id"] == made.data["id"]
    other = token.post("drafts", body | {"case": "umea"})
    assert other.status_code == 403
    assert other.data["detail"] == "Only the team responsible for a case can change it."
    assert token.post("drafts", body | {"case": "nowhere"}).status_code == 404
    assert faults_of(token.post("drafts", body | {"adapted_from": "umea"})).keys() == {
        "adapted_from"
    }


def test_what_was_published_since_is_taken_over(writers: Network, token: Caller) -> None:
    own = (
        "drafts/"
        + token.post(
            "drafts", {"team": "lund-municipality", "language": "en", "case": "lund"}
        ).data["id"]
    )
    confirm_case(
        Draft.objects.get().case,  # type: ignore[arg-type]
        actor=acting(writers.people["editor"]),
        at=clock.now(),
    )
    outdated = token.get(own)
    assert outdated.data["is_outdated"]
    assert "" in {fault["field"] for fault in outdated.data["faults"]}
    assert token.post(f"{own}/rebase").status_code == 428
    rebased = token.post(f"{own}/rebase", if_match=outdated.headers["ETag"])
    assert rebased.status_code == 200 and not rebased.data["is_outdated"]
    assert rebased.data["clashes"] == []


def test_saving_asks_for_the_state_that_was_read(writers: Network, token: Caller) -> None:
    own = f"drafts/{writers.draft().public_id}"
    content = document(start_year=2020)
    missing = token.put(own, {"content": content})
    assert faults_of(missing, 428) == {}
    assert faults_of(token.put(own, {"content": content}, if_match="*"), 428) == {}
    for tag in ('"7"', '"x"', "1", '"1', "é"):
        refused = token.put(own, {"content": content}, if_match=tag)
        assert faults_of(refused, 412) == {}
        assert refused.headers["ETag"] == '"1"'
    assert Draft.objects.get().revision == 1
    # A packed answer has a weak tag.
    for tag in ('W/"1"', '"5", "2"'):
        saved = token.put(own, {"content": content}, if_match=tag)
        assert (saved.status_code, saved.headers["ETag"]) == (200, '"2"')
    # Sent again, because the answer was lost: the state that was read is an old one by then.
    assert token.put(own, {"content": content}, if_match='"1"').headers["ETag"] == '"2"'
    assert Draft.objects.get().revision == 2


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"efects": []}, "content.efects"),
        ({"place": {"city": 7}}, "content.place.city"),
        ({"effects": [{"value": "many"}]}, "content.effects[0].value"),
        ({"texts": {"sv": {"title": "<b>Fett</b>"}}}, "content.texts.sv.title"),
        ({"start_year": True}, "content.start_year"),
        ([], "content"),
        (None, "content"),
        ("text", "content"),
        ({"sources": [{}] * 201}, "content.sources"),
    ],
)
def test_a_fault_is_named_by_its_path_and_nothing_is_written(
    writers: Network, token: Caller, content: Any, field: str
) -> None:
    draft = writers.draft()
    answer = token.put(f"drafts/{draft.public_id}", {"content": content}, if_match='"1"')
    faults = faults_of(answer)
    assert list(faults) == [field] and faults[field]
    assert Draft.objects.get().content == draft.content
    if content is not None:
        body = {"team": "lund-municipality", "language": "sv", "content": content}
        assert list(faults_of(token.post("drafts", body))) == [field]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"team": "nowhere"}, "team"),
        ({"team": "\u00e5"}, "team"),
        ({"team": None}, "team"),
        ({"language": "de"}, "language"),
        ({"language": None}, "language"),
        ({"adapted_from": "nowhere"}, "adapted_from"),
        ({"titel": "x"}, "titel"),
    ],
)
def test_a_start_that_breaks_a_rule_is_told(
    writers: Network, token: Caller, change: dict[str, Any], field: str
) -> None:
    body = {"team": "lund-municipality", "language": "sv"} | change
    assert list(faults_of(token.post("drafts", body))) == [field]
    assert not Draft.objects.exists()


def test_the_acts_on_a_draft(writers: Network, token: Caller) -> None:
    own = f"drafts/{writers.handed_in().public_id}"
    saving = token.put(own, {"content": document(start_year=2020)}, if_match='"1"')
    assert saving.status_code == 403
    for act, state in (
        ("take-back", "writing"),
        ("drop", "dropped"),
        ("reopen", "writing"),
    ):
        assert faults_of(token.post(f"{own}/{act}", if_match='"9"'), 412) == {}
        for _twice in range(2):
            answer = token.post(f"{own}/{act}", if_match='"1"')
            assert (answer.status_code, answer.data["state"]) == (200, state)
            assert token.post(f"{own}/{act}").status_code == 200
    verbs = AuditEvent.objects.filter(kind="draft").order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["start", "submit", "take back", "drop", "reopen"]
    assert token.post(f"{own}/rebase", if_match='"1"').status_code == 403


def test_every_saved_state_can_be_read(writers: Network, token: Caller) -> None:
    own = f"drafts/{writers.draft().public_id}"
    token.put(own, {"content": document(start_year=2020)}, if_match='"1"')
    listed = token.get(f"{own}/revisions").data
    assert [(item["number"], item["by"]) for item in listed["items"]] == [
        (2, "City of Lund: register"),
        (1, "editor"),
    ]
    assert token.get(f"{own}/revisions/1").data["content"]["start_year"] == 2021
    assert token.get(f"{own}/revisions/3").data["detail"] == (
        "The draft has no saved version with this number."
    )


def test_a_draft_is_hidden_from_others_in_the_words_of_what_is_missing(writers: Network) -> None:
    draft = writers.draft()
    others = (
        writers.token(of=writers.umea),
        writers.session("foreign"),
        writers.session("citizen"),
        # Nobody reviews yet.
        writers.session("reviewer"),
    )
    for caller in others:
        answers = [
            caller.get(f"drafts/{name}").data for name in (draft.public_id, "bcdfghjkmn", "Å")
        ]
        assert answers[0]["status"] == 404
        assert answers[0] == answers[1] == answers[2]
        body = {"content": document(start_year=2020)}
        put = caller.put(f"drafts/{draft.public_id}", body, if_match='"1"')
        assert put.data == answers[0]
        for act in ("submit", "take-back", "drop", "reopen", "rebase"):
            answer = caller.post(f"drafts/{draft.public_id}/{act}", if_match='"1"')
            assert answer.data == answers[0]
        assert caller.get("drafts").data["count"] == 0
        # That there is such a team is no secret, only that it is not the caller's.
        started = caller.post("drafts", {"team": "lund-municipality", "language": "sv"})
        assert started.status_code == 403
        assert started.data["detail"] == "Only the team’s editors can write for it."
    assert Draft.objects.get().revision == 1


def test_nobody_gets_in_without_a_token_or_a_session(writers: Network) -> None:
    draft = writers.draft()
    for caller in (Caller(), Caller(token="wrong")):
        for method, path in (
            ("get", "drafts"),
            ("get", f"drafts/{draft.public_id}"),
            ("put", f"drafts/{draft.public_id}"),
            ("post", "drafts"),
        ):
            answer = caller.ask(method, path, None if method == "get" else {"content": {}})
            assert faults_of(answer, 401) == {}
            assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Alliance API"'


def test_a_token_does_what_its_scopes_say(writers: Network) -> None:
    draft = writers.draft()
    own, body = f"drafts/{draft.public_id}", {"content": document(start_year=2020)}
    reads, writes = writers.token(Scope.READ_DRAFTS), writers.token(Scope.WRITE_DRAFTS)
    assert reads.get(own).status_code == 200
    refused = reads.put(own, body, if_match='"1"')
    assert refused.status_code == 403
    assert refused.data["detail"] == "The token does not have the scope drafts:write."
    assert writes.get(own).status_code == 403
    assert writes.put(own, body, if_match='"1"').status_code == 200
    assert writes.post(f"{own}/submit", if_match='"2"').status_code == 200
    neither = writers.token(Scope.WEBHOOKS)
    assert neither.get(own).status_code == neither.post("drafts", {}).status_code == 403


def test_a_session_needs_its_csrf_token_to_write(writers: Network) -> None:
    own = f"drafts/{writers.draft().public_id}"
    body = {"content": document(start_year=2020)}
    without = writers.session("editor", csrf="d" * 32)
    assert without.get(own).status_code == 200
    refused = without.put(own, body, if_match='"1"')
    assert refused.status_code == 403 and "CSRF" in refused.data["detail"]
    saved = writers.session("editor").put(own, body, if_match='"1"')
    assert saved.status_code == 200
    member = writers.session("member")
    assert member.get(own).status_code == 200
    assert member.put(own, body, if_match='"2"').status_code == 403


def test_a_rule_is_told_in_the_language_of_the_request(writers: Network, token: Caller) -> None:
    own = f"drafts/{writers.handed_in().public_id}"
    answer = token.put(own, {"content": {}}, if_match='"1"', accept_language="sv")
    assert answer.headers["Content-Language"] == "sv"
    with translation.override("sv"):
        assert answer.data["detail"] == gettext("You cannot change this draft at the moment.")
        assert answer.data["title"] == gettext("A rule does not allow this")
    made = token.post(
        "drafts?lang=fr", {"team": "lund-municipality", "language": "sv", "content": {}}
    )
    assert "Indiquez au moins une source." in {f["sentence"] for f in made.data["faults"]}


def test_reviewers_read_what_was_handed_in(writers: Network) -> None:
    draft = writers.handed_in()
    by = acting(writers.people["editor"])
    reviewer = writers.session("reviewer")
    own = f"drafts/{draft.public_id}"
    read = reviewer.get(own).data
    assert (read["team"], read["faults"]) == ("lund-municipality", None)
    Draft.objects.update(state="changes-asked")
    save_draft(
        draft, content=document(start_year=2020), expected_revision=1, actor=by, at=clock.now()
    )
    again = reviewer.get(own)
    assert again.data["content"]["start_year"] == 2021
    assert (again.headers["ETag"], again.data["revision"]) == ('"1"', 1)
    assert reviewer.get(f"{own}/revisions").status_code == 403
    Draft.objects.update(state="in-review")
    take_back_draft(draft, actor=by, at=clock.now())
    assert reviewer.get(own).status_code == 404


def test_a_hidden_city_stays_hidden_from_reviewers(writers: Network, token: Caller) -> None:
    draft = writers.handed_in(is_masked=True)
    own = f"drafts/{draft.public_id}"
    writers.session("member").post(f"{own}/remarks", {"text": "From the team."})
    read = writers.session("reviewer").get(own)
    assert read.data["team"] is None and read.data["content"]["place"]["city"] is None
    assert [one["author"] for one in read.data["remarks"]] == [None]
    told = read.content.decode().lower()
    assert "umea" not in told and "umeå" not in told and "lund" not in told
    assert token.get(own).data["content"]["place"]["city"] == "umea"
    assert writers.session("secretariat").get(own).data["team"] == "lund-municipality"


def test_the_secretariat_lists_all_teams_and_a_filter_narrows(writers: Network) -> None:
    writers.draft()
    caller = writers.session("secretariat")
    assert caller.get("drafts").data["count"] == 1
    assert caller.get("drafts?team=umea-municipality").data["count"] == 0
    assert caller.get("drafts?team=lund-municipality&state=writing").data["count"] == 1
    assert list(faults_of(caller.get("drafts?state=ready"))) == ["state[0]"]


def test_saving_needs_few_queries(
    writers: Network, token: Caller, django_assert_max_num_queries: Any
) -> None:
    own = f"drafts/{writers.draft().public_id}"
    throttle.digests_of([], at=clock.now())  # the first of a day makes the key of its counts
    with django_assert_max_num_queries(16):
        saved = token.put(own, {"content": document(start_year=2020)}, if_match='"1"')
    assert saved.status_code == 200
    with django_assert_max_num_queries(14):
        token.get(own)
    with django_assert_max_num_queries(4):
        token.get("drafts")
