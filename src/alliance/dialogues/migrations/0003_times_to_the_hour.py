"""When a resident did something is kept to the hour."""

from django.db import migrations, models
from django.db.models.functions import TruncHour

import alliance.participation.models


def shorten(apps, schema_editor):
    rows = apps.get_model("dialogues", "Vote").objects.order_by()
    rows.update(at=TruncHour("at"))


class Migration(migrations.Migration):
    dependencies = [("dialogues", "0002_weighted_results"), ("participation", "0014_times_to_the_hour")]
    operations = [
        migrations.AlterField("vote", "at", alliance.participation.models.HourField()),
        migrations.AddField("vote", "changes", models.PositiveIntegerField(default=0)),
        migrations.RunPython(shorten, migrations.RunPython.noop),
    ]
