"""The tables of an empty database, created from the models at once.

Running all migrations takes ten times as long, because Django rebuilds every related model after
each step. A test runs them and compares (`tests/integration/config/test_upgrades.py`).
"""

from __future__ import annotations

from django.apps import apps
from django.db import connection
from django.db.migrations import RunSQL
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


def make_tables() -> None:
    """Create all tables, or none, and record that every migration was applied."""
    migrations = MigrationLoader(None).disk_migrations
    recorder = MigrationRecorder(connection)
    with connection.schema_editor() as editor:
        for model in apps.get_models():
            if model._meta.can_migrate(connection):
                editor.create_model(model)
        for _key, migration in sorted(migrations.items()):
            for operation in migration.operations:
                # What is in no model: an index on a table of another package, and triggers that a
                # migration creates.
                if isinstance(operation, RunSQL):
                    editor.execute(str(operation.sql))
                code = getattr(operation, "code", None)
                if callable(code) and code.__name__ == "lay":
                    code(apps, editor)
        recorder.ensure_schema()
        recorder.migration_qs.bulk_create(
            recorder.Migration(app=app, name=name)
            for app, name in sorted(
                {
                    *migrations,
                    *(name for migration in migrations.values() for name in migration.replaces),
                }
            )
        )
