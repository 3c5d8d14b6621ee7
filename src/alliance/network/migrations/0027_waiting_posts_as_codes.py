"""Why the platform hid a post by itself becomes a code; what people wrote stays as it is."""

from typing import Any

from django.db import migrations

#: What the platform has written so far, in three languages.
_SENTENCES = (
    "A moderator reads it first.",
    "Un modérateur la lit d’abord.",
    "En moderator läser den först.",
    "A moderator will read it before it is published.",
    "Un modérateur la lira avant publication.",
    "En moderator läser den före publicering.",
)


def to_codes(apps: Any, schema_editor: Any) -> None:
    for model, column in (("Post", "hidden_because"), ("Report", "reason")):
        rows = apps.get_model("network", model).objects.filter(**{f"{column}__in": _SENTENCES})
        rows.update(**{column: "waits"})


class Migration(migrations.Migration):

    dependencies = [
        ('network', '0026_records_of_other_networks'),
    ]

    operations = [
        migrations.RunPython(to_codes, migrations.RunPython.noop),
    ]
