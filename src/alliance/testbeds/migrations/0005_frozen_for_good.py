"""The database itself refuses to change what a frozen protocol says.

SQLite drops triggers with the table when a later migration makes the table anew: such a migration
has to lay this one again.
"""

from django.db import migrations

COLUMNS = ("pilot_id", "number", "frozen_at", "document", "digest", "reason")
SAYS = "a frozen protocol cannot be changed"
NAME, TABLE = "protocol_frozen_for_good", "testbeds_protocol"


def lay(apps, schema_editor):
    columns = ", ".join(COLUMNS)
    differs = " OR ".join(
        f"NEW.{name} IS DISTINCT FROM OLD.{name}"
        if schema_editor.connection.vendor == "postgresql"
        else f"NEW.{name} IS NOT OLD.{name}"
        for name in COLUMNS
    )
    head = f"CREATE TRIGGER {NAME} BEFORE UPDATE OF {columns} ON {TABLE} FOR EACH ROW WHEN ({differs})"
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
    dependencies = [("testbeds", "0004_challenges")]
    operations = [migrations.RunPython(lay, take_away)]
