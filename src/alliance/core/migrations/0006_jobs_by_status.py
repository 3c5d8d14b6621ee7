from django.db import migrations


class Migration(migrations.Migration):
    """Failed jobs are few among many: pages that list them read no others."""

    dependencies = [
        ("core", "0005_jobs_of_the_digest"),
        ("django_tasks_database", "0021_conditional_partial_index_ordering"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX job_by_status"
            " ON django_tasks_database_dbtaskresult (status, task_path, finished_at)",
            "DROP INDEX job_by_status",
        )
    ]
