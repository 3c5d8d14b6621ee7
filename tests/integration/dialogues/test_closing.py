"""Closing while people vote, and processes that are killed: what was acknowledged counts."""

from __future__ import annotations

import contextlib
import datetime as dt
import signal
import subprocess
import sys
import threading

import pytest
from django.db import connection

from alliance.core import audit
from alliance.core.errors import InvalidData
from alliance.dialogues import selectors
from alliance.dialogues.models import Vote
from alliance.dialogues.services.votes import vote
from alliance.participation.enums import ProcessState
from alliance.participation.models import Contribution, Participant, Process
from alliance.participation.services.contributions import ContributionData, contribute
from alliance.participation.services.issuing import issue
from alliance.participation.services.processes import close
from tests.factories.dialogues import make_people, make_statements
from tests.factories.knowledge import lay_ground
from tests.factories.participation import make_process
from tests.factories.people import team

pytestmark = pytest.mark.sql
PEOPLE, STATEMENTS, THREADS = 12, 12, 4


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_nothing_is_both_counted_and_refused_when_it_closes_meanwhile(process, now) -> None:
    statements = make_statements(process, [f"Statement {n}" for n in range(STATEMENTS)])
    people = make_people(process, PEOPLE)
    end = process.phases.get().closes_at
    before = end - dt.timedelta(seconds=1)
    counted: set[tuple[int, int]] = set()
    refused: set[tuple[int, int]] = set()
    wrote: set[str] = set()
    faults: list[BaseException] = []
    is_closed, a_third = threading.Event(), threading.Semaphore(0)
    # Results are shown once ten have voted: all do before it closes, whoever runs first.
    all_began = threading.Barrier(PEOPLE, timeout=60)

    def all_of(person: Participant) -> None:
        try:
            for one in statements:
                if (person, one) == (people[0], statements[-1]):
                    # However fast the others are: one vote comes when it has closed.
                    is_closed.wait(60)
                too_late = is_closed.is_set()
                try:
                    vote(person, one.public_id, value="agree", at=before)
                    assert not too_late, "counted after it had closed"
                    counted.add((person.pk, one.pk))
                except InvalidData:
                    refused.add((person.pk, one.pk))
                if one == statements[0]:
                    all_began.wait()
                a_third.release()
            with contextlib.suppress(InvalidData):
                wrote.add(
                    contribute(
                        process, person, ContributionData("Mine.", "en"), at=before
                    ).public_id
                )
        except BaseException as error:
            faults.append(error)
            all_began.abort()
            a_third.release(STATEMENTS)
        finally:
            connection.close()

    def closing() -> None:
        try:
            for _ in range(PEOPLE * STATEMENTS // 3):
                a_third.acquire(timeout=60)
            # The state goes by the clock of who closes; no vote here is late by its own.
            assert close(process, at=end, actor=audit.WORKER)
            is_closed.set()
        except BaseException as error:
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=all_of, args=(one,)) for one in people]
    threads.append(threading.Thread(target=closing))
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert faults == []
    assert len(counted) + len(refused) == PEOPLE * STATEMENTS and refused
    assert set(Vote.objects.values_list("participant", "statement")) == counted
    kept = Contribution.objects.filter(process=process, participant__isnull=False)
    assert set(kept.values_list("post__public_id", flat=True)) == wrote
    assert Process.objects.get(pk=process.pk).state == ProcessState.CLOSED
    # What is shown of it holds the same votes.
    issue(process, at=end)
    assert sum(line.n for line in selectors.standing(process).lines) == len(counted)


@pytest.mark.django_db
def test_a_text_that_waits_for_the_end_is_refused_whole(process, now) -> None:
    (ann,) = make_people(process, 1)
    Process.objects.filter(pk=process.pk).update(state=ProcessState.CLOSED)
    with pytest.raises(InvalidData):
        contribute(process, ann, ContributionData("Mine.", "en"), at=now)
    assert not Contribution.objects.exists()


VOTING = """
import os
import sys
from concurrent.futures import ThreadPoolExecutor
import django
django.setup()
from alliance.core import clock
from alliance.dialogues.services.votes import vote
from alliance.participation.models import Participant
from alliance.dialogues.selectors import statements_of

first, last = map(int, sys.argv[1:])
people = Participant.objects.select_related("process").filter(pk__range=(first, last))
statements = statements_of(people[0].process).select_related("post")

def all_of(person):
    for statement in statements:
        vote(person, statement.public_id, value="agree", at=clock.now())
        os.write(1, f"{person.pk} {statement.pk}\\n".encode())

list(ThreadPoolExecutor(THREADS).map(all_of, list(people)))
"""


@pytest.mark.all
def test_every_vote_that_was_acknowledged_is_there_after_a_kill(
    shared_environment: dict[str, str],
) -> None:
    """Threads of three processes vote at once and are killed in the midst of it."""
    from alliance.core import clock

    lay_ground()
    process = make_process(team("lund"), at=clock.now())
    make_statements(process, [f"Statement {n}" for n in range(100)])
    people = [one.pk for one in make_people(process, 30)]
    connection.close()
    code = VOTING.replace("THREADS", str(THREADS))
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(part[0]), str(part[-1])],
            env=shared_environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for part in (people[:10], people[10:20], people[20:])
    ]
    told = []
    for one in running:
        assert one.stdout is not None
        told.append([one.stdout.readline() for _ in range(40)])
    for one in running:
        one.send_signal(signal.SIGKILL)
    for lines, one in zip(told, running, strict=True):
        assert one.stdout is not None
        lines += one.stdout.read().splitlines()
        assert one.wait() == -signal.SIGKILL
    acknowledged = {tuple(map(int, line.split())) for lines in told for line in lines}
    kept = set(Vote.objects.values_list("participant", "statement"))
    assert acknowledged <= kept and len(acknowledged) >= 120
    # At most the one that each was about to tell of.
    assert len(kept - acknowledged) <= len(running) * THREADS
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            assert cursor.fetchall() == [("ok",)]
