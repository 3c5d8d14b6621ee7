"""The database refuses what would delete a frozen protocol by another name: REPLACE and TRUNCATE.

SQLite runs no trigger of DELETE for a row that `INSERT OR REPLACE` takes the place of, PostgreSQL
none for a table that is emptied at once.
"""

from django.db import migrations

SAYS = "a frozen protocol cannot be deleted"
NAME, TABLE = "protocol_not_replaced", "testbeds_protocol"


def lay(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"CREATE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN IF EXISTS (SELECT 1 FROM {TABLE}) THEN "
            f"RAISE EXCEPTION '{SAYS}' USING ERRCODE = 'check_violation'; END IF; "
            f"RETURN NULL; END $$"
        )
        schema_editor.execute(
            f"CREATE TRIGGER {NAME} BEFORE TRUNCATE ON {TABLE} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {NAME}()"
        )
    else:
        schema_editor.execute(
            f"CREATE TRIGGER {NAME} BEFORE INSERT ON {TABLE} FOR EACH ROW "
            f"WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id "
            f"OR (pilot_id = NEW.pilot_id AND number = NEW.number)) "
            f"BEGIN SELECT RAISE(ABORT, '{SAYS}'); END"
        )


def take_away(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER {NAME} ON {TABLE}")
        schema_editor.execute(f"DROP FUNCTION {NAME}()")
    else:
        schema_editor.execute(f"DROP TRIGGER {NAME}")


class Migration(migrations.Migration):
    dependencies = [("testbeds", "0006_protocols_stay")]
    operations = [migrations.RunPython(lay, take_away)]
