"""Counts of tries get a key of the day, and no number that tells their order; old ones go.

PostgreSQL writes none of it to its log, and so to no copy that is made of files.
"""

from django.db import migrations, models

TABLES = ("core_throttlekey", "core_throttlecount", "core_writecount", "shared_cache")


def lay(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in TABLES:
            schema_editor.execute(f"ALTER TABLE {table} SET UNLOGGED")


class Migration(migrations.Migration):
    dependencies = [("core", "0007_write_counts")]
    operations = [
        migrations.DeleteModel("ThrottleCount"),
        migrations.CreateModel(
            "ThrottleCount",
            fields=[
                (
                    "key_digest",
                    models.CharField(max_length=64, primary_key=True, serialize=False),
                ),
                ("opened_at", models.DateTimeField()),
                ("tries", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            "ThrottleKey",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=64)),
            ],
        ),
        migrations.RunPython(lay, migrations.RunPython.noop),
    ]
