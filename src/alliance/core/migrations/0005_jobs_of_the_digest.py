from django.db import migrations
from django.db.models import F, Value
from django.db.models.functions import Replace

WAS, IS = "alliance.knowledge.tasks.send_digests", "alliance.news.tasks.send_digests"


def _renamed(apps, was, now):
    """Jobs that wait, and when the next one is due, are kept under the task's path."""
    for model, field in (
        ("django_tasks_database.DBTaskResult", "task_path"),
        ("core.ScheduledTask", "task_path"),
        ("core.TaskState", "key"),
    ):
        rows = apps.get_model(model).objects.filter(**{f"{field}__startswith": was})
        rows.update(**{field: Replace(F(field), Value(was), Value(now))})


class Migration(migrations.Migration):
    dependencies = [("core", "0004_audit_search")]

    operations = [
        migrations.RunPython(
            lambda apps, _schema: _renamed(apps, WAS, IS),
            lambda apps, _schema: _renamed(apps, IS, WAS),
        )
    ]
