"""The database itself refuses to delete a frozen protocol, as it refuses to change one."""

import django.db.models.deletion
from django.db import migrations, models

SAYS = "a frozen protocol cannot be deleted"
NAME, TABLE = "protocol_stays", "testbeds_protocol"


def lay(apps, schema_editor):
    head = f"CREATE TRIGGER {NAME} BEFORE DELETE ON {TABLE} FOR EACH ROW"
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"CREATE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{SAYS}' USING ERRCODE = 'check_violation'; END $$"
        )
        schema_editor.execute(f"{head} EXECUTE FUNCTION {NAME}()")
    else:
        schema_editor.execute(f"{head} BEGIN SELECT RAISE(ABORT, '{SAYS}'); END")


def take_away(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER {NAME} ON {TABLE}")
        schema_editor.execute(f"DROP FUNCTION {NAME}()")
    else:
        schema_editor.execute(f"DROP TRIGGER {NAME}")


class Migration(migrations.Migration):
    dependencies = [("testbeds", "0005_frozen_for_good")]
    operations = [
        migrations.AlterField(
            "protocol",
            "pilot",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="protocols",
                to="testbeds.pilot",
            ),
        ),
        migrations.RunPython(lay, take_away),
    ]
