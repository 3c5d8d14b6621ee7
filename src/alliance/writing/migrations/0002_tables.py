"""Tables of the version before, which were named after another app, take the name of their model; so do the paths of jobs."""

from django.db import migrations

BEFORE = {}


#: Where the paths of jobs stand that wait or are planned.
JOBS = (
    ("core_scheduledtask", "task_path"),
    ("core_taskstate", "key"),
    ("django_tasks_database_dbtaskresult", "task_path"),
)


def rename_jobs(apps, schema_editor):
    for table, column in JOBS:
        schema_editor.execute(
            f"UPDATE {table} SET {column} = REPLACE({column}, "
            "'alliance.knowledge.tasks.', 'alliance.writing.tasks.')"
        )


def rename(apps, schema_editor):
    present = set(schema_editor.connection.introspection.table_names())
    for name in apps.all_models["writing"]:
        model = apps.get_model("writing", name)
        table = BEFORE.get(name, f"knowledge_{name}")
        if table in present:
            schema_editor.alter_db_table(model, table, model._meta.db_table)
            if schema_editor.connection.vendor == "sqlite":
                # With its indexes, which are named after it.
                schema_editor._remake_table(model)


class Migration(migrations.Migration):
    dependencies = [("writing", "0001_version_0_9"), ("core", "0002_jobs_and_counts")]
    operations = [
        migrations.RunPython(rename, migrations.RunPython.noop),
        migrations.RunPython(rename_jobs, migrations.RunPython.noop),
    ]
