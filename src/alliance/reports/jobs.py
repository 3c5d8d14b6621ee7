"""Requests to the worker for a brief, and their progress."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass

from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from alliance.core import clock
from alliance.core.tasks import enqueue_once
from alliance.reports.selectors.editions import Edition
from alliance.reports.services import briefs
from alliance.reports.tasks import make_brief

#: How long a request waits for the worker, so that most readers get the brief at once.
PATIENCE = 2.0
_LOOK_EVERY = 0.1
#: Only a recent job is worth waiting for: older ones wait for a worker.
_FRESH = dt.timedelta(seconds=5)
#: After this time it is likely that no worker is running.
LONG_WAIT = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class Progress:
    """The newest job for an edition: failed permanently, or waiting since a time."""

    failed: bool
    since: dt.datetime

    def waited(self, at: dt.datetime) -> dt.timedelta:
        """How long the job has been waiting at `at`."""
        return max(at - self.since, dt.timedelta())


def ask_for(edition: Edition, *, again: bool = False) -> Progress:
    """Enqueues an edition for the worker, unless it is already enqueued.

    A permanently failed job is enqueued again only with `again`.
    """
    newest = (
        DBTaskResult.objects.filter(
            task_path=make_brief.module_path, args_kwargs__kwargs__digest=edition.digest
        )
        .order_by("-enqueued_at")
        .first()
    )
    if newest is not None:
        if newest.status in {TaskResultStatus.READY, TaskResultStatus.RUNNING}:
            return Progress(failed=False, since=newest.enqueued_at)
        if newest.status == TaskResultStatus.FAILED and not again:
            return Progress(failed=True, since=newest.enqueued_at)
    job = enqueue_once(
        make_brief,
        f"brief:{edition.kind}:{edition.language}:{edition.digest}",
        kind=edition.kind,
        public_id=edition.public_id,
        language=edition.language,
        digest=edition.digest,
    )
    return Progress(failed=False, since=job.enqueued_at or clock.now())


def wait_for(edition: Edition, progress: Progress, *, at: dt.datetime) -> bytes | None:
    """The file of an edition if the worker makes it within `PATIENCE`, else None."""
    if progress.failed or progress.waited(at) > _FRESH:
        return briefs.read(edition)
    until = time.monotonic() + PATIENCE
    while (content := briefs.read(edition)) is None and time.monotonic() < until:
        time.sleep(_LOOK_EVERY)
    return content
