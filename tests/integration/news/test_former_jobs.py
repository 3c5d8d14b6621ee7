"""Jobs of the digest that were kept under the name it had before this room was there."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django_tasks_db.models import DBTaskResult

from alliance.core.models import ScheduledTask, TaskState
from alliance.core.tasks import declared_tasks, enqueue_once
from alliance.news.tasks import send_digests
from tests.factories.people import NOW

pytestmark = pytest.mark.django_db
migration = import_module("alliance.core.migrations.0005_jobs_of_the_digest")


def test_jobs_that_wait_and_the_day_of_the_next_are_kept_under_the_name_of_today():
    enqueue_once(send_digests, send_digests.module_path)
    DBTaskResult.objects.update(task_path=migration.WAS)
    TaskState.objects.update(key=migration.WAS)
    ScheduledTask.objects.update_or_create(task_path=migration.WAS, defaults={"due_at": NOW})
    migration._renamed(apps, migration.WAS, migration.IS)
    assert DBTaskResult.objects.get().task_path in declared_tasks()
    assert TaskState.objects.get().key == send_digests.module_path
    assert ScheduledTask.objects.get(task_path=send_digests.module_path).due_at == NOW
