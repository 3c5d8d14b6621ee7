"""Background jobs: the queue, the worker, and periodic tasks.

An app declares its jobs in its `tasks.py` with `django_tasks.task`, and periodic ones in a tuple
`PERIODIC` of `Periodic`. Jobs must be idempotent: a job whose worker died is run again from its
start. Its result is recorded once, by the latest holder only.
"""

from alliance.core.tasks.housekeeping import PERIODIC
from alliance.core.tasks.queue import OUTGOING, WorkerLost, enqueue_once, named, retry
from alliance.core.tasks.schedule import Periodic, declared_tasks
from alliance.core.tasks.worker import Worker

__all__ = [
    "OUTGOING",
    "PERIODIC",
    "Periodic",
    "Worker",
    "WorkerLost",
    "declared_tasks",
    "enqueue_once",
    "named",
    "retry",
]
