"""How sure figures are that were copied from the areas becomes a code; what people wrote stays."""

from typing import Any

from django.db import migrations

#: What the platform has written so far, in three languages.
_WORDS = {
    "no-range": (
        "no range known", "fourchette inconnue", "inget intervall känt", "range not known",
        "okänt intervall",
    ),
    "one-value": (
        "one value for the whole area", "une seule valeur pour tout le quartier",
        "ett värde för hela området",
    ),
}  # fmt: skip


def to_codes(apps: Any, schema_editor: Any) -> None:
    lines = apps.get_model("equity", "CheckLine").objects
    for code, words in _WORDS.items():
        lines.filter(doubt__in=words).update(doubt=code)


class Migration(migrations.Migration):

    dependencies = [
        ('equity', '0005_quantities'),
    ]

    operations = [
        migrations.RunPython(to_codes, migrations.RunPython.noop),
    ]
