"""Votes: one a person and statement, changed at will, refused where they are too late."""

from __future__ import annotations

import datetime as dt
import threading
import time

import pytest
from django.db import IntegrityError, connection

from alliance.core.errors import InvalidData
from alliance.core.models import AuditEvent
from alliance.dialogues.models import Vote
from alliance.dialogues.services import votes
from alliance.dialogues.services.votes import vote
from alliance.participation.enums import ProcessState
from tests.factories.dialogues import make_people, make_statements
from tests.factories.participation import make_process

pytestmark = [pytest.mark.django_db, pytest.mark.sql]


@pytest.fixture
def statement(process):
    return make_statements(process, ["Slow down the traffic."])[0]


@pytest.fixture
def ann(process):
    return make_people(process, 1)[0]


def codes(raised: pytest.ExceptionInfo[InvalidData]) -> list[str]:
    return [fault.code for fault in raised.value.faults]


def test_the_last_vote_of_a_person_counts_and_leaves_no_trace_of_the_first(
    statement, ann, now
) -> None:
    before = AuditEvent.objects.count()
    vote(ann, statement.public_id, value="agree", is_important=True, at=now)
    vote(ann, statement.public_id, value="disagree", at=now + dt.timedelta(minutes=1))

    (kept,) = Vote.objects.all()
    assert (kept.value, kept.is_important, kept.at) == (-1, False, now)
    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize("value", ["", "2", "AGREE", "1"])
def test_what_is_no_vote_is_refused(statement, ann, now, value: str) -> None:
    with pytest.raises(InvalidData):
        vote(ann, statement.public_id, value=value, at=now)
    assert not Vote.objects.exists()


def test_votes_outside_of_the_phase_are_refused_to_the_second(statement, ann, process, now) -> None:
    end = process.phases.get().closes_at
    vote(ann, statement.public_id, value="agree", at=end - dt.timedelta(seconds=1))
    with pytest.raises(InvalidData) as raised:
        vote(ann, statement.public_id, value="disagree", at=end)
    assert codes(raised) == ["votes-not-now"]
    assert Vote.objects.get().value == 1


@pytest.mark.parametrize("state", [ProcessState.DRAFT, ProcessState.CLOSED])
def test_a_process_that_is_not_open_takes_no_vote(statement, ann, process, now, state) -> None:
    type(process).objects.filter(pk=process.pk).update(state=state)
    with pytest.raises(InvalidData) as raised:
        vote(ann, statement.public_id, value="agree", at=now)
    assert codes(raised) == ["votes-not-now"]


def test_a_hidden_or_foreign_statement_takes_no_vote(statement, ann, process, now) -> None:
    (waiting,) = make_statements(process, ["Wait."], is_shown=False)
    (foreign,) = make_statements(make_process(process.organisation), ["Elsewhere."])
    statement.post.hidden_at = now
    statement.post.hidden_because = "An insult."
    statement.post.save()
    for one in (waiting, foreign, statement):
        with pytest.raises(InvalidData) as raised:
            vote(ann, one.public_id, value="agree", at=now)
        assert codes(raised) == ["statement-gone"]
    assert not Vote.objects.exists()


def test_changing_without_end_is_held_off_and_repeating_is_not(
    statement, ann, now, monkeypatch
) -> None:
    monkeypatch.setattr(
        votes, "VOTE_CHANGE_LIMIT", votes.throttle.Limit("c", 2, dt.timedelta(hours=1))
    )
    for value in ("agree", "disagree", "agree", "agree"):
        vote(ann, statement.public_id, value=value, at=now)
    with pytest.raises(InvalidData) as raised:
        vote(ann, statement.public_id, value="disagree", at=now)
    assert codes(raised) == ["too-often"]


def test_deleting_ones_data_deletes_the_votes(statement, ann, process, now) -> None:
    (ben,) = make_people(make_process(process.organisation), 1)
    vote(ann, statement.public_id, value="agree", at=now)
    ann.delete()
    assert not Vote.objects.exists()
    assert ben.votes.count() == 0


@pytest.mark.django_db(transaction=True)
def test_many_at_once_lose_and_double_nothing(process, now) -> None:
    statements = make_statements(process, [f"Statement {place}" for place in range(5)])
    people = make_people(process, 8)
    faults: list[BaseException] = []

    def all_of(person) -> None:
        try:
            for one in statements:
                vote(person, one.public_id, value="agree", at=now)
                vote(person, one.public_id, value="disagree", at=now)
        except BaseException as error:
            faults.append(error)
        finally:
            connection.close()

    # Each person in two windows.
    threads = [threading.Thread(target=all_of, args=(person,)) for person in people * 2]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert faults == []
    assert Vote.objects.count() == 40


@pytest.mark.django_db(transaction=True)
def test_votes_that_wait_are_written_at_once_and_one_that_fails_takes_no_other_with_it(
    process, statement, now, monkeypatch
) -> None:
    people = make_people(process, 4)
    gone, *others = people
    type(gone).objects.filter(pk=gone.pk).delete()
    written: list[int] = []
    write = votes._written
    monkeypatch.setattr(votes, "_written", lambda all_: written.append(len(all_)) or write(all_))
    failed: list[object] = []

    def one_vote(person) -> None:
        try:
            vote(person, statement.public_id, value="agree", at=now)
        except IntegrityError:
            failed.append(person)
        finally:
            connection.close()

    threads = [threading.Thread(target=one_vote, args=(person,)) for person in people]
    with votes._BATCHER._writing:
        for one in threads:
            one.start()
        while len(votes._BATCHER._waiting) < len(people):
            time.sleep(0.01)
    for one in threads:
        one.join()
    assert failed == [gone]
    assert sorted(Vote.objects.values_list("participant", flat=True)) == [x.pk for x in others]
    # All together; then, for one of them failed, each alone.
    assert written == [4, 1, 1, 1, 1]


@pytest.mark.django_db(transaction=True)
def test_what_one_person_says_twice_at_once_is_one_vote_and_questions_are_as_many_for_many(
    process, statement, now, django_assert_num_queries
) -> None:
    ann, *others = make_people(process, 5)
    ballots = [
        votes._Ballot(process.pk, ann.pk, statement.public_id, value, False, now)
        for value in (1, -1)
    ]
    with django_assert_num_queries(6, exact=False) as few:
        assert votes._written(ballots) == [True, False]
    assert Vote.objects.get().value == 1
    more = [votes._Ballot(process.pk, one.pk, statement.public_id, 1, False, now) for one in others]
    with django_assert_num_queries(len(few)):
        assert votes._written(more) == [True] * 4
    assert Vote.objects.count() == 5
