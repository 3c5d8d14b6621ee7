"""The queue in the database: who holds which job until when.

django-tasks keeps a job and its result; it would leave the job of a killed worker RUNNING for ever.
So a worker takes a job with a lease and a token that counts up. It renews the lease while it works.
A lease that ran out returns the job to the queue, and the token of the former holder is worthless:
what it still reports is ignored.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from traceback import format_exception
from typing import Any, cast

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Case, F, Min, Q, QuerySet, When
from django.utils.module_loading import import_string
from django_tasks import TaskResultStatus, task_backends
from django_tasks.base import Task, TaskResult
from django_tasks.utils import normalize_json
from django_tasks_db import DatabaseBackend
from django_tasks_db.models import DBTaskResult, get_date_max

from alliance.core.errors import InvalidData
from alliance.core.models import TaskState

#: The queue of jobs that ask other servers: these may be slow, and hold no other job.
OUTGOING = "outgoing"
FIRST_PAUSE = dt.timedelta(seconds=10)
LONGEST_PAUSE = dt.timedelta(hours=1)


class WorkerLost(Exception):
    """The worker of a job stopped renewing its lease in every attempt the job had."""


class Ending(StrEnum):
    """What became of an attempt."""

    SUCCEEDED = "succeeded"
    RUNS_AGAIN = "runs again"
    RETRIED = "retried"
    FAILED = "failed"
    LOST = "lost"


@dataclass(frozen=True)
class Lease:
    """One attempt at one job, held by one worker. `token` tells it from all others."""

    job: DBTaskResult[..., Any]
    token: int
    attempt: int


def lease_length() -> dt.timedelta:
    """The time a lease lasts without being renewed."""
    return dt.timedelta(seconds=settings.TASK_LEASE_SECONDS)


def pause_before(attempt: int) -> dt.timedelta:
    """The wait before attempt 2, 3, …: 10 s, then four times as long each, an hour at most."""
    times: int = 4 ** (attempt - 2)
    return min(FIRST_PAUSE * times, LONGEST_PAUSE)


def named(path: str) -> Task[..., Any]:
    """The task of this path: so services name jobs of their own room, whose `tasks` import them."""
    return cast("Task[..., Any]", import_string(path))


def enqueue_once(task: Task[..., Any] | str, key: str, /, **arguments: Any) -> TaskResult[Any]:
    """Put a job in the queue unless one with this key waits or runs; return the one there is.

    `task` may be given by its path, as `named` takes it.
    The key stands for the task and its arguments. Where the job runs already, it will run once
    more after this run, because it may have read what has changed since.
    """
    with transaction.atomic():
        pending = _pending(key)
        if pending is not None:
            return pending
        try:
            with transaction.atomic():
                chosen = named(task) if isinstance(task, str) else task
                result = chosen.enqueue(**arguments)
                TaskState.objects.create(job_id=result.id, key=key)
        except IntegrityError:
            # Another process was first, in the moment since the look above.
            pending = _pending(key)
            if pending is None:
                raise
            return pending
        return result


def _pending(key: str) -> TaskResult[Any] | None:
    state = TaskState.objects.select_for_update().filter(key=key).first()
    if state is None:
        return None
    if state.expires_at is not None and not state.again:
        TaskState.objects.filter(job_id=state.job_id).update(again=True)
    return cast("TaskResult[Any]", DBTaskResult.objects.get(id=state.job_id).task_result)


def waiting(at: dt.datetime) -> QuerySet[DBTaskResult[..., Any]]:
    """The jobs that may start at `at`, in the order they should."""
    return DBTaskResult.objects.filter(
        Q(run_after=get_date_max()) | Q(run_after__lte=at),
        status=TaskResultStatus.READY,
        backend_name__in=[
            name for name in settings.TASKS if isinstance(task_backends[name], DatabaseBackend)
        ],
    )


def waits_since(at: dt.datetime) -> dt.datetime | None:
    """Since when the oldest of the waiting jobs could have started; None where none waits."""
    could_start = Case(When(run_after=get_date_max(), then=F("enqueued_at")), default="run_after")
    since: dt.datetime | None = waiting(at).aggregate(since=Min(could_start))["since"]
    return since


def claim(*, worker: str, at: dt.datetime, outgoing: bool | None = None) -> Lease | None:
    """Take the next waiting job, or None. No two workers ever take the same one.

    `outgoing`: of jobs that ask other servers alone, or of the others alone; None for any.
    """
    ready = waiting(at)
    if outgoing is not None:
        of_others = Q(queue_name=OUTGOING)
        ready = ready.filter(of_others if outgoing else ~of_others)
    # A look without a lock first: an idle worker must not keep writers of SQLite waiting.
    if not ready.exists():
        return None
    with transaction.atomic():
        job = ready.select_for_update(skip_locked=True).first()
        if job is None:
            return None
        taken = DBTaskResult.objects.filter(id=job.id, status=TaskResultStatus.READY).update(
            status=TaskResultStatus.RUNNING,
            started_at=at,
            finished_at=None,
            worker_ids=[*job.worker_ids, worker],
        )
        if not taken:
            return None
        TaskState.objects.get_or_create(job=job)
        TaskState.objects.filter(job=job).update(
            attempts=F("attempts") + 1,
            token=F("token") + 1,
            worker=worker,
            expires_at=at + lease_length(),
        )
        state = TaskState.objects.get(job=job)
    job.refresh_from_db()
    return Lease(job=job, token=state.token, attempt=state.attempts)


def renew(lease: Lease, *, at: dt.datetime) -> bool:
    """Keep the lease; False where it was lost."""
    return bool(
        TaskState.objects.filter(
            job_id=lease.job.id, token=lease.token, expires_at__isnull=False
        ).update(expires_at=at + lease_length())
    )


def succeed(lease: Lease, value: Any, *, at: dt.datetime) -> Ending:
    """Record the result, if the lease still holds. Raises TypeError for one that is not JSON."""
    value = normalize_json(value)
    with transaction.atomic():
        state = _held(lease)
        if state is None:
            return Ending.LOST
        if state.again:
            _requeue(state, run_after=at, attempts=0)
            return Ending.RUNS_AGAIN
        _close(
            state,
            status=TaskResultStatus.SUCCESSFUL,
            finished_at=at,
            return_value=value,
            exception_class_path="",
            traceback="",
        )
    return Ending.SUCCEEDED


def fail(lease: Lease, error: BaseException, *, at: dt.datetime) -> Ending:
    """Record an error: the job waits and is tried again, or has failed for good.

    Data that break a rule will not mend by themselves: `InvalidData` is not tried again.
    """
    reason = {
        "exception_class_path": f"{type(error).__module__}.{type(error).__qualname__}",
        "traceback": "".join(format_exception(error)),
    }
    with transaction.atomic():
        state = _held(lease)
        if state is None:
            return Ending.LOST
        if state.attempts < settings.TASK_ATTEMPTS and not isinstance(error, InvalidData):
            _requeue(state, run_after=at + pause_before(state.attempts + 1), reason=reason)
            return Ending.RETRIED
        _close(state, status=TaskResultStatus.FAILED, finished_at=at, return_value=None, **reason)
    return Ending.FAILED


def give_back(lease: Lease, *, at: dt.datetime) -> Ending:
    """Return a job that was interrupted on purpose; the attempt does not count."""
    with transaction.atomic():
        state = _held(lease)
        if state is None:
            return Ending.LOST
        _requeue(state, run_after=at, attempts=state.attempts - 1)
    return Ending.RETRIED


def reap(*, at: dt.datetime) -> int:
    """Take back the jobs whose lease ran out before `at`; how many there were."""
    count = 0
    for job_id in TaskState.objects.filter(expires_at__lt=at).values_list("job_id", flat=True):
        with transaction.atomic():
            state = (
                TaskState.objects.select_for_update(skip_locked=True)
                .filter(job_id=job_id, expires_at__lt=at)
                .first()
            )
            if state is None:
                continue
            count += 1
            text = f"Attempt {state.attempts}: worker {state.worker} stopped answering."
            reason = {
                "exception_class_path": f"{WorkerLost.__module__}.{WorkerLost.__qualname__}",
                "traceback": text,
            }
            if state.attempts < settings.TASK_ATTEMPTS:
                _requeue(state, run_after=at, reason=reason)
            else:
                _close(
                    state,
                    status=TaskResultStatus.FAILED,
                    finished_at=at,
                    return_value=None,
                    **reason,
                )
    return count


def retry(job_id: str, *, at: dt.datetime) -> bool:
    """Put a failed job in the queue again with all its attempts; False where it has not failed."""
    with transaction.atomic():
        changed = DBTaskResult.objects.filter(id=job_id, status=TaskResultStatus.FAILED).update(
            status=TaskResultStatus.READY, run_after=at, finished_at=None
        )
        if changed:
            TaskState.objects.filter(job__id=job_id).update(attempts=0)
    return bool(changed)


def _held(lease: Lease) -> TaskState | None:
    return (
        TaskState.objects.select_for_update()
        .filter(job_id=lease.job.id, token=lease.token, expires_at__isnull=False)
        .first()
    )


def _requeue(
    state: TaskState,
    *,
    run_after: dt.datetime,
    attempts: int | None = None,
    reason: Mapping[str, str] | None = None,
) -> None:
    TaskState.objects.filter(job_id=state.job_id).update(
        expires_at=None, again=False, attempts=state.attempts if attempts is None else attempts
    )
    DBTaskResult.objects.filter(id=state.job_id).update(
        status=TaskResultStatus.READY, run_after=run_after, **(reason or {})
    )


def _close(state: TaskState, **result: Any) -> None:
    TaskState.objects.filter(job_id=state.job_id).update(expires_at=None, key=None, again=False)
    DBTaskResult.objects.filter(id=state.job_id).update(**result)
