"""What campaigns cannot change becomes a code, as the platform wrote it."""

from typing import Any

from django.db import migrations

#: What the platform has written so far, in three languages.
_SENTENCES = (
    "Who gets the campaign: that is settled before it starts.",
    "Qui reçoit la campagne\N{NO-BREAK SPACE}: c’est fixé avant le début.",
    "Vilka som får kampanjen: det bestäms innan den börjar.",
    "You must decide who gets the campaign before it starts.",
    "Vous devez choisir qui reçoit la campagne avant son début.",
    "Ni måste bestämma vilka som ska få kampanjen innan den börjar.",
)


def to_codes(apps: Any, schema_editor: Any) -> None:
    processes = apps.get_model("participation", "Process").objects
    processes.filter(not_open__in=_SENTENCES).update(not_open="who-gets-the-campaign")


class Migration(migrations.Migration):

    dependencies = [
        ('participation', '0016_few_supports'),
    ]

    operations = [
        migrations.RunPython(to_codes, migrations.RunPython.noop),
    ]
