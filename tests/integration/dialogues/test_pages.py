"""The pages of a dialogue, as a browser without JavaScript and one with it meet them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from alliance.core import clock
from alliance.dialogues.models import Vote
from alliance.network.models import Post
from alliance.participation.enums import ProcessKind, ProcessState
from alliance.participation.models import Participant
from alliance.participation.services.contributions import ContributionData, contribute
from alliance.participation.services.issuing import issue
from tests.factories.dialogues import make_people, make_statements, make_two_sides
from tests.factories.participation import make_process
from tests.factories.people import join, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(monkeypatch, now) -> None:
    monkeypatch.setattr(clock, "now", lambda: now)


def address(process, rest: str = "") -> str:
    return f"/en/take-part/{process.public_id}/{rest}"


def test_a_vote_without_javascript_leads_to_the_next_statement(client, process) -> None:
    first, second = make_statements(process, ["Slow <b>down</b>.", "Plant trees."])
    page = client.get(address(process)).content.decode()
    assert "Statement 1 of 2" in page
    assert "<b>down" not in page

    sent = {"statement": first.public_id, "value": "agree", "important": "1"}
    answer = client.post(address(process, "vote"), sent)
    assert (answer.status_code, answer["Location"]) == (302, address(process) + "#act")
    kept = Vote.objects.get()
    assert (kept.statement, kept.value, kept.is_important) == (first, 1, True)
    page = client.get(address(process)).content.decode()
    assert "Statement 2 of 2" in page
    assert "Plant trees." in page

    client.post(address(process, "vote"), {"statement": second.public_id, "value": "pass"})
    assert "You have answered all 2 statements" in client.get(address(process)).content.decode()
    assert Participant.objects.count() == 1


def test_a_vote_with_htmx_answers_the_next_statement_alone(client, process) -> None:
    first, _ = make_statements(process, ["Slow down.", "Plant trees."])
    answer = client.post(
        address(process, "vote"),
        {"statement": first.public_id, "value": "agree"},
        headers={"HX-Request": "true"},
    )
    assert "Plant trees." in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert answer["Cache-Control"] == "private, no-store"
    again = client.post(
        address(process, "vote"), {"statement": "gone"}, headers={"HX-Request": "true"}
    )
    assert 'role="alert"' in again.content.decode()


def test_whose_first_act_is_refused_does_not_take_part_by_it(client, process) -> None:
    shown, hidden = make_statements(process, ["Slow down.", "Plant trees."])
    Post.objects.filter(pk=hidden.pk).update(hidden_at=clock.now(), hidden_because="Twice.")
    for sent in ({"statement": hidden.public_id, "value": "agree"}, {"statement": "gone"}):
        answer = client.post(address(process, "vote"), sent)
        assert answer.status_code == 302 and not answer.cookies.get("take_part")
    assert client.post(address(process), {"text": "x" * 141, "language": "en"}).status_code == 422
    assert not Participant.objects.exists()
    client.post(address(process, "vote"), {"statement": shown.public_id, "value": "agree"})
    client.post(address(process, "vote"), {"statement": hidden.public_id, "value": "agree"})
    assert Participant.objects.get().votes.get().statement == shown


def test_own_votes_are_found_and_changed_and_others_see_none(client, process) -> None:
    (statement,) = make_statements(process, ["Slow down."])
    assert client.get(address(process, "votes/")).status_code == 404
    sent = {"statement": statement.public_id, "value": "agree"}
    client.post(address(process, "vote"), sent)
    page = client.get(address(process, "votes/")).content.decode()
    assert "Slow down." in page
    assert Participant.objects.get().receipt in page
    (own,) = client.get(address(process, "mine/data.json")).json()["votes"]
    assert (own["statement"], own["value"]) == (statement.public_id, 1)

    answer = client.post(address(process, "vote"), {**sent, "value": "disagree", "back": "votes"})
    assert answer["Location"] == address(process, "votes/")
    assert Vote.objects.get().value == -1
    assert Client().get(address(process, "votes/")).status_code == 404


def test_a_vote_that_comes_too_late_makes_nobody_a_participant(client, process, now, monkeypatch):
    (statement,) = make_statements(process, ["Slow down."])
    monkeypatch.setattr(clock, "now", lambda: now + dt.timedelta(days=15))
    sent = {"statement": statement.public_id, "value": "agree"}
    client.post(address(process, "vote"), sent)
    assert not Vote.objects.exists()
    assert not Participant.objects.exists()
    page = client.get(address(process)).content.decode()
    assert "Voting is not open right now. See the dates on the page." in page
    assert "Agree or disagree" not in page


def test_a_process_of_another_kind_has_no_votes(client, process) -> None:
    other = make_process(process.organisation, kind=ProcessKind.PROPOSALS)
    for rest in ("votes/", "votes.csv", "statements.csv"):
        assert client.get(address(other, rest)).status_code == 404
    assert client.post(address(other, "vote")).status_code == 404


def test_a_preview_shows_what_residents_will_do_and_nothing_of_those_who_run_it(
    client, process
) -> None:
    lea = person("Lea Lund")
    join(lea, process.organisation)
    client.force_login(lea)
    draft = make_process(process.organisation, state=ProcessState.DRAFT)
    (statement,) = make_statements(draft, ["Slow down."])
    page = client.get(address(draft)).content.decode()
    assert page.count(" disabled>") == len(["agree", "disagree", "pass", "send"])
    assert "Write your own statement" in page
    for rest in ("take-over", "results/"):
        assert (address(draft, rest) in page) == (rest == "results/")
    assert "Manage this process" not in page
    assert "Manage this process" in client.get(address(process)).content.decode()
    assert address(draft, "take-over") in client.get(address(draft, "manage/")).content.decode()
    client.post(address(draft, "vote"), {"statement": statement.public_id, "value": "agree"})
    assert not Vote.objects.exists()


def test_statements_of_the_city_are_no_contributions_that_wait_for_an_answer(
    client, process, now
) -> None:
    make_statements(process, ["Slow down."])
    (ann,) = make_people(process, 1)
    contribute(process, ann, ContributionData("More trees.", "en"), at=now)
    page = client.get(address(process, "results/")).content.decode()
    listed = page.partition('id="contributions"')[2]
    assert "More trees." in listed and "Slow down." not in listed


def test_results_say_what_is_shared_and_where_groups_differ(client, process, now) -> None:
    make_two_sides(process)
    of_one = Vote.objects.filter(statement=Vote.objects.first().statement).values("pk")[:12]
    Vote.objects.filter(pk__in=of_one).update(is_important=True)
    assert "We publish figures once 20" in client.get(address(process, "results/")).content.decode()
    issue(process, at=now)
    page = client.get(address(process, "results/")).content.decode()
    assert "40 people have voted" in page
    assert "Group A: 20 people" in page
    assert "Group B: 20 people" in page
    assert "important to 12 people" in page
    # What everybody agrees with is one full bar.
    assert '<rect class="agree" width="100.0%"' in page
    assert client.get(address(process, "votes.csv")).content.count(b"\n") == 401


def test_pages_ask_the_database_little(client, process, now, django_assert_max_num_queries) -> None:
    make_two_sides(process, statements=30)
    issue(process, at=now)
    for rest in ("", "results/"):
        with django_assert_max_num_queries(15):
            assert client.get(address(process, rest)).status_code == 200
    first, second = process.contributions.all()[:2]
    # Whoever comes first on a day makes the key of its counts.
    Client().post(address(process, "vote"), {"statement": first.public_id, "value": "agree"})
    for one, most in ((first, 25), (second, 15)):
        with django_assert_max_num_queries(most):
            client.post(
                address(process, "vote"),
                {"statement": one.public_id, "value": "agree"},
                headers={"HX-Request": "true"},
            )
