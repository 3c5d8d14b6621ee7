"""Tables of the version before, which were named after another app, take the name of their model."""

from django.db import migrations

BEFORE = {}


def rename(apps, schema_editor):
    present = set(schema_editor.connection.introspection.table_names())
    for name in apps.all_models["evidence"]:
        model = apps.get_model("evidence", name)
        table = BEFORE.get(name, f"knowledge_{name}")
        if table in present:
            schema_editor.alter_db_table(model, table, model._meta.db_table)
            if schema_editor.connection.vendor == "sqlite":
                # With its indexes, which are named after it.
                schema_editor._remake_table(model)


class Migration(migrations.Migration):
    dependencies = [("evidence", "0001_version_0_9")]
    operations = [migrations.RunPython(rename, migrations.RunPython.noop)]
