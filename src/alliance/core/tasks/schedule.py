"""Periodic jobs, as the apps declare them in their `tasks.py`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django_tasks.base import Task

from alliance.core import rooms
from alliance.core.models import ScheduledTask
from alliance.core.tasks.queue import enqueue_once


@dataclass(frozen=True)
class Periodic:
    """A task without arguments and the interval between two runs."""

    task: Task[..., Any]
    every: dt.timedelta


def declared_periodic() -> list[Periodic]:
    """The `PERIODIC` tasks of all apps, in the order of INSTALLED_APPS."""
    return [item for module in rooms.modules("tasks") for item in getattr(module, "PERIODIC", ())]


def declared_tasks() -> dict[str, Task[..., Any]]:
    """The tasks of all apps by path."""
    tasks = [
        value
        for module in rooms.modules("tasks")
        for value in vars(module).values()
        if isinstance(value, Task)
    ]
    tasks += [periodic.task for periodic in declared_periodic()]
    return {task.module_path: task for task in tasks}


def enqueue_due(*, at: dt.datetime) -> list[str]:
    """Enqueue each periodic task that is due, once among all workers; returns their paths."""
    enqueued = []
    for periodic in declared_periodic():
        path = periodic.task.module_path
        ScheduledTask.objects.get_or_create(task_path=path, defaults={"due_at": at})
        # More than one period ahead: the period was shortened, or a clock was wrong.
        due = ScheduledTask.objects.filter(
            Q(due_at__lte=at) | Q(due_at__gt=at + periodic.every), task_path=path
        )
        if not due.exists():
            continue
        with transaction.atomic():
            if due.update(due_at=at + periodic.every):
                enqueue_once(periodic.task, f"periodic:{path}")
                enqueued.append(path)
    return enqueued
