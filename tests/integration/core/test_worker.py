"""Worker processes: killed, doubled, stopped; each job is done, and recorded once."""

from __future__ import annotations

import datetime as dt
import os
import signal
import time
from collections import Counter
from pathlib import Path

import pytest
from django.db import OperationalError
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from alliance.core import clock
from alliance.core.models import ScheduledTask, TaskState
from alliance.core.tasks import (
    OUTGOING,
    Periodic,
    Worker,
    declared_tasks,
    housekeeping,
    queue,
    schedule,
)
from alliance.core.tasks import worker as worker_module
from tests.factories.processes import PATIENCE, StartWorker, wait_until
from tests.integration.core import jobs


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def status_of(job_id: str) -> str:
    return DBTaskResult.objects.get(id=job_id).status


@pytest.fixture(autouse=True)
def no_periodic_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the jobs that come round by themselves out of the workers of this process."""
    monkeypatch.setattr(schedule, "declared_periodic", list)


def test_a_killed_worker_leaves_its_job_to_the_next(start_worker: StartWorker, tmp_path: Path):
    told, gate = tmp_path / "told", tmp_path / "gate"
    job_id = jobs.slow.enqueue(path=str(told), gate=str(gate)).id
    first = start_worker(lease=2)
    wait_until(lambda: lines(told) == ["start"])
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    assert status_of(job_id) == TaskResultStatus.RUNNING

    gate.touch()
    start_worker(lease=2)
    wait_until(lambda: status_of(job_id) == TaskResultStatus.SUCCESSFUL)
    assert lines(told) == ["start", "start", "end"]
    job = DBTaskResult.objects.get(id=job_id)
    assert job.return_value == "done"
    assert len(job.worker_ids) == 2
    assert TaskState.objects.get(job_id=job_id).attempts == 2


@pytest.mark.all
def test_a_worker_that_lives_keeps_a_job_longer_than_its_lease(
    start_worker: StartWorker, tmp_path: Path
):
    told, gate = tmp_path / "told", tmp_path / "gate"
    job_id = jobs.slow.enqueue(path=str(told), gate=str(gate)).id
    # Long enough for a process that has to wait for its turn on a busy machine.
    start_worker(lease=20)
    wait_until(lambda: lines(told) == ["start"])
    start_worker(lease=20)
    time.sleep(25)
    gate.touch()
    wait_until(lambda: status_of(job_id) == TaskResultStatus.SUCCESSFUL)
    assert lines(told) == ["start", "end"]


@pytest.mark.django_db(transaction=True)
def test_a_lease_is_renewed_while_the_job_runs():
    jobs.tell.enqueue(path=os.devnull, line="x")
    lease = queue.claim(worker="this", at=clock.now())
    assert lease is not None
    state = TaskState.objects.filter(job_id=lease.job.id)
    before = state.get().expires_at
    with worker_module.Heartbeat(lease, every=0.01):
        wait_until(lambda: state.get().expires_at > before)


@pytest.mark.all
def test_a_worker_that_froze_records_nothing_when_it_wakes(
    start_worker: StartWorker, tmp_path: Path
):
    told, gate = tmp_path / "told", tmp_path / "gate"
    job_id = jobs.slow.enqueue(path=str(told), gate=str(gate)).id
    frozen = start_worker("--until-empty", lease=1)
    wait_until(lambda: lines(told) == ["start"])
    # Frozen just after it renewed the lease, it holds no lock of the database.
    state = TaskState.objects.filter(job_id=job_id)
    expires_at = state.get().expires_at
    wait_until(lambda: state.get().expires_at > expires_at)
    os.kill(frozen.pid, signal.SIGSTOP)
    time.sleep(1.2)
    assert queue.reap(at=clock.now()) == 1
    lease = queue.claim(worker="other", at=clock.now())
    assert lease is not None
    gate.touch()
    os.kill(frozen.pid, signal.SIGCONT)
    assert frozen.wait(PATIENCE) == 0
    # It came to the end of its work, but its result does not count.
    assert lines(told) == ["start", "end"]
    assert status_of(job_id) == TaskResultStatus.RUNNING
    assert queue.succeed(lease, "from the other", at=clock.now()) == queue.Ending.SUCCEEDED
    assert DBTaskResult.objects.get(id=job_id).return_value == "from the other"


@pytest.mark.slow
def test_two_workers_run_each_of_200_jobs_once(start_worker: StartWorker, tmp_path: Path):
    told = tmp_path / "told"
    for number in range(200):
        jobs.tell.enqueue(path=str(told), line=str(number))
    processes = [start_worker("--until-empty"), start_worker("--until-empty")]
    assert [process.wait(PATIENCE) for process in processes] == [0, 0]
    assert Counter(lines(told)) == {str(number): 1 for number in range(200)}
    finished = DBTaskResult.objects.filter(
        status=TaskResultStatus.SUCCESSFUL, task_path=jobs.tell.module_path
    )
    assert finished.count() == 200
    assert all(len(job.worker_ids) == 1 for job in finished)


def test_a_signal_ends_the_worker_after_its_job(start_worker: StartWorker, tmp_path: Path):
    told, gate = tmp_path / "told", tmp_path / "gate"
    job_id = jobs.slow.enqueue(path=str(told), gate=str(gate)).id
    process = start_worker()
    wait_until(lambda: lines(told) == ["start"])
    process.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    assert process.poll() is None
    gate.touch()
    assert process.wait(PATIENCE) == 0
    assert status_of(job_id) == TaskResultStatus.SUCCESSFUL


@pytest.mark.all
def test_a_second_signal_breaks_the_job_off_and_gives_it_back(
    start_worker: StartWorker, tmp_path: Path
):
    told, gate = tmp_path / "told", tmp_path / "gate"
    job_id = jobs.slow.enqueue(path=str(told), gate=str(gate)).id
    process = start_worker()
    wait_until(lambda: lines(told) == ["start"])
    process.send_signal(signal.SIGTERM)
    # On a busy machine two of one kind may count as one.
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 1
    assert status_of(job_id) == TaskResultStatus.READY
    assert TaskState.objects.get(job_id=job_id).attempts == 0


def test_a_worker_ends_when_the_process_it_belongs_to_is_gone(start_worker: StartWorker):
    process = start_worker("--parent", "1" if os.getpid() != 1 else "2")
    assert process.wait(PATIENCE) == 0


@pytest.mark.django_db
def test_a_job_that_raises_does_not_end_the_worker(tmp_path: Path, settings):
    settings.TASK_ATTEMPTS = 1
    told = tmp_path / "told"
    failing = [
        jobs.fails.enqueue(path=str(told)).id,
        jobs.leaves.enqueue(path=str(told)).id,
        jobs.returns_what_is_no_json.enqueue().id,
    ]
    fine = jobs.tell.enqueue(path=str(told), line="fine").id
    assert Worker(until_empty=True).run() == 4
    assert [status_of(job_id) for job_id in failing] == [TaskResultStatus.FAILED] * 3
    assert status_of(fine) == TaskResultStatus.SUCCESSFUL
    assert lines(told) == ["tried", "tried", "fine"]


@pytest.mark.django_db
def test_a_job_that_raises_waits_before_it_is_tried_again(tmp_path: Path, settings):
    settings.TASK_ATTEMPTS = 2
    told = tmp_path / "told"
    job_id = jobs.fails.enqueue(path=str(told)).id
    Worker(until_empty=True).run()
    assert status_of(job_id) == TaskResultStatus.READY
    DBTaskResult.objects.update(run_after=clock.now())
    Worker(until_empty=True).run()
    assert status_of(job_id) == TaskResultStatus.FAILED
    assert lines(told) == ["tried", "tried"]


@pytest.mark.django_db
def test_a_job_whose_code_is_gone_fails_with_the_reason(settings):
    settings.TASK_ATTEMPTS = 1
    job_id = jobs.tell.enqueue(path="unused", line="x").id
    DBTaskResult.objects.update(task_path="tests.integration.core.jobs.was_removed")
    Worker(until_empty=True).run()
    assert status_of(job_id) == TaskResultStatus.FAILED
    assert "was_removed" in DBTaskResult.objects.get(id=job_id).traceback


@pytest.mark.django_db
def test_a_worker_outlives_a_database_that_is_away_for_a_while(monkeypatch: pytest.MonkeyPatch):
    job_id = jobs.tell.enqueue(path=os.devnull, line="x").id
    claim, calls = queue.claim, []

    def flaky(**arguments: object) -> queue.Lease | None:
        calls.append(arguments)
        if len(calls) < 3:
            raise OperationalError("database is locked")
        return claim(**arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(worker_module.queue, "claim", flaky)
    Worker(until_empty=True, interval=0.01).run()
    assert status_of(job_id) == TaskResultStatus.SUCCESSFUL


@pytest.mark.django_db
def test_a_periodic_task_is_put_in_once_each_time_it_is_due(monkeypatch: pytest.MonkeyPatch):
    path = housekeeping.forget_finished_jobs.module_path
    daily = Periodic(housekeeping.forget_finished_jobs, every=dt.timedelta(hours=24))
    monkeypatch.setattr(schedule, "declared_periodic", lambda: [daily])
    at = clock.now()
    assert schedule.enqueue_due(at=at) == [path]
    assert schedule.enqueue_due(at=at) == []
    assert schedule.enqueue_due(at=at + dt.timedelta(hours=23)) == []
    assert schedule.enqueue_due(at=at + dt.timedelta(hours=24)) == [path]
    # The first run has not ended yet: both share its job.
    assert DBTaskResult.objects.count() == 1


@pytest.mark.django_db
def test_a_shortened_period_takes_effect_at_once(monkeypatch: pytest.MonkeyPatch):
    task = housekeeping.forget_finished_jobs
    at = clock.now()
    ScheduledTask.objects.create(task_path=task.module_path, due_at=at + dt.timedelta(days=7))
    monkeypatch.setattr(
        schedule, "declared_periodic", lambda: [Periodic(task, every=dt.timedelta(hours=1))]
    )
    assert schedule.enqueue_due(at=at) == [task.module_path]


@pytest.mark.django_db
def test_old_jobs_are_forgotten_and_others_kept():
    at = clock.now()
    old, recent, waiting = (
        jobs.tell.enqueue(path="unused", line=line).id for line in ("old", "recent", "waiting")
    )
    ended = DBTaskResult.objects.filter(id__in=[old, recent])
    ended.update(status=TaskResultStatus.SUCCESSFUL, finished_at=at)
    DBTaskResult.objects.filter(id=old).update(finished_at=at - dt.timedelta(days=31))
    assert housekeeping.forget_finished_jobs.call() == 1
    assert {str(job.id) for job in DBTaskResult.objects.all()} == {recent, waiting}


@pytest.mark.all
def test_a_server_that_does_not_answer_holds_up_no_other_job(
    start_worker: StartWorker, tmp_path: Path
):
    asked, told, gate = tmp_path / "asked", tmp_path / "told", tmp_path / "gate"
    waits = jobs.asks.enqueue(path=str(asked), gate=str(gate)).id
    worker = start_worker()
    wait_until(lambda: lines(asked) == ["start"])
    jobs.tell.enqueue(path=str(told), line="a letter")
    wait_until(lambda: lines(told) == ["a letter"])
    # Told twice to stop, it gives back what it asks, and the next one asks again.
    os.kill(worker.pid, signal.SIGTERM)
    os.kill(worker.pid, signal.SIGINT)
    worker.wait(PATIENCE)
    assert status_of(waits) == TaskResultStatus.READY
    gate.touch()
    start_worker()
    wait_until(lambda: status_of(waits) == TaskResultStatus.SUCCESSFUL)


def test_jobs_that_ask_other_servers_wait_in_a_queue_of_their_own():
    asking = {path for path, one in declared_tasks().items() if one.queue_name == OUTGOING}
    assert {path.rpartition(".")[2] for path in asking} == {
        "tell_webhooks",
        "check_sources",
        "read_publisher",
    }
