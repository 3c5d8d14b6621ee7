"""What no model says: an index for the pages that list failed jobs, and counts that leave no trace.

PostgreSQL writes none of these tables to its log, and so to no copy that is made of files.
"""

from django.db import migrations

UNLOGGED = ("core_throttlekey", "core_throttlecount", "core_writecount", "shared_cache")


def lay(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in UNLOGGED:
            schema_editor.execute(f"ALTER TABLE {table} SET UNLOGGED")


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("core", "0001_initial"),
        ("core", "0002_background_jobs"),
        ("core", "0003_throttle"),
        ("core", "0004_audit_search"),
        ("core", "0005_jobs_of_the_digest"),
        ("core", "0006_jobs_by_status"),
        ("core", "0007_write_counts"),
        ("core", "0008_counts_of_a_day"),
    ]
    dependencies = [
        ("core", "0001_version_0_9"),
        ("django_tasks_database", "0021_conditional_partial_index_ordering"),
    ]
    operations = [
        migrations.RunSQL(
            "CREATE INDEX job_by_status"
            " ON django_tasks_database_dbtaskresult (status, task_path, finished_at)",
            "DROP INDEX job_by_status",
        ),
        migrations.RunPython(lay, migrations.RunPython.noop),
    ]
