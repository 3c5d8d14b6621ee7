"""When a resident did something is kept to the hour."""

from django.db import migrations, models
from django.db.models.functions import TruncHour

import alliance.participation.models


def shorten(apps, schema_editor):
    rows = apps.get_model("surveys", "Response").objects.order_by()
    rows.update(started_at=TruncHour("started_at"), changed_at=TruncHour("changed_at"), sent_at=TruncHour("sent_at"))


class Migration(migrations.Migration):
    dependencies = [("surveys", "0002_maps"), ("participation", "0014_times_to_the_hour")]
    operations = [
        migrations.AlterField("response", "started_at", alliance.participation.models.HourField()),
        migrations.AlterField("response", "changed_at", alliance.participation.models.HourField()),
        migrations.AlterField("response", "sent_at", alliance.participation.models.HourField(blank=True, null=True)),
        migrations.AddField("response", "changes", models.PositiveIntegerField(default=0)),
        migrations.RunPython(shorten, migrations.RunPython.noop),
    ]
