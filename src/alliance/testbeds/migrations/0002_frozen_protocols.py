"""The database itself refuses to change, delete, replace or empty away a frozen protocol.

SQLite runs no trigger of DELETE for a row that `INSERT OR REPLACE` takes the place of, PostgreSQL
none for a table that is emptied at once. SQLite drops triggers with the table when a later
migration makes the table anew: such a migration has to make these again.
"""

from django.db import migrations

TABLE = "testbeds_protocol"
COLUMNS = ("pilot_id", "number", "frozen_at", "document", "digest", "reason")
CHANGED = "a frozen protocol cannot be changed"
DELETED = "a frozen protocol cannot be deleted"


def _refusal(text):
    return f"RAISE EXCEPTION '{text}' USING ERRCODE = 'check_violation';"


def lay(apps, schema_editor):
    run = schema_editor.execute
    columns = ", ".join(COLUMNS)
    if schema_editor.connection.vendor == "postgresql":
        differs = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in COLUMNS)
        emptied = f"IF EXISTS (SELECT 1 FROM {TABLE}) THEN {_refusal(DELETED)} END IF; RETURN NULL;"
        for name, body, when in (
            (
                "protocol_frozen_for_good",
                _refusal(CHANGED),
                f"BEFORE UPDATE OF {columns} ON {TABLE} FOR EACH ROW WHEN ({differs})",
            ),
            ("protocol_stays", _refusal(DELETED), f"BEFORE DELETE ON {TABLE} FOR EACH ROW"),
            ("protocol_not_replaced", emptied, f"BEFORE TRUNCATE ON {TABLE} FOR EACH STATEMENT"),
        ):
            run(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
                f" AS $$ BEGIN {body} END $$"
            )
            run(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {name}()")
        return
    differs = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in COLUMNS)
    same = "id = NEW.id OR (pilot_id = NEW.pilot_id AND number = NEW.number)"
    for name, when, text in (
        (
            "protocol_frozen_for_good",
            f"BEFORE UPDATE OF {columns} ON {TABLE} FOR EACH ROW WHEN ({differs})",
            CHANGED,
        ),
        ("protocol_stays", f"BEFORE DELETE ON {TABLE} FOR EACH ROW", DELETED),
        (
            "protocol_not_replaced",
            f"BEFORE INSERT ON {TABLE} FOR EACH ROW"
            f" WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE {same})",
            DELETED,
        ),
    ):
        run(f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, '{text}'); END")


def take_away(apps, schema_editor):
    for name in ("protocol_frozen_for_good", "protocol_stays", "protocol_not_replaced"):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER {name} ON {TABLE}")
            schema_editor.execute(f"DROP FUNCTION {name}()")
        else:
            schema_editor.execute(f"DROP TRIGGER {name}")


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("testbeds", "0001_pilots"),
        ("testbeds", "0002_simulated_power"),
        ("testbeds", "0003_testbeds"),
        ("testbeds", "0004_challenges"),
        ("testbeds", "0005_frozen_for_good"),
        ("testbeds", "0006_protocols_stay"),
        ("testbeds", "0007_protocols_not_replaced"),
        ("testbeds", "0008_figures_of_before"),
        ("testbeds", "0009_pilots_begun_from_cases"),
        ("testbeds", "0010_answer_state_words"),
        ("testbeds", "0011_fairness_of_pilots"),
        ("testbeds", "0012_unknown_in_one_word"),
        ("testbeds", "0013_records_of_other_networks"),
        ("testbeds", "0014_words"),
        ("testbeds", "0015_plain_words"),
    ]
    dependencies = [("testbeds", "0001_version_0_9")]
    operations = [migrations.RunPython(lay, take_away)]
