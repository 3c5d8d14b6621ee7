"""The queue: one holder at a time, results once, retries, keys."""

from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path

import pytest
from django.db import connection
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from alliance.core import clock
from alliance.core.errors import Fault, InvalidData
from alliance.core.models import TaskState
from alliance.core.tasks import enqueue_once, queue
from alliance.core.tasks.queue import Ending
from tests.integration.core import jobs

SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def later(settings) -> dt.datetime:
    """A time at which leases given now have run out, and every pause is over."""
    settings.TASK_LEASE_SECONDS = 60
    settings.TASK_ATTEMPTS = 3
    return clock.now() + dt.timedelta(days=1)


def put_in(path: str = "unused") -> str:
    return jobs.tell.enqueue(path=path, line="x").id


def state_of(job_id: str) -> DBTaskResult:
    return DBTaskResult.objects.get(id=job_id)


def claim(worker: str, at: dt.datetime | None = None) -> queue.Lease:
    lease = queue.claim(worker=worker, at=at or clock.now())
    assert lease is not None
    return lease


@pytest.mark.django_db
def test_a_claimed_job_is_not_claimed_again(later):
    job_id = put_in()
    lease = claim("a")
    assert str(lease.job.id) == job_id
    assert state_of(job_id).status == TaskResultStatus.RUNNING
    assert state_of(job_id).worker_ids == ["a"]
    assert queue.claim(worker="b", at=clock.now()) is None


@pytest.mark.django_db
def test_jobs_are_taken_by_priority_then_age(later):
    first, second = put_in(), put_in()
    urgent = jobs.tell.using(priority=10).enqueue(path="unused", line="x").id
    assert [str(claim("a").job.id) for _ in range(3)] == [urgent, first, second]


@pytest.mark.django_db
def test_a_job_for_later_waits(later):
    at = clock.now()
    jobs.tell.using(run_after=at + dt.timedelta(hours=1)).enqueue(path="unused", line="x")
    assert queue.claim(worker="a", at=at) is None
    assert queue.claim(worker="a", at=at + dt.timedelta(hours=2)) is not None


@pytest.mark.django_db
def test_a_result_is_recorded(later):
    job_id = put_in()
    assert queue.succeed(claim("a"), ("x", 1), at=clock.now()) == Ending.SUCCEEDED
    job = state_of(job_id)
    assert (job.status, job.return_value) == (TaskResultStatus.SUCCESSFUL, ["x", 1])
    assert job.finished_at is not None
    assert jobs.tell.get_result(job_id).return_value == ["x", 1]


@pytest.mark.django_db
def test_a_result_is_recorded_once(later):
    job_id = put_in()
    lease = claim("a")
    assert queue.succeed(lease, "first", at=clock.now()) == Ending.SUCCEEDED
    assert queue.succeed(lease, "second", at=clock.now()) == Ending.LOST
    assert queue.fail(lease, RuntimeError(), at=clock.now()) == Ending.LOST
    assert state_of(job_id).return_value == "first"


@pytest.mark.django_db
def test_a_lease_that_ran_out_returns_the_job_and_fences_the_former_holder(later):
    job_id = put_in()
    old = claim("a")
    assert queue.reap(at=clock.now()) == 0
    assert queue.reap(at=later) == 1
    assert state_of(job_id).status == TaskResultStatus.READY
    assert not queue.renew(old, at=later)
    assert queue.succeed(old, "old", at=later) == Ending.LOST

    new = claim("b", later)
    assert (new.attempt, new.token) == (2, old.token + 1)
    assert queue.succeed(old, "old", at=later) == Ending.LOST
    assert queue.fail(old, RuntimeError(), at=later) == Ending.LOST
    assert queue.give_back(old, at=later) == Ending.LOST
    assert queue.succeed(new, "new", at=later) == Ending.SUCCEEDED
    assert state_of(job_id).return_value == "new"


@pytest.mark.django_db
def test_a_renewed_lease_holds(later):
    put_in()
    lease = claim("a")
    assert queue.renew(lease, at=later)
    assert queue.reap(at=later + SECOND) == 0
    assert queue.reap(at=later + 61 * SECOND) == 1


@pytest.mark.django_db
def test_a_job_whose_workers_all_die_fails_with_the_reason(later):
    job_id = put_in()
    at = clock.now()
    for attempt in range(1, 4):
        assert claim(f"worker {attempt}", at).attempt == attempt
        at += dt.timedelta(days=1)
        assert queue.reap(at=at) == 1
    job = state_of(job_id)
    assert job.status == TaskResultStatus.FAILED
    assert job.exception_class_path == "alliance.core.tasks.queue.WorkerLost"
    assert "Attempt 3: worker worker 3 stopped answering" in job.traceback
    assert job.task_result.errors[0].exception_class is queue.WorkerLost
    assert queue.claim(worker="b", at=at) is None


@pytest.mark.django_db
def test_an_error_is_tried_again_after_growing_pauses_then_fails(later):
    job_id = put_in()
    at = clock.now()
    pauses = []
    for expected in (Ending.RETRIED, Ending.RETRIED, Ending.FAILED):
        lease = claim("a", at)
        assert queue.fail(lease, RuntimeError("too windy"), at=at) == expected
        if expected == Ending.RETRIED:
            pauses.append((state_of(job_id).run_after - at).total_seconds())
            assert queue.claim(worker="a", at=at) is None
            at = state_of(job_id).run_after
    assert pauses == [10, 40]
    job = state_of(job_id)
    assert job.status == TaskResultStatus.FAILED
    assert "RuntimeError: too windy" in job.traceback


def test_pauses_end_at_an_hour():
    assert queue.pause_before(12) == dt.timedelta(hours=1)


@pytest.mark.django_db
def test_data_that_break_a_rule_are_not_tried_again(later):
    job_id = put_in()
    error = InvalidData([Fault("row 3", "empty-cell")])
    assert queue.fail(claim("a"), error, at=clock.now()) == Ending.FAILED
    assert state_of(job_id).status == TaskResultStatus.FAILED


@pytest.mark.django_db
def test_a_job_given_back_keeps_its_attempts(later):
    put_in()
    lease = claim("a")
    assert queue.give_back(lease, at=clock.now()) == Ending.RETRIED
    again = claim("b")
    assert (again.attempt, again.token) == (1, 2)


@pytest.mark.django_db
def test_a_failed_job_can_be_retried_by_hand(later, settings):
    settings.TASK_ATTEMPTS = 1
    job_id = put_in()
    assert not queue.retry(job_id, at=clock.now())
    queue.fail(claim("a"), RuntimeError(), at=clock.now())
    assert queue.retry(job_id, at=clock.now())
    assert claim("a").attempt == 1


@pytest.mark.django_db
def test_a_key_makes_one_job_while_it_waits(later):
    first = enqueue_once(jobs.tell, "tell:x", path="unused", line="x")
    second = enqueue_once(jobs.tell, "tell:x", path="unused", line="x")
    other = enqueue_once(jobs.tell, "tell:y", path="unused", line="y")
    assert first.id == second.id != other.id
    assert DBTaskResult.objects.count() == 2


@pytest.mark.django_db
def test_a_key_is_free_when_its_job_ended(later):
    first = enqueue_once(jobs.tell, "tell:x", path="unused", line="x")
    queue.succeed(claim("a"), None, at=clock.now())
    assert enqueue_once(jobs.tell, "tell:x", path="unused", line="x").id != first.id


@pytest.mark.django_db
def test_a_job_asked_for_while_it_runs_runs_once_more(later):
    first = enqueue_once(jobs.tell, "tell:x", path="unused", line="x")
    lease = claim("a")
    for _ in range(3):
        assert enqueue_once(jobs.tell, "tell:x", path="unused", line="x").id == first.id
    assert queue.succeed(lease, "stale", at=clock.now()) == Ending.RUNS_AGAIN
    assert queue.succeed(claim("a"), "fresh", at=clock.now()) == Ending.SUCCEEDED
    assert state_of(first.id).return_value == "fresh"
    assert queue.claim(worker="a", at=later) is None


@pytest.mark.django_db
def test_a_result_that_is_no_json_is_refused_and_the_lease_kept(later):
    put_in()
    lease = claim("a")
    with pytest.raises(TypeError):
        queue.succeed(lease, object(), at=clock.now())
    assert TaskState.objects.get().expires_at is not None


@pytest.mark.django_db(transaction=True)
def test_threads_never_share_a_job_or_a_key(later, tmp_path: Path):
    """Eight threads make one job for each of 20 keys, then take all jobs; each goes to one."""
    taken: list[str] = []
    errors: list[BaseException] = []
    barrier = threading.Barrier(8)

    def work(name: str) -> None:
        try:
            barrier.wait(10)
            for number in range(20):
                enqueue_once(jobs.tell, f"key {number}", path="unused", line="x")
            barrier.wait(30)
            while lease := queue.claim(worker=name, at=clock.now()):
                taken.append(str(lease.job.id))
        except BaseException as error:
            errors.append(error)
            barrier.abort()
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(f"thread {n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert DBTaskResult.objects.count() == 20
    # A thread that finds the rows of others locked may leave early; none may take one twice.
    while lease := queue.claim(worker="last", at=clock.now()):
        taken.append(str(lease.job.id))
    assert len(taken) == len(set(taken)) == 20
