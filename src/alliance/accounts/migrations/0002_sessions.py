"""PostgreSQL writes sessions to no log, and so to no copy that is made of files."""

from django.db import migrations

UNLOGGED = ("django_session", "usersessions_usersession")


def lay(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in UNLOGGED:
            schema_editor.execute(f"ALTER TABLE {table} SET UNLOGGED")


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("accounts", "0001_initial"),
        ("accounts", "0002_roles_and_links"),
        ("accounts", "0003_demo_people"),
        ("accounts", "0004_weekly_digest"),
        ("accounts", "0005_letters_of_what_waits"),
        ("accounts", "0006_typed_texts"),
        ("accounts", "0007_days_of_signing_in"),
        ("accounts", "0008_words"),
    ]
    dependencies = [
        ("accounts", "0001_version_0_9"),
        ("sessions", "0001_initial"),
        ("usersessions", "0001_initial"),
    ]
    operations = [migrations.RunPython(lay, migrations.RunPython.noop)]
