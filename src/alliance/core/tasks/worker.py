"""The process that runs background jobs, one at a time; several may run side by side.

Jobs that call other servers have a thread of their own, so that a slow server delays neither emails
nor the search index.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import threading
import time
from types import FrameType, TracebackType
from typing import Any, cast

import structlog
from django.db import OperationalError, close_old_connections, connection
from django_tasks import TaskContext, TaskResult

from alliance.core import clock
from alliance.core.tasks import queue, schedule
from alliance.core.tasks.queue import Ending, Lease

log = structlog.get_logger(__name__)


class Interrupted(BaseException):
    """The worker received a second signal: the running job is interrupted and returned to the
    queue."""


class Heartbeat(threading.Thread):
    """Renews a lease in its own thread and connection while the job runs."""

    def __init__(self, lease: Lease, every: float):
        super().__init__(name="heartbeat", daemon=True)
        self.lease = lease
        self.every = every
        self._done = threading.Event()

    def __enter__(self) -> Heartbeat:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._done.set()
        self.join()

    def run(self) -> None:
        try:
            while not self._done.wait(self.every):
                try:
                    held = queue.renew(self.lease, at=clock.now())
                except OperationalError as error:
                    # SQLite may be locked by a long transaction of the job itself.
                    log.warning("lease not renewed", job=str(self.lease.job.id), error=str(error))
                    close_old_connections()
                    continue
                if not held:
                    log.warning("lease lost", job=str(self.lease.job.id))
                    return
        finally:
            connection.close()


class Worker:
    """Takes jobs and runs them until it is stopped.

    `until_empty`: run all waiting jobs one after the other, then end. `parent`: the id of the
    process it belongs to; the worker ends when that process is gone. `interval`: seconds between
    polls.
    """

    def __init__(
        self, *, until_empty: bool = False, parent: int | None = None, interval: float = 1.0
    ):
        self.id = f"{socket.gethostname()[:80]}:{os.getpid()}:{secrets.token_hex(4)}"
        self.until_empty = until_empty
        self.parent = parent
        self.interval = interval
        self._stop = threading.Event()
        self._upkeep_due = 0.0
        # The lease of the job that calls other servers.
        self._asking: Lease | None = None

    def stop(self) -> None:
        """End after the running job."""
        self._stop.set()

    def listen_to_signals(self) -> None:
        """Ctrl-C or SIGTERM ends the worker after its job; a second one interrupts the job."""
        signal.signal(signal.SIGINT, self._on_signal)
        signal.signal(signal.SIGTERM, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._stop.is_set():
            raise Interrupted
        self.stop()

    def run(self) -> int:
        """Work until stopped; returns the number of attempts."""
        log.info("worker started", worker=self.id)
        if self.until_empty:
            attempts = self._work(None)
        else:
            asking = threading.Thread(target=self._ask, name="outgoing", daemon=True)
            asking.start()
            try:
                attempts = self._work(False)
                self.stop()
                asking.join()
            except Interrupted:
                if self._asking is not None:
                    queue.give_back(self._asking, at=clock.now())
                raise
        log.info("worker ended", worker=self.id, attempts=attempts)
        return attempts

    def _ask(self) -> None:
        """The thread for jobs that call other servers."""
        try:
            self._work(True)
        finally:
            connection.close()

    def _work(self, outgoing: bool | None) -> int:
        """Run jobs of these queues (see `claim`) until stopped; returns the number of attempts."""
        attempts = 0
        while not self._stop.is_set() and not self._orphaned():
            # Inside a transaction of the caller there is no connection to renew.
            if not connection.in_atomic_block:
                close_old_connections()
            try:
                if not outgoing:
                    self._upkeep()
                lease = queue.claim(worker=self.id, at=clock.now(), outgoing=outgoing)
            except OperationalError as error:
                log.warning("database not available", error=str(error))
                self._stop.wait(self.interval)
                continue
            if lease is not None:
                if outgoing:
                    self._asking = lease
                self._attempt(lease)
                if outgoing:
                    self._asking = None
                attempts += 1
            elif self.until_empty:
                break
            else:
                self._stop.wait(self.interval)
        return attempts

    def _orphaned(self) -> bool:
        return self.parent is not None and os.getppid() != self.parent

    def _upkeep(self) -> None:
        if time.monotonic() < self._upkeep_due:
            return
        at = clock.now()
        if count := queue.reap(at=at):
            log.warning("jobs taken back from silent workers", count=count)
        schedule.enqueue_due(at=at)
        self._upkeep_due = time.monotonic() + queue.lease_length().total_seconds() / 4

    def _attempt(self, lease: Lease) -> None:
        started = time.monotonic()
        path = lease.job.task_path
        try:
            with Heartbeat(lease, every=queue.lease_length().total_seconds() / 4):
                value = _call(lease)
            ending = queue.succeed(lease, value, at=clock.now())
        except Interrupted:
            queue.give_back(lease, at=clock.now())
            raise
        except BaseException as error:  # no job may end the worker, whatever it raises
            log.warning("job raised an error", task=path, exc_info=error)
            ending = queue.fail(lease, error, at=clock.now())
        log.log(
            {Ending.FAILED: 40, Ending.LOST: 30}.get(ending, 20),
            f"job {ending}",
            task=path,
            job=str(lease.job.id),
            attempt=lease.attempt,
            seconds=round(time.monotonic() - started, 3),
        )


def _call(lease: Lease) -> object:
    task = lease.job.task
    result = lease.job.task_result
    if task.takes_context:
        context = TaskContext(task_result=cast("TaskResult[Any]", result))
        return task.call(context, *result.args, **result.kwargs)
    return task.call(*result.args, **result.kwargs)
