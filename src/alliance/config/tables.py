"""The tables of an empty database, made from the models at once.

All migrations in a row take ten times as long, as Django makes every related model anew after each
step. A test runs them and compares (`tests/integration/config/test_upgrades.py`).
"""

from __future__ import annotations

from django.apps import apps
from django.db import connection
from django.db.migrations import RunSQL
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


def make_tables() -> None:
    """Make all tables, or none, and record that every migration was applied."""
    migrations = MigrationLoader(None).disk_migrations
    recorder = MigrationRecorder(connection)
    with connection.schema_editor() as editor:
        for model in apps.get_models():
            if model._meta.can_migrate(connection):
                editor.create_model(model)
        for _key, migration in sorted(migrations.items()):
            for operation in migration.operations:
                # What no model says: an index on a table of another package, and guards that a
                # migration lays.
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
