"""When a resident did something is kept to the hour."""

from django.db import migrations
from django.db.models.functions import TruncHour

import alliance.participation.models


def shorten(apps, schema_editor):
    rows = apps.get_model("campaigns", "Pledge").objects.order_by()
    rows.update(at=TruncHour("at"), did_at=TruncHour("did_at"))


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0002_case_of_result"), ("participation", "0014_times_to_the_hour")]
    operations = [
        migrations.AlterField("pledge", "at", alliance.participation.models.HourField()),
        migrations.AlterField("pledge", "did_at", alliance.participation.models.HourField(blank=True, null=True)),
        migrations.RunPython(shorten, migrations.RunPython.noop),
    ]
