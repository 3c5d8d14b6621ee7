"""The job queue in the database: which worker holds which job until when.

django-tasks stores a job and its result; the job of a killed worker would stay RUNNING for ever. So
a worker takes a job with a lease and a token that counts up, and renews the lease while it works.
When a lease expires, the job returns to the queue, and whatever the former holder still reports is
ignored, because its token is no longer the latest.
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

#: The queue of jobs that call other servers: these may be slow, and must not delay other jobs.
OUTGOING = "outgoing"
FIRST_PAUSE = dt.timedelta(seconds=10)
LONGEST_PAUSE = dt.timedelta(hours=1)


class WorkerLost(Exception):
    """The worker stopped renewing its lease in every attempt at the job."""


class Ending(StrEnum):
    """How an attempt ended."""

    SUCCEEDED = "succeeded"
    RUNS_AGAIN = "runs again"
    RETRIED = "retried"
    FAILED = "failed"
    LOST = "lost"


@dataclass(frozen=True)
class Lease:
    """One attempt at a job, held by one worker and identified by `token`."""

    job: DBTaskResult[..., Any]
    token: int
    attempt: int


def lease_length() -> dt.timedelta:
    """How long a lease lasts without being renewed."""
    return dt.timedelta(seconds=settings.TASK_LEASE_SECONDS)


def pause_before(attempt: int) -> dt.timedelta:
    """The delay before attempt 2, 3, …: 10 s, then four times as long each, at most an hour."""
    times: int = 4 ** (attempt - 2)
    return min(FIRST_PAUSE * times, LONGEST_PAUSE)


def named(path: str) -> Task[..., Any]:
    """Import a task by its path, so that services can name jobs of their own app, whose `tasks`
    import them."""
    return cast("Task[..., Any]", import_string(path))


def enqueue_once(task: Task[..., Any] | str, key: str, /, **arguments: Any) -> TaskResult[Any]:
    """Enqueue a job unless one with this key waits or runs; return the result of the pending job.

    `task` may be a path, as for `named`. The key stands for the task and its arguments. If the job
    is running, it will run once more afterwards, because it may have read what has changed since.
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
            # Another process enqueued the job since the check above.
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
    """The jobs that may start at `at`, in order."""
    return DBTaskResult.objects.filter(
        Q(run_after=get_date_max()) | Q(run_after__lte=at),
        status=TaskResultStatus.READY,
        backend_name__in=[
            name for name in settings.TASKS if isinstance(task_backends[name], DatabaseBackend)
        ],
    )


def waits_since(at: dt.datetime) -> dt.datetime | None:
    """Since when the oldest waiting job could have started; None if none waits."""
    could_start = Case(When(run_after=get_date_max(), then=F("enqueued_at")), default="run_after")
    since: dt.datetime | None = waiting(at).aggregate(since=Min(could_start))["since"]
    return since


def claim(*, worker: str, at: dt.datetime, outgoing: bool | None = None) -> Lease | None:
    """Take the next waiting job, or None. No two workers take the same job.

    `outgoing`: True for jobs that call other servers, False for all others, None for any.
    """
    ready = waiting(at)
    if outgoing is not None:
        of_others = Q(queue_name=OUTGOING)
        ready = ready.filter(of_others if outgoing else ~of_others)
    # A check without a lock first: an idle worker must not block writers of SQLite.
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
    """Extend the lease; False if it was lost."""
    return bool(
        TaskState.objects.filter(
            job_id=lease.job.id, token=lease.token, expires_at__isnull=False
        ).update(expires_at=at + lease_length())
    )


def succeed(lease: Lease, value: Any, *, at: dt.datetime) -> Ending:
    """Record the result, if the lease is still valid. Raises TypeError if it is not JSON."""
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
    """Record an error: the job is retried later, or has failed for good.

    Invalid data do not become valid by themselves: `InvalidData` is not retried.
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
    """Requeue the jobs whose lease expired before `at`; returns their number."""
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
    """Requeue a failed job with all its attempts; False if it has not failed."""
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
